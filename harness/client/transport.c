#include "harness/client/private.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

ssize_t assay_transport_send(struct assay_connection *connection, struct iovec *parts, size_t count)
{
    return connection->layer != NULL ? assay_layer_send(connection->layer, parts, count)
                                     : assay_socket_send(connection->fd, parts, count);
}

ssize_t assay_transport_receive(struct assay_connection *connection, uint8_t *into, size_t size)
{
    return connection->layer != NULL ? assay_layer_receive(connection->layer, into, size)
                                     : assay_socket_receive(connection->fd, into, size);
}

bool assay_transport_wait(struct assay_connection *connection, short events, int64_t until_ms)
{
    if (assay_layer_is_sending(connection->layer))
        events |= POLLOUT;
    return assay_socket_wait(connection->fd, events, until_ms);
}

bool assay_transport_is_quiet(struct assay_connection *connection)
{
    uint8_t octet;
    if (connection->layer != NULL)
        return assay_layer_is_quiet(connection->layer);
    return assay_socket_peek(connection->fd, &octet, 1) < 0 &&
           (errno == EAGAIN || errno == EWOULDBLOCK);
}

void assay_transport_end(struct assay_connection *connection)
{
    assay_layer_notify(connection->layer);
    if (!assay_layer_is_sending(connection->layer)) /* FIN would cut a record */
        shutdown(connection->fd, SHUT_WR);
}

/* The server's own close_notify, mostly: lying unread, it would make a reset of our end, and that
 * might outrun what we sent last. What is longer is a body that was left, and may be reset. */
static void drop_unread(const struct assay_connection *connection)
{
    uint8_t dropped[4096];
    assay_socket_receive(connection->fd, dropped, sizeof(dropped));
}

void assay_transport_close(struct assay_connection *connection)
{
    if (connection->layer != NULL) {
        assay_layer_notify(connection->layer);
        drop_unread(connection);
    }
    assay_layer_free(connection->layer);
    connection->layer = NULL;
    close(connection->fd);
    connection->fd = -1;
}

static enum assay_error fail_handshake(struct assay_connection *connection, const char *host)
{
    const int number = errno;
    if (number == ETIMEDOUT || number == EPROTO || number == ENOMEM)
        return assay_fail_system(connection, "make TLS with");
    assay_fail(connection, ASSAY_TLS, "TLS with %.64s: the handshake was cut", host);
    connection->failure.system_error = number;
    return ASSAY_TLS;
}

enum assay_error assay_transport_secure(struct assay_connection *connection,
                                        const struct assay_tls *tls, const char *host)
{
    struct assay_layer *layer =
        assay_layer_new(tls, host, connection->fd, connection->layer, connection->input);
    if (layer == NULL)
        return assay_fail(connection, ASSAY_NO_MEMORY, "no memory for TLS");
    connection->layer = layer;
    connection->input = (struct bytes){NULL, 0};
    for (;;) {
        const ssize_t done = assay_layer_handshake(layer);
        if (done > 0)
            return ASSAY_OK;
        if (done == 0)
            errno = 0;
        const bool is_waiting = errno == EAGAIN || errno == EWOULDBLOCK;
        if (!is_waiting || !assay_connection_wait(connection, POLLIN))
            return fail_handshake(connection, host);
    }
}
