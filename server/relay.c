#include "server/relay.h"

#include "server/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { BUFFER_SIZE = 64 * 1024 };

static const struct bytes nothing = {NULL, 0};

/* One direction, and what waits in it. */
struct flow {
    uint8_t *buffer;
    struct bytes waiting; /* a slice of `buffer` */
    uint64_t passed;
    bool has_ended; /* the sender's FIN came */
    bool is_over;   /* and was passed on; or it was cut */
    bool is_full;   /* who receives takes no more at present */
};

struct relay {
    struct connection *connection;
    struct relay *next;     /* of the host's */
    struct connection *far; /* as the other peer has accepted it; NULL: not yet, or no more */
    int fd;                 /* to the other peer */
    uv_poll_t poll;
    int polled;
    struct sockaddr_in name; /* of this end of it */
    bool is_silent;          /* nothing is moved any more; both legs stay */
    struct flow up, down;
};

struct connection *relay_client(const struct relay *relay)
{
    return relay->connection;
}

bool relay_is_holding(const struct relay *relay)
{
    return relay->down.waiting.len > 0;
}

/* --- its two legs ------------------------------------------------------------------------ */

static bool is_same_name(const struct sockaddr_in *one, const struct sockaddr_in *other)
{
    return one->sin_port == other->sin_port && one->sin_addr.s_addr == other->sin_addr.s_addr;
}

struct relay *relay_find(struct connection *far)
{
    struct relay *relay = far->peer->host->relays;
    struct sockaddr_in name = {0};
    socklen_t size = sizeof(name);
    if (relay == NULL || getpeername(far->channel.fd, (struct sockaddr *)&name, &size) != 0)
        return NULL;
    while (relay != NULL && !is_same_name(&relay->name, &name))
        relay = relay->next;
    if (relay != NULL)
        relay->far = far;
    return relay;
}

void relay_forget(struct connection *far)
{
    if (far->via != NULL)
        far->via->far = NULL;
}

static void on_closed(uv_handle_t *handle)
{
    struct relay *relay = handle->data;
    free(relay->up.buffer);
    free(relay->down.buffer);
    free(relay);
}

void relay_end(struct connection *connection, void (*close_fd)(int fd))
{
    struct relay *relay = connection->relay;
    if (relay == NULL)
        return;
    struct relay **place = &connection->peer->host->relays;
    while (*place != relay)
        place = &(*place)->next;
    *place = relay->next;
    if (relay->far != NULL)
        relay->far->via = NULL;
    connection->relay = NULL;
    uv_close((uv_handle_t *)&relay->poll, on_closed);
    close_fd(relay->fd);
}

/* The handle goes first: see connection_close(). */
static void reset_client(struct connection *connection)
{
    connection_close(connection, socket_reset);
    connection_record(connection, EVENT_RST_SENT, nothing, 0);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct relay *relay = poll->data;
    (void)events;
    if (status < 0) /* as server/peer.c has it */
        relay->polled = 0;
    connection_go_on(relay->connection);
}

static void wait_for(struct relay *relay, int events)
{
    if (relay->polled == events)
        return;
    relay->polled = events;
    if (events == 0)
        uv_poll_stop(&relay->poll);
    else
        uv_poll_start(&relay->poll, events, on_ready);
}

static void tell(struct connection *connection, enum event_kind kind, const char *text, int error)
{
    connection_tell(connection, &(struct event){.kind = kind, .text = text, .error = error});
}

void relay_begin(struct connection *connection, const struct step *step)
{
    struct peer_host *host = connection->peer->host;
    struct relay *relay = must_calloc(1, sizeof(*relay));
    const char *name = host->peers[step->target].name;
    relay->connection = connection;
    relay->fd = socket_connect(&host->endpoints[step->target], &relay->name);
    if (relay->fd < 0) {
        tell(connection, EVENT_JOIN_FAILED, name, errno);
        free(relay);
        reset_client(connection);
        return;
    }
    relay->up.buffer = must_calloc(1, BUFFER_SIZE);
    relay->down.buffer = must_calloc(1, BUFFER_SIZE);
    relay->next = host->relays;
    host->relays = connection->relay = relay;
    uv_poll_init(host->loop, &relay->poll, relay->fd);
    relay->poll.data = relay;
    tell(connection, EVENT_JOINED, name, 0);
}

/* --- moving ------------------------------------------------------------------------------ */

/* How many octets may be taken: what is over a cut stays where it is. */
static size_t room_of(const struct flow *flow, const struct relay_cut *cut)
{
    const uint64_t left = cut->is_set ? cut->after - flow->passed : BUFFER_SIZE;
    return left < BUFFER_SIZE ? (size_t)left : BUFFER_SIZE;
}

static bool may_take(const struct flow *flow, const struct relay_cut *cut)
{
    return flow->waiting.len == 0 && !flow->has_ended && !flow->is_over && room_of(flow, cut) > 0;
}

static bool is_later(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK;
}

