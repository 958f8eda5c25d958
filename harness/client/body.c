#include "harness/client/private.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

/* http.client reads a file in such blocks. */
enum { BLOCK_SIZE = 8192 };

/* The request cannot go on: the connection is closed before it looks whole. */
static enum assay_error break_off(struct assay_connection *connection, enum assay_error error)
{
    assay_connection_disconnect(connection);
    assay_outgoing_reset(&connection->outgoing);
    connection->state = ASSAY_STATE_IDLE;
    connection->response.stage = ASSAY_STAGE_FAILED;
    connection->response.error = error;
    return error;
}

/* RFC 9112, section 9.5: who sees the answer while still sending stops, and closes its side. What
 * was not sent stays unsent, so the connection is not used again. */
static void cut(struct assay_connection *connection)
{
    connection->outgoing.is_cut = true;
    if (connection->fd >= 0)
        assay_transport_end(connection);
}

/* Takes note of an answer, or an end, that comes before the request is whole. Not before the first
 * octet was sent: what comes then answers nothing. */
static void watch(struct assay_connection *connection)
{
    if (!connection->outgoing.is_begun)
        return;
    assay_receive_head(connection, false);
    if (connection->response.stage != ASSAY_STAGE_HEAD)
        cut(connection);
}

/* A send that failed: the response may be there all the same, or the end of it. */
static enum assay_error take_send_error(struct assay_connection *connection)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
        if (assay_connection_wait(connection, POLLIN | POLLOUT))
            return ASSAY_OK;
    } else if (errno == EPIPE || errno == ECONNRESET) {
        connection->was_reset = errno == ECONNRESET;
        cut(connection);
        return ASSAY_OK;
    }
    return break_off(connection, assay_fail_system(connection, "send to"));
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
    while (count > 0) {
        watch(connection);
        if (connection->outgoing.is_cut)
            return ASSAY_OK;
        const ssize_t sent = assay_transport_send(connection, parts, count);
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
    return send_parts(connection, parts, sizeof(parts) / sizeof(parts[0]));
}

static enum assay_error send_piece(struct assay_connection *connection, struct bytes piece)
{
    struct assay_outgoing *outgoing = &connection->outgoing;
    if (piece.len == 0)
        return ASSAY_OK; /* as a chunk it would be the last */
    if (outgoing->has_length && piece.len > outgoing->length - outgoing->body_len)
        return break_off(connection,
                         assay_fail(connection, ASSAY_BODY_MISMATCH,
                                    "the body is longer than its %" PRIu64 " declared octets",
                                    outgoing->length));
    return send_framed(connection, (struct bytes){NULL, 0}, piece);
}

/* The next piece of a stream, or block of a file. */
static enum assay_piece next_piece(const struct assay_body *body, uint8_t *block,
                                   struct bytes *piece)
{
    if (body->kind == ASSAY_BODY_STREAM)
        return body->next(body->context, piece);
    ssize_t got;
    do
        got = read(body->fd, block, BLOCK_SIZE);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return got == 0 ? ASSAY_PIECES_END : ASSAY_PIECES_BROKEN;
    *piece = (struct bytes){block, (size_t)got};
    return ASSAY_PIECE;
}

static enum assay_error send_stream(struct assay_connection *connection,
                                    const struct assay_body *body)
{
    uint8_t block[BLOCK_SIZE];
    while (!connection->outgoing.is_cut) {
        struct bytes piece = {NULL, 0};
        const enum assay_piece next = next_piece(body, block, &piece);
        if (next == ASSAY_PIECES_END)
            break;
        if (next == ASSAY_PIECES_BROKEN)
            return break_off(connection,
                             assay_fail(connection, ASSAY_BODY_MISMATCH,
                                        "the source of the body broke after %" PRIu64 " octets",
                                        connection->outgoing.body_len));
        const enum assay_error error = send_piece(connection, piece);
        if (error != ASSAY_OK)
            return error;
    }
    return ASSAY_OK;
}

enum assay_error assay_end_body(struct assay_connection *connection)
{
    struct assay_outgoing *outgoing = &connection->outgoing;
    if (outgoing->is_whole || outgoing->is_cut)
        return ASSAY_OK;
    if (outgoing->has_length && outgoing->body_len < outgoing->length)
        return break_off(connection, assay_fail(connection, ASSAY_BODY_MISMATCH,
                                                "the body has %" PRIu64 " octets; want the %" PRIu64
                                                " that were declared",
                                                outgoing->body_len, outgoing->length));
    if (outgoing->framing == ASSAY_REQUEST_CHUNKED) {
        const struct assay_buffer *trailers = &outgoing->trailers;
        struct iovec parts[] = {assay_part_of(bytes_of("0\r\n")),
                                assay_part_of((struct bytes){trailers->at, trailers->len}),
                                assay_part_of(bytes_of("\r\n"))};
        const enum assay_error error =
            send_parts(connection, parts, sizeof(parts) / sizeof(parts[0]));
        if (error != ASSAY_OK)
            return error;
    }
    outgoing->is_whole = !outgoing->is_cut;
    return ASSAY_OK;
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
    const int64_t until_ms =
        assay_until_ms(connection->until_ms, connection->options.continue_timeout_ms);
    for (;;) {
        watch(connection);
        if (connection->outgoing.is_cut || was_told_to_continue(&connection->response))
            return ASSAY_OK;
        if (assay_transport_wait(connection, POLLIN, until_ms))
            continue;
        return errno == ETIMEDOUT
                   ? ASSAY_OK
                   : break_off(connection, assay_fail_system(connection, "wait for"));
    }
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
        error = send_framed(connection, head,
                            body != NULL && body->kind == ASSAY_BODY_BYTES ? body->bytes : nothing);
    if (error == ASSAY_OK && body != NULL &&
        (body->kind == ASSAY_BODY_STREAM || body->kind == ASSAY_BODY_FILE))
        error = send_stream(connection, body);
    return error == ASSAY_OK && body != NULL ? assay_end_body(connection) : error;
}

enum assay_error assay_send_request(struct assay_connection *connection,
                                    const struct assay_body *body)
{
    connection->until_ms = assay_until_ms(0, connection->options.exchange_timeout_ms);
    const enum assay_error error = assay_connection_open(connection);
    if (error != ASSAY_OK)
        return break_off(connection, error);
    connection->reader.answers = connection->outgoing.answers;
    connection->response.stage = ASSAY_STAGE_HEAD;
    return send_all(connection, body);
}

enum assay_error assay_send(struct assay_connection *connection, struct bytes piece)
{
    const struct assay_outgoing *outgoing = &connection->outgoing;
    if (connection->state != ASSAY_STATE_REQUEST_SENT || outgoing->is_whole)
        return assay_fail(connection, ASSAY_CANNOT_SEND_BODY,
                          "a body follows the head that declares it, and nothing else");
    if (outgoing->framing == ASSAY_REQUEST_NONE)
        return assay_fail(connection, ASSAY_CANNOT_SEND_BODY,
                          "want a Content-Length or Transfer-Encoding for a body");
    return send_piece(connection, piece);
}
