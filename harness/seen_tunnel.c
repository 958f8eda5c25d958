#include "harness/seen_private.h"

#include <stdlib.h>

/* More octets behind an unanswered CONNECT are not looked at. */
enum { HELD_MAX = 16 * 1024 };

bool seen_begins_http(uint8_t octet)
{
    return octet == '\r' || octet == '\n' || (octet > ' ' && octet < 0x7f);
}

/* Whether a request to a proxy cannot begin so, which has a target in absolute-form or CONNECT. Of
 * a line that is cut before its target nobody knows. */
static bool is_for_destination(struct bytes octets)
{
    struct bytes rest = octets;
    if (octets.len == 0)
        return false;
    if (!seen_begins_http(octets.at[0]))
        return true;
    bytes_take_until(&rest, ' ');
    return rest.len > 0 && rest.at[0] == '/';
}

void seen_begin_proxied(struct seen_connection *connection)
{
    struct seen_answers *answers = connection->answers;
    const struct bytes method = connection->reader.start.method;
    const bool is_connect = bytes_equal(method, bytes_of("CONNECT"));
    answers->kinds = arena_room(connection->wire->run->arena, answers->kinds, answers->count,
                                &answers->size, sizeof(*answers->kinds));
    answers->kinds[answers->count++] = is_connect ? HTTP_ANSWERS_CONNECT
                                       : bytes_equal(method, bytes_of("HEAD")) ? HTTP_ANSWERS_HEAD
                                                                               : HTTP_ANSWERS_OTHER;
    answers->has_opened = answers->has_refused = false;
}

/* What comes is for the tunnel's other end, and the script plays that. */
static void go_inside(struct seen_connection *connection, enum seen_reading reading)
{
    const struct bytes held = connection->held;
    connection->is_inside = true;
    connection->held = (struct bytes){NULL, 0};
    connection->tls.hello = NULL;
    connection->tls.is_secured = false;
    seen_restart(connection, reading, held.len);
    seen_read(connection, held);
}

/* What came before the answer was begun cannot be an answer to it. True when it was at fault. */
static bool tell_early(struct seen_connection *connection)
{
    const bool is_early = connection->was_early && is_for_destination(connection->held);
    if (is_early)
        seen_tell(connection, RULE_TUNNEL_EARLY, connection->received - connection->held.len);
    connection->was_early = false;
    return is_early;
}

void seen_begin_refused(struct seen_connection *connection)
{
    const bool is_for_origin = bytes_begin_with(connection->reader.start.target, bytes_of("/"));
    connection->is_behind_refusal = false;
    if (!is_for_origin)
        return;
    seen_tell(connection, RULE_TUNNEL_REFUSED, connection->base_offset + connection->refused_at);
    connection->is_inside = true;
    connection->rules.is_proxy = false;
}

/* The CONNECT is whole, and its answer's head may be. */
static void settle(struct seen_connection *connection)
{
    const struct seen_answers *answers = connection->answers;
    if (!answers->has_opened && !answers->has_refused && !answers->is_lost)
        return;
    const bool is_early = tell_early(connection);
    if (answers->has_opened || is_early) {
        go_inside(connection, SEEN_UNKNOWN);
    } else if (answers->has_refused) {
        const struct bytes held = connection->held;
        connection->held = (struct bytes){NULL, 0};
        connection->reading = SEEN_REQUESTS;
        connection->is_behind_refusal = true;
        connection->refused_at = connection->reader.offset;
        seen_read(connection, held);
    } else {
        connection->reading = SEEN_RAW;
    }
}

/* Whether an octet of an answer to the last request, be it an interim one, was sent. */
static bool is_begun(const struct seen_answers *answers)
{
    return answers->is_lost || answers->next + 1 > answers->count ||
           (answers->next + 1 == answers->count && answers->reader.offset > answers->ended_at);
}

void seen_hold(struct seen_connection *connection, struct bytes octets)
{
    struct bytes *held = &connection->held;
    if (held->len == 0)
        connection->was_early = !is_begun(connection->answers);
    if (held->len + octets.len > HELD_MAX) {
        tell_early(connection);
        connection->reading = SEEN_RAW;
        return;
    }
    if (connection->holds == NULL)
        connection->holds = arena_alloc(connection->wire->run->arena, HELD_MAX);
    /* What was held behind one CONNECT may be held again, behind the next. */
    memmove(connection->holds + held->len, octets.at, octets.len);
    *held = (struct bytes){connection->holds, held->len + octets.len};
}

