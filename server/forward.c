#include "server/forward.h"

#include "server/head.h"
#include "server/leg.h"
#include "server/socket.h"

#include <stdlib.h>

struct forward {
    struct http_reader responses;
    struct head head;    /* of the response that is being read */
    struct arena *arena; /* of that head, and of what is made of it */
    struct bytes came;   /* and was not read yet: a slice of the leg's buffer */
    bool in_content;
    bool is_answered; /* the final response was read to its end */
    bool is_refused;  /* it could not be read, and another was sent in its place */
    bool has_more;    /* behind the request octets wait that a later step may read */
    bool has_left;    /* the client did */
};

bool forward_is_holding(const struct forward *forward)
{
    return forward->came.len > 0;
}

void forward_free(struct forward *forward)
{
    http_reader_release(&forward->responses);
    arena_free(forward->arena);
    free(forward);
}

static struct forward *forward_new(bool is_head)
{
    struct forward *forward = must_calloc(1, sizeof(*forward));
    http_reader_init(&forward->responses, HTTP_RESPONSES);
    forward->responses.limits.line_size_max = HEAD_LEN_MAX;
    forward->responses.answers = is_head ? HTTP_ANSWERS_HEAD : HTTP_ANSWERS_OTHER;
    forward->arena = arena_new();
    return forward;
}

/* --- the request's head -------------------------------------------------------------------- */

/* What a proxy answers itself. */
static void refuse(struct connection *connection, enum head_way way)
{
    if (way == HEAD_ENDS_HERE && bytes_equal(connection->head->start.method, bytes_of("OPTIONS")))
        send_answer(connection, "Max-Forwards is 0: 200", "200 OK");
    else if (way == HEAD_ENDS_HERE)
        send_answer(connection, "Max-Forwards is 0: 501", "501 Not Implemented");
    else if (way == HEAD_TOO_LONG)
        send_answer(connection, "too long a head for a proxy: 431",
                    "431 Request Header Fields Too Large");
    else
        send_answer(connection, "not a request to a proxy: 400", "400 Bad Request");
}

/* Connects, and sends the head on; or answers. */
static void set_out(struct connection *connection, const struct step *step)
{
    const char *name = connection->peer->host->peers[step->target].name;
    const enum head_way way = head_way(connection->head);
    struct leg *leg = NULL;
    if (way != HEAD_GOES_ON) {
        refuse(connection, way);
    } else {
        leg = leg_open(connection, step->target);
        if (leg == NULL)
            send_answer(connection, "the connection was refused: 502", "502 Bad Gateway");
    }
    if (leg == NULL) {
        connection_end_step(connection, true);
        return;
    }
    leg->forward = forward_new(connection->is_head);
    leg->up.waiting = head_of_request(connection->head, connection->peer->host->transcript->arena);
    connection_tell(connection, &(struct event){.kind = EVENT_FORWARDS, .text = name});
}

void forward_begin(struct connection *connection)
{
    connection->head_is_given = connection->is_behind_head;
    connection->is_behind_head = false;
}

static enum play read_head(struct connection *connection, const struct step *step)
{
    bool is_whole = connection->head_is_given;
    connection->head_is_given = false;
    const enum play play = is_whole ? PLAY_ON : receive_head(connection, &is_whole);
    if (is_whole && !connection->fin_sent && !connection->is_lost) {
        set_out(connection, step);
        return PLAY_ON;
    }
    if (play == PLAY_READABLE || (play == PLAY_ON && !is_whole && !connection->is_lost))
        return play;
    if (connection->is_lost && !connection->fin_received && connection->channel.fd >= 0) {
        send_answer(connection, "no request can be read: 400, and FIN", "400 Bad Request");
        send_end(connection);
    }
    connection_end_step(connection, false);
    return connection->channel.fd >= 0 ? PLAY_ON : PLAY_OVER;
}

/* --- the request's content ------------------------------------------------------------------ */

static void take_content(struct connection *connection, bool *moved)
{
    struct flow *up = &connection->leg->up;
    struct bytes content;
    const enum play play = receive_content(connection, &content);
    *moved = play != PLAY_READABLE;
    if (connection->channel.fd < 0)
        return;
    up->has_ended = connection->fin_received;
    if (up->is_over || content.len == 0)
        return;
    memcpy(up->buffer, content.at, content.len);
    up->waiting = (struct bytes){up->buffer, content.len};
}

/* From the client: what belongs to the request; behind that, whether it leaves. False when its
 * connection is gone. */
static bool take_up(struct connection *connection, bool *moved)
{
    struct leg *leg = connection->leg;
    struct forward *forward = leg->forward;
    if (connection->fin_received || leg->up.waiting.len > 0)
        return true;
    if (connection->in_request)
        take_content(connection, moved);
    else
        forward->has_more = receive_nothing(connection) == PLAY_ON;
    if (connection->fin_received)
        forward->has_left = !connection_is_there(connection);
    return connection->channel.fd >= 0;
}

/* --- the response --------------------------------------------------------------------------- */

