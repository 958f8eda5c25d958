#include "server/connection.h"
#include "server/socket.h"

#include <errno.h>
#include <stdlib.h>

/* How far the reader goes in what lies there: to the end of what was asked for, or through all. */
enum goal { GOAL_ALL, GOAL_HEAD, GOAL_END };

/* A request began: more than any client should send end the run. */
static void count_request(struct connection *connection)
{
    struct peer_run *run = connection->peer;
    connection->in_request = true;
    connection->is_head = bytes_equal(connection->requests.start.method, bytes_of("HEAD"));
    connection->is_connect = bytes_equal(connection->requests.start.method, bytes_of("CONNECT"));
    run->request_count++;
    if (run->request_count > run->requests_planned + run->host->asked_count + PEER_RUNAWAY_MARGIN)
        run->host->is_runaway = true;
}

/* RFC 9112, section 9.6: knows from now on whether the response is to be followed by FIN. */
static void begin_response(struct connection *connection)
{
    if (connection->requests.message.persists || connection->must_close)
        return;
    connection->must_close = true;
    if (connection->is_head)
        connection->responses.answers = HTTP_ANSWERS_HEAD;
    else if (connection->is_connect)
        connection->responses.answers = HTTP_ANSWERS_CONNECT;
}

/* --- the canary --------------------------------------------------------------------- */

/* To a proxy it comes in absolute-form. */
static bool is_canary_target(const struct connection *connection, struct bytes target)
{
    const struct bytes wanted = connection->peer->host->canary->target;
    if (connection->peer->peer->is_proxy && target.len > wanted.len)
        bytes_take(&target, target.len - wanted.len);
    return bytes_equal(target, wanted);
}

static void meet_canary(struct connection *connection)
{
    const struct canary *canary = connection->peer->host->canary;
    const struct http_start *start = &connection->requests.start;
    connection->is_canary = canary != NULL && is_canary_target(connection, start->target) &&
                            bytes_equal(start->method, bytes_of("GET"));
    connection->met_canary = connection->met_canary || connection->is_canary;
}

/* CONNECT, when scripts are over: the canary is to come through it. */
static bool is_tunnel_asked(const struct connection *connection)
{
    const struct peer_run *run = connection->peer;
    return run->peer->is_proxy && run->host->canary != NULL && connection->is_connect;
}

/* --- reading -------------------------------------------------------------------------- */

/* Feeds the reader up to the goal; true when that was reached. What was eaten is gone from `input`.
 */
static bool feed(struct connection *connection, struct bytes *input, enum goal goal)
{
    for (;;) {
        const enum http_event event = http_reader_next(&connection->requests, input);
        route_note(connection, event);
        switch (event) {
        case HTTP_START:
            count_request(connection);
            meet_canary(connection);
            break;
        case HTTP_HEAD:
            begin_response(connection);
            connection->head_is_whole = true;
            if (goal == GOAL_HEAD)
                return true;
            break;
        case HTTP_END:
            connection->in_request = connection->head_is_whole = false;
            connection->owes_canary = connection->is_canary;
            connection->owes_tunnel = is_tunnel_asked(connection);
            connection->is_canary = false;
            if (goal == GOAL_END)
                return true;
            break;
        case HTTP_LOST:
            bytes_take(input, input->len); /* a tunnel's octets are not the reader's */
            connection->is_lost = true;
            return false;
        case HTTP_NEED_MORE:
        case HTTP_CUT:
        case HTTP_IDLE:
            return false;
        case HTTP_NO_MEMORY:
            abort(); /* as wire/arena.c */
        case HTTP_DATA:
        case HTTP_FIELD:
        case HTTP_CHUNK:
        case HTTP_TRAILER:
        case HTTP_DEVIATION:
            break;
        }
    }
}

/* Takes the `len` octets that lie in the scratch from the socket, and records them. */
static void take(struct connection *connection, size_t len)
{
    if (len == 0)
        return;
    uint8_t *scratch = connection->peer->host->scratch;
    channel_take(&connection->channel, scratch, len);
    connection_record(connection, EVENT_RECEIVED, (struct bytes){scratch, len}, 0);
}

void receive_anew(struct connection *connection)
{
    http_reader_release(&connection->requests);
    http_reader_init(&connection->requests, HTTP_REQUESTS);
    connection->requests.limits = http_limits_wide;
    connection->is_lost = connection->in_request = connection->head_is_whole = false;
}

void receive_fin(struct connection *connection)
{
    connection->fin_received = true;
    connection_record(connection, EVENT_FIN_RECEIVED, (struct bytes){NULL, 0}, 0);
}

/* Looks at what waits. False when nothing can be read now; `play` says why, and the end of input or
 * a reset is recorded. */
