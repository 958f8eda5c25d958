/* tls_layer -- one TLS of a channel, as its server. Private to server/channel.c, which says what
 * each call means. */
#ifndef SERVER_TLS_LAYER_H
#define SERVER_TLS_LAYER_H

#include "server/channel.h"

/* Over the channel's innermost so far. */
struct tls_layer *tls_layer_new(struct channel *channel, const struct mint *mint,
                                const struct tls *tls);

/* Gives the one beneath, NULL at the last. */
struct tls_layer *tls_layer_free(struct tls_layer *layer);

ssize_t tls_layer_peek(struct tls_layer *layer, uint8_t *buffer, size_t size);
ssize_t tls_layer_receive(struct tls_layer *layer, void *into, size_t size); /* peek and take */
void tls_layer_take(struct tls_layer *layer, uint8_t *buffer, size_t len);
ssize_t tls_layer_send(struct tls_layer *layer, struct bytes octets);
bool tls_layer_has_unread(const struct tls_layer *layer);
enum channel_shake tls_layer_shake(struct tls_layer *layer);
bool tls_layer_is_shaking(const struct tls_layer *layer);
bool tls_layer_notify(struct tls_layer *layer);

#endif
