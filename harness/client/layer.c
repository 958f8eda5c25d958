#include "harness/client/tls_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum { HOST_FLAGS = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS };

static bool is_address(const char *host)
{
    struct in6_addr address;
    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

/* RFC 9110, section 4.3.4: a name is a DNS-ID, an address an IP-ID, and the common name nothing.
 * RFC 6066, section 3: an address is not sent as server_name. */
static bool set_identity(struct assay_layer *layer, const struct assay_tls *tls)
{
    SSL *ssl = layer->ssl;
    layer->is_any_host = tls->is_any_host;
    SSL_set_hostflags(ssl, HOST_FLAGS);
    if (is_address(layer->host))
        return tls->is_any_host ||
               X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), layer->host) == 1;
    return SSL_set_tlsext_host_name(ssl, layer->host) == 1 &&
           (tls->is_any_host || SSL_set1_host(ssl, layer->host) == 1);
}

static bool set_ssl(struct assay_layer *layer, const struct assay_tls *tls)
{
    static const uint8_t protocols[] = "\x08http/1.1";
    layer->ssl = SSL_new(tls->context);
    BIO *bio = BIO_new(tls->method);
    if (layer->ssl == NULL || bio == NULL) {
        BIO_free(bio);
        return false;
    }
    BIO_set_data(bio, layer);
    BIO_set_init(bio, 1);
    SSL_set_bio(layer->ssl, bio, bio);
    SSL_set_connect_state(layer->ssl);
    return SSL_set_app_data(layer->ssl, layer) == 1 &&
           SSL_set_alpn_protos(layer->ssl, protocols, sizeof(protocols) - 1) == 0 &&
           set_identity(layer, tls);
}

/* Without the dot at its end, which neither server_name nor certificates have. */
static char *copy_host(const char *host)
{
    const size_t len = strlen(host);
    char *copy = malloc(len + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, host, len + 1);
    if (len > 1 && copy[len - 1] == '.')
        copy[len - 1] = '\0';
    return copy;
}

struct assay_layer *assay_layer_new(const struct assay_tls *tls, const char *host, int fd,
                                    struct assay_layer *below, struct bytes early)
{
    struct assay_layer *layer = calloc(1, sizeof(*layer));
    if (layer == NULL)
        return NULL;
    layer->fd = fd;
    layer->host = copy_host(host);
    assay_buffer_add(&layer->early, early);
    if (layer->host == NULL || layer->early.is_failed || !set_ssl(layer, tls)) {
        assay_layer_free(layer);
        return NULL;
    }
    layer->below = below;
    return layer;
}

void assay_layer_free(struct assay_layer *layer)
{
    while (layer != NULL) {
        struct assay_layer *below = layer->below;
        SSL_free(layer->ssl);
        free(layer->host);
        assay_buffer_release(&layer->early);
        assay_buffer_release(&layer->out);
        free(layer);
        layer = below;
    }
}

static ssize_t fail(struct assay_layer *layer)
{
    errno = layer->system_error;
    return -1;
}

/* What a call of OpenSSL means that did not succeed: 0 for the end, -1 with errno. What it wants to
 * be said to the peer is sent, as far as that can be done at once. */
static ssize_t take_failure(struct assay_layer *layer, int result)
{
    const int error = SSL_get_error(layer->ssl, result);
    if (error == SSL_ERROR_SSL)
        assay_layer_note_failure(layer);
    ERR_clear_error(); /* a layer above would take it for its own */
    assay_layer_flush(layer);
    if (error == SSL_ERROR_ZERO_RETURN) {
        layer->is_cut = layer->has_end;
        return 0;
    }
    if (error == SSL_ERROR_WANT_READ) {
        errno = EAGAIN;
        return -1;
    }
    layer->is_broken = true;
    return fail(layer);
}

/* RFC 7301, section 3.2: OpenSSL takes a protocol that was not offered. */
static bool is_protocol_ours(struct assay_layer *layer)
{
    struct bytes chosen;
    unsigned len;
    SSL_get0_alpn_selected(layer->ssl, &chosen.at, &len);
    chosen.len = len;
    if (len == 0 || bytes_equal(chosen, bytes_of("http/1.1")))
        return true;
    assay_layer_note(layer, ASSAY_TLS, "the server chose a protocol that was not offered");
    return false;
}

