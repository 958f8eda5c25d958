#include "harness/client/tls_private.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Why something cannot be set up, for people. */
struct reason {
    char *text;
    size_t size;
};

/* So that a reason names what the file system says, which OpenSSL mixes with its own. */
static bool is_readable(const char *path, const struct reason *reason)
{
    char system[128];
    if (access(path, R_OK) == 0)
        return true;
    if (strerror_r(errno, system, sizeof(system)) != 0)
        snprintf(system, sizeof(system), "error %d", errno);
    snprintf(reason->text, reason->size, "cannot read \"%s\": %s", path, system);
    return false;
}

static bool load_trust(SSL_CTX *context, const char *ca_path, const struct reason *reason)
{
    if (ca_path == NULL) {
        snprintf(reason->text, reason->size,
                 "the certificates that this system trusts cannot be read");
        return SSL_CTX_set_default_verify_paths(context) == 1;
    }
    if (!is_readable(ca_path, reason))
        return false;
    snprintf(reason->text, reason->size, "no certificate in PEM can be read in \"%s\"", ca_path);
    return SSL_CTX_load_verify_file(context, ca_path) == 1;
}

/* Nobody is asked for a passphrase: a library has no terminal. */
static int give_no_passphrase(char *into, int size, int is_writing, void *context)
{
    (void)into, (void)size, (void)is_writing, (void)context;
    return -1;
}

static bool load_identity(SSL_CTX *context, const struct assay_tls_options *options,
                          const struct reason *reason)
{
    const char *certificate = options->certificate_path;
    const char *key = options->key_path != NULL ? options->key_path : certificate;
    if (certificate == NULL) {
        snprintf(reason->text, reason->size, "a key is given, and no certificate");
        return key == NULL;
    }
    if (!is_readable(certificate, reason) || !is_readable(key, reason))
        return false;
    SSL_CTX_set_default_passwd_cb(context, give_no_passphrase);
    snprintf(reason->text, reason->size, "no certificate chain in PEM can be read in \"%s\"",
             certificate);
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
        return false;
    snprintf(reason->text, reason->size,
             "no key in PEM, not encrypted and of the certificate, can be read in \"%s\"", key);
    return SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1 &&
           SSL_CTX_check_private_key(context) == 1;
}

static bool set_up(struct assay_tls *tls, const struct assay_tls_options *options,
                   const struct reason *reason)
{
    snprintf(reason->text, reason->size, "OpenSSL cannot be set up, or memory is short");
    tls->is_any_host = options->is_any_host || options->is_unverified;
    tls->method = assay_layer_method_new();
    tls->context = SSL_CTX_new(TLS_client_method());
    SSL_CTX *context = tls->context;
    if (tls->method == NULL || context == NULL ||
        SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
        return false;
    if (!options->is_unverified)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, assay_layer_on_verified);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_post_handshake_auth(context, 1); /* as http.client */
    /* An end without close_notify is not OpenSSL's to judge: see assay_layer_is_cut(). */
    SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
    return (options->is_unverified || load_trust(context, options->ca_path, reason)) &&
           load_identity(context, options, reason);
}

struct assay_tls *assay_tls_new(const struct assay_tls_options *options, char *reason,
                                size_t reason_size)
{
    const struct reason why = {reason, reason_size};
    struct assay_tls *tls = calloc(1, sizeof(*tls));
    if (tls == NULL)
        snprintf(reason, reason_size, "no memory");
    ERR_clear_error();
    if (tls != NULL && !set_up(tls, options, &why)) {
        if (assay_is_memory_short())
            snprintf(reason, reason_size, "no memory");
        assay_tls_free(tls);
        tls = NULL;
    }
    ERR_clear_error();
    return tls;
}

void assay_tls_free(struct assay_tls *tls)
{
    if (tls == NULL)
        return;
    SSL_CTX_free(tls->context);
    BIO_meth_free(tls->method);
    free(tls);
}
