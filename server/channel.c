#include "server/channel.h"

#include "server/socket.h"
#include "server/tls_layer.h"

#include <sys/socket.h>

void channel_release(struct channel *channel)
{
    while (channel->tls != NULL)
        channel->tls = tls_layer_free(channel->tls);
}

ssize_t channel_peek(struct channel *channel, uint8_t *buffer, size_t size)
{
    return channel->tls != NULL ? tls_layer_peek(channel->tls, buffer, size)
                                : socket_peek(channel->fd, buffer, size);
}

ssize_t channel_receive(struct channel *channel, uint8_t *buffer, size_t size)
{
    const ssize_t got = channel->tls != NULL ? tls_layer_receive(channel->tls, buffer, size)
                                             : socket_receive(channel->fd, buffer, size);
    if (got > 0)
        socket_acknowledge(channel->fd);
    return got;
}

void channel_take(struct channel *channel, uint8_t *buffer, size_t len)
{
    if (channel->tls == NULL) {
        socket_take(channel->fd, buffer, len);
        return;
    }
    tls_layer_take(channel->tls, buffer, len);
    socket_acknowledge(channel->fd);
}

ssize_t channel_send_plain(struct channel *channel, struct bytes octets)
{
    const ssize_t sent = socket_send(channel->fd, octets);
    if (sent > 0)
        channel->sent += (uint64_t)sent;
    return sent;
}

ssize_t channel_send(struct channel *channel, struct bytes octets)
{
    return channel->tls != NULL ? tls_layer_send(channel->tls, octets)
                                : channel_send_plain(channel, octets);
}

void channel_end(struct channel *channel)
{
    shutdown(channel->fd, SHUT_WR);
    channel->sent++;
}

bool channel_has_unread(const struct channel *channel)
{
    return socket_unread(channel->fd) > 0 ||
           (channel->tls != NULL && tls_layer_has_unread(channel->tls));
}

void channel_begin_tls(struct channel *channel, const struct mint *mint, const struct tls *tls)
{
    channel->tls = tls_layer_new(channel, mint, tls);
}

enum channel_shake channel_shake(struct channel *channel)
{
    return channel->tls != NULL ? tls_layer_shake(channel->tls) : SHAKE_DONE;
}

bool channel_is_shaking(const struct channel *channel)
{
    return channel->tls != NULL && tls_layer_is_shaking(channel->tls);
}

bool channel_notify(struct channel *channel)
{
    return channel->tls == NULL || tls_layer_notify(channel->tls);
}
