#include "harness/client/tls_private.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>

enum { TEXT_SIZE = 160, CN_SIZE = 65 };

void assay_layer_note(struct assay_layer *layer, enum assay_error error, const char *text)
{
    layer->error = error;
    layer->system_error = EPROTO;
    snprintf(layer->text, sizeof(layer->text), "TLS with %.64s: %.110s", layer->host, text);
}

static void note_memory(struct assay_layer *layer)
{
    assay_layer_note(layer, ASSAY_NO_MEMORY, "no memory");
}

/* "certificate has expired (CN localhost)": by OpenSSL, where a certificate does not hold. */
int assay_layer_on_verified(int is_good, X509_STORE_CTX *store)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    X509 *certificate = X509_STORE_CTX_get0_cert(store);
    char text[TEXT_SIZE], name[CN_SIZE] = "";
    if (is_good == 1)
        return 1;
    if (X509_STORE_CTX_get_error(store) == X509_V_ERR_OUT_OF_MEM) {
        note_memory(SSL_get_app_data(ssl));
        return 0;
    }
    if (certificate != NULL)
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name,
                                  sizeof(name));
    assay_make_printable(name);
    snprintf(text, sizeof(text), name[0] != '\0' ? "%.60s (CN %s)" : "%.60s",
             X509_verify_cert_error_string(X509_STORE_CTX_get_error(store)), name);
    assay_layer_note(SSL_get_app_data(ssl), ASSAY_CERTIFICATE, text);
    return 0;
}

bool assay_is_memory_short(void)
{
    bool is_short = false;
    for (unsigned long error = ERR_get_error(); error != 0; error = ERR_get_error())
        is_short |= ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE;
    return is_short;
}

void assay_layer_note_failure(struct assay_layer *layer)
{
    const unsigned long error = ERR_peek_error();
    const int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
    const bool is_begun = SSL_get_current_cipher(layer->ssl) != NULL;
    char text[TEXT_SIZE];
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && layer->text[0] != '\0')
        return; /* noted already */
    if (assay_is_memory_short()) {
        note_memory(layer);
        return;
    }
    const char *known = ERR_reason_error_string(error);
    if (reason > SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + UINT8_MAX)
        snprintf(text, sizeof(text), "the server sent the alert \"%s\"",
                 SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET));
    else if (reason == SSL_R_WRONG_VERSION_NUMBER && !is_begun)
        snprintf(text, sizeof(text), "the server does not speak TLS");
    else
        snprintf(text, sizeof(text), "%s", known != NULL ? known : "OpenSSL gives no reason");
    assay_layer_note(layer, ASSAY_TLS, text);
}

const char *assay_layer_failure(const struct assay_layer *layer, enum assay_error *error)
{
    for (; layer != NULL; layer = layer->below)
        if (layer->is_broken && layer->text[0] != '\0') {
            *error = layer->error;
            return layer->text;
        }
    return NULL;
}
