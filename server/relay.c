#include "server/relay.h"

#include "server/leg.h"
#include "server/socket.h"

#include <errno.h>
#include <sys/socket.h>

static void tell(struct connection *connection, enum event_kind kind, const char *text)
{
    connection_tell(connection, &(struct event){.kind = kind, .text = text});
}

void relay_begin(struct connection *connection, const struct step *step)
{
    if (leg_open(connection, step->target) != NULL)
        tell(connection, EVENT_JOINED, connection->peer->host->peers[step->target].name);
    else
        leg_reset_both(connection);
}

/* How many octets may be taken: what is over a cut stays where it is. */
static size_t room_of(const struct flow *flow, const struct relay_cut *cut)
{
    const uint64_t left = cut->is_set ? cut->after - flow->passed : LEG_BUFFER_SIZE;
    return left < LEG_BUFFER_SIZE ? (size_t)left : LEG_BUFFER_SIZE;
}

static bool may_take(const struct flow *flow, const struct relay_cut *cut)
{
    return flow->waiting.len == 0 && !flow->has_ended && !flow->is_over && room_of(flow, cut) > 0;
}

/* From the client. False when its connection is gone. */
static bool take_up(struct connection *connection, const struct relay_cut *cut, bool *moved)
{
    struct flow *up = &connection->leg->up;
    if (!may_take(up, cut))
        return true;
    const ssize_t got = channel_receive(&connection->channel, up->buffer, room_of(up, cut));
    if (got < 0 && socket_is_later(errno))
        return true;
    *moved = true;
    if (got < 0) {
        connection_lost(connection, errno);
        return false;
    }
    if (got == 0) {
        receive_fin(connection);
        up->has_ended = true;
        return true;
    }
    up->waiting = (struct bytes){up->buffer, (size_t)got};
    connection_record(connection, EVENT_RECEIVED, up->waiting, 0);
    return true;
}

/* --- its end ------------------------------------------------------------------------------- */

static bool is_due(const struct flow *flow, const struct relay_cut *cut)
{
    return cut->is_set && !flow->is_over && flow->passed == cut->after;
}

static void cut_up(struct connection *connection, enum cut_end end)
{
    struct leg *leg = connection->leg;
    tell(connection, EVENT_RELAY_CUT, "up");
    leg->up.is_over = true;
    leg->is_silent = end == CUT_SILENCE;
    if (end == CUT_FIN)
        shutdown(leg->fd, SHUT_WR);
    if (end == CUT_RST)
        leg_reset_both(connection);
}

static void cut_down(struct connection *connection, enum cut_end end)
{
    tell(connection, EVENT_RELAY_CUT, "down");
    connection->leg->down.is_over = true;
    connection->leg->is_silent = end == CUT_SILENCE;
    if (end == CUT_SILENCE)
        return;
    if (end == CUT_RST) {
        leg_reset_both(connection);
        return;
    }
    leg_close(connection, socket_reset);
    send_fin(connection);
}

/* From the other peer, what it sent before it reset its end. False once that is all. */
static bool take_down(struct leg *leg, const struct relay_cut *cut, bool *moved)
{
    if (may_take(&leg->down, cut))
        return leg_receive(leg, room_of(&leg->down, cut), moved);
    return !leg->is_reset || !leg->down.is_over;
}

static void end_where_due(struct connection *connection, const struct step *step)
{
    const struct leg *leg = connection->leg;
    if (is_due(&leg->up, &step->up))
        cut_up(connection, step->up.end);
    if (connection->leg != NULL && is_due(&leg->down, &step->down))
        cut_down(connection, step->down.end);
    if (connection->leg != NULL && leg->up.is_over && leg->down.is_over && !leg->is_silent)
        leg_close(connection, socket_close);
}

/* False once nothing is to be moved any more: the leg is gone, or silent. */
static bool move(struct connection *connection, const struct step *step, bool *moved)
{
    struct leg *leg = connection->leg;
    if (leg == NULL || leg->is_silent || !take_up(connection, &step->up, moved))
        return false;
    leg_send_up(leg, moved);
    if (!take_down(leg, &step->down, moved)) {
        leg_reset_both(connection);
        return false;
    }
    if (!leg_send_down(connection, moved))
        return false;
    end_where_due(connection, step);
    return connection->leg != NULL && !leg->is_silent;
}

enum play relay_play(struct connection *connection, const struct step *step)
{
    bool moved = false;
    if (!move(connection, step, &moved)) {
        if (connection->leg != NULL)
            leg_wait_for(connection->leg, 0);
        return PLAY_OVER;
    }
    if (moved)
        return PLAY_ON;
    struct leg *leg = connection->leg;
    leg_wait_for(leg, (may_take(&leg->down, &step->down) ? UV_READABLE : 0) |
                          (leg->up.is_full ? UV_WRITABLE : 0));
    connection->leg_events =
        (may_take(&leg->up, &step->up) ? UV_READABLE : 0) | (leg->down.is_full ? UV_WRITABLE : 0);
    return PLAY_LEG;
}
