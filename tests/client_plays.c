#include "tests/client_plays.h"
#include "tests/check.h"

#include <stdio.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

/* --- what is got ---------------------------------------------------------------------------- */

static void add(struct written *written, const void *octets, size_t len)
{
    const size_t room = sizeof(written->text) - 1 - written->len;
    const size_t fits = len < room ? len : room;
    if (fits > 0)
        memcpy(written->text + written->len, octets, fits);
    written->len += fits;
    written->text[written->len] = '\0';
}

static void add_got(struct stage *stage, struct assay_bytes octets)
{
    add(&stage->got, octets.at, octets.len);
}

static void add_status(struct stage *stage, int status)
{
    char text[sizeof("-2147483648 ")];
    snprintf(text, sizeof(text), "%d ", status);
    add_got(stage, assay_text(text));
}

static enum assay_error add_head(struct stage *stage, struct assay_response *response)
{
    struct assay_bytes value;
    const struct assay_interims interims = assay_response_interims(response);
    for (size_t i = 0; i < interims.count; i++)
        add_status(stage, interims.items[i].status);
    add_status(stage, assay_response_status(response));
    add_got(stage, assay_response_reason(response));
    add_got(stage, assay_text("; "));
    const enum assay_error error = assay_getheader(response, "A", &value);
    add_got(stage, value);
    add_got(stage, assay_text("; "));
    return error;
}

/* The next octets of the body: none is its end. */
static enum assay_error read_some(struct assay_response *response, enum how_to_read how,
                                  uint8_t into[static 8], struct assay_bytes *octets)
{
    *octets = (struct assay_bytes){into, 0};
    switch (how) {
    case BY_READ:
        return assay_read(response, into, 8, &octets->len);
    case BY_READ1:
        return assay_read1(response, into, 8, &octets->len);
    case BY_PEEK:
        assay_peek(response, octets);
        return assay_read_piece(response, octets);
    case BY_PIECE:
        return assay_read_piece(response, octets);
    case BY_LINE:
        return assay_readline(response, 0, octets);
    case BY_ALL:
        break;
    }
    return assay_read_all(response, octets);
}

static enum assay_error add_body(struct stage *stage, struct assay_response *response,
                                 enum how_to_read how)
{
    uint8_t into[8];
    struct assay_bytes octets;
    enum assay_error error;
    do {
        error = read_some(response, how, into, &octets);
        add_got(stage, octets);
    } while (error == ASSAY_OK && octets.len > 0);
    const struct assay_fields trailers = assay_response_trailers(response);
    for (size_t i = 0; i < trailers.count; i++) {
        add_got(stage, assay_text("; "));
        add_got(stage, trailers.items[i].value);
    }
    return error;
}

/* --- what is played ------------------------------------------------------------------------- */

/* An error is always noted, with words for it. */
static enum assay_error noted(const struct assay_failure *failure, enum assay_error error)
{
    if (error != ASSAY_OK)
        CHECK_ROW(failure->error == error && failure->text[0] != '\0', "%s is noted as %s, \"%s\"",
                  assay_error_name(error), assay_error_name(failure->error), failure->text);
    return error;
}

static enum assay_error read_response(struct stage *stage, const struct client_play *row,
                                      struct assay_response *response)
{
    const enum assay_error error = add_head(stage, response);
    if (error != ASSAY_OK)
        return error;
    return noted(assay_response_failure(response), add_body(stage, response, row->how));
}

static enum assay_piece give_piece(void *context, struct assay_bytes *piece)
{
    struct stage *stage = context;
    *piece = assay_text(stage->rest);
    stage->rest = "";
    return piece->len > 0 ? ASSAY_PIECE : ASSAY_PIECES_END;
}

static ptrdiff_t give_block(void *context, uint8_t *into, size_t size)
{
    struct stage *stage = context;
    const size_t len = strlen(stage->rest) < size ? strlen(stage->rest) : size;
    memcpy(into, stage->rest, len);
    stage->rest += len;
    return (ptrdiff_t)len;
}

static enum assay_error send_request(struct stage *stage, const struct client_play *row)
{
    struct assay_request request = row->request;
    request.body.next = give_piece;
    request.body.read = give_block;
    request.body.context = stage;
    request.body.fd = stage->file;
    lseek(stage->file, 0, SEEK_SET);
    stage->rest = row->body;
    return noted(assay_connection_failure(stage->connection),
                 assay_request(stage->connection, &request));
}

static enum assay_error get_response(struct stage *stage, struct assay_response **response)
{
    return noted(assay_connection_failure(stage->connection),
                 assay_getresponse(stage->connection, response));
}

enum assay_error play_exchange(struct stage *stage, const struct client_play *row)
{
    struct assay_response *response = NULL;
    enum assay_error error = send_request(stage, row);
    if (error == ASSAY_OK)
        error = get_response(stage, &response);
    if (error == ASSAY_OK)
        error = read_response(stage, row, response);
    assay_response_free(response);
    return error;
}

enum assay_error play_two(struct stage *stage, const struct client_play *row)
{
    const enum assay_error error = play_exchange(stage, row);
    return error == ASSAY_OK ? play_exchange(stage, row) : error;
}

