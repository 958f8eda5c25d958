#include "harness/bundled.h"

#include "harness/client/client.h"
#include "harness/content_file.h"

/* The longest method, target, name or value that is asked of the client; none is ever cut. */
#define TEXT_LEN_MAX ((size_t)16 * 1024 * 1024)

/* Pieces of a body that are longer are given in parts, and read so too. */
enum { PIECE_SIZE = 64 * 1024, KEPT_SIZE_FIRST = 4 * 1024 };

struct bundled {
    const struct endpoint *endpoints;
    struct arena *arena;
    struct assay_connection *connection; /* NULL: no memory, or no address */
    uint8_t *piece;                      /* of PIECE_SIZE; made when a step first needs it */
    struct bundled_watch watch;
};

/* clang-format off */
static const enum outcome_error outcome_errors[ASSAY_ERROR_COUNT] = {
    [ASSAY_OK]                        = OUTCOME_NONE,
    [ASSAY_CANNOT_SEND_REQUEST]       = OUTCOME_OTHER,
    [ASSAY_CANNOT_SEND_HEADER]        = OUTCOME_OTHER,
    [ASSAY_CANNOT_SEND_BODY]          = OUTCOME_OTHER,
    [ASSAY_RESPONSE_NOT_READY]        = OUTCOME_OTHER,
    [ASSAY_INVALID_METHOD]            = OUTCOME_INVALID_REQUEST,
    [ASSAY_INVALID_URL]               = OUTCOME_INVALID_REQUEST,
    [ASSAY_INVALID_HEADER]            = OUTCOME_INVALID_REQUEST,
    [ASSAY_INVALID_BODY]              = OUTCOME_INVALID_REQUEST,
    [ASSAY_BODY_MISMATCH]             = OUTCOME_OTHER,
    [ASSAY_CONNECTION_REFUSED]        = OUTCOME_REFUSED,
    [ASSAY_CANNOT_CONNECT]            = OUTCOME_REFUSED,
    [ASSAY_TIMEOUT]                   = OUTCOME_TIMEOUT,
    [ASSAY_CONNECTION_RESET]          = OUTCOME_RESET,
    [ASSAY_SYSTEM]                    = OUTCOME_OTHER,
    [ASSAY_REMOTE_DISCONNECTED]       = OUTCOME_CLOSED,
    [ASSAY_INCOMPLETE_READ]           = OUTCOME_INCOMPLETE,
    [ASSAY_LINE_TOO_LONG]             = OUTCOME_TOO_LARGE,
    [ASSAY_TOO_MANY_HEADERS]          = OUTCOME_TOO_LARGE,
    [ASSAY_TOO_MANY_INTERIMS]         = OUTCOME_TOO_LARGE,
    [ASSAY_BAD_STATUS_LINE]           = OUTCOME_MALFORMED,
    [ASSAY_UNKNOWN_PROTOCOL]          = OUTCOME_MALFORMED,
    [ASSAY_BAD_HEADER]                = OUTCOME_MALFORMED,
    [ASSAY_BAD_FRAMING]               = OUTCOME_MALFORMED,
    [ASSAY_UNKNOWN_TRANSFER_ENCODING] = OUTCOME_MALFORMED,
    [ASSAY_BAD_CHUNK]                 = OUTCOME_MALFORMED,
    [ASSAY_UNASKED_SWITCH]            = OUTCOME_MALFORMED,
    [ASSAY_NO_MEMORY]                 = OUTCOME_OTHER,
};
/* clang-format on */

can_set bundled_can(void)
{
    return CAN(SESSION) | CAN(METHOD_ANY) | CAN(TARGET_RAW) | CAN(HEADERS_ANY) | CAN(BODY_BYTES) |
           CAN(BODY_STREAM) | CAN(BODY_STREAM_LENGTH) | CAN(BODY_HOLD) | CAN(BODY_FAIL) |
           CAN(BODY_FILE) | CAN(TRAILERS_SEND) | CAN(EXPECT_CONTINUE) | CAN(TIMEOUT) |
           CAN(EVENT_HEAD) | CAN(READ_STREAM) | CAN(READ_AMOUNT) | CAN(READ_ABANDON) |
           CAN(REPORT_REASON) | CAN(REPORT_HEADERS) | CAN(REPORT_TRAILERS) | CAN(REPORT_INTERIM) |
           CAN(REPORT_PARTIAL);
}

