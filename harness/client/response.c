#include "harness/client/private.h"

/* What a kept field costs besides its octets. */
#define FIELD_COST (2 * sizeof(struct assay_field))

void assay_response_reset(struct assay_response *response)
{
    assay_buffer_release(&response->reason);
    assay_field_list_release(&response->fields);
    assay_field_list_release(&response->trailers);
    assay_interim_list_release(&response->interims);
    *response = (struct assay_response){.connection = response->connection};
}

static enum assay_error keep_field(struct assay_connection *connection,
                                   struct assay_field_list *list)
{
    struct assay_response *response = &connection->response;
    const struct http_reader *reader = &connection->reader;
    response->fields_size += reader->name.len + reader->value.len + FIELD_COST;
    if (response->fields_size > connection->options.fields_size_max) {
        assay_fail(connection, ASSAY_TOO_MANY_HEADERS,
                   "the fields of the response are larger than %zu octets",
                   connection->options.fields_size_max);
        return assay_break_off_response(connection);
    }
    if (!assay_field_list_add(list, reader->name, reader->value))
        return assay_fail_no_memory(connection);
    return ASSAY_OK;
}

static enum assay_error keep_start(struct assay_connection *connection)
{
    struct assay_response *response = &connection->response;
    response->status = connection->reader.start.status;
    response->reason.len = 0;
    assay_buffer_add(&response->reason, connection->reader.start.reason);
    return response->reason.is_failed ? assay_fail_no_memory(connection) : ASSAY_OK;
}

/* Whether a coding stands there that this client cannot take off (RFC 9112, section 7). */
static bool has_unknown_coding(const struct assay_field_list *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        struct bytes list = fields->items[i].value;
        if (!bytes_equal_fold(fields->items[i].name, bytes_of("Transfer-Encoding")))
            continue;
        while (list.len > 0) {
            const struct bytes coding = assay_take_member(&list);
            if (coding.len > 0 && !bytes_equal_fold(coding, bytes_of("chunked")))
                return true;
        }
    }
    return false;
}

/* The final response's head is whole. */
static enum assay_error end_head(struct assay_connection *connection)
{
    enum { STATUS_SWITCHING_PROTOCOLS = 101 };
    struct assay_response *response = &connection->response;
    const struct http_message *message = &connection->reader.message;
    if (response->stage == ASSAY_STAGE_TUNNEL) {
        response->stage = ASSAY_STAGE_WHOLE;
        return ASSAY_OK;
    }
    if (response->status == STATUS_SWITCHING_PROTOCOLS && !connection->outgoing.has_upgrade) {
        assay_fail(connection, ASSAY_UNASKED_SWITCH, "the server switches protocols unasked");
        return assay_break_off_response(connection);
    }
    const bool has_content =
        message->framing != HTTP_FRAMING_NONE && message->framing != HTTP_FRAMING_TUNNEL;
    if (has_content && has_unknown_coding(&response->fields)) {
        assay_fail(connection, ASSAY_UNKNOWN_TRANSFER_ENCODING,
                   "the response has a transfer coding other than chunked");
        return assay_break_off_response(connection);
    }
    connection->is_peer_1_0 = connection->reader.start.minor == 0;
    response->will_close =
        !message->persists || connection->outgoing.has_close || !connection->outgoing.is_whole;
    response->has_left = message->framing == HTTP_FRAMING_LENGTH;
    response->left = message->content_length;
    response->has_head = true;
    response->stage = ASSAY_STAGE_BODY;
    return ASSAY_OK;
}

static enum assay_error end_interim(struct assay_connection *connection)
{
    struct assay_response *response = &connection->response;
    if (response->interims.count >= connection->options.interim_count_max) {
        assay_fail(connection, ASSAY_TOO_MANY_INTERIMS, "more than %zu interim responses",
                   connection->options.interim_count_max);
        return assay_break_off_response(connection);
    }
    if (!assay_interim_list_add(&response->interims, response->status, &response->fields))
        return assay_fail_no_memory(connection);
    return ASSAY_OK;
}

static enum assay_error take_head_event(struct assay_connection *connection, enum http_event event)
{
    if (event == HTTP_START)
        return keep_start(connection);
    if (event == HTTP_FIELD)
        return keep_field(connection, &connection->response.fields);
    if (event == HTTP_HEAD)
        return connection->reader.message.is_interim ? ASSAY_OK : end_head(connection);
    if (event == HTTP_END)
        return end_interim(connection);
    return assay_fail_event(connection, event);
}