/* OpenSSL has verified whom the certificate names, but not where it had no memory to note whom it
 * was to look for: ssl_verify_cert_chain() of 3.0 takes no notice of that. */
static bool is_host_meant(struct assay_layer *layer)
{
    X509 *certificate = SSL_get0_peer_certificate(layer->ssl);
    int is_named = 0;
    if (layer->is_any_host)
        return true;
    if (certificate != NULL)
        is_named = is_address(layer->host)
                       ? X509_check_ip_asc(certificate, layer->host, 0)
                       : X509_check_host(certificate, layer->host, 0, HOST_FLAGS, NULL);
    if (is_named < 0)
        assay_layer_note(layer, ASSAY_NO_MEMORY, "no memory");
    else if (is_named == 0)
        assay_layer_note(layer, ASSAY_CERTIFICATE, "the certificate is of another host");
    return is_named == 1;
}

ssize_t assay_layer_handshake(struct assay_layer *layer)
{
    if (!SSL_is_init_finished(layer->ssl)) {
        ERR_clear_error();
        const int result = SSL_do_handshake(layer->ssl);
        if (result != 1)
            return take_failure(layer, result);
        if (!is_host_meant(layer) || !is_protocol_ours(layer)) {
            layer->is_broken = true;
            return fail(layer);
        }
    }
    return assay_layer_flush(layer) ? 1 : -1;
}

/* As much of the parts as one record holds: what is sent in one call is one record. */
static size_t gather(struct assay_layer *layer, const struct iovec *parts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count && len < RECORD_LEN_MAX; i++) {
        const size_t room = RECORD_LEN_MAX - len;
        const size_t part_len = parts[i].iov_len < room ? parts[i].iov_len : room;
        if (part_len > 0)
            memcpy(layer->record + len, parts[i].iov_base, part_len);
        len += part_len;
    }
    return len;
}

ssize_t assay_layer_send(struct assay_layer *layer, const struct iovec *parts, size_t count)
{
    if (layer->is_broken)
        return fail(layer);
    if (layer->taken == 0) {
        const size_t len = gather(layer, parts, count);
        ERR_clear_error();
        const int taken = SSL_write(layer->ssl, layer->record, (int)len);
        if (taken <= 0) {
            const ssize_t failed = take_failure(layer, taken);
            errno = failed == 0 ? EPIPE : errno;
            return -1;
        }
        layer->taken = (size_t)taken;
    }
    if (!assay_layer_flush(layer))
        return -1;
    const size_t sent = layer->taken;
    layer->taken = 0;
    return (ssize_t)sent;
}

ssize_t assay_layer_receive(struct assay_layer *layer, uint8_t *into, size_t size)
{
    if (layer->is_broken)
        return fail(layer);
    ERR_clear_error();
    const int got = SSL_read(layer->ssl, into, size < RECORD_LEN_MAX ? (int)size : RECORD_LEN_MAX);
    if (got <= 0)
        return take_failure(layer, got);
    assay_layer_flush(layer);
    return got;
}

bool assay_layer_is_quiet(struct assay_layer *layer)
{
    uint8_t octet;
    if (layer->is_broken)
        return false;
    ERR_clear_error();
    const int got = SSL_peek(layer->ssl, &octet, 1);
    if (got > 0 || take_failure(layer, got) == 0 || errno != EAGAIN)
        return false;
    for (; layer != NULL; layer = layer->below)
        if (SSL_has_pending(layer->ssl)) /* a part of a record */
            return false;
    return true;
}

void assay_layer_notify(struct assay_layer *layer)
{
    for (; layer != NULL; layer = layer->below) {
        if (layer->is_broken || !SSL_is_init_finished(layer->ssl))
            continue;
        ERR_clear_error();
        if ((SSL_get_shutdown(layer->ssl) & SSL_SENT_SHUTDOWN) == 0)
            SSL_shutdown(layer->ssl);
        assay_layer_flush(layer);
    }
    ERR_clear_error();
}

bool assay_layer_is_sending(const struct assay_layer *layer)
{
    for (; layer != NULL; layer = layer->below)
        if (layer->out_at < layer->out.len)
            return true;
    return false;
}

bool assay_layer_is_cut(const struct assay_layer *layer)
{
    return layer != NULL && layer->is_cut;
}