static bool look(struct connection *connection, struct bytes *waiting, enum play *play)
{
    uint8_t *scratch = connection->peer->host->scratch;
    const ssize_t got = channel_peek(&connection->channel, scratch, PEER_SCRATCH_SIZE);
    *play = PLAY_OVER;
    if (got > 0) {
        *waiting = (struct bytes){scratch, (size_t)got};
        return true;
    }
    if (got == 0)
        receive_fin(connection);
    else if (socket_is_later(errno))
        *play = PLAY_READABLE;
    else
        connection_lost(connection, errno);
    return false;
}

static void look_for(struct connection *connection, struct bytes wanted)
{
    free(connection->finder.borders);
    connection->finder =
        finder_of(wanted, must_calloc(wanted.len, sizeof(*connection->finder.borders)));
}

/* Takes the front of what waits, as far as the reader comes. A message without content ends with
 * its head: that end is read too. */
static bool read_to_goal(struct connection *connection, struct bytes waiting, enum goal goal)
{
    struct bytes rest = waiting, none = {NULL, 0};
    const bool is_reached = feed(connection, &rest, goal);
    take(connection, waiting.len - rest.len);
    if (is_reached && goal == GOAL_HEAD)
        feed(connection, &none, GOAL_END);
    return is_reached;
}

/* Takes `count` octets, whatever they are. */
static void read_count(struct connection *connection, struct bytes waiting, size_t count)
{
    struct bytes front = bytes_take(&waiting, count);
    feed(connection, &front, GOAL_ALL);
    take(connection, count);
}

/* RFC 9110, section 10.1.1: the client may wait for 100 before it sends content; where the content
 * is there already, there is nothing to answer. */
static bool read_request(struct connection *connection, struct bytes waiting)
{
    if (connection->head_is_read)
        return read_to_goal(connection, waiting, GOAL_END);
    struct bytes rest = waiting;
    if (!feed(connection, &rest, GOAL_HEAD)) {
        take(connection, waiting.len - rest.len);
        return false;
    }
    connection->head_is_read = true;
    const struct http_message *message = &connection->requests.message;
    const bool owes_continue = message->expects_continue && rest.len == 0 &&
                               message->framing != HTTP_FRAMING_NONE &&
                               message->framing != HTTP_FRAMING_UNKNOWN;
    const bool is_reached = feed(connection, &rest, GOAL_END);
    take(connection, waiting.len - rest.len);
    if (owes_continue)
        send_continue(connection);
    return is_reached;
}

/* Reads what waits as the step says; true when the step is done. */
static bool read_some(struct connection *connection, const struct step *step, struct bytes waiting)
{
    size_t count = waiting.len;
    switch (step->read) {
    case READ_HEAD:
        return read_to_goal(connection, waiting, GOAL_HEAD);
    case READ_BODY:
        return read_to_goal(connection, waiting, GOAL_END);
    case READ_REQUEST:
        return read_request(connection, waiting);
    case READ_COUNT:
        count = connection->wanted < count ? (size_t)connection->wanted : count;
        read_count(connection, waiting, count);
        connection->wanted -= count;
        return connection->wanted == 0;
    case READ_UNTIL:
        count = finder_next(&connection->finder, waiting);
        read_count(connection, waiting, count);
        return finder_has_found(&connection->finder);
    case READ_EOF:
        read_count(connection, waiting, count);
        return false;
    }
    assert(false);
    return false;
}

/* The head chose the script, and was read for that: the first step goes on behind it. */
static void begin_behind_head(struct connection *connection, const struct step *step)
{
    const struct http_message *message = &connection->requests.message;
    connection->is_behind_head = false;
    connection->head_is_given = step->read == READ_HEAD || step->read == READ_REQUEST;
    if (step->read == READ_REQUEST && connection->in_request && message->expects_continue &&
        message->framing != HTTP_FRAMING_UNKNOWN && !channel_has_unread(&connection->channel))
        send_continue(connection);
}

void receive_begin(struct connection *connection, const struct step *step)
{
    connection->wanted = step->count;
    connection->head_is_given = false;
    if (connection->is_behind_head)
        begin_behind_head(connection, step);
    connection->head_is_read = connection->head_is_whole;
    if (step->read == READ_UNTIL)
        look_for(connection, step->until);
}

/* A head that was read, a body of which nothing is to come, and no octets wanted, need no input. */
static bool is_done_at_once(const struct connection *connection, const struct step *step)
{
    if (connection->head_is_given && (step->read == READ_HEAD || !connection->in_request))
        return true;
    return (step->read == READ_COUNT && connection->wanted == 0) ||
           (step->read == READ_BODY && !connection->in_request);
}

static bool reads_request(const struct step *step)
{
    return step->read == READ_HEAD || step->read == READ_BODY || step->read == READ_REQUEST;
}

/* A step that waits for the end of a request would wait for ever: the client is not to. */
static void give_up_request(struct connection *connection)
{
    connection_record_manners(connection, "the request cannot be read to its end: FIN");
    connection_end_step(connection, false);
    send_end(connection);
}