enum assay_error assay_receive_head(struct assay_connection *connection, bool may_block)
{
    struct assay_response *response = &connection->response;
    while (response->stage == ASSAY_STAGE_HEAD || response->stage == ASSAY_STAGE_TUNNEL) {
        enum http_event event;
        if (assay_next_event(connection, may_block, &event) != ASSAY_OK)
            break;
        if (event == HTTP_NEED_MORE)
            return ASSAY_OK;
        if (take_head_event(connection, event) != ASSAY_OK)
            break;
    }
    return response->error;
}

/* The message is whole. The connection stays only when both sides allow it (RFC 9112, section 9.3)
 * and nothing lies behind the message. */
static void end_message(struct assay_connection *connection)
{
    struct assay_response *response = &connection->response;
    response->stage = ASSAY_STAGE_WHOLE;
    if (connection->input.len > 0 || connection->is_ended)
        response->will_close = true;
    if (response->will_close)
        assay_connection_disconnect(connection);
}

static enum assay_error take_body_event(struct assay_connection *connection, enum http_event event)
{
    struct assay_response *response = &connection->response;
    if (event == HTTP_DATA) {
        response->data = connection->reader.data;
        response->body_len += response->data.len;
        response->left -= response->has_left ? response->data.len : 0;
        return ASSAY_OK;
    }
    if (event == HTTP_CHUNK) {
        response->has_left = connection->reader.chunk_size > 0;
        response->left = connection->reader.chunk_size;
        return ASSAY_OK;
    }
    if (event == HTTP_TRAILER)
        return keep_field(connection, &response->trailers);
    if (event != HTTP_END)
        return assay_fail_event(connection, event);
    end_message(connection);
    return ASSAY_OK;
}

/* Reads on until there is data to hand out, or the body is at its end, good or bad. Where it
 * `may_block` not, it also stops when nothing more is there. */
static void advance(struct assay_connection *connection, bool may_block)
{
    struct assay_response *response = &connection->response;
    while (response->stage == ASSAY_STAGE_BODY && response->data.len == 0) {
        enum http_event event;
        if (assay_next_event(connection, may_block, &event) != ASSAY_OK || event == HTTP_NEED_MORE)
            return;
        if (take_body_event(connection, event) != ASSAY_OK)
            return;
    }
}

/* Whether there is data; if not, `error` says why. */
static bool has_data(struct assay_response *response, enum assay_error *error)
{
    *error = ASSAY_OK;
    if (response->stage == ASSAY_STAGE_NONE || response->stage == ASSAY_STAGE_HEAD) {
        *error = assay_fail(response->connection, ASSAY_RESPONSE_NOT_READY,
                            "the head of the response was not read");
        return false;
    }
    advance(response->connection, true);
    if (response->data.len > 0)
        return true;
    *error = response->error;
    return false;
}

enum assay_error assay_getresponse(struct assay_connection *connection,
                                   struct assay_response **response)
{
    if (connection->state != ASSAY_STATE_REQUEST_SENT) {
        *response = NULL;
        return assay_fail(connection, ASSAY_RESPONSE_NOT_READY, "no request is sent");
    }
    *response = &connection->response;
    enum assay_error error = assay_end_body(connection);
    if (error == ASSAY_OK)
        error = assay_receive_head(connection, true);
    connection->state = ASSAY_STATE_IDLE;
    /* So that a response without a body needs no read before the connection is free again. */
    if (error == ASSAY_OK)
        advance(connection, false);
    return error;
}

enum assay_error assay_read(struct assay_response *response, uint8_t *into, size_t amount,
                            size_t *got)
{
    *got = 0;
    while (*got < amount) {
        enum assay_error error;
        if (!has_data(response, &error))
            return error;
        const size_t rest = amount - *got;
        const size_t count = response->data.len < rest ? response->data.len : rest;
        memcpy(into + *got, bytes_take(&response->data, count).at, count);
        *got += count;
    }
    /* So that what was read to its end is known to be whole without one more call. */
    advance(response->connection, false);
    return ASSAY_OK;
}

enum assay_error assay_read_piece(struct assay_response *response, struct bytes *piece)
{
    enum assay_error error;
    *piece = (struct bytes){NULL, 0};
    if (has_data(response, &error))
        *piece = bytes_take(&response->data, response->data.len);
    return error;
}
