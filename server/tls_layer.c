#include "server/tls_layer.h"

#include "server/mint.h"
#include "server/socket.h"
#include "server/tls_private.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

enum { RECORD_MAX = 16384, RECORD_HEADER_LEN = 5 };

enum layer_state {
    LAYER_SHAKING,
    LAYER_OPEN,
    LAYER_NOTIFIED, /* the client's close_notify came: it sends nothing more */
    LAYER_BROKEN,
};

struct tls_layer {
    SSL *ssl;
    struct channel *channel;
    struct tls_layer *below; /* NULL: the socket */
    enum layer_state state;
    bool is_notify_sent;
    bool has_ended;         /* what lies beneath ended */
    int error;              /* errno of what lies beneath; 0 */
    uint64_t in, out;       /* octets beneath, each way */
    struct record record;   /* that was read last */
    bool is_sending;        /* a record is on its way, in part: it began at ... */
    uint64_t sending_since; /* ... this octet */
};

/* --- what lies beneath ------------------------------------------------------------------ */

static ssize_t receive_below(struct tls_layer *layer, void *into, size_t size)
{
    return layer->below != NULL ? tls_layer_receive(layer->below, into, size)
                                : socket_receive(layer->channel->fd, into, size);
}

static ssize_t send_below(const struct tls_layer *layer, struct bytes octets)
{
    return layer->below != NULL ? tls_layer_send(layer->below, octets)
                                : channel_send_plain(layer->channel, octets);
}

static void note_end(struct tls_layer *layer, ssize_t count)
{
    if (count == 0)
        layer->has_ended = true;
    else if (!socket_is_later(errno))
        layer->error = errno;
}

int tls_read_below(BIO *bio, char *into, int size)
{
    struct tls_layer *layer = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    const ssize_t got = receive_below(layer, into, (size_t)size);
    if (got > 0) {
        layer->in += (uint64_t)got;
        return (int)got;
    }
    note_end(layer, got);
    if (!layer->has_ended && layer->error == 0)
        BIO_set_retry_read(bio);
    return (int)got;
}

int tls_write_below(BIO *bio, const char *from, int len)
{
    struct tls_layer *layer = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    const ssize_t sent = send_below(layer, (struct bytes){(const uint8_t *)from, (size_t)len});
    if (sent >= 0) {
        layer->out += (uint64_t)sent;
        return (int)sent;
    }
    note_end(layer, sent);
    if (layer->error == 0)
        BIO_set_retry_write(bio);
    return -1;
}

long tls_control_below(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH; /* all else that is asked has no answer here */
}

/* --- what is told ------------------------------------------------------------------------- */

static void tell(const struct tls_layer *layer, enum event_kind kind, const char *text)
{
    const struct event event = {.kind = kind, .text = text};
    layer->channel->tell(layer->channel->context, &event);
}

/* server_name's list: RFC 6066, section 3. */
static void read_names(struct bytes list, struct tls_hello *hello)
{
    enum { TYPE_HOST_NAME = 0, HEADER_LEN = 3 };
    while (list.len >= HEADER_LEN) {
        const struct bytes header = bytes_take(&list, HEADER_LEN);
        const size_t len = (size_t)header.at[1] << 8 | header.at[2];
        const struct bytes name = bytes_take(&list, len < list.len ? len : list.len);
        if (header.at[0] == TYPE_HOST_NAME && hello->name_count++ == 0)
            hello->name = name;
    }
}

/* ProtocolNameList: RFC 7301, section 3.1. `text` has room for it. */
static void read_protocols(struct bytes list, uint8_t *text, struct tls_hello *hello)
{
    size_t len = 0;
    while (list.len > 1) {
        const size_t name_len = bytes_take(&list, 1).at[0];
        const struct bytes name = bytes_take(&list, name_len < list.len ? name_len : list.len);
        if (len > 0)
            text[len++] = ',';
        memcpy(text + len, name.at, name.len);
        len += name.len;
    }
    hello->alpn = (struct bytes){text, len};
}

/* The list in an extension, behind its length; empty when there is none. */
static struct bytes list_of(SSL *ssl, unsigned extension)
{
    enum { LENGTH_LEN = 2 };
    const unsigned char *at;
    size_t len;
    if (SSL_client_hello_get0_ext(ssl, extension, &at, &len) != 1 || len < LENGTH_LEN)
        return (struct bytes){NULL, 0};
    return (struct bytes){at + LENGTH_LEN, len - LENGTH_LEN};
}

