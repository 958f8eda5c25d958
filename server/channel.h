/*
 * channel -- the octets of one connection: its socket's, or, where TLS has begun, those that it
 * carries; also TLS in TLS.
 *
 * The socket stays the owner's, who polls and closes it. Over TLS no more is taken from it than the
 * record that is asked for, so that what lies unread at a close still decides whether that is FIN
 * or RST. What happens beneath the octets (a handshake's end, alerts) is told as events.
 */
#ifndef SERVER_CHANNEL_H
#define SERVER_CHANNEL_H

#include "wire/transcript.h"

#include <sys/types.h>

struct mint;
struct tls_layer;

/* A TLS record, in the octets of its direction beneath TLS. */
struct record {
    uint64_t offset, len;
};

struct channel {
    int fd;                /* -1 once closed */
    uint64_t sent;         /* octets that the kernel took, and FIN, which counts as one */
    struct tls_layer *tls; /* the innermost; NULL: plain */
    struct record received_in, sent_in; /* over TLS: of the last peek, of the last send */
    /* Over TLS: tells of an event, of which `kind`, `text` and `hello` are set. */
    void (*tell)(void *context, const struct event *event);
    void *context;
};

/* Frees what TLS needed; the socket stays. */
void channel_release(struct channel *channel);

/* What waits to be read, without taking it: -1 with errno, EAGAIN where nothing waits; 0 at the
 * other end's FIN. Over TLS the octets of one record at most; once that is broken, or the client's
 * close_notify has come, only FIN and resets. */
ssize_t channel_peek(struct channel *channel, uint8_t *buffer, size_t size);

/* Both at once. */
ssize_t channel_receive(struct channel *channel, uint8_t *buffer, size_t size);

/* Takes `len` octets that channel_peek() showed. */
void channel_take(struct channel *channel, uint8_t *buffer, size_t len);

/* As send(2): -1 with errno. Over TLS one record at most, which is sent whole or, after EAGAIN, has
 * to be sent again. */
ssize_t channel_send(struct channel *channel, struct bytes octets);

/* Beneath all TLS; for server/tls_layer.c. */
ssize_t channel_send_plain(struct channel *channel, struct bytes octets);

/* FIN: nothing more can be sent. */
void channel_end(struct channel *channel);

/* Whether octets came that nobody took. */
bool channel_has_unread(const struct channel *channel);

/* TLS from the next octet on, inside of TLS where that is on; channel_shake() comes next. Both are
 * borrowed until channel_release(). */
void channel_begin_tls(struct channel *channel, const struct mint *mint, const struct tls *tls);

enum channel_shake {
    SHAKE_DONE,   /* EVENT_SECURED was told; or there is no TLS */
    SHAKE_FAILED, /* EVENT_TLS_FAILED was told: for octets, or since the client left */
    SHAKE_READS,  /* once more can be read, call again */
    SHAKE_WRITES,
};

enum channel_shake channel_shake(struct channel *channel);

/* Whether TLS has begun, and its handshake is not over. */
bool channel_is_shaking(const struct channel *channel);

/* close_notify, in each TLS that is on and has not sent it. False: once more can be written, call
 * again. */
bool channel_notify(struct channel *channel);

#endif
