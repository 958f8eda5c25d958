#include "harness/client/private.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>

/* What the request goes by, to its end: the caller may have closed it since, or have made another
 * connection. */
static struct assay_wire *wire_of(const struct assay_connection *connection)
{
    return connection->awaited->wire;
}

/* RFC 9112, section 9.5: who sees the answer while still sending stops, and closes its side. What
 * was not sent stays unsent, so the connection is not used again. */
static void cut(struct assay_connection *connection)
{
    connection->outgoing.is_cut = true;
    if (assay_wire_is_open(wire_of(connection)))
        assay_transport_end(wire_of(connection));
}

/* Takes note of an answer, or an end, that comes before the request is whole. Not before the first
 * octet was sent: what comes then answers nothing; nor while another answer is to be read first. */
static void watch(struct assay_connection *connection)
{
    if (!assay_wire_is_open(wire_of(connection)))
        cut(connection);
    if (!connection->outgoing.is_begun || wire_of(connection)->awaited > 1)
        return;
    assay_receive_head(connection->awaited, false);
    if (connection->awaited->stage != ASSAY_STAGE_HEAD)
        cut(connection);
}

/* A send that failed: the response may be there all the same, or the end of it. */
static enum assay_error take_send_error(struct assay_connection *connection)
{
    struct assay_wire *wire = wire_of(connection);
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
        const bool may_read = wire->awaited == 1;
        if (assay_wire_wait(wire, may_read ? POLLIN | POLLOUT : POLLOUT))
            return ASSAY_OK;
    } else if (errno == EPIPE || errno == ECONNRESET) {
        wire->was_reset = errno == ECONNRESET;
        cut(connection);
        return ASSAY_OK;
    }
    return assay_break_off(connection, assay_wire_fail(wire, &connection->failure, "send to"));
}

/* Moves past `sent` octets of the parts. */
static void skip_parts(struct iovec **parts, size_t *count, size_t sent)
{
    while (*count > 0 && sent >= (*parts)->iov_len) {
        sent -= (*parts)->iov_len;
        ++*parts;
        --*count;
    }
    if (sent > 0) {
        (*parts)->iov_base = (uint8_t *)(*parts)->iov_base + sent;
        (*parts)->iov_len -= sent;
    }
}

/* Sends all parts, in as few calls as it takes, unless sending is cut. */
static enum assay_error send_parts(struct assay_connection *connection, struct iovec *parts,
                                   size_t count)
{
    skip_parts(&parts, &count, 0);
    wire_of(connection)->until_ms = connection->awaited->until_ms;
    while (count > 0) {
        watch(connection);
        if (connection->outgoing.is_cut)
            return ASSAY_OK;
        if (assay_is_over(wire_of(connection)->until_ms))
            return take_send_error(connection);
        const ssize_t sent = assay_transport_send(wire_of(connection), parts, count);
        if (sent >= 0) {
            connection->outgoing.is_begun = true;
            skip_parts(&parts, &count, (size_t)sent);
            continue;
        }
        const enum assay_error error = take_send_error(connection);
        if (error != ASSAY_OK)
            return error;
    }
    return ASSAY_OK;
}

/* Sends octets of the body in their framing, behind `head` (which may be empty), in one send if the
 * kernel takes it. */
static enum assay_error send_framed(struct assay_connection *connection, struct bytes head,
                                    struct bytes data)
{
    const bool is_chunk = connection->outgoing.framing == ASSAY_REQUEST_CHUNKED && data.len > 0;
    char size_line[sizeof("FFFFFFFFFFFFFFFF\r\n")] = "";
    if (is_chunk)
        snprintf(size_line, sizeof(size_line), "%zX\r\n", data.len);
    struct iovec parts[] = {
        assay_part_of(head),
        assay_part_of(bytes_of(size_line)),
        assay_part_of(data),
        assay_part_of(bytes_of(is_chunk ? "\r\n" : "")),
    };
    connection->outgoing.body_len += data.len;
    assay_debug_send(wire_of(connection), parts, 1);
    assay_debug_send(wire_of(connection), parts + 1, sizeof(parts) / sizeof(parts[0]) - 1);
    return send_parts(connection, parts, sizeof(parts) / sizeof(parts[0]));
}

static enum assay_error fail_mismatch(struct assay_connection *connection, const char *what)
{
    return assay_break_off(connection, assay_fail(&connection->failure, ASSAY_BODY_MISMATCH,
                                                  "%s, after %" PRIu64 " octets", what,
                                                  connection->outgoing.body_len));
}