enum play receive_step(struct connection *connection, const struct step *step)
{
    enum play play = PLAY_ON;
    struct bytes waiting;
    if (is_done_at_once(connection, step)) {
        connection_end_step(connection, true);
        return PLAY_ON;
    }
    if (connection->fin_received || !look(connection, &waiting, &play)) {
        if (play == PLAY_READABLE)
            return play;
        const bool is_done = step->read == READ_EOF && connection->fin_received;
        connection_end_step(connection, is_done);
        return connection->channel.fd >= 0 ? PLAY_ON : PLAY_OVER;
    }
    if (read_some(connection, step, waiting))
        connection_end_step(connection, true);
    else if (connection->is_lost && reads_request(step))
        give_up_request(connection);
    return PLAY_ON;
}

/* A server knows no other answer to a request that nothing was scripted for. */
static void answer_unrouted(struct connection *connection)
{
    connection->is_behind_head = false;
    send_answer(connection, "no route fits the request: 404", "404 Not Found");
    if (connection->must_close)
        send_end(connection);
}

enum play receive_head(struct connection *connection, bool *is_whole)
{
    enum play play = PLAY_OVER;
    struct bytes waiting;
    *is_whole = false;
    if (connection->fin_received || !look(connection, &waiting, &play))
        return play;
    if (connection->is_lost)
        read_count(connection, waiting, waiting.len);
    else
        *is_whole = read_to_goal(connection, waiting, GOAL_HEAD);
    return PLAY_ON;
}

enum play receive_content(struct connection *connection, struct bytes *content)
{
    enum play play = PLAY_OVER;
    *content = (struct bytes){NULL, 0};
    if (connection->fin_received || !look(connection, content, &play))
        return play;
    struct bytes rest = *content;
    feed(connection, &rest, GOAL_END);
    content->len -= rest.len;
    take(connection, content->len);
    return PLAY_ON;
}

enum play receive_nothing(struct connection *connection)
{
    enum play play = PLAY_OVER;
    struct bytes waiting;
    return look(connection, &waiting, &play) ? PLAY_ON : play;
}

enum play receive_route(struct connection *connection)
{
    bool is_whole;
    const enum play play = receive_head(connection, &is_whole);
    if (!is_whole)
        return play;
    const struct script *script = route_choose(connection);
    connection->is_behind_head = true;
    if (script != NULL)
        connection_play_script(connection, script);
    else
        answer_unrouted(connection);
    return PLAY_ON;
}

enum play receive_rest(struct connection *connection)
{
    enum play play = PLAY_OVER;
    struct bytes waiting;
    if (connection->fin_received || !look(connection, &waiting, &play))
        return play;
    if (connection->script == NULL) {
        connection_take_script(connection);
        return PLAY_ON;
    }
    read_count(connection, waiting, waiting.len);
    return PLAY_ON;
}

/* Whether it came, in whatever reads. */
static bool has_target(struct connection *connection, struct bytes octets)
{
    const struct bytes target = connection->peer->host->canary->target;
    if (connection->finder.wanted.at != target.at)
        look_for(connection, target);
    if (!finder_has_found(&connection->finder))
        finder_next(&connection->finder, octets);
    return finder_has_found(&connection->finder);
}

/* More of a start line is to come. */
static bool is_in_start_line(const struct connection *connection)
{
    return !connection->in_request && !connection->is_lost &&
           http_reader_progress(&connection->requests) == HTTP_IN_HEAD;
}

enum play receive_canary(struct connection *connection)
{
    enum play play = PLAY_OVER;
    struct bytes waiting;
    if (connection->fin_received || !look(connection, &waiting, &play))
        return play;
    struct peer_host *host = connection->peer->host;
    const bool is_there = has_target(connection, waiting);
    read_count(connection, waiting, waiting.len);
    if (connection->owes_canary && connection->channel.fd >= 0)
        send_canary(connection);
    connection->owes_canary = false;
    /* A client that has not ended its request before sends the canary as its content. */
    if (is_there && !connection->met_canary && !is_in_start_line(connection))
        host->was_desynced = true;
    if (!host->was_desynced || connection->channel.fd < 0)
        return connection->channel.fd >= 0 ? PLAY_ON : PLAY_OVER;
    /* Nothing will answer it: the client need not wait. */
    connection_close(connection, socket_reset);
    connection_record(connection, EVENT_RST_SENT, (struct bytes){NULL, 0}, 0);
    return PLAY_OVER;
}

void receive_remains(struct connection *connection)
{
    uint8_t *scratch = connection->peer->host->scratch;
    ssize_t got = channel_peek(&connection->channel, scratch, PEER_SCRATCH_SIZE);
    for (; got > 0; got = channel_peek(&connection->channel, scratch, PEER_SCRATCH_SIZE))
        read_count(connection, (struct bytes){scratch, (size_t)got}, (size_t)got);
}
