#include "server/forward.h"
#include "server/leg.h"
#include "server/relay.h"
#include "server/socket.h"

#include <stdlib.h>

static const struct bytes nothing = {NULL, 0};

static const struct script *next_script(const struct peer_run *run)
{
    const size_t last = run->peer->script_count - 1;
    return &run->peer->scripts[run->script_count < last ? run->script_count : last];
}

void connection_play_script(struct connection *connection, const struct script *script)
{
    free(connection->rounds);
    connection->rounds = must_calloc(script->count + 1, sizeof(*connection->rounds));
    connection->script = script;
    connection->script_index = (unsigned)(script - connection->peer->peer->scripts);
    connection->step = 0;
}

void connection_take_script(struct connection *connection)
{
    struct peer_run *run = connection->peer;
    if (connection->script != NULL)
        return;
    connection_play_script(connection, next_script(run));
    run->script_count++;
}

/* Whether it waits for a request, or whatever it reads. */
static bool reads(const struct step *step)
{
    return step->verb == STEP_READ || step->verb == STEP_FORWARD;
}

/* A script that begins with a read is taken at the first octet, so that a connection made in
 * advance eats none. */
static bool waits_for_octets(const struct connection *connection)
{
    const struct script *script = next_script(connection->peer);
    return connection->script == NULL && script->count > 0 && reads(&script->steps[0]);
}

void connection_end_step(struct connection *connection, bool is_done)
{
    connection_record(connection, is_done ? EVENT_STEP_DONE : EVENT_STEP_CUT, nothing, 0);
    const bool was_read = reads(&connection->script->steps[connection->step]);
    connection->step_begun = false;
    if (!is_done && was_read)
        connection->step = connection->script->count;
    else
        connection->step++;
}

void connection_lost(struct connection *connection, int error)
{
    connection_record(connection, EVENT_RST_RECEIVED, nothing, error);
    connection->is_reset = true;
    connection_close(connection, socket_reset);
}

bool connection_is_there(const struct connection *connection)
{
    struct diagnostics *diagnostics = connection->peer->host->diagnostics;
    struct client_socket client;
    struct client_queue queue;
    if (connection->via != NULL && !connection_is_there(connection->via->connection))
        return false;
    if (socket_is_open_there(connection->channel.fd))
        return true;
    return connection->fin_received && diagnostics != NULL &&
           client_socket_init(&client, connection->channel.fd) &&
           diagnostics_query(diagnostics, &client, &queue) && queue.is_found && queue.is_open;
}

/* A step counts as done when it began while the client was there: what a client does to what it has
 * seen is its behaviour, and a strict one leaves early. */
static void begin_step(struct connection *connection, const struct step *step)
{
    connection_record(connection, EVENT_STEP_BEGUN, nothing, 0);
    connection->step_begun = true;
    /* What a client does to the step before, it may do before a wait behind it has begun. */
    const bool is_behind = step->verb == STEP_WAIT && connection->was_there;
    connection->was_there = reads(step) || is_behind || connection_is_there(connection);
    if (step->verb == STEP_READ)
        receive_begin(connection, step);
    else if (step->verb == STEP_SEND)
        send_begin(connection, step);
    else if (step->verb == STEP_RELAY)
        relay_begin(connection, step);
    else if (step->verb == STEP_FORWARD)
        forward_begin(connection);
    else if (step->verb == STEP_START_TLS)
        channel_begin_tls(&connection->channel, connection->peer->host->mint, step->tls);
}

/* The record says what the kernel did: close(2) with octets unread is RST. */
static void close_fully(struct connection *connection)
{
    const bool lies_unread = channel_has_unread(&connection->channel);
    connection_close(connection, lies_unread ? socket_reset : socket_close);
    connection_record(connection, lies_unread ? EVENT_RST_SENT : EVENT_CLOSED, nothing, 0);
}

static enum play close_step(struct connection *connection, const struct step *step)
{
    if (!step->withholds_notify && !channel_notify(&connection->channel))
        return PLAY_WRITABLE;
    switch (step->close) {
    case CLOSE_NOTIFY:
        break;
    case CLOSE_FIN:
        send_fin(connection);
        break;
    case CLOSE_FULL:
        close_fully(connection);
        break;
    case CLOSE_RST:
        connection_close(connection, socket_reset);
        connection_record(connection, EVENT_RST_SENT, nothing, 0);
        break;
    }
    connection_end_step(connection, connection->was_there);
    return PLAY_ON;
}

/* Back to the first of the steps before, or on. */
static void repeat_step(struct connection *connection, const struct step *step)
{
    uint64_t *rounds = &connection->rounds[connection->step];
    const bool is_over = ++*rounds >= step->times ||
                         (step->until_gone && !socket_is_open_there(connection->channel.fd));
    if (!is_over) {
        connection->step_begun = false;
        connection->step -= step->repeated_count;
        return;
    }
    *rounds = 0;
    connection_end_step(connection, true);
}

