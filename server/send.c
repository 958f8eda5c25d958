#include "server/connection.h"
#include "server/socket.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

/* How many octets the segment so numbered has; what is left belongs to the last. */
static uint64_t segment_size(const struct step *step, size_t segment)
{
    if (step->segmentation == SEGMENTS_EACH_BYTE)
        return 1;
    return segment < step->size_count ? step->sizes[segment] : UINT64_MAX;
}

void send_begin(struct connection *connection, const struct step *step)
{
    connection->is_segmented = step->segmentation != SEGMENTS_WHOLE;
    connection->is_between = false;
    connection->segment = 0;
    connection->segment_left = segment_size(step, 0);
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
    const uint64_t limit = connection->is_segmented ? connection->segment_left : UINT64_MAX;
    const size_t most = limit < PEER_SCRATCH_SIZE ? (size_t)limit : PEER_SCRATCH_SIZE;
    if (piece.len >= most)
        return (struct bytes){piece.at, piece.len < limit ? piece.len : most};
    size_t len = 0;
    for (; piece.len > 0 && len < most; piece = octets_peek(&ahead)) {
        const size_t room = most - len;
        const size_t count = piece.len < room ? piece.len : room;
        memcpy(scratch + len, piece.at, count);
        octets_skip(&ahead, count);
        len += count;
    }
    return (struct bytes){scratch, len};
}

/* A segment is sent, and there are more: the client has to read it first. PLAY_ON once it has; or
 * once it took too long, and what is left goes out as one. */
static enum play end_segment(struct connection *connection, const struct step *step)
{
    const enum play play = wait_for_client(connection, WAIT_DRAINED);
    if (play != PLAY_ON)
        return play;
    connection->is_between = false;
    connection->is_segmented = !connection->peer->host->was_impatient;
    connection->segment_left = segment_size(step, ++connection->segment);
    return PLAY_ON;
}

static void count_sent(struct connection *connection, size_t count)
{
    octets_skip(&connection->sending, count);
    if (!connection->is_segmented)
        return;
    connection->segment_left -= count;
    connection->is_between =
        connection->segment_left == 0 && octets_peek(&connection->sending).len > 0;
}

enum play send_step(struct connection *connection, const struct step *step)
{
    if (connection->is_between)
        return end_segment(connection, step);
    if (connection->fin_sent) {
        connection_end_step(connection, false);
        return PLAY_ON;
    }
    const struct bytes next = gather(connection);
    if (next.len == 0) {
        connection_end_step(connection, connection->was_there);
        return PLAY_ON;
    }
    const ssize_t sent = channel_send(&connection->channel, next);
    if (sent >= 0) {
        const struct bytes part = {next.at, (size_t)sent};
        connection_record(connection, EVENT_SENT, part, 0);
        watch_response(connection, part);
        count_sent(connection, part.len);
        return PLAY_ON;
    }
    if (socket_is_later(errno))
        return PLAY_WRITABLE;
    const int error = errno;
    receive_remains(connection);
    connection_end_step(connection, connection->was_there);
    connection_lost(connection, error);
    return PLAY_OVER;
}

/* A few octets, which the kernel takes whole, or the client is gone, which the next read will say.
 */
static void send_unscripted(struct connection *connection, struct bytes octets)
{
    const ssize_t sent = channel_send(&connection->channel, octets);
    if (sent <= 0)
        return;
    const struct bytes part = {octets.at, (size_t)sent};
    connection_record(connection, EVENT_SENT, part, 0);
    watch_response(connection, part);
}

void send_continue(struct connection *connection)
{
    connection_record_manners(connection, "the request expects 100 before its content");
    send_unscripted(connection, bytes_of("HTTP/1.1 100 Continue\r\n\r\n"));
}

void send_answer(struct connection *connection, const char *why, const char *status)
{
    char text[128];
    snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n", status);
    connection_record_manners(connection, why);
    send_unscripted(connection, bytes_of(text));
}

void send_tunnel_open(struct connection *connection)
{
    connection_record_manners(connection, "the canary comes through a tunnel: 200, and a relay");
    send_unscripted(connection, bytes_of("HTTP/1.1 200 OK\r\n\r\n"));
}

void send_canary(struct connection *connection)
{
    connection_record_manners(connection, "the canary is answered on any connection");
    send_unscripted(connection, connection->peer->host->canary->answer);
}

void send_end(struct connection *connection)
{
    if (!connection->fin_sent)
        channel_notify(&connection->channel);
    send_fin(connection);
}

void send_fin(struct connection *connection)
{
    if (connection->fin_sent)
        return;
    connection->fin_sent = true;
    channel_end(&connection->channel);
    connection_record(connection, EVENT_FIN_SENT, (struct bytes){NULL, 0}, 0);
}