/* The second request is sent while the first one's response is held. */
enum assay_error play_held(struct stage *stage, const struct client_play *row)
{
    struct assay_response *responses[2] = {NULL, NULL};
    enum assay_error error = send_request(stage, row);
    if (error == ASSAY_OK)
        error = get_response(stage, &responses[0]);
    if (error == ASSAY_OK)
        error = send_request(stage, row);
    if (error == ASSAY_OK)
        error = read_response(stage, row, responses[0]);
    if (error == ASSAY_OK)
        error = get_response(stage, &responses[1]);
    if (error == ASSAY_OK)
        error = read_response(stage, row, responses[1]);
    assay_response_free(responses[0]);
    if (assay_connection_state(stage->connection) == ASSAY_REQUEST_SENT)
        get_response(stage, &responses[1]); /* which is lost with the first one */
    assay_response_free(responses[1]);
    return error;
}

/* The request in steps. */
enum assay_error play_steps(struct stage *stage, const struct client_play *row)
{
    struct assay_connection *connection = stage->connection;
    const struct assay_bytes values[] = {assay_text(LONG_TEXT), assay_text(LONG_TEXT),
                                         assay_text(LONG_TEXT)};
    const struct assay_body body = {.kind = ASSAY_BODY_BYTES, .bytes = assay_text("hello")};
    struct assay_response *response = NULL;
    enum assay_error error =
        assay_putrequest(connection, assay_text("POST"), assay_text("/"), ASSAY_SKIP_HOST);
    if (error == ASSAY_OK)
        error = assay_putheader_values(connection, assay_text("A"), values, COUNT_OF(values));
    if (error == ASSAY_OK)
        error = assay_putheader(connection, assay_text("Content-Length"), assay_text("5"));
    if (error == ASSAY_OK)
        error = assay_endheaders(connection, NULL, false);
    if (error == ASSAY_OK)
        error = assay_send(connection, &body);
    noted(assay_connection_failure(connection), error);
    if (error == ASSAY_OK)
        error = get_response(stage, &response);
    if (error == ASSAY_OK)
        error = read_response(stage, row, response);
    assay_response_free(response);
    return error;
}

/* All that has to be made before a request. */
enum assay_error play_setup(struct stage *stage, const struct client_play *row)
{
    char reason[256] = "";
    struct assay_failure failure = {.error = ASSAY_OK};
    const struct assay_field field = {assay_text("A"), assay_text(LONG_TEXT)};
    const struct assay_tls_options options = {.ca_path = tls_authority_path(stage->authority)};
    struct assay_connection *connection =
        assay_connection_new("a.test:80", ASSAY_PORT_IN_HOST, &failure);
    enum assay_error error = noted(&failure, failure.error);
    (void)row;
    if (error == ASSAY_OK)
        error = noted(assay_connection_failure(connection),
                      assay_set_tunnel(connection, "b.test", 443, &field, 1));
    struct assay_tls *tls = assay_tls_new(&options, reason, sizeof(reason));
    CHECK_ROW(tls != NULL || reason[0] != '\0', "no TLS is made, and none says why");
    if (error == ASSAY_OK && tls == NULL)
        error = ASSAY_NO_MEMORY;
    if (error == ASSAY_OK)
        error = assay_set_tls(connection, tls);
    assay_connection_free(connection);
    assay_tls_free(tls);
    return error;
}

/* --- the stage -------------------------------------------------------------------------------- */

static void show(void *context, const char *text, size_t len)
{
    struct stage *stage = context;
    add(&stage->shown, text, len);
}

void client_play_connect(struct stage *stage, const struct client_play *row, uint16_t port)
{
    const bool is_tls = (row->way & (TLS | PROXY_TLS)) != 0;
    const struct assay_field field = {assay_text("A"), assay_text(LONG_TEXT)};
    struct assay_connection *connection =
        assay_connection_new(is_tls ? "localhost" : "127.0.0.1", port, NULL);
    CU_ASSERT_FATAL(connection != NULL);
    struct assay_options *options = assay_connection_options(connection);
    options->io_timeout_ms = PATIENCE_MS; /* for a broken client */
    options->retries_stale = true;
    options->debug = show;
    options->debug_context = stage;
    assay_set_debuglevel(connection, (row->way & DEBUG) != 0);
    if ((row->way & TUNNEL) != 0)
        CU_ASSERT(assay_set_tunnel(connection, "origin.test", 443, &field, 1) == ASSAY_OK);
    assay_set_tls(connection, (row->way & TLS) != 0 ? stage->tls : NULL);
    assay_set_proxy_tls(connection, (row->way & PROXY_TLS) != 0 ? stage->tls : NULL);
    stage->connection = connection;
}

const char *client_play(struct stage *stage, const struct client_play *row)
{
    stage->got.len = stage->shown.len = 0;
    stage->shown.text[0] = '\0';
    add_got(stage, assay_text("OK "));
    const enum assay_error error = row->play(stage, row);
    return error == ASSAY_OK ? stage->got.text : assay_error_name(error);
}