/* From the client. False when its leg is gone. */
static bool take_up(struct connection *connection, const struct relay_cut *cut, bool *moved)
{
    struct flow *up = &connection->relay->up;
    if (!may_take(up, cut))
        return true;
    const ssize_t got = channel_receive(&connection->channel, up->buffer, room_of(up, cut));
    if (got < 0 && is_later(errno))
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

/* From the other peer. False when that leg was reset. */
static bool take_down(struct relay *relay, const struct relay_cut *cut, bool *moved)
{
    struct flow *down = &relay->down;
    if (!may_take(down, cut))
        return true;
    const ssize_t got = socket_receive(relay->fd, down->buffer, room_of(down, cut));
    if (got < 0)
        return is_later(errno);
    *moved = true;
    if (got == 0)
        down->has_ended = true;
    else
        down->waiting = (struct bytes){down->buffer, (size_t)got};
    return true;
}

/* What was sent of a flow, or why not. False when the leg was reset. */
static bool pass(struct flow *flow, ssize_t sent, bool *moved)
{
    flow->is_full = sent < 0 && is_later(errno);
    if (sent < 0)
        return flow->is_full;
    *moved = true;
    bytes_take(&flow->waiting, (size_t)sent);
    flow->passed += (uint64_t)sent;
    return true;
}

static bool give_up(struct relay *relay, bool *moved)
{
    struct flow *up = &relay->up;
    if (up->waiting.len > 0)
        return pass(up, socket_send(relay->fd, up->waiting), moved);
    if (up->has_ended && !up->is_over) {
        shutdown(relay->fd, SHUT_WR);
        up->is_over = true;
    }
    return true;
}

static bool give_down(struct connection *connection, bool *moved)
{
    struct flow *down = &connection->relay->down;
    const struct bytes waiting = down->waiting;
    if (waiting.len > 0) {
        const ssize_t sent = channel_send(&connection->channel, waiting);
        if (sent > 0)
            connection_record(connection, EVENT_SENT, (struct bytes){waiting.at, (size_t)sent}, 0);
        return pass(down, sent, moved);
    }
    if (down->has_ended && !down->is_over) {
        down->is_full = !channel_notify(&connection->channel);
        if (down->is_full)
            return true;
        send_fin(connection);
        down->is_over = true;
    }
    return true;
}

/* --- its end ------------------------------------------------------------------------------- */

static bool is_due(const struct flow *flow, const struct relay_cut *cut)
{
    return cut->is_set && !flow->is_over && flow->passed == cut->after;
}

static void cut_up(struct connection *connection, enum cut_end end)
{
    struct relay *relay = connection->relay;
    tell(connection, EVENT_RELAY_CUT, "up", 0);
    relay->up.is_over = true;
    relay->is_silent = end == CUT_SILENCE;
    if (end == CUT_FIN)
        shutdown(relay->fd, SHUT_WR);
    if (end == CUT_RST) {
        relay_end(connection, socket_reset);
        reset_client(connection);
    }
}

static void cut_down(struct connection *connection, enum cut_end end)
{
    tell(connection, EVENT_RELAY_CUT, "down", 0);
    connection->relay->down.is_over = true;
    connection->relay->is_silent = end == CUT_SILENCE;
    if (end == CUT_SILENCE)
        return;
    relay_end(connection, socket_reset);
    if (end == CUT_FIN)
        send_fin(connection);
    else
        reset_client(connection);
}

/* False once nothing is to be moved any more: a leg is gone, and the relay with it, or it is
 * silent.
 */
static bool move(struct connection *connection, const struct step *step, bool *moved)
{
    struct relay *relay = connection->relay;
    if (!take_up(connection, &step->up, moved))
        return false;
    if (!give_up(relay, moved) || !take_down(relay, &step->down, moved)) {
        relay_end(connection, socket_reset);
        reset_client(connection);
        return false;
    }
    if (!give_down(connection, moved)) {
        connection_lost(connection, errno);
        return false;
    }
    if (is_due(&relay->up, &step->up))
        cut_up(connection, step->up.end);
    if (connection->relay != NULL && is_due(&relay->down, &step->down))
        cut_down(connection, step->down.end);
    if (connection->relay != NULL && relay->up.is_over && relay->down.is_over && !relay->is_silent)
        relay_end(connection, socket_close);
    return connection->relay != NULL && !relay->is_silent;
}

enum play relay_play(struct connection *connection, const struct step *step)
{
    bool moved = false;
    if (connection->relay == NULL || !move(connection, step, &moved)) {
        if (connection->relay != NULL)
            wait_for(connection->relay, 0);
        return PLAY_OVER;
    }
    if (moved)
        return PLAY_ON;
    struct relay *relay = connection->relay;
    wait_for(relay, (may_take(&relay->down, &step->down) ? UV_READABLE : 0) |
                        (relay->up.is_full ? UV_WRITABLE : 0));
    connection->relay_events = (may_take(&relay->up, &step->up) ? UV_READABLE : 0) |
                               (relay->down.is_full ? UV_WRITABLE : 0);
    return PLAY_RELAY;
}
