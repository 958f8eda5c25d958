#include "harness/client/private.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>

void assay_drop_data(struct assay_response *response)
{
    response->left += response->has_left ? response->data.len : 0;
    response->data = (struct bytes){NULL, 0};
}

enum assay_error assay_break_off_response(struct assay_response *response)
{
    const bool is_head =
        response->stage == ASSAY_STAGE_HEAD || response->stage == ASSAY_STAGE_TUNNEL;
    if (is_head && !response->has_start)
        assay_debug_reply(response->wire);
    response->stage = ASSAY_STAGE_FAILED;
    response->failure.received = response->body_len;
    assay_drop_data(response);
    assay_wire_close(response->wire);
    return response->failure.error;
}

enum assay_error assay_fail_no_memory(struct assay_response *response)
{
    assay_fail(&response->failure, ASSAY_NO_MEMORY, "no memory for the response");
    return assay_break_off_response(response);
}

/* What a limit is called where it is set. */
static const char *limit_of(enum assay_error error)
{
    if (error == ASSAY_LINE_TOO_LONG)
        return " (line_size_max)";
    return error == ASSAY_TOO_MANY_HEADERS ? " (field_count_max)" : "";
}

static enum assay_error fail_deviation(struct assay_response *response, enum assay_error error)
{
    const struct http_deviation deviation = response->wire->reader.deviation;
    assay_fail(&response->failure, error, "%s%s, at octet %" PRIu64 " of what the server sent",
               http_deviation_text(deviation.kind), limit_of(error), deviation.offset);
    response->failure.has_offset = true;
    response->failure.offset = deviation.offset;
    return assay_break_off_response(response);
}

static enum assay_error fail_cut_body(struct assay_response *response)
{
    struct assay_failure *failure = &response->failure;
    if (!response->has_left || response->left == 0) { /* not known, or between two chunks */
        assay_fail(failure, ASSAY_INCOMPLETE_READ,
                   "the connection ended inside the body, after %" PRIu64 " octets of it",
                   response->body_len);
        return assay_break_off_response(response);
    }
    assay_fail(failure, ASSAY_INCOMPLETE_READ,
               "the connection ended after %" PRIu64 " octets of the body; want %" PRIu64 " more",
               response->body_len, response->left);
    failure->has_missing = true;
    failure->missing = response->left;
    return assay_break_off_response(response);
}

/* FIN where it may not be. */
static enum assay_error fail_end(struct assay_response *response)
{
    const struct http_reader *reader = &response->wire->reader;
    if (response->stage == ASSAY_STAGE_BODY)
        return fail_cut_body(response);
    if (http_reader_progress(reader) == HTTP_IN_HEAD && reader->offset > response->interim_end)
        assay_fail(&response->failure, ASSAY_INCOMPLETE_READ,
                   "the connection ended before the head of the response was whole");
    else
        assay_fail(&response->failure, ASSAY_REMOTE_DISCONNECTED,
                   "the server closed the connection without a response");
    return assay_break_off_response(response);
}

/* RFC 9112, section 9.8: over TLS a body that ends with the connection is whole only when the peer
 * said that this is the end. */
static enum assay_error fail_unclosed(struct assay_response *response)
{
    assay_fail(&response->failure, ASSAY_INCOMPLETE_READ,
               "TLS ended without close_notify, after %" PRIu64 " octets of the body",
               response->body_len);
    return assay_break_off_response(response);
}

enum assay_error assay_receive(struct assay_response *response, uint8_t *into, size_t size,
                               bool may_block)
{
    struct assay_wire *wire = response->wire;
    if (!assay_wire_is_open(wire)) /* by us: a request behind this one failed */
        return fail_end(response);
    wire->until_ms = response->until_ms;
    if (may_block && assay_is_over(wire->until_ms)) { /* whatever lies ready */
        assay_wire_fail(wire, &response->failure, "receive from");
        return assay_break_off_response(response);
    }
    for (;;) {
        ssize_t got = may_block ? assay_transport_await(wire, into, size)
                                : assay_transport_receive(wire, into, size);
        if (got == 0 && wire->was_reset) {
            got = -1; /* no FIN: the send that met the reset took it from the socket */
            errno = ECONNRESET;
        }
        if (got >= 0) {
            wire->input = (struct bytes){into, (size_t)got};
            wire->is_ended = got == 0;
            wire->is_cut = got == 0 && assay_layer_is_cut(wire->layer);
            return ASSAY_OK;
        }
        const bool is_waiting = errno == EAGAIN || errno == EWOULDBLOCK;
        if (is_waiting && !may_block)
            return ASSAY_OK;
        if (!is_waiting || !assay_wire_wait(wire, POLLIN)) {
            assay_wire_fail(wire, &response->failure, "receive from");
            return assay_break_off_response(response);
        }
    }
}

static enum http_event read_on(struct assay_wire *wire, enum assay_stage stage)
{
    const struct bytes before = wire->input;
    const enum http_event event = http_reader_next(&wire->reader, &wire->input);
    if (wire->debuglevel > 0 && stage != ASSAY_STAGE_BODY)
        assay_debug_keep(wire, (struct bytes){before.at, before.len - wire->input.len});
    return event;
}

enum assay_error assay_next_event(struct assay_response *response, bool may_block,
                                  enum http_event *event)
{
    struct assay_wire *wire = response->wire;
    for (;;) {
        *event = read_on(wire, response->stage);
        if (*event == HTTP_NEED_MORE && wire->is_ended) {
            *event = http_reader_end(&wire->reader);
            if (*event == HTTP_END && wire->is_cut)
                return fail_unclosed(response);
        }
        if (*event == HTTP_NEED_MORE) {
            const enum assay_error error =
                assay_receive(response, wire->store, sizeof(wire->store), may_block);
            if (error != ASSAY_OK)
                return error;
            if (wire->input.len == 0 && !wire->is_ended)
                return ASSAY_OK;
        } else if (*event == HTTP_DEVIATION) {
            const enum assay_error error =
                assay_strictness(wire->reader.deviation.kind, response->stage);
            if (error != ASSAY_OK)
                return fail_deviation(response, error);
        } else {
            return ASSAY_OK;
        }
    }
}

enum assay_error assay_fail_event(struct assay_response *response, enum http_event event)
{
    if (event == HTTP_NO_MEMORY)
        return assay_fail_no_memory(response);
    if (event == HTTP_CUT || event == HTTP_IDLE)
        return fail_end(response);
    assay_fail(&response->failure, ASSAY_BAD_FRAMING, "it is not known where the response ends");
    return assay_break_off_response(response);
}
