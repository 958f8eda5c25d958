#include "harness/client/private.h"

/* What a kept field costs besides its octets. */
#define FIELD_COST (2 * sizeof(struct assay_field))

void assay_response_release(struct assay_response *response)
{
    assay_buffer_release(&response->reason);
    assay_buffer_release(&response->url);
    assay_field_list_release(&response->fields);
    assay_field_list_release(&response->trailers);
    assay_interim_list_release(&response->interims);
    assay_buffer_release(&response->extension);
    assay_buffer_release(&response->gathered);
    assay_buffer_release(&response->joined);
}

static enum assay_error keep_field(struct assay_response *response, struct assay_field_list *list)
{
    const struct http_reader *reader = &response->wire->reader;
    const size_t size_max = response->wire->options.fields_size_max;
    response->fields_size += reader->name.len + reader->value.len + FIELD_COST;
    if (response->fields_size > size_max) {
        assay_fail(&response->failure, ASSAY_TOO_MANY_HEADERS,
                   "the fields of the response are larger than %zu octets (fields_size_max)",
                   size_max);
        return assay_break_off_response(response);
    }
    if (!assay_field_list_add(list, reader->name, reader->value))
        return assay_fail_no_memory(response);
    return ASSAY_OK;
}

static enum assay_error refuse(struct assay_response *response, enum assay_error error,
                               const char *text)
{
    assay_fail(&response->failure, error, "%s", text);
    return assay_break_off_response(response);
}

static enum assay_error keep_start(struct assay_response *response)
{
    enum { STATUS_FIRST = 100 };
    struct assay_wire *wire = response->wire;
    assay_debug_reply(wire);
    response->has_start = true;
    if (wire->reader.start.status < STATUS_FIRST)
        return refuse(response, ASSAY_BAD_STATUS_LINE, "the status code is of no class");
    response->status = wire->reader.start.status;
    response->version = wire->reader.start.minor == 0 ? 10 : 11;
    response->reason.len = 0;
    assay_buffer_add(&response->reason, assay_trimmed(wire->reader.start.reason));
    return response->reason.is_failed ? assay_fail_no_memory(response) : ASSAY_OK;
}

/* Whether a coding stands there that this client cannot take off (RFC 9112, section 7). */
static bool has_unknown_coding(const struct assay_field_list *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        struct bytes list = bytes_given(fields->items[i].value);
        if (!bytes_equal_fold(bytes_given(fields->items[i].name), bytes_of("Transfer-Encoding")))
            continue;
        while (list.len > 0) {
            const struct bytes coding = assay_take_member(&list);
            if (coding.len > 0 && !bytes_equal_fold(coding, bytes_of("chunked")))
                return true;
        }
    }
    return false;
}

/* Whether Transfer-Encoding says that the content is chunked, though there may be none. */
static bool is_coded_in_chunks(const struct assay_response *response)
{
    bool is_chunked = false;
    for (size_t i = 0; i < response->fields.count; i++)
        if (bytes_equal_fold(bytes_given(response->fields.items[i].name),
                             bytes_of("Transfer-Encoding")))
            assay_count_members(bytes_given(response->fields.items[i].value), "chunked",
                                &is_chunked);
    return is_chunked;
}

/* What the head says of the content. */
static void take_framing(struct assay_response *response)
{
    const struct http_message *message = &response->wire->reader.message;
    response->framing = message->framing;
    response->has_left = message->framing == HTTP_FRAMING_LENGTH;
    response->left = message->content_length;
    response->is_chunked = message->framing == HTTP_FRAMING_CHUNKED ||
                           (message->has_coding && is_coded_in_chunks(response));
    /* RFC 9112, section 6.3: both fields may be an attack, so nothing is trusted behind it. */
    response->will_close = !message->persists || response->asks_close ||
                           !response->is_request_whole ||
                           (message->has_length && message->has_coding);
}

/* The final response's head is whole. */
static enum assay_error end_head(struct assay_response *response)
{
    enum { STATUS_SWITCHING_PROTOCOLS = 101 };
    const enum http_framing framing = response->wire->reader.message.framing;
    if (response->stage == ASSAY_STAGE_TUNNEL) {
        assay_debug_proxy_lines(response->wire);
        response->stage = ASSAY_STAGE_WHOLE;
        return ASSAY_OK;
    }
    assay_debug_fields(response->wire, &response->fields);
    if (response->status == STATUS_SWITCHING_PROTOCOLS && !response->asks_upgrade)
        return refuse(response, ASSAY_UNASKED_SWITCH, "the server switches protocols unasked");
    if (framing != HTTP_FRAMING_NONE && framing != HTTP_FRAMING_TUNNEL &&
        has_unknown_coding(&response->fields))
        return refuse(response, ASSAY_UNKNOWN_TRANSFER_ENCODING,
                      "the response has a transfer coding other than chunked");
    take_framing(response);
    response->has_head = true;
    response->body_at = response->wire->reader.offset;
    response->stage = ASSAY_STAGE_BODY;
    return ASSAY_OK;
}