int tls_note_hello(SSL *ssl, int *alert, void *context)
{
    const struct tls_layer *layer = SSL_get_app_data(ssl);
    const struct bytes protocols = list_of(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation);
    struct tls_hello hello = {.name_count = 0};
    uint8_t *text = must_calloc(protocols.len + 1, 1);
    (void)alert;
    (void)context;
    read_names(list_of(ssl, TLSEXT_TYPE_server_name), &hello);
    read_protocols(protocols, text, &hello);
    const struct event event = {.kind = EVENT_HELLO, .hello = &hello};
    layer->channel->tell(layer->channel->context, &event);
    free(text);
    return SSL_CLIENT_HELLO_SUCCESS;
}

void tls_note_info(const SSL *ssl, int where, int value)
{
    const struct tls_layer *layer = SSL_get_app_data(ssl);
    char text[128];
    if ((where & SSL_CB_ALERT) == 0 || (value & 0xff) == SSL_AD_CLOSE_NOTIFY)
        return;
    snprintf(text, sizeof(text), "%s, %s", SSL_alert_type_string_long(value),
             SSL_alert_desc_string_long(value));
    tell(layer, (where & SSL_CB_READ) != 0 ? EVENT_ALERT_RECEIVED : EVENT_ALERT_SENT, text);
}

/* A record's header was read: it lies before the octets that are read next. */
/* NOLINTNEXTLINE(readability-function-size): the parameters are OpenSSL's. */
void tls_note_message(int is_sent, int version, int type, const void *at, size_t len, SSL *ssl,
                      void *context)
{
    struct tls_layer *layer = SSL_get_app_data(ssl);
    const uint8_t *header = at;
    (void)version;
    (void)context;
    if (is_sent || type != SSL3_RT_HEADER || len < RECORD_HEADER_LEN)
        return;
    layer->record.len = RECORD_HEADER_LEN + ((uint64_t)header[3] << 8 | header[4]);
    layer->record.offset = layer->in - RECORD_HEADER_LEN;
}

static void tell_failure(const struct tls_layer *layer)
{
    const unsigned long error = ERR_peek_error();
    const int reason = ERR_GET_REASON(error);
    const char *text = ERR_reason_error_string(error);
    if (layer->has_ended || layer->error != 0)
        text = "the client left in the handshake";
    else if (ERR_GET_LIB(error) == ERR_LIB_SSL &&
             (reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST))
        text = TLS_PLAIN_HTTP_TEXT;
    tell(layer, EVENT_TLS_FAILED, text != NULL ? text : "OpenSSL gives no reason");
}

/* --- reading ------------------------------------------------------------------------------ */

/* No octets are to come that anybody may have: only the end of what lies beneath counts. */
static ssize_t skip_rest(struct tls_layer *layer)
{
    uint8_t dropped[4096];
    ssize_t got;
    do
        got = receive_below(layer, dropped, sizeof(dropped));
    while (got > 0);
    return got;
}