bool seen_is_connect(const struct seen_connection *connection)
{
    const struct seen_answers *answers = connection->answers;
    return answers != NULL && !connection->is_inside && answers->count > 0 &&
           answers->kinds[answers->count - 1] == HTTP_ANSWERS_CONNECT;
}

void seen_end_connect(struct seen_connection *connection, struct bytes behind)
{
    connection->reading = SEEN_WAITING;
    if (behind.len > 0)
        seen_hold(connection, behind);
    if (connection->reading == SEEN_WAITING)
        settle(connection);
}

void seen_refuse(struct seen_connection *connection, struct bytes octets)
{
    if (connection->reader.offset > connection->refused_at || seen_begins_http(octets.at[0]))
        return;
    seen_tell(connection, RULE_TUNNEL_REFUSED, connection->received - octets.len);
    connection->is_behind_refusal = false;
    connection->is_inside = true;
    connection->reading = SEEN_RAW;
}

/* The head of a final answer. */
static void take_head(struct seen_connection *connection)
{
    struct seen_answers *answers = connection->answers;
    const int status = answers->reader.start.status;
    if (answers->next >= answers->count || answers->kinds[answers->next] != HTTP_ANSWERS_CONNECT)
        return;
    if (status == 101)
        answers->is_lost = true; /* a protocol that nobody asked for */
    else if (status / 100 == 2)
        answers->has_opened = true;
    else
        answers->has_refused = true;
    if (connection->reading == SEEN_WAITING)
        settle(connection);
}

/* Takes one thing that the reader found; false when it has nothing more to say. */
static bool take_answer(struct seen_connection *connection, enum http_event event)
{
    struct seen_answers *answers = connection->answers;
    const bool is_interim = answers->reader.message.is_interim;
    switch (event) {
    case HTTP_START:
        if (answers->next >= answers->count)
            answers->is_lost = true;
        break;
    case HTTP_HEAD:
        if (!is_interim)
            take_head(connection);
        break;
    case HTTP_END:
        answers->next += !is_interim;
        answers->ended_at = answers->reader.offset;
        break;
    case HTTP_LOST:
        answers->is_lost = true;
        break;
    case HTTP_NO_MEMORY:
        abort(); /* as wire/arena.c */
    case HTTP_NEED_MORE:
    case HTTP_CUT:
    case HTTP_IDLE:
        return false;
    case HTTP_FIELD:
    case HTTP_CHUNK:
    case HTTP_DATA:
    case HTTP_TRAILER:
    case HTTP_DEVIATION:
        break;
    }
    return !answers->is_lost;
}

void seen_answer(struct seen_connection *connection, struct bytes octets)
{
    struct seen_answers *answers = connection->answers;
    if (answers == NULL || answers->is_lost || connection->is_inside ||
        connection->reading == SEEN_JOINED)
        return;
    enum http_event event;
    do {
        answers->reader.answers =
            answers->next < answers->count ? answers->kinds[answers->next] : HTTP_ANSWERS_OTHER;
        event = http_reader_next(&answers->reader, &octets);
    } while (take_answer(connection, event) && !connection->is_inside);
    if (answers->is_lost && connection->reading == SEEN_WAITING)
        settle(connection);
}

void seen_begin_inside(struct seen_connection *connection)
{
    if (connection->reading == SEEN_WAITING && connection->held.len == 0 &&
        !is_begun(connection->answers))
        seen_tell(connection, RULE_TUNNEL_EARLY, connection->received);
    else if (connection->reading == SEEN_WAITING)
        tell_early(connection);
    else if (connection->is_behind_refusal)
        seen_tell(connection, RULE_TUNNEL_REFUSED, connection->received);
    else
        return;
    connection->is_behind_refusal = false;
    go_inside(connection, SEEN_RAW);
}

/* What comes through a proxy's relay without a tunnel was not said to the peer that gets it. */
static void leave_unjudged(const struct seen_run *run, const char *peer)
{
    for (size_t i = 0; i < run->point->peer_count; i++)
        if (text_equal(run->point->peers[i].name, peer))
            run->wires[i].is_unjudged = true;
}

void seen_join(struct seen_connection *connection, const char *peer)
{
    if (connection->is_forwarded)
        return;
    seen_end_waiting(connection);
    if (connection->answers != NULL && !connection->is_inside)
        leave_unjudged(connection->wire->run, peer);
    connection->wire->run->joined_count++;
    connection->reading = SEEN_JOINED;
}

void seen_end_waiting(struct seen_connection *connection)
{
    if (connection->reading == SEEN_WAITING)
        tell_early(connection);
}
