#include "harness/client/private.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

ssize_t assay_transport_send(struct assay_wire *wire, struct iovec *parts, size_t count)
{
    return wire->layer != NULL ? assay_layer_send(wire->layer, parts, count)
                               : assay_socket_send(wire->fd, parts, count);
}

ssize_t assay_transport_receive(struct assay_wire *wire, uint8_t *into, size_t size)
{
    return wire->layer != NULL ? assay_layer_receive(wire->layer, into, size)
                               : assay_socket_receive(wire->fd, into, size);
}

ssize_t assay_transport_await(struct assay_wire *wire, uint8_t *into, size_t size)
{
    const bool is_timed = wire->until_ms != 0 || wire->options.io_timeout_ms != 0;
    return wire->layer == NULL && !is_timed ? assay_socket_await(wire->fd, into, size)
                                            : assay_transport_receive(wire, into, size);
}

bool assay_transport_wait(struct assay_wire *wire, short events, int64_t until_ms)
{
    if (assay_layer_is_sending(wire->layer))
        events |= POLLOUT;
    return assay_socket_wait(wire->fd, events, until_ms);
}

bool assay_transport_is_quiet(struct assay_wire *wire)
{
    uint8_t octet;
    if (wire->layer != NULL)
        return assay_layer_is_quiet(wire->layer);
    return assay_socket_peek(wire->fd, &octet, 1) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void assay_transport_end(struct assay_wire *wire)
{
    assay_layer_notify(wire->layer);
    if (!assay_layer_is_sending(wire->layer)) /* FIN would cut a record */
        shutdown(wire->fd, SHUT_WR);
}

/* The server's own close_notify, mostly: lying unread, it would make a reset of our end, and that
 * might outrun what we sent last. What is longer is a body that was left, and may be reset. */
static void drop_unread(const struct assay_wire *wire)
{
    uint8_t dropped[4096];
    assay_socket_receive(wire->fd, dropped, sizeof(dropped));
}

void assay_transport_close(struct assay_wire *wire)
{
    if (wire->layer != NULL) {
        assay_layer_notify(wire->layer);
        drop_unread(wire);
    }
    assay_layer_free(wire->layer);
    wire->layer = NULL;
    close(wire->fd);
    wire->fd = -1;
}

static enum assay_error fail_handshake(const struct assay_wire *wire, const char *host,
                                       struct assay_failure *failure)
{
    const int number = errno;
    if (number == ETIMEDOUT || number == EPROTO || number == ENOMEM)
        return assay_wire_fail(wire, failure, "make TLS with");
    assay_fail(failure, ASSAY_TLS, "TLS with %.64s: the handshake was cut", host);
    failure->system_error = number;
    return ASSAY_TLS;
}

enum assay_error assay_transport_secure(struct assay_wire *wire, const struct assay_tls *tls,
                                        const char *host, struct assay_failure *failure)
{
    struct assay_layer *layer = assay_layer_new(tls, host, wire->fd, wire->layer, wire->input);
    if (layer == NULL)
        return assay_fail(failure, ASSAY_NO_MEMORY, "no memory for TLS");
    wire->layer = layer;
    wire->input = (struct bytes){NULL, 0};
    for (;;) {
        const ssize_t done = assay_layer_handshake(layer);
        if (done > 0)
            return ASSAY_OK;
        if (done == 0)
            errno = 0;
        const bool is_waiting = errno == EAGAIN || errno == EWOULDBLOCK;
        if (!is_waiting || !assay_wire_wait(wire, POLLIN))
            return fail_handshake(wire, host, failure);
    }
}