static bool read_port(const char *text, uint16_t *port)
{
    enum { DECIMAL_BASE = 10 };
    unsigned number = 0;
    for (; *text >= '0' && *text <= '9' && number <= UINT16_MAX; text++)
        number = number * DECIMAL_BASE + (unsigned)(*text - '0');
    *port = (uint16_t)number;
    return *text == '\0' && number > 0 && number <= UINT16_MAX;
}

struct bundled *bundled_new(const struct endpoint *endpoints, struct arena *arena)
{
    struct bundled *bundled = arena_alloc(arena, sizeof(*bundled));
    bundled->endpoints = endpoints;
    bundled->arena = arena;
    uint16_t port;
    if (read_port(endpoints[0].port, &port))
        bundled->connection = assay_connection_new(endpoints[0].host, port);
    return bundled;
}

void bundled_watch(struct bundled *bundled, struct bundled_watch watch)
{
    bundled->watch = watch;
}

void bundled_free(struct bundled *bundled)
{
    if (bundled != NULL)
        assay_connection_free(bundled->connection);
}

static uint8_t *piece_of(struct bundled *bundled)
{
    if (bundled->piece == NULL)
        bundled->piece = arena_alloc(bundled->arena, PIECE_SIZE);
    return bundled->piece;
}

/* A body on its way to the client: described, not built. */
struct source {
    struct bundled *bundled;
    const struct body *body;
    size_t next; /* the piece that comes when `cursor` is at its end */
    struct octets_cursor cursor;
    FILE *file; /* BODY_FILE: that the client reads */
};

/* Gathers up to PIECE_SIZE octets of one piece. */
static struct bytes gather(struct source *source)
{
    struct bytes piece = {piece_of(source->bundled), 0};
    while (piece.len < PIECE_SIZE) {
        const struct bytes next = octets_peek(&source->cursor);
        const size_t room = PIECE_SIZE - piece.len;
        const size_t count = next.len < room ? next.len : room;
        if (count == 0)
            break;
        memcpy(source->bundled->piece + piece.len, next.at, count);
        octets_skip(&source->cursor, count);
        piece.len += count;
    }
    return piece;
}

static struct octets_cursor cursor_of(const struct source *source, size_t piece)
{
    return (struct octets_cursor){.octets = &source->body->pieces[piece].octets,
                                  .endpoints = source->bundled->endpoints};
}

static bool is_hold(const struct body *body, size_t piece)
{
    return piece < body->piece_count && body->pieces[piece].kind == SOURCE_HOLD;
}

static enum assay_piece next_piece(void *context, struct bytes *piece)
{
    struct source *source = context;
    const struct bundled_watch *watch = &source->bundled->watch;
    if (source->cursor.octets == NULL || octets_peek(&source->cursor).len == 0) {
        const struct body *body = source->body;
        for (; is_hold(body, source->next); source->next++)
            watch->hold(watch->context, source->next);
        if (source->next == body->piece_count)
            return ASSAY_PIECES_END;
        if (body->pieces[source->next].kind == SOURCE_FAIL)
            return ASSAY_PIECES_BROKEN;
        source->cursor = cursor_of(source, source->next++);
    }
    *piece = gather(source);
    return ASSAY_PIECE;
}

/* A small body is handed over as one, so that it leaves with the head; a larger one of known length
 * as a stream that declares it. */
static struct assay_body body_of(struct source *source)
{
    const struct body *body = source->body;
    if (body->kind == BODY_NONE)
        return (struct assay_body){.kind = ASSAY_BODY_NONE};
    if (body->kind == BODY_BYTES && body->pieces[0].octets.len <= PIECE_SIZE) {
        source->cursor = cursor_of(source, 0);
        return (struct assay_body){.kind = ASSAY_BODY_BYTES, .bytes = gather(source)};
    }
    if (body->kind == BODY_FILE)
        return (struct assay_body){.kind = ASSAY_BODY_FILE, .fd = fileno(source->file)};
    const bool is_bytes = body->kind == BODY_BYTES;
    return (struct assay_body){
        .kind = ASSAY_BODY_STREAM,
        .next = next_piece,
        .context = source,
        .has_length = is_bytes || body->has_length,
        .length = is_bytes ? body->pieces[0].octets.len : body->length,
    };
}

/* The text of the octets; false when they are too many to be asked for. */
static bool build(struct bundled *bundled, const struct octets *octets, struct bytes *text)
{
    if (octets->len > TEXT_LEN_MAX)
        return false;
    *text = octets_build(octets, bundled->endpoints, bundled->arena, TEXT_LEN_MAX);
    return true;
}