/* A body that comes in chunks already. */
static enum assay_error check_coded(struct assay_connection *connection, struct bytes piece)
{
    const enum assay_error error = assay_coded_take(&connection->outgoing, piece);
    if (error == ASSAY_NO_MEMORY)
        return assay_break_off(connection, assay_fail(&connection->failure, ASSAY_NO_MEMORY,
                                                      "no memory for a line of the body"));
    return error == ASSAY_OK
               ? ASSAY_OK
               : fail_mismatch(connection, "the body is not in chunks, as was declared");
}

static enum assay_error send_piece(struct assay_connection *connection, struct bytes piece)
{
    struct assay_outgoing *outgoing = &connection->outgoing;
    if (piece.len == 0) /* as a chunk it would be the last */
        return ASSAY_OK;
    if (outgoing->has_length && piece.len > outgoing->length - outgoing->body_len)
        return fail_mismatch(connection, "the body is longer than was declared");
    const enum assay_error error =
        outgoing->framing == ASSAY_REQUEST_CODED ? check_coded(connection, piece) : ASSAY_OK;
    return error == ASSAY_OK ? send_framed(connection, (struct bytes){NULL, 0}, piece) : error;
}

/* http.client tells of empty pieces of a request's body, but not of those that are sent by hand. */
static void debug_empty(const struct assay_connection *connection)
{
    assay_debug_line(&connection->options, connection->debuglevel, "Zero length chunk ignored");
}

static enum assay_error fail_source(struct assay_connection *connection,
                                    const struct assay_source *source)
{
    const int number = errno;
    const enum assay_error error = fail_mismatch(connection, "the source of the body broke");
    if (source->body->kind == ASSAY_BODY_FILE) /* a callback has its own way to tell */
        connection->failure.system_error = number;
    return error;
}

static enum assay_error send_pieces(struct assay_connection *connection,
                                    struct assay_source *source, bool is_by_hand)
{
    const struct assay_outgoing *outgoing = &connection->outgoing;
    while (!outgoing->is_cut) {
        struct bytes piece = {NULL, 0};
        const uint64_t left =
            outgoing->has_length ? outgoing->length - outgoing->body_len : UINT64_MAX;
        const enum assay_piece next = assay_source_next(source, left, &piece);
        if (next == ASSAY_PIECES_END)
            break;
        if (next == ASSAY_PIECES_BROKEN)
            return fail_source(connection, source);
        if (piece.len == 0 && !is_by_hand)
            debug_empty(connection);
        const enum assay_error error = send_piece(connection, piece);
        if (error != ASSAY_OK)
            return error;
    }
    return ASSAY_OK;
}

static enum assay_error send_stream(struct assay_connection *connection,
                                    const struct assay_body *body, bool is_by_hand)
{
    struct assay_source source;
    if (!assay_source_init(&source, body, connection->options.block_size))
        return assay_break_off(connection, assay_fail(&connection->failure, ASSAY_NO_MEMORY,
                                                      "no memory for a block of the body"));
    const enum assay_error error = send_pieces(connection, &source, is_by_hand);
    assay_source_release(&source);
    return error;
}

static enum assay_error send_last_chunk(struct assay_connection *connection)
{
    const struct assay_buffer *trailers = &connection->outgoing.trailers;
    struct iovec parts[] = {assay_part_of(bytes_of("0\r\n")),
                            assay_part_of((struct bytes){trailers->at, trailers->len}),
                            assay_part_of(bytes_of("\r\n"))};
    assay_debug_send(wire_of(connection), parts, sizeof(parts) / sizeof(parts[0]));
    return send_parts(connection, parts, sizeof(parts) / sizeof(parts[0]));
}

enum assay_error assay_end_body(struct assay_connection *connection)
{
    struct assay_outgoing *outgoing = &connection->outgoing;
    enum assay_error error = ASSAY_OK;
    if (outgoing->is_whole || outgoing->is_cut)
        return ASSAY_OK;
    if (outgoing->has_length && outgoing->body_len < outgoing->length)
        return fail_mismatch(connection, "the body is shorter than was declared");
    if (outgoing->framing == ASSAY_REQUEST_CODED && !assay_coded_is_whole(outgoing))
        return fail_mismatch(connection, "the chunks of the body have no end");
    if (outgoing->framing == ASSAY_REQUEST_CHUNKED)
        error = send_last_chunk(connection);
    if (error == ASSAY_OK)
        connection->awaited->is_request_whole = outgoing->is_whole = !outgoing->is_cut;
    return error;
}

static bool was_told_to_continue(const struct assay_response *response)
{
    enum { STATUS_CONTINUE = 100 };
    for (size_t i = 0; i < response->interims.count; i++)
        if (response->interims.items[i].status == STATUS_CONTINUE)
            return true;
    return false;
}