static enum assay_error end_interim(struct assay_response *response)
{
    const size_t count_max = response->wire->options.interim_count_max;
    assay_debug_interim_lines(response->wire);
    if (response->interims.count >= count_max) {
        assay_fail(&response->failure, ASSAY_TOO_MANY_INTERIMS,
                   "more than %zu interim responses (interim_count_max)", count_max);
        return assay_break_off_response(response);
    }
    if (!assay_interim_list_add(&response->interims, response->status, &response->fields))
        return assay_fail_no_memory(response);
    response->has_start = false;
    response->interim_end = response->wire->reader.offset;
    return ASSAY_OK;
}

static enum assay_error take_head_event(struct assay_response *response, enum http_event event)
{
    if (event == HTTP_START)
        return keep_start(response);
    if (event == HTTP_FIELD)
        return keep_field(response, &response->fields);
    if (event == HTTP_HEAD)
        return response->wire->reader.message.is_interim ? ASSAY_OK : end_head(response);
    if (event == HTTP_END)
        return end_interim(response);
    return assay_fail_event(response, event);
}

enum assay_error assay_receive_head(struct assay_response *response, bool may_block)
{
    struct http_reader *reader = &response->wire->reader;
    if (response->stage == ASSAY_STAGE_HEAD || response->stage == ASSAY_STAGE_TUNNEL)
        reader->answers = response->answers;
    if (!response->is_next)
        response->interim_end = reader->offset; /* what came before is of other responses */
    response->is_next = true;
    while (response->stage == ASSAY_STAGE_HEAD || response->stage == ASSAY_STAGE_TUNNEL) {
        enum http_event event;
        if (assay_next_event(response, may_block, &event) != ASSAY_OK)
            break;
        if (event == HTTP_NEED_MORE)
            return ASSAY_OK;
        if (take_head_event(response, event) != ASSAY_OK)
            break;
    }
    return response->stage == ASSAY_STAGE_FAILED ? response->failure.error : ASSAY_OK;
}

/* The message is whole. The connection stays only when both sides allow it (RFC 9112, section 9.3)
 * and nothing lies behind the message that is not awaited. */
static void end_message(struct assay_response *response)
{
    struct assay_wire *wire = response->wire;
    response->stage = ASSAY_STAGE_WHOLE;
    wire->was_used = true;
    wire->awaited--;
    const bool has_surplus = wire->input.len > 0 || wire->is_ended;
    if (response->will_close || (wire->awaited == 0 && has_surplus))
        assay_wire_close(wire);
}

/* RFC 9112, section 7.1.1: "ought to limit the total length of chunk extensions". At a size line,
 * which may be filled up with zeros as well, all that was no content was framing. */
static bool has_overhead(const struct assay_response *response)
{
    enum { FREE_FOR_EACH = 16 };
    const uint64_t overhead =
        response->wire->reader.offset - response->body_at - response->body_len;
    const uint64_t is_free = response->body_len + FREE_FOR_EACH * (response->chunk.number + 1);
    return overhead > is_free && overhead - is_free > response->wire->options.chunk_overhead_max;
}

static enum assay_error take_chunk(struct assay_response *response)
{
    const struct http_reader *reader = &response->wire->reader;
    response->has_left = reader->chunk_size > 0;
    response->left = reader->chunk_size;
    response->chunk.number += response->has_chunk;
    response->chunk.size = reader->chunk_size;
    response->has_chunk = true;
    if (has_overhead(response)) {
        assay_fail(&response->failure, ASSAY_BAD_CHUNK,
                   "what frames the chunks outgrows their content by more than %zu octets "
                   "(chunk_overhead_max)",
                   response->wire->options.chunk_overhead_max);
        return assay_break_off_response(response);
    }
    response->extension.len = 0;
    assay_buffer_add(&response->extension, reader->extension);
    return response->extension.is_failed ? assay_fail_no_memory(response) : ASSAY_OK;
}

static enum assay_error take_body_event(struct assay_response *response, enum http_event event)
{
    if (event == HTTP_DATA) {
        response->data = response->wire->reader.data;
        response->body_len += response->data.len;
        response->left -= response->has_left ? response->data.len : 0;
        return ASSAY_OK;
    }
    if (event == HTTP_CHUNK)
        return take_chunk(response);
    if (event == HTTP_TRAILER)
        return keep_field(response, &response->trailers);
    if (event != HTTP_END)
        return assay_fail_event(response, event);
    end_message(response);
    return ASSAY_OK;
}

static void receive_body(struct assay_response *response, bool may_block)
{
    while (response->stage == ASSAY_STAGE_BODY && response->data.len == 0) {
        enum http_event event;
        if (assay_next_event(response, may_block, &event) != ASSAY_OK || event == HTTP_NEED_MORE)
            return;
        if (take_body_event(response, event) != ASSAY_OK)
            return;
    }
}

void assay_receive_body(struct assay_response *response)
{
    receive_body(response, true);
}

void assay_settle(struct assay_response *response)
{
    const bool has_all = response->framing == HTTP_FRAMING_NONE ||
                         response->framing == HTTP_FRAMING_TUNNEL ||
                         (response->framing == HTTP_FRAMING_LENGTH && response->left == 0);
    if (has_all)
        receive_body(response, false);
}
