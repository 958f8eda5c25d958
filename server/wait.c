#include "server/leg.h"

#define NS_PER_MS ((uint64_t)1000000)
#define NS_PER_US ((uint64_t)1000)

/* A client that stands in recv(2) has read within the spin; for any other the ticker looks again,
 * each time after an eighth of the time that it has taken so far. */
enum { SPIN_US = 50, LOOK_US_LEAST = 100, LOOK_SHARE = 8 };

enum {
    PATIENCE_MS = 250, /* so long a client may not read before the script goes on */
    SETTLE_MS = 100,   /* "settled": after this it is idle, and reads no more */
    PAUSE_MS = 10,     /* where nothing can be proved */
};

static const struct bytes nothing = {NULL, 0};

/* Over: `kind` says what it came to. */
static enum play end_wait(struct connection *connection, enum event_kind kind)
{
    connection->wait_since_ns = 0;
    connection_record(connection, kind, nothing, 0);
    return PLAY_ON;
}

static enum play look_again(struct connection *connection, uint64_t due_ns)
{
    ticker_set(connection->peer->host->ticker, due_ns);
    return PLAY_TICK;
}

/* Not yet; what happens depends on how long it has taken. */
static enum play go_on_waiting(struct connection *connection, enum wait_kind kind,
                               enum drain_state state)
{
    struct peer_host *host = connection->peer->host;
    const uint64_t now_ns = uv_hrtime(), taken_ns = now_ns - connection->wait_since_ns;
    const uint64_t pause_ns = PAUSE_MS * NS_PER_MS, settle_ns = SETTLE_MS * NS_PER_MS;
    if (state == DRAIN_UNKNOWN)
        return taken_ns >= pause_ns ? end_wait(connection, EVENT_PAUSED)
                                    : look_again(connection, connection->wait_since_ns + pause_ns);
    if (kind == WAIT_SETTLED && state == DRAIN_ARRIVED && taken_ns >= settle_ns)
        return end_wait(connection, EVENT_ARRIVED);
    if (taken_ns >= PATIENCE_MS * NS_PER_MS * host->patience) {
        host->was_impatient = true;
        return end_wait(connection, EVENT_IMPATIENT);
    }
    const uint64_t later_ns = taken_ns / LOOK_SHARE;
    return look_again(
        connection,
        now_ns + (later_ns > LOOK_US_LEAST * NS_PER_US ? later_ns : LOOK_US_LEAST * NS_PER_US));
}

/* Through a relay or a forward, what its client's kernel says counts, once all was passed on. */
static enum drain_state check(void *context)
{
    struct connection *connection = context;
    struct diagnostics *diagnostics = connection->peer->host->diagnostics;
    if (connection->via != NULL)
        connection_go_on(connection->via->connection);
    if (connection->channel.fd < 0)
        return DRAIN_GONE;
    connection->drain.sent = connection->channel.sent;
    const enum drain_state state =
        drain_check(&connection->drain, diagnostics, connection->channel.fd);
    if (connection->via == NULL || state == DRAIN_GONE || state == DRAIN_UNKNOWN)
        return state;
    if (state != DRAIN_DRAINED || leg_is_holding(connection->via))
        return DRAIN_WAIT;
    return check(connection->via->connection);
}

enum play wait_for_client(struct connection *connection, enum wait_kind kind)
{
    const bool is_new = connection->wait_since_ns == 0;
    const enum drain_state want = kind == WAIT_ARRIVED ? DRAIN_ARRIVED : DRAIN_DRAINED;
    if (is_new)
        connection->wait_since_ns = uv_hrtime();
    const enum drain_state state = drain_spin_on(check, connection, want, is_new ? SPIN_US : 0);
    if (state == DRAIN_GONE) {
        connection->wait_since_ns = 0; /* the next read or write tells of it */
        return PLAY_ON;
    }
    if (state != DRAIN_UNKNOWN && state >= want)
        return end_wait(connection, want == DRAIN_ARRIVED ? EVENT_ARRIVED : EVENT_DRAINED);
    return go_on_waiting(connection, kind, state);
}

static enum play wait_for_time(struct connection *connection, const struct step *step)
{
    struct peer_host *host = connection->peer->host;
    const uint64_t now_ns = uv_hrtime();
    if (connection->wait_since_ns == 0)
        connection->wait_since_ns = now_ns;
    const uint64_t due_ns = connection->wait_since_ns + step->ms * NS_PER_MS;
    if (now_ns < due_ns && (step->unless == NULL || !host->is_done(host->context, step->unless)))
        return look_again(connection, due_ns);
    connection->wait_since_ns = 0;
    return PLAY_ON;
}

enum play wait_step(struct connection *connection, const struct step *step)
{
    const enum play play = step->wait == WAIT_TIME ? wait_for_time(connection, step)
                                                   : wait_for_client(connection, step->wait);
    if (play == PLAY_ON)
        connection_end_step(connection, connection->was_there);
    return play;
}
