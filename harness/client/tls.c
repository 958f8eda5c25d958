#include "harness/client/tls_private.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* So that a reason names what the file system says, which OpenSSL mixes with its own. */
static bool load_file(SSL_CTX *context, const char *path, char *reason, size_t size)
{
    char system[128];
    if (access(path, R_OK) != 0) {
        if (strerror_r(errno, system, sizeof(system)) != 0)
            snprintf(system, sizeof(system), "error %d", errno);
        snprintf(reason, size, "cannot read \"%s\": %s", path, system);
        return false;
    }
    if (SSL_CTX_load_verify_file(context, path) == 1)
        return true;
    snprintf(reason, size, "no certificate in PEM can be read in \"%s\"", path);
    return false;
}

static bool set_up(struct assay_tls *tls, const char *ca_path, char *reason, size_t size)
{
    snprintf(reason, size, "OpenSSL cannot be set up, or memory is short");
    tls->method = assay_layer_method_new();
    tls->context = SSL_CTX_new(TLS_client_method());
    SSL_CTX *context = tls->context;
    if (tls->method == NULL || context == NULL ||
        SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
        return false;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, assay_layer_on_verified);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(context, 1);
    /* An end without close_notify is not OpenSSL's to judge: see assay_layer_is_cut(). */
    SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
    if (ca_path != NULL)
        return load_file(context, ca_path, reason, size);
    if (SSL_CTX_set_default_verify_paths(context) == 1)
        return true;
    snprintf(reason, size, "the certificates that this system trusts cannot be read");
    return false;
}

struct assay_tls *assay_tls_new(const char *ca_path, char *reason, size_t reason_size)
{
    struct assay_tls *tls = calloc(1, sizeof(*tls));
    if (tls == NULL)
        snprintf(reason, reason_size, "no memory");
    ERR_clear_error();
    if (tls != NULL && !set_up(tls, ca_path, reason, reason_size)) {
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
