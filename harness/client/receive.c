#include "harness/client/private.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>

enum assay_error assay_break_off_response(struct assay_connection *connection)
{
    struct assay_response *response = &connection->response;
    response->stage = ASSAY_STAGE_FAILED;
    response->error = connection->failure.error;
    assay_connection_disconnect(connection);
    return response->error;
}

enum assay_error assay_fail_no_memory(struct assay_connection *connection)
{
    assay_fail(connection, ASSAY_NO_MEMORY, "no memory for the response");
    return assay_break_off_response(connection);
}

static enum assay_error fail_deviation(struct assay_connection *connection, enum assay_error error)
{
    const struct http_deviation deviation = connection->reader.deviation;
    assay_fail(connection, error, "%s, at octet %" PRIu64 " of what the server sent",
               http_deviation_text(deviation.kind), deviation.offset);
    connection->failure.has_offset = true;
    connection->failure.offset = deviation.offset;
    return assay_break_off_response(connection);
}

static enum assay_error fail_cut_body(struct assay_connection *connection)
{
    const struct assay_response *response = &connection->response;
    if (!response->has_left || response->left == 0) { /* not known, or between two chunks */
        assay_fail(connection, ASSAY_INCOMPLETE_READ,
                   "the connection ended inside the chunked body, after %" PRIu64 " octets of it",
                   response->body_len);
        return assay_break_off_response(connection);
    }
    assay_fail(connection, ASSAY_INCOMPLETE_READ,
               "the connection ended after %" PRIu64 " octets of the body; want %" PRIu64 " more",
               response->body_len, response->left);
    connection->failure.has_missing = true;
    connection->failure.missing = response->left;
    return assay_break_off_response(connection);
}

/* FIN where it may not be. */
static enum assay_error fail_end(struct assay_connection *connection)
{
    if (connection->response.stage == ASSAY_STAGE_BODY)
        return fail_cut_body(connection);
    if (http_reader_progress(&connection->reader) == HTTP_IN_HEAD)
        assay_fail(connection, ASSAY_INCOMPLETE_READ,
                   "the connection ended before the head of the response was whole");
    else
        assay_fail(connection, ASSAY_REMOTE_DISCONNECTED,
                   "the server closed the connection without a response");
    return assay_break_off_response(connection);
}

/* RFC 9112, section 9.8: over TLS a body that ends with the connection is whole only when the peer
 * said that this is the end. */
static enum assay_error fail_unclosed(struct assay_connection *connection)
{
    assay_fail(connection, ASSAY_INCOMPLETE_READ,
               "TLS ended without close_notify, after %" PRIu64 " octets of the body",
               connection->response.body_len);
    return assay_break_off_response(connection);
}

/* Takes what came into `input`, or notes FIN. Nothing changes where nothing came and it
 * `may_block` not. */
static enum assay_error receive(struct assay_connection *connection, bool may_block)
{
    for (;;) {
        ssize_t got =
            assay_transport_receive(connection, connection->store, sizeof(connection->store));
        if (got == 0 && connection->was_reset) {
            got = -1; /* no FIN: the send that met the reset took it from the socket */
            errno = ECONNRESET;
        }
        if (got >= 0) {
            connection->input = (struct bytes){connection->store, (size_t)got};
            connection->is_ended = got == 0;
            connection->is_cut = got == 0 && assay_layer_is_cut(connection->layer);
            return ASSAY_OK;
        }
        const bool is_waiting = errno == EAGAIN || errno == EWOULDBLOCK;
        if (is_waiting && !may_block)
            return ASSAY_OK;
        if (!is_waiting || !assay_connection_wait(connection, POLLIN)) {
            assay_fail_system(connection, "receive from");
            return assay_break_off_response(connection);
        }
    }
}

enum assay_error assay_next_event(struct assay_connection *connection, bool may_block,
                                  enum http_event *event)
{
    struct http_reader *reader = &connection->reader;
    for (;;) {
        *event = http_reader_next(reader, &connection->input);
        if (*event == HTTP_NEED_MORE && connection->is_ended) {
            *event = http_reader_end(reader);
            if (*event == HTTP_END && connection->is_cut)
                return fail_unclosed(connection);
        }
        if (*event == HTTP_NEED_MORE) {
            const enum assay_error error = receive(connection, may_block);
            if (error != ASSAY_OK)
                return error;
            if (connection->input.len == 0 && !connection->is_ended)
                return ASSAY_OK;
        } else if (*event == HTTP_DEVIATION) {
            const enum assay_error error =
                assay_strictness(reader->deviation.kind, connection->response.stage);
            if (error != ASSAY_OK)
                return fail_deviation(connection, error);
        } else {
            return ASSAY_OK;
        }
    }
}

enum assay_error assay_fail_event(struct assay_connection *connection, enum http_event event)
{
    if (event == HTTP_NO_MEMORY)
        return assay_fail_no_memory(connection);
    if (event == HTTP_CUT || event == HTTP_IDLE)
        return fail_end(connection);
    assay_fail(connection, ASSAY_BAD_FRAMING, "it is not known where the response ends");
    return assay_break_off_response(connection);
}