/* RFC 9112, section 9.6: a server closes behind the response to a request that said close. */
static void mind_manners(struct connection *connection)
{
    if (!connection->is_answered || connection->in_request || connection->fin_sent)
        return;
    connection_record_manners(connection, "the request asked for it: FIN behind the response");
    send_end(connection);
}

bool connection_is_held(const struct connection *connection)
{
    const struct step *step = &connection->script->steps[connection->step];
    const struct peer_host *host = connection->peer->host;
    for (size_t i = 0; i < step->after_count; i++)
        if (!host->is_done(host->context, &step->after[i]))
            return true;
    return false;
}

static enum play relay_step(struct connection *connection, const struct step *step)
{
    const enum play play = relay_play(connection, step);
    if (play != PLAY_OVER)
        return play;
    connection_end_step(connection, connection->was_there);
    return PLAY_ON;
}

static enum play play_step(struct connection *connection, const struct step *step)
{
    if (!connection->step_begun && connection_is_held(connection))
        return PLAY_BARRIER;
    if (!connection->step_begun) {
        if (reads(step))
            mind_manners(connection);
        begin_step(connection, step);
    }
    switch (step->verb) {
    case STEP_READ:
        return receive_step(connection, step);
    case STEP_SEND:
        return send_step(connection, step);
    case STEP_WAIT:
        return wait_step(connection, step);
    case STEP_REPEAT:
        repeat_step(connection, step);
        return PLAY_ON;
    case STEP_CLOSE:
        return close_step(connection, step);
    case STEP_RELAY:
        return relay_step(connection, step);
    case STEP_FORWARD:
        return forward_play(connection, step);
    case STEP_START_TLS:
        return PLAY_ON; /* the handshake is played before all else, and ends the step */
    case STEP_VERB_COUNT:
        break;
    }
    assert(false);
    return PLAY_OVER;
}

/* A script for each request: when one is over, the next request chooses again. */
static enum play play_routed(struct connection *connection)
{
    const struct script *script = connection->script;
    if (script == NULL)
        return receive_route(connection);
    if (connection->step < script->count)
        return play_step(connection, &script->steps[connection->step]);
    mind_manners(connection);
    connection->script = NULL;
    return PLAY_ON;
}

/* Behind a close of ours: FIN or RST is in the client's kernel by then, and waits for it are over.
 */
static enum play play_closed(struct connection *connection)
{
    const struct script *script = connection->script;
    if (connection->is_reset || script == NULL || connection->step >= script->count)
        return PLAY_OVER;
    if (connection_is_held(connection))
        return PLAY_BARRIER;
    connection_record(connection, EVENT_STEP_BEGUN, nothing, 0);
    connection_end_step(connection, connection->was_there);
    return PLAY_ON;
}

/* No handshake, no script: OpenSSL has told the client why. */
static void give_up_tls(struct connection *connection)
{
    connection->is_unsecured = true;
    connection_record_manners(connection, "TLS did not come about: FIN");
    send_fin(connection);
}

static enum play shake(struct connection *connection)
{
    const enum channel_shake shaken = channel_shake(&connection->channel);
    if (shaken == SHAKE_READS)
        return PLAY_READABLE;
    if (shaken == SHAKE_WRITES)
        return PLAY_WRITABLE;
    if (shaken == SHAKE_FAILED)
        give_up_tls(connection);
    receive_anew(connection);
    if (connection->script != NULL && connection->step_begun) /* it is a step's */
        connection_end_step(connection, connection->was_there);
    return PLAY_ON;
}

/* The scripts are over, and a forward with them; but a relay stays one, and a proxy opens a tunnel
 * to the origin. */
static enum play play_canary(struct connection *connection)
{
    static const struct step tunnel = {.verb = STEP_RELAY, .target = 0};
    const struct script *script = connection->script;
    const bool is_steps = script != NULL && connection->step < script->count &&
                          script->steps[connection->step].verb == STEP_RELAY;
    if (connection->leg != NULL && connection->leg->forward != NULL)
        leg_close(connection, socket_reset);
    if (connection->leg != NULL)
        return relay_play(connection, is_steps ? &script->steps[connection->step] : &tunnel);
    if (connection->owes_tunnel) {
        connection->owes_tunnel = false;
        send_tunnel_open(connection);
        relay_begin(connection, &tunnel);
        return connection->leg != NULL ? PLAY_ON : PLAY_OVER;
    }
    return receive_canary(connection);
}

enum play connection_play(struct connection *connection)
{
    if (connection->channel.fd < 0)
        return play_closed(connection);
    if (channel_is_shaking(&connection->channel))
        return shake(connection);
    if (connection->is_unsecured)
        return receive_rest(connection);
    if (connection->peer->host->canary != NULL)
        return play_canary(connection);
    if (connection->peer->peer->routes != NULL)
        return play_routed(connection);
    if (connection->script == NULL && waits_for_octets(connection))
        return receive_rest(connection);
    connection_take_script(connection);
    const struct script *script = connection->script;
    if (connection->step < script->count)
        return play_step(connection, &script->steps[connection->step]);
    mind_manners(connection);
    return receive_rest(connection);
}
