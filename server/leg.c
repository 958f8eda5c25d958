#include "server/leg.h"

#include "server/forward.h"
#include "server/socket.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

static bool is_same_name(const struct sockaddr_in *one, const struct sockaddr_in *other)
{
    return one->sin_port == other->sin_port && one->sin_addr.s_addr == other->sin_addr.s_addr;
}

struct leg *leg_find(struct connection *far)
{
    struct leg *leg = far->peer->host->legs;
    struct sockaddr_in name = {0};
    socklen_t size = sizeof(name);
    if (leg == NULL || getpeername(far->channel.fd, (struct sockaddr *)&name, &size) != 0)
        return NULL;
    while (leg != NULL && !is_same_name(&leg->name, &name))
        leg = leg->next;
    if (leg != NULL)
        leg->far = far;
    return leg;
}

void leg_forget(struct connection *far)
{
    if (far->via != NULL)
        far->via->far = NULL;
}

bool leg_is_holding(const struct leg *leg)
{
    return leg->down.waiting.len > 0 || (leg->forward != NULL && forward_is_holding(leg->forward));
}

static void on_closed(uv_handle_t *handle)
{
    struct leg *leg = handle->data;
    if (leg->forward != NULL)
        forward_free(leg->forward);
    free(leg->up.buffer);
    free(leg->down.buffer);
    free(leg);
}

void leg_close(struct connection *connection, void (*close_fd)(int fd))
{
    struct leg *leg = connection->leg;
    if (leg == NULL)
        return;
    struct leg **place = &connection->peer->host->legs;
    while (*place != leg)
        place = &(*place)->next;
    *place = leg->next;
    if (leg->far != NULL)
        leg->far->via = NULL;
    connection->leg = NULL;
    uv_close((uv_handle_t *)&leg->poll, on_closed);
    close_fd(leg->fd);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct leg *leg = poll->data;
    (void)events;
    if (status < 0) /* as server/peer.c has it */
        leg->polled = 0;
    connection_go_on(leg->connection);
}

void leg_wait_for(struct leg *leg, int events)
{
    if (leg->polled == events)
        return;
    leg->polled = events;
    if (events == 0)
        uv_poll_stop(&leg->poll);
    else
        uv_poll_start(&leg->poll, events, on_ready);
}

struct leg *leg_open(struct connection *connection, unsigned target)
{
    struct peer_host *host = connection->peer->host;
    struct leg *leg = must_calloc(1, sizeof(*leg));
    leg->connection = connection;
    leg->fd = socket_connect(&host->endpoints[target], &leg->name);
    if (leg->fd < 0) {
        connection_tell(connection, &(struct event){.kind = EVENT_JOIN_FAILED,
                                                    .text = host->peers[target].name,
                                                    .error = errno});
        free(leg);
        return NULL;
    }
    leg->up.buffer = must_calloc(1, LEG_BUFFER_SIZE);
    leg->down.buffer = must_calloc(1, LEG_BUFFER_SIZE);
    leg->next = host->legs;
    host->legs = connection->leg = leg;
    uv_poll_init(host->loop, &leg->poll, leg->fd);
    leg->poll.data = leg;
    return leg;
}

void leg_reset_both(struct connection *connection)
{
    connection_close(connection, socket_reset);
    connection_record(connection, EVENT_RST_SENT, (struct bytes){NULL, 0}, 0);
}

/* --- moving ------------------------------------------------------------------------------ */

bool leg_receive(struct leg *leg, size_t most, bool *moved)
{
    struct flow *down = &leg->down;
    const ssize_t got = socket_receive(leg->fd, down->buffer, most);
    if (got < 0 && socket_is_later(errno))
        return true;
    if (got < 0 || (got == 0 && leg->is_reset))
        return false;
    *moved = true;
    if (got == 0)
        down->has_ended = true;
    else
        down->waiting = (struct bytes){down->buffer, (size_t)got};
    return true;
}

/* What was sent of a flow, or why not. False when who receives has reset it. */
static bool pass(struct flow *flow, ssize_t sent, bool *moved)
{
    flow->is_full = sent < 0 && socket_is_later(errno);
    if (sent < 0)
        return flow->is_full;
    *moved = true;
    bytes_take(&flow->waiting, (size_t)sent);
    flow->passed += (uint64_t)sent;
    return true;
}

void leg_send_up(struct leg *leg, bool *moved)
{
    struct flow *up = &leg->up;
    if (up->waiting.len > 0 && !pass(up, socket_send(leg->fd, up->waiting), moved)) {
        /* What the other peer has sent before is still to be read. */
        leg->is_reset = *moved = up->is_over = true;
        up->waiting.len = 0;
    }
    if (up->waiting.len == 0 && up->has_ended && !up->is_over) {
        shutdown(leg->fd, SHUT_WR);
        up->is_over = true;
    }
}

bool leg_send_down(struct connection *connection, bool *moved)
{
    struct flow *down = &connection->leg->down;
    const struct bytes waiting = down->waiting;
    if (waiting.len > 0) {
        const ssize_t sent = channel_send(&connection->channel, waiting);
        if (sent > 0)
            connection_record(connection, EVENT_SENT, (struct bytes){waiting.at, (size_t)sent}, 0);
        if (pass(down, sent, moved))
            return true;
        connection_lost(connection, errno);
        return false;
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