/* NULL when one is too long. */
static struct assay_field *build_fields(struct bundled *bundled, const struct header *headers,
                                        size_t count)
{
    struct assay_field *fields = arena_array(bundled->arena, count, sizeof(*fields));
    for (size_t i = 0; i < count; i++)
        if (!build(bundled, &headers[i].name, &fields[i].name) ||
            !build(bundled, &headers[i].value, &fields[i].value))
            return NULL;
    return fields;
}

static bool build_request(struct bundled *bundled, const struct client_step *step,
                          struct assay_request *request)
{
    request->fields = build_fields(bundled, step->headers, step->header_count);
    request->field_count = step->header_count;
    request->body.trailers = build_fields(bundled, step->trailers, step->trailer_count);
    request->body.trailer_count = step->trailer_count;
    request->expects_continue = step->expects_continue;
    return request->fields != NULL && request->body.trailers != NULL &&
           build(bundled, &step->method, &request->method) &&
           build(bundled, &step->target, &request->target);
}

/* A body as it comes, kept up to BUNDLED_BODY_MAX. */
struct kept {
    struct arena *arena;
    uint8_t *at;
    size_t len, size;
    uint64_t body_len;
};

static void grow(struct kept *kept, size_t more)
{
    size_t size = kept->size > 0 ? kept->size : KEPT_SIZE_FIRST;
    while (size - kept->len < more)
        size *= 2;
    uint8_t *at = arena_alloc(kept->arena, size);
    if (kept->len > 0)
        memcpy(at, kept->at, kept->len);
    kept->at = at;
    kept->size = size;
}

static void keep(struct kept *kept, struct bytes octets)
{
    kept->body_len += octets.len;
    const size_t room = BUNDLED_BODY_MAX - kept->len;
    const size_t count = octets.len < room ? octets.len : room;
    if (count == 0)
        return;
    if (kept->size - kept->len < count)
        grow(kept, count);
    memcpy(kept->at + kept->len, octets.at, count);
    kept->len += count;
}

/* Reads `amount` octets as one would with a buffer of that size. `is_end` when there were fewer. */
static enum assay_error read_amount(struct bundled *bundled, struct assay_response *response,
                                    struct kept *kept, uint64_t amount, bool *is_end)
{
    uint8_t *into = piece_of(bundled);
    *is_end = false;
    while (amount > 0 && !*is_end) {
        const size_t asked = amount < PIECE_SIZE ? (size_t)amount : PIECE_SIZE;
        size_t got;
        const enum assay_error error = assay_read(response, into, asked, &got);
        keep(kept, (struct bytes){into, got});
        if (error != ASSAY_OK)
            return error;
        amount -= asked;
        *is_end = got < asked;
    }
    return ASSAY_OK;
}

static enum assay_error read_stream(struct assay_response *response, struct kept *kept)
{
    for (;;) {
        struct bytes piece;
        const enum assay_error error = assay_read_piece(response, &piece);
        if (error != ASSAY_OK || piece.len == 0)
            return error;
        keep(kept, piece);
    }
}

static enum assay_error read_amounts(struct bundled *bundled, const struct client_step *step,
                                     struct assay_response *response, struct kept *kept)
{
    bool is_end = false;
    for (size_t i = 0; !is_end; i += i + 1 < step->amount_count) {
        /* The last amount is asked for again: as 0 it would be for ever. */
        const uint64_t amount = step->amounts[i] > 0 ? step->amounts[i] : 1;
        const enum assay_error error = read_amount(bundled, response, kept, amount, &is_end);
        if (error != ASSAY_OK)
            return error;
    }
    return ASSAY_OK;
}

static enum assay_error abandon(struct bundled *bundled, const struct client_step *step,
                                struct assay_response *response, struct kept *kept)
{
    bool is_end;
    const enum assay_error error = read_amount(bundled, response, kept, step->amounts[0], &is_end);
    if (!assay_response_is_whole(response))
        assay_connection_close(bundled->connection);
    return error;
}

static enum assay_error read_body(struct bundled *bundled, const struct client_step *step,
                                  struct assay_response *response, struct kept *kept)
{
    bool is_end;
    switch (step->read) {
    case READ_MODE_ALL:
        return read_amount(bundled, response, kept, UINT64_MAX, &is_end);
    case READ_MODE_STREAM:
        return read_stream(response, kept);
    case READ_MODE_AMOUNTS:
        return read_amounts(bundled, step, response, kept);
    case READ_MODE_ABANDON:
        return abandon(bundled, step, response, kept);
    }
    assert(false);
    return ASSAY_OK;
}