/* RFC 9110, section 10.1.1: until the server has said so, or given its answer, but not for ever. */
static enum assay_error wait_to_continue(struct assay_connection *connection)
{
    struct assay_wire *wire = wire_of(connection);
    const int64_t until_ms =
        assay_until_ms(wire->until_ms, connection->options.continue_timeout_ms);
    for (;;) {
        watch(connection);
        if (connection->outgoing.is_cut || was_told_to_continue(connection->awaited))
            return ASSAY_OK;
        if (assay_transport_wait(wire, POLLIN, until_ms))
            continue;
        return errno == ETIMEDOUT
                   ? ASSAY_OK
                   : assay_break_off(connection,
                                     assay_wire_fail(wire, &connection->failure, "wait for"));
    }
}

static bool is_streamed(const struct assay_body *body)
{
    return body->kind != ASSAY_BODY_NONE && body->kind != ASSAY_BODY_BYTES;
}

static bool is_read_in_blocks(const struct assay_body *body)
{
    return body->kind == ASSAY_BODY_READER || body->kind == ASSAY_BODY_FILE;
}

static enum assay_error send_all(struct assay_connection *connection, const struct assay_body *body)
{
    static const struct bytes nothing = {NULL, 0};
    struct bytes head = {connection->outgoing.head.at, connection->outgoing.head.len};
    enum assay_error error = ASSAY_OK;
    if (connection->outgoing.expects_continue) {
        error = send_framed(connection, head, nothing);
        if (error == ASSAY_OK)
            error = wait_to_continue(connection);
        head = nothing;
    }
    if (error == ASSAY_OK)
        error = send_framed(
            connection, head,
            body != NULL && body->kind == ASSAY_BODY_BYTES ? bytes_given(body->bytes) : nothing);
    if (error == ASSAY_OK && body != NULL && body->kind == ASSAY_BODY_BYTES && body->bytes.len == 0)
        debug_empty(connection);
    if (error == ASSAY_OK && body != NULL && is_streamed(body)) {
        if (is_read_in_blocks(body))
            assay_debug_line(&connection->options, connection->debuglevel, "reading a readable");
        error = send_stream(connection, body, false);
    }
    return error == ASSAY_OK && body != NULL ? assay_end_body(connection) : error;
}

enum assay_error assay_send_request(struct assay_connection *connection,
                                    const struct assay_body *body, int64_t until_ms)
{
    enum assay_error error = assay_connection_open(connection, until_ms);
    if (error == ASSAY_OK)
        error = assay_await_response(connection);
    if (error != ASSAY_OK)
        return assay_break_off(connection, error);
    error = send_all(connection, body);
    const struct assay_outgoing *outgoing = &connection->outgoing;
    if (error == ASSAY_OK && body == NULL && outgoing->framing == ASSAY_REQUEST_NONE)
        return assay_end_body(connection);
    return error;
}

/* http.client's form: neither the blocks nor the pieces show. */
static void debug_sent(const struct assay_connection *connection, const struct assay_body *body)
{
    const struct assay_options *options = &connection->options;
    if (body->kind == ASSAY_BODY_BYTES && body->bytes.len == 0)
        assay_debug_line(options, connection->debuglevel, "send: b''");
    if (body->kind == ASSAY_BODY_STREAM)
        assay_debug_line(options, connection->debuglevel, "send: <stream>");
    if (!is_read_in_blocks(body))
        return;
    assay_debug_line(options, connection->debuglevel,
                     body->kind == ASSAY_BODY_FILE ? "send: <file>" : "send: <reader>");
    assay_debug_line(options, connection->debuglevel, "sending a readable");
}

enum assay_error assay_send(struct assay_connection *connection, const struct assay_body *body)
{
    const struct assay_outgoing *outgoing = &connection->outgoing;
    if (connection->state != ASSAY_REQUEST_SENT || outgoing->is_whole)
        return assay_fail(&connection->failure, ASSAY_CANNOT_SEND_BODY,
                          "a body follows the head that declares it, and nothing else");
    if (outgoing->framing == ASSAY_REQUEST_NONE)
        return assay_fail(&connection->failure, ASSAY_CANNOT_SEND_BODY,
                          "want a Content-Length or Transfer-Encoding for a body");
    if (body->kind == ASSAY_BODY_NONE)
        return ASSAY_OK;
    debug_sent(connection, body);
    if (body->kind == ASSAY_BODY_BYTES)
        return send_piece(connection, bytes_given(body->bytes));
    return send_stream(connection, body, true);
}