/* After a call that gave nothing. */
static ssize_t take_end(struct tls_layer *layer, int result)
{
    switch (SSL_get_error(layer->ssl, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: /* an answer to a key update: it goes out with what is sent next */
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_ZERO_RETURN:
        layer->state = LAYER_NOTIFIED;
        tell(layer, EVENT_NOTIFY_RECEIVED, NULL);
        return skip_rest(layer);
    default:
        break;
    }
    if (layer->has_ended)
        return 0;
    if (layer->error != 0) {
        errno = layer->error;
        return -1;
    }
    layer->state = LAYER_BROKEN;
    tell_failure(layer);
    return skip_rest(layer);
}

static ssize_t get(struct tls_layer *layer, int (*call)(SSL *ssl, void *into, int size), void *into,
                   size_t size)
{
    if (layer->state == LAYER_SHAKING) {
        errno = EAGAIN;
        return -1;
    }
    if (layer->state != LAYER_OPEN)
        return skip_rest(layer);
    ERR_clear_error();
    const int got = call(layer->ssl, into, size < INT32_MAX ? (int)size : INT32_MAX);
    if (got <= 0)
        return take_end(layer, got);
    layer->channel->received_in = layer->record;
    return got;
}

ssize_t tls_layer_peek(struct tls_layer *layer, uint8_t *buffer, size_t size)
{
    return get(layer, SSL_peek, buffer, size);
}

ssize_t tls_layer_receive(struct tls_layer *layer, void *into, size_t size)
{
    return get(layer, SSL_read, into, size);
}

void tls_layer_take(struct tls_layer *layer, uint8_t *buffer, size_t len)
{
    while (len > 0) {
        const ssize_t got = get(layer, SSL_read, buffer, len);
        if (got <= 0)
            return;
        buffer += got;
        len -= (size_t)got;
    }
}

bool tls_layer_has_unread(const struct tls_layer *layer)
{
    for (; layer != NULL; layer = layer->below)
        if (SSL_has_pending(layer->ssl))
            return true;
    return false;
}

/* --- writing ------------------------------------------------------------------------------ */

ssize_t tls_layer_send(struct tls_layer *layer, struct bytes octets)
{
    if (layer->state == LAYER_SHAKING || layer->state == LAYER_BROKEN || layer->is_notify_sent) {
        errno = EPIPE;
        return -1;
    }
    if (!layer->is_sending)
        layer->sending_since = layer->out;
    layer->is_sending = true;
    ERR_clear_error();
    const int sent =
        SSL_write(layer->ssl, octets.at, octets.len < RECORD_MAX ? (int)octets.len : RECORD_MAX);
    if (sent > 0) {
        layer->is_sending = false;
        layer->channel->sent_in =
            (struct record){layer->sending_since, layer->out - layer->sending_since};
        return sent;
    }
    const int error = SSL_get_error(layer->ssl, sent);
    errno = error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ ? EAGAIN
            : layer->error != 0                                           ? layer->error
                                                                          : EPIPE;
    return -1;
}

bool tls_layer_notify(struct tls_layer *layer)
{
    const bool may_send = layer->state == LAYER_OPEN || layer->state == LAYER_NOTIFIED;
    if (may_send && !layer->is_notify_sent) {
        ERR_clear_error();
        const int result = SSL_shutdown(layer->ssl);
        if (result < 0 && SSL_get_error(layer->ssl, result) == SSL_ERROR_WANT_WRITE)
            return false;
        layer->is_notify_sent = true;
        if (result >= 0)
            tell(layer, EVENT_NOTIFY_SENT, NULL);
    }
    return layer->below == NULL || tls_layer_notify(layer->below);
}

/* --- its beginning and end ------------------------------------------------------------------ */

enum channel_shake tls_layer_shake(struct tls_layer *layer)
{
    char text[128];
    if (layer->state != LAYER_SHAKING)
        return layer->state == LAYER_BROKEN ? SHAKE_FAILED : SHAKE_DONE;
    ERR_clear_error();
    const int result = SSL_do_handshake(layer->ssl);
    const int error = SSL_get_error(layer->ssl, result);
    if (error == SSL_ERROR_WANT_READ)
        return SHAKE_READS;
    if (error == SSL_ERROR_WANT_WRITE)
        return SHAKE_WRITES;
    if (result != 1) {
        layer->state = LAYER_BROKEN;
        tell_failure(layer);
        return SHAKE_FAILED;
    }
    layer->state = LAYER_OPEN;
    snprintf(text, sizeof(text), "%s %s", SSL_get_version(layer->ssl),
             SSL_get_cipher_name(layer->ssl));
    tell(layer, EVENT_SECURED, text);
    return SHAKE_DONE;
}

bool tls_layer_is_shaking(const struct tls_layer *layer)
{
    return layer->state == LAYER_SHAKING;
}

struct tls_layer *tls_layer_new(struct channel *channel, const struct mint *mint,
                                const struct tls *tls)
{
    struct tls_layer *layer = must_calloc(1, sizeof(*layer));
    BIO *bio = BIO_new(mint_bio_method(mint));
    layer->channel = channel;
    layer->below = channel->tls;
    layer->ssl = mint_server(mint, tls);
    if (bio == NULL)
        abort(); /* as wire/arena.c */
    BIO_set_data(bio, layer);
    BIO_set_init(bio, 1);
    SSL_set_bio(layer->ssl, bio, bio);
    SSL_set_app_data(layer->ssl, layer);
    return layer;
}

struct tls_layer *tls_layer_free(struct tls_layer *layer)
{
    struct tls_layer *below = layer->below;
    SSL_free(layer->ssl);
    free(layer);
    return below;
}