/* RFC 9112, section 6.3: what no head can be made of is answered by 502. */
static void give_up_response(struct connection *connection)
{
    connection->leg->forward->is_refused = true;
    send_answer(connection, "no response can be read: 502", "502 Bad Gateway");
}

/* The message that is being read ended. RFC 9112, section 9.6: who asked for it gets FIN. */
static void end_message(struct connection *connection)
{
    struct forward *forward = connection->leg->forward;
    forward->in_content = false;
    forward->is_answered = !forward->responses.message.is_interim;
    connection->is_answered = forward->is_answered && connection->must_close;
}

static void pass_head(struct connection *connection)
{
    struct leg *leg = connection->leg;
    struct forward *forward = leg->forward;
    const struct http_message *message = &forward->responses.message;
    const bool is_to_close = message->framing == HTTP_FRAMING_TO_CLOSE;
    if (forward->head.len > HEAD_LEN_MAX || message->framing == HTTP_FRAMING_UNKNOWN ||
        message->framing == HTTP_FRAMING_TUNNEL) {
        give_up_response(connection);
        return;
    }
    struct bytes none = {NULL, 0};
    forward->in_content = true;
    leg->down.waiting = head_of_response(
        &forward->head, !message->is_interim && (is_to_close || connection->must_close),
        forward->arena);
    if (http_reader_next(&forward->responses, &none) == HTTP_END) /* no content belongs to it */
        end_message(connection);
}

/* Reads of what came as much as goes on in one piece: a head, or content as it is framed. */
static void read_response(struct connection *connection)
{
    struct leg *leg = connection->leg;
    struct forward *forward = leg->forward;
    const struct bytes from = forward->came;
    for (;;) {
        const enum http_event event = http_reader_next(&forward->responses, &forward->came);
        if (event == HTTP_START)
            arena_reset(forward->arena);
        head_note(&forward->head, forward->arena, &forward->responses, event);
        if (forward->in_content) /* what lies there is of the message that was read so far */
            leg->down.waiting = (struct bytes){from.at, from.len - forward->came.len};
        switch (event) {
        case HTTP_HEAD:
            pass_head(connection);
            return;
        case HTTP_END:
            end_message(connection);
            return;
        case HTTP_LOST:
            if (!forward->in_content)
                give_up_response(connection);
            return;
        case HTTP_NEED_MORE:
        case HTTP_CUT:
        case HTTP_IDLE:
            return;
        case HTTP_NO_MEMORY:
            abort(); /* as wire/arena.c */
        case HTTP_START:
        case HTTP_FIELD:
        case HTTP_CHUNK:
        case HTTP_DATA:
        case HTTP_TRAILER:
        case HTTP_DEVIATION:
            break;
        }
    }
}

/* From the other peer. False when it has reset its connection. */
static bool take_down(struct connection *connection, bool *moved)
{
    struct leg *leg = connection->leg;
    struct forward *forward = leg->forward;
    struct flow *down = &leg->down;
    if (down->waiting.len > 0 || down->has_ended || forward->is_answered)
        return true;
    if (forward->came.len == 0) {
        if (!leg_receive(leg, LEG_BUFFER_SIZE, moved))
            return false;
        forward->came = down->waiting;
        down->waiting.len = 0;
    }
    if (forward->came.len > 0) {
        *moved = true;
        read_response(connection);
    }
    return true;
}

/* --- both ------------------------------------------------------------------------------------ */

static bool is_over(const struct leg *leg)
{
    const struct forward *forward = leg->forward;
    return forward->has_left || forward->is_refused || leg->down.is_over ||
           (forward->is_answered && leg->down.waiting.len == 0);
}

/* False once it is over. */
static bool move(struct connection *connection, bool *moved)
{
    struct leg *leg = connection->leg;
    if (!take_up(connection, moved))
        return false;
    leg_send_up(leg, moved);
    if (!take_down(connection, moved)) {
        leg_reset_both(connection);
        return false;
    }
    return leg_send_down(connection, moved) && !is_over(leg);
}

static enum play wait_for_either(struct connection *connection)
{
    struct leg *leg = connection->leg;
    const struct forward *forward = leg->forward;
    const bool may_come = leg->up.waiting.len == 0 && !connection->fin_received;
    leg_wait_for(leg, (leg->down.waiting.len == 0 && !leg->down.has_ended ? UV_READABLE : 0) |
                          (leg->up.is_full ? UV_WRITABLE : 0));
    connection->leg_events =
        (may_come && !forward->has_more ? UV_READABLE : 0) | (leg->down.is_full ? UV_WRITABLE : 0);
    return PLAY_LEG;
}

enum play forward_play(struct connection *connection, const struct step *step)
{
    bool moved = false;
    if (connection->leg == NULL)
        return read_head(connection, step);
    if (move(connection, &moved))
        return moved ? PLAY_ON : wait_for_either(connection);
    leg_close(connection, socket_close);
    connection_end_step(connection, true);
    return PLAY_ON;
}
