#include "harness/client/private.h"

#include "wire/uri.h"

#include <stdlib.h>

static bool is_uri(struct bytes target)
{
    struct bytes scheme, authority;
    return uri_take_authority(&target, &scheme, &authority);
}

/* RFC 9110, section 7.1: what the request was of. */
static bool set_url(const struct assay_connection *connection, struct assay_response *response)
{
    const struct assay_outgoing *outgoing = &connection->outgoing;
    const struct bytes target = {outgoing->head.at + outgoing->target_at, outgoing->target_len};
    const struct assay_host *host = assay_authority(connection);
    const uint16_t default_port = assay_default_port(connection);
    struct assay_buffer *url = &response->url;
    if (target.at[0] == '/') {
        assay_buffer_add_text(url, assay_scheme(connection));
        assay_buffer_add_text(url, "://");
        assay_host_add(url, host, host->port != 0 ? host->port : default_port, default_port);
    }
    if (target.at[0] == '/' || is_uri(target))
        assay_buffer_add(url, target);
    assay_buffer_add(url, (struct bytes){(const uint8_t *)"", 1});
    return !url->is_failed;
}

enum assay_error assay_await_response(struct assay_connection *connection)
{
    const struct assay_outgoing *outgoing = &connection->outgoing;
    struct assay_response *response = calloc(1, sizeof(*response));
    if (response == NULL || !set_url(connection, response)) {
        assay_response_free(response);
        return assay_fail(&connection->failure, ASSAY_NO_MEMORY, "no memory for a response");
    }
    response->wire = assay_wire_ref(connection->wire);
    response->wire->awaited++;
    response->until_ms = response->wire->until_ms;
    response->stage = ASSAY_STAGE_HEAD;
    response->answers = outgoing->answers;
    response->asks_close = outgoing->has_close;
    response->asks_upgrade = outgoing->has_upgrade;
    connection->awaited = response;
    return ASSAY_OK;
}

/* What came stays, for a response that is held. */
static void close_behind(struct assay_wire *wire)
{
    const struct bytes input = wire->input;
    assay_wire_close(wire);
    wire->input = input;
}

enum assay_error assay_break_off(struct assay_connection *connection, enum assay_error error)
{
    if (connection->wire != NULL)
        close_behind(connection->wire);
    assay_response_free(connection->awaited);
    connection->awaited = NULL;
    assay_outgoing_reset(&connection->outgoing);
    connection->state = ASSAY_IDLE;
    return error;
}

/* RFC 9112, section 9.3.1: the connection ended before the server can have acted on the request, or
 * where it does not matter that it has. */
static bool may_send_again(const struct assay_connection *connection)
{
    const struct assay_outgoing *outgoing = &connection->outgoing;
    const struct assay_response *response = connection->awaited;
    const bool has_octet = response->wire->reader.offset > response->interim_end;
    const bool has_ended = response->failure.error == ASSAY_REMOTE_DISCONNECTED ||
                           response->failure.error == ASSAY_CONNECTION_RESET;
    return connection->options.retries_stale && has_ended && response->wire->was_used &&
           !has_octet && response->interims.count == 0 && outgoing->is_idempotent &&
           outgoing->framing == ASSAY_REQUEST_NONE;
}

static enum assay_error send_again(struct assay_connection *connection)
{
    struct assay_outgoing *outgoing = &connection->outgoing;
    const int64_t until_ms = connection->awaited->until_ms;
    assay_response_free(connection->awaited);
    connection->awaited = NULL;
    outgoing->is_begun = outgoing->is_cut = outgoing->is_whole = false;
    const enum assay_error error = assay_send_request(connection, NULL, until_ms);
    return error == ASSAY_OK ? assay_receive_head(connection->awaited, true) : error;
}

/* http.client closes its end where the response will: that goes on reading by itself. */
static void hand_over(struct assay_connection *connection, struct assay_response *response)
{
    assay_settle(response);
    connection->is_peer_1_0 = response->version == 10;
    if (response->will_close) {
        assay_wire_release(connection->wire);
        connection->wire = NULL;
    } else {
        connection->held = response;
        response->holder = connection;
    }
}

enum assay_error assay_getresponse(struct assay_connection *connection,
                                   struct assay_response **response)
{
    *response = NULL;
    assay_forget_held(connection);
    if (connection->state != ASSAY_REQUEST_SENT || connection->held != NULL)
        return assay_fail(&connection->failure, ASSAY_RESPONSE_NOT_READY, "%s: %s",
                          connection->held != NULL ? "the response before is not read whole"
                                                   : "no request is sent",
                          assay_state_name(connection->state));
    enum assay_error error = assay_end_body(connection);
    if (error != ASSAY_OK)
        return error;
    error = assay_receive_head(connection->awaited, true);
    if (error != ASSAY_OK && may_send_again(connection))
        error = send_again(connection);
    connection->state = ASSAY_IDLE;
    *response = connection->awaited;
    connection->awaited = NULL;
    if (error == ASSAY_OK)
        hand_over(connection, *response);
    else if (*response != NULL)
        connection->failure = (*response)->failure;
    return error;
}

void assay_response_close(struct assay_response *response)
{
    if (response->stage != ASSAY_STAGE_HEAD && response->stage != ASSAY_STAGE_BODY)
        return;
    assay_wire_close(response->wire);
    response->stage = ASSAY_STAGE_CLOSED;
    assay_drop_data(response);
}

void assay_response_free(struct assay_response *response)
{
    if (response == NULL)
        return;
    if (response->wire != NULL)
        assay_response_close(response);
    if (response->holder != NULL)
        response->holder->held = NULL;
    assay_wire_release(response->wire);
    assay_response_release(response);
    free(response);
}
