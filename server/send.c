#include "server/connection.h"
#include "server/socket.h"

#include <errno.h>
#include <sys/socket.h>

void send_begin(struct connection *connection, const struct step *step)
{
    connection->sending = (struct octets_cursor){
        .octets = &step->send,
        .endpoints = connection->peer->host->endpoints,
    };
}

/* What is sent while a FIN is owed goes through a reader: the FIN is due when the response is
 * whole. */
static void watch_response(struct connection *connection, struct bytes sent)
{
    while (connection->must_close && !connection->is_answered) {
        switch (http_reader_next(&connection->responses, &sent)) {
        case HTTP_END:
            connection->is_answered = !connection->responses.message.is_interim;
            break;
        case HTTP_NEED_MORE:
        case HTTP_LOST:
        case HTTP_NO_MEMORY:
        case HTTP_CUT:
        case HTTP_IDLE:
            return;
        case HTTP_START:
        case HTTP_FIELD:
        case HTTP_HEAD:
        case HTTP_CHUNK:
        case HTTP_DATA:
        case HTTP_TRAILER:
        case HTTP_DEVIATION:
            break;
        }
    }
}

/* The next octets of the step. Small pieces that follow each other go out together, so that a head
 * and its content are one segment. */
static struct bytes gather(struct connection *connection)
{
    uint8_t *scratch = connection->peer->host->scratch;
    struct octets_cursor ahead = connection->sending;
    struct bytes piece = octets_peek(&ahead);
    if (piece.len >= PEER_SCRATCH_SIZE)
        return piece;
    size_t len = 0;
    for (; piece.len > 0 && len < PEER_SCRATCH_SIZE; piece = octets_peek(&ahead)) {
        const size_t room = PEER_SCRATCH_SIZE - len;
        const size_t count = piece.len < room ? piece.len : room;
        memcpy(scratch + len, piece.at, count);
        octets_skip(&ahead, count);
        len += count;
    }
    return (struct bytes){scratch, len};
}

static void skip(struct octets_cursor *cursor, size_t count)
{
    while (count > 0) {
        const struct bytes piece = octets_peek(cursor);
        const size_t part = piece.len < count ? piece.len : count;
        octets_skip(cursor, part);
        count -= part;
    }
}

enum play send_step(struct connection *connection)
{
    const struct bytes next = gather(connection);
    if (next.len == 0) {
        connection_end_step(connection, connection->was_there);
        return PLAY_ON;
    }
    const ssize_t sent = socket_send(connection->fd, next);
    if (sent >= 0) {
        const struct bytes part = {next.at, (size_t)sent};
        connection_record(connection, EVENT_SENT, part, 0);
        watch_response(connection, part);
        skip(&connection->sending, part.len);
        return PLAY_ON;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return PLAY_WRITABLE;
    const int error = errno;
    connection_end_step(connection, connection->was_there);
    connection_lost(connection, error);
    return PLAY_OVER;
}

/* A few octets into an empty queue: the kernel takes them whole, or the client is gone, which the
 * next read will say. */
void send_continue(struct connection *connection)
{
    const struct bytes reply = bytes_of("HTTP/1.1 100 Continue\r\n\r\n");
    connection_record_manners(connection, "the request expects 100 before its content");
    if (socket_send(connection->fd, reply) == (ssize_t)reply.len) {
        connection_record(connection, EVENT_SENT, reply, 0);
        watch_response(connection, reply);
    }
}

void send_fin(struct connection *connection)
{
    if (connection->fin_sent)
        return;
    connection->fin_sent = true;
    shutdown(connection->fd, SHUT_WR);
    connection_record(connection, EVENT_FIN_SENT, (struct bytes){NULL, 0}, 0);
}
