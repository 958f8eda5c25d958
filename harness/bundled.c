#include "harness/bundled_private.h"

#include "harness/content_file.h"

#include <errno.h>

/* clang-format off */
static const enum outcome_error outcome_errors[ASSAY_ERROR_COUNT] = {
    [ASSAY_OK]                        = OUTCOME_NONE,
    [ASSAY_CANNOT_SEND_REQUEST]       = OUTCOME_OTHER,
    [ASSAY_CANNOT_SEND_HEADER]        = OUTCOME_OTHER,
    [ASSAY_CANNOT_SEND_BODY]          = OUTCOME_OTHER,
    [ASSAY_CANNOT_SET_UP]             = OUTCOME_OTHER,
    [ASSAY_RESPONSE_NOT_READY]        = OUTCOME_OTHER,
    [ASSAY_NOT_CONNECTED]             = OUTCOME_OTHER,
    [ASSAY_INVALID_METHOD]            = OUTCOME_INVALID_REQUEST,
    [ASSAY_INVALID_URL]               = OUTCOME_INVALID_REQUEST,
    [ASSAY_INVALID_HEADER]            = OUTCOME_INVALID_REQUEST,
    [ASSAY_INVALID_BODY]              = OUTCOME_INVALID_REQUEST,
    [ASSAY_BODY_MISMATCH]             = OUTCOME_OTHER,
    [ASSAY_CONNECTION_REFUSED]        = OUTCOME_REFUSED,
    [ASSAY_CANNOT_CONNECT]            = OUTCOME_REFUSED,
    [ASSAY_TLS]                       = OUTCOME_TLS,
    [ASSAY_CERTIFICATE]               = OUTCOME_TLS,
    [ASSAY_TUNNEL_FAILED]             = OUTCOME_TUNNEL,
    [ASSAY_TIMEOUT]                   = OUTCOME_TIMEOUT,
    [ASSAY_CONNECTION_RESET]          = OUTCOME_RESET,
    [ASSAY_SYSTEM]                    = OUTCOME_OTHER,
    [ASSAY_REMOTE_DISCONNECTED]       = OUTCOME_CLOSED,
    [ASSAY_INCOMPLETE_READ]           = OUTCOME_INCOMPLETE,
    [ASSAY_LINE_TOO_LONG]             = OUTCOME_TOO_LARGE,
    [ASSAY_TOO_MANY_HEADERS]          = OUTCOME_TOO_LARGE,
    [ASSAY_TOO_MANY_INTERIMS]         = OUTCOME_TOO_LARGE,
    [ASSAY_BODY_TOO_LARGE]            = OUTCOME_TOO_LARGE,
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
           CAN(REPORT_PARTIAL) | CAN(PROXY_HTTP) | CAN(PROXY_TUNNEL) | CAN(PROXY_TUNNEL_PLAIN) |
           CAN(PROXY_TLS) | CAN(PROXY_AUTH) | CAN(PROXY_HEADERS) | CAN(TLS);
}

struct bundled *bundled_new(const struct driver_session *session, struct assay_tls **tls,
                            struct arena *arena)
{
    struct bundled *bundled = arena_alloc(arena, sizeof(*bundled));
    bundled->session = session;
    bundled->tls = tls;
    bundled->arena = arena;
    return bundled;
}

void bundled_watch(struct bundled *bundled, struct bundled_watch watch)
{
    bundled->watch = watch;
}

void bundled_free(struct bundled *bundled)
{
    if (bundled != NULL)
        bundled_ways_free(bundled->ways);
}

const char *bundled_trouble(const struct bundled *bundled)
{
    return bundled->trouble;
}

uint8_t *bundled_piece(struct bundled *bundled)
{
    if (bundled->piece == NULL)
        bundled->piece = arena_alloc(bundled->arena, PIECE_SIZE);
    return bundled->piece;
}

bool bundled_build(struct bundled *bundled, const struct octets *octets, struct assay_bytes *text)
{
    if (octets->len > TEXT_LEN_MAX)
        return false;
    *text = bundled_lend(
        octets_build(octets, bundled->session->endpoints, bundled->arena, TEXT_LEN_MAX));
    return true;
}

struct assay_field *bundled_build_fields(struct bundled *bundled, const struct header *headers,
                                         size_t count)
{
    struct assay_field *fields = arena_array(bundled->arena, count, sizeof(*fields));
    for (size_t i = 0; i < count; i++)
        if (!bundled_build(bundled, &headers[i].name, &fields[i].name) ||
            !bundled_build(bundled, &headers[i].value, &fields[i].value))
            return NULL;
    return fields;
}