static struct fields fields_of(struct arena *arena, struct assay_fields from)
{
    struct field *items = arena_array(arena, from.count, sizeof(*items));
    for (size_t i = 0; i < from.count; i++) {
        items[i].name = arena_bytes(arena, from.items[i].name);
        items[i].value = arena_bytes(arena, from.items[i].value);
    }
    return (struct fields){items, from.count};
}

static void show_interims(struct arena *arena, struct assay_interims from, struct outcome *outcome)
{
    struct interim *interims = arena_array(arena, from.count, sizeof(*interims));
    for (size_t i = 0; i < from.count; i++) {
        interims[i].status = from.items[i].status;
        interims[i].fields = fields_of(arena, from.items[i].fields);
    }
    outcome->has_interims = true;
    outcome->interims = interims;
    outcome->interim_count = from.count;
}

/* What is known of the response, whether or not it came whole. */
static void show_response(struct arena *arena, const struct assay_response *response,
                          struct outcome *outcome)
{
    show_interims(arena, assay_response_interims(response), outcome);
    outcome->status = assay_response_status(response);
    if (outcome->status == 0)
        return;
    outcome->has_reason = outcome->has_fields = outcome->has_trailers = true;
    outcome->reason = arena_bytes(arena, assay_response_reason(response));
    outcome->fields = fields_of(arena, assay_response_fields(response));
    outcome->trailers = fields_of(arena, assay_response_trailers(response));
}

static void set_timeout(struct assay_connection *connection, uint64_t timeout_ms)
{
    struct assay_options *options = assay_connection_options(connection);
    options->connect_timeout_ms = options->io_timeout_ms = options->exchange_timeout_ms =
        (unsigned)timeout_ms;
}

/* Plays the step up to its first error. `response` is set when there is one to show. */
static enum assay_error play(struct bundled *bundled, const struct client_step *step, FILE *file,
                             struct assay_request *request, struct assay_response **response,
                             struct kept *kept)
{
    struct source source = {.bundled = bundled, .body = &step->body, .file = file};
    const struct assay_body body = request->body;
    request->body = body_of(&source);
    request->body.trailers = body.trailers;
    request->body.trailer_count = body.trailer_count;
    set_timeout(bundled->connection, step->timeout_ms);
    enum assay_error error = assay_request(bundled->connection, request);
    if (error != ASSAY_OK)
        return error;
    error = assay_getresponse(bundled->connection, response);
    if (error != ASSAY_OK)
        return error;
    if (bundled->watch.has_head != NULL)
        bundled->watch.has_head(bundled->watch.context);
    return read_body(bundled, step, *response, kept);
}

const struct outcome *bundled_play(struct bundled *bundled, const struct client_step *step)
{
    struct arena *arena = bundled->arena;
    struct outcome *outcome = arena_alloc(arena, sizeof(*outcome));
    struct assay_request request = {.field_count = 0};
    if (bundled->connection == NULL) {
        outcome->error = OUTCOME_OTHER;
        outcome->text = "no connection could be made: its address is not IPv4, or memory is short";
        return outcome;
    }
    if (!build_request(bundled, step, &request)) {
        outcome->error = OUTCOME_INVALID_REQUEST;
        outcome->text = "a method, target, field name or value is larger than 16 MiB";
        return outcome;
    }
    FILE *file = NULL;
    if (step->body.kind == BODY_FILE &&
        (file = content_file_unnamed(&step->body.pieces[0].octets, bundled->endpoints)) == NULL)
        return NULL;
    struct assay_response *response = NULL;
    struct kept kept = {.arena = arena};
    const enum assay_error error = play(bundled, step, file, &request, &response, &kept);
    if (file != NULL)
        fclose(file);
    outcome->error = outcome_errors[error];
    if (error != ASSAY_OK)
        outcome->text = arena_printf(arena, "%s: %s", assay_error_name(error),
                                     assay_connection_failure(bundled->connection)->text);
    if (response == NULL)
        return outcome;
    show_response(arena, response, outcome);
    outcome->has_body = outcome->status != 0;
    outcome->body = (struct bytes){kept.at, kept.len};
    outcome->body_len = kept.body_len;
    return outcome;
}
