/* layer -- TLS over a socket, or over another layer. */
#ifndef HARNESS_CLIENT_LAYER_H
#define HARNESS_CLIENT_LAYER_H

#include "harness/client/client.h"
#include "wire/bytes.h"

#include <sys/types.h>
#include <sys/uio.h>

struct assay_layer;

/* TLS with `host` over `below`, which it owns from then on, or over `fd` where that is NULL; first
 * it reads `early`, which came already. NULL when memory is short. */
struct assay_layer *assay_layer_new(const struct assay_tls *tls, const char *host, int fd,
                                    struct assay_layer *below, struct bytes early);

/* With all that are below; sends nothing. Accepts NULL. */
void assay_layer_free(struct assay_layer *layer);

/* 1 once it is done, 0 when the peer ended it; -1 with errno, EAGAIN to be called again. */
ssize_t assay_layer_handshake(struct assay_layer *layer);

/* As those of sockets. EPROTO: see assay_layer_failure(). After EAGAIN the same octets have to be
 * sent again: they are on their way already. */
ssize_t assay_layer_send(struct assay_layer *layer, const struct iovec *parts, size_t count);
ssize_t assay_layer_receive(struct assay_layer *layer, uint8_t *into, size_t size);

/* Nothing came but what concerns TLS alone. */
bool assay_layer_is_quiet(struct assay_layer *layer);

/* Sends close_notify, top down, as far as that goes at once. Accepts NULL, as the next three. */
void assay_layer_notify(struct assay_layer *layer);

/* Octets wait for the socket to take them. */
bool assay_layer_is_sending(const struct assay_layer *layer);

/* Its end came without close_notify. */
bool assay_layer_is_cut(const struct assay_layer *layer);

/* What broke TLS, in this layer or one below; NULL: nothing did. */
const char *assay_layer_failure(const struct assay_layer *layer, enum assay_error *error);

#endif