static bool build_request(struct bundled *bundled, const struct client_step *step,
                          struct assay_request *request)
{
    request->fields = bundled_build_fields(bundled, step->headers, step->header_count);
    request->field_count = step->header_count;
    request->body.trailers = bundled_build_fields(bundled, step->trailers, step->trailer_count);
    request->body.trailer_count = step->trailer_count;
    request->expects_continue = step->expects_continue;
    request->encode_chunked = true;
    return request->fields != NULL && request->body.trailers != NULL &&
           bundled_build(bundled, &step->method, &request->method) &&
           bundled_build(bundled, &step->target, &request->target);
}

static void set_timeout(struct assay_connection *connection, uint64_t timeout_ms)
{
    struct assay_options *options = assay_connection_options(connection);
    options->connect_timeout_ms = options->io_timeout_ms = options->exchange_timeout_ms =
        (unsigned)timeout_ms;
}

/* A step on its way to its outcome. */
struct play {
    const struct client_step *step;
    struct assay_connection *connection;
    struct assay_request request;
    FILE *file;
    struct assay_response *response; /* set when there is one to show */
    struct kept kept;
};

/* Up to the first error. */
static enum assay_error play(struct bundled *bundled, struct play *play)
{
    struct assay_connection *connection = play->connection;
    struct source source = {.bundled = bundled, .body = &play->step->body, .file = play->file};
    struct assay_request request = play->request;
    request.body = bundled_body(&source);
    request.body.trailers = play->request.body.trailers;
    request.body.trailer_count = play->request.body.trailer_count;
    set_timeout(connection, play->step->timeout_ms);
    enum assay_error error = assay_request(connection, &request);
    if (error != ASSAY_OK)
        return error;
    error = assay_getresponse(connection, &play->response);
    if (error != ASSAY_OK)
        return error;
    if (bundled->watch.has_head != NULL)
        bundled->watch.has_head(bundled->watch.context);
    return bundled_read_body(bundled, play->step, play->response, &play->kept);
}

/* False, with `trouble`, when the file that the client is to read cannot be written. */
static bool open_file(struct bundled *bundled, size_t step, struct play *play)
{
    if (play->step->body.kind != BODY_FILE)
        return true;
    play->file =
        content_file_unnamed(&play->step->body.pieces[0].octets, bundled->session->endpoints);
    if (play->file == NULL)
        bundled->trouble =
            arena_printf(bundled->arena, "the file of step %zu cannot be written: %s", step + 1,
                         strerror(errno));
    return play->file != NULL;
}

/* What the client said of it. */
static void show(struct bundled *bundled, const struct play *play, enum assay_error error,
                 struct outcome *outcome)
{
    outcome->error = outcome_errors[error];
    const struct assay_failure *failure = play->response != NULL
                                              ? assay_response_failure(play->response)
                                              : assay_connection_failure(play->connection);
    if (error != ASSAY_OK)
        outcome->text =
            arena_printf(bundled->arena, "%s: %s", assay_error_name(error), failure->text);
    if (play->response == NULL)
        return;
    bundled_show(bundled->arena, play->response, outcome);
    outcome->has_body = outcome->status != 0;
    outcome->body = (struct bytes){play->kept.at, play->kept.len};
    outcome->body_len = play->kept.body_len;
}

static const struct outcome *refuse(struct outcome *outcome, const char *reason)
{
    outcome->error = OUTCOME_INVALID_REQUEST;
    outcome->text = reason;
    return outcome;
}

const struct outcome *bundled_play(struct bundled *bundled, size_t step)
{
    struct outcome *outcome = arena_alloc(bundled->arena, sizeof(*outcome));
    struct play playing = {.step = &bundled->session->steps[step],
                           .kept = {.arena = bundled->arena}};
    if (!build_request(bundled, playing.step, &playing.request))
        return refuse(outcome, "a method, target, field name or value is larger than 16 MiB");
    const char *reason;
    const enum way_problem problem =
        bundled_way(bundled, step, &playing.request, &playing.connection, &reason);
    if (problem == WAY_INVALID)
        return refuse(outcome, reason);
    if (problem == WAY_TROUBLE || !open_file(bundled, step, &playing))
        return NULL;
    const enum assay_error error = play(bundled, &playing);
    if (playing.file != NULL)
        fclose(playing.file);
    show(bundled, &playing, error, outcome);
    assay_response_free(playing.response);
    return outcome;
}
