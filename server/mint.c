#include "server/mint.h"

#include "server/tls_private.h"

#include <assert.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum {
    KEY_BITS = 2048,
    DAY_S = 24 * 60 * 60,
    VALID_DAYS = 30,
    ADDRESS_COUNT = 201, /* 127.0.0.1 and on */
    NAMES_SIZE = 8192,
    TICKET_COUNT = 2,
};

struct mint {
    SSL_CTX *context;
    BIO_METHOD *bio_method;
    EVP_PKEY *authority_key, *key;
    X509 *authority;
    X509 *leaves[CERTIFICATE_COUNT];
    FILE *key_log; /* NULL: none is kept */
};

/* What a certificate says. */
struct coinage {
    const char *subject;
    const char
        *names; /* as X509V3_EXT_conf_nid() reads them; NULL: an authority's, which has none */
    long from_s, to_s;  /* from now */
    const X509 *issuer; /* NULL: itself */
    EVP_PKEY *key, *signs_with;
};

static bool add_extension(X509 *one, const X509 *issuer, int kind, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, (X509 *)(uintptr_t)issuer, one, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    const bool is_added = extension != NULL && X509_add_ext(one, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

/* Sixteen octets, the first neither negative nor 0: all serial numbers have the same length. */
static bool set_serial(X509 *one)
{
    uint8_t octets[16];
    if (RAND_bytes(octets, sizeof(octets)) != 1)
        return false;
    octets[0] = (uint8_t)((octets[0] & 0x3f) | 0x40);
    BIGNUM *number = BN_bin2bn(octets, sizeof(octets), NULL);
    const bool is_set =
        number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(one)) != NULL;
    BN_free(number);
    return is_set;
}

static bool set_subject(X509 *one, const char *subject)
{
    return X509_NAME_add_entry_by_txt(X509_get_subject_name(one), "CN", MBSTRING_UTF8,
                                      (const unsigned char *)subject, -1, -1, 0) == 1;
}

static bool add_extensions(X509 *one, const X509 *issuer, const struct coinage *coinage)
{
    if (coinage->names == NULL)
        return add_extension(one, issuer, NID_basic_constraints, "critical,CA:TRUE") &&
               add_extension(one, issuer, NID_key_usage, "critical,keyCertSign,cRLSign") &&
               add_extension(one, issuer, NID_subject_key_identifier, "hash");
    return add_extension(one, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(one, issuer, NID_key_usage, "critical,digitalSignature,keyEncipherment") &&
           add_extension(one, issuer, NID_ext_key_usage, "serverAuth") &&
           add_extension(one, issuer, NID_subject_key_identifier, "hash") &&
           add_extension(one, issuer, NID_authority_key_identifier, "keyid") &&
           add_extension(one, issuer, NID_subject_alt_name, coinage->names);
}

/* NULL: OpenSSL's queue says why. */
static X509 *coin(const struct coinage *coinage)
{
    X509 *one = X509_new();
    if (one == NULL)
        return NULL;
    const X509 *issuer = coinage->issuer != NULL ? coinage->issuer : one;
    if (X509_set_version(one, X509_VERSION_3) == 1 && set_serial(one) &&
        set_subject(one, coinage->subject) &&
        X509_set_issuer_name(one, X509_get_subject_name(issuer)) == 1 &&
        X509_gmtime_adj(X509_getm_notBefore(one), coinage->from_s) != NULL &&
        X509_gmtime_adj(X509_getm_notAfter(one), coinage->to_s) != NULL &&
        X509_set_pubkey(one, coinage->key) == 1 && add_extensions(one, issuer, coinage) &&
        X509_sign(one, coinage->signs_with, EVP_sha256()) > 0)
        return one;
    X509_free(one);
    return NULL;
}

static X509 *coin_authority(const char *subject, EVP_PKEY *key)
{
    return coin(&(struct coinage){.subject = subject,
                                  .from_s = -DAY_S,
                                  .to_s = VALID_DAYS * DAY_S,
                                  .key = key,
                                  .signs_with = key});
}

/* "IP:127.0.0.1,IP:127.0.0.2,..." behind the names that are there. */
static void add_addresses(char *names)
{
    size_t len = strlen(names);
    for (int i = 1; i <= ADDRESS_COUNT; i++)
        len += (size_t)snprintf(names + len, NAMES_SIZE - len, "%sIP:127.0.0.%d",
                                len > 0 ? "," : "", i);
    assert(len < NAMES_SIZE);
}

/* Of a leaf; where nothing is said it is as the valid one's. */
static const struct leaf_form {
    const char *subject;
    const char *names;
    bool has_addresses; /* behind the names */
    int from_days, to_days;
    bool is_self_signed, is_strangers;
} leaf_forms[CERTIFICATE_COUNT] = {
    [CERTIFICATE_VALID] = {.names = MINT_NAMES, .has_addresses = true},
    [CERTIFICATE_EXPIRED] = {.names = MINT_NAMES,
                             .has_addresses = true,
                             .from_days = -VALID_DAYS,
                             .to_days = -1},
    [CERTIFICATE_NOT_YET_VALID] = {.names = MINT_NAMES, .has_addresses = true, .from_days = 1},
    [CERTIFICATE_WRONG_HOST] = {.names = "DNS:other.test"},
    [CERTIFICATE_SELF_SIGNED] = {.names = MINT_NAMES,
                                 .has_addresses = true,
                                 .is_self_signed = true},
    [CERTIFICATE_UNKNOWN_AUTHORITY] = {.names = MINT_NAMES,
                                       .has_addresses = true,
                                       .is_strangers = true},
    [CERTIFICATE_NAMES_ONLY] = {.names = "DNS:localhost,DNS:origin.test"},
    [CERTIFICATE_ADDRESSES_ONLY] = {.names = "IP:::1", .has_addresses = true},
    [CERTIFICATE_COMMON_NAME] = {.subject = "localhost", .names = "DNS:other.test"},
    [CERTIFICATE_ADDRESS_AS_NAME] = {.names = "DNS:127.0.0.1,DNS:other.test"},
    [CERTIFICATE_WILDCARD] = {.names = "DNS:*.origin.test"},
};

static X509 *coin_leaf(const struct mint *mint, const struct leaf_form *form, const X509 *stranger)
{
    char names[NAMES_SIZE];
    snprintf(names, sizeof(names), "%s", form->names);
    if (form->has_addresses)
        add_addresses(names);
    struct coinage coinage = {.subject = form->subject != NULL ? form->subject : "assay",
                              .names = names,
                              .from_s = (form->from_days != 0 ? form->from_days : -1) * (long)DAY_S,
                              .to_s =
                                  (form->to_days != 0 ? form->to_days : VALID_DAYS) * (long)DAY_S,
                              .issuer = mint->authority,
                              .key = mint->key,
                              .signs_with = mint->authority_key};
    if (form->is_self_signed || form->is_strangers) {
        coinage.issuer = form->is_strangers ? stranger : NULL;
        coinage.signs_with = mint->key;
    }
    return coin(&coinage);
}

static bool coin_all(struct mint *mint)
{
    mint->authority_key = EVP_RSA_gen(KEY_BITS);
    mint->key = EVP_RSA_gen(KEY_BITS);
    if (mint->authority_key == NULL || mint->key == NULL)
        return false;
    mint->authority = coin_authority("assay, for this run alone", mint->authority_key);
    X509 *stranger = coin_authority("nobody that was told of", mint->key);
    bool is_done = mint->authority != NULL && stranger != NULL;
    for (int i = 0; i < CERTIFICATE_COUNT && is_done; i++) {
        mint->leaves[i] = coin_leaf(mint, &leaf_forms[i], stranger);
        is_done = mint->leaves[i] != NULL;
    }
    X509_free(stranger);
    return is_done;
}

/* HTTP/1.1 where it is offered, else nothing: RFC 7301, section 3.2. */
static int select_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *len,
                           const unsigned char *offered, unsigned offered_len, void *context)
{
    static const unsigned char wanted[] = "\x08http/1.1";
    unsigned char *found;
    (void)ssl;
    (void)context;
    if (SSL_select_next_proto(&found, len, wanted, sizeof(wanted) - 1, offered, offered_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

static void log_keys(const SSL *ssl, const char *line)
{
    const struct mint *mint = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    fprintf(mint->key_log, "%s\n", line);
}

static bool set_up_context(struct mint *mint)
{
    SSL_CTX *context = mint->context = SSL_CTX_new(TLS_server_method());
    if (context == NULL || SSL_CTX_use_certificate(context, mint->leaves[0]) != 1 ||
        SSL_CTX_use_PrivateKey(context, mint->key) != 1)
        return false;
    SSL_CTX_set_app_data(context, mint);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_alpn_select_cb(context, select_protocol, NULL);
    SSL_CTX_set_client_hello_cb(context, tls_note_hello, NULL);
    SSL_CTX_set_info_callback(context, tls_note_info);
    SSL_CTX_set_msg_callback(context, tls_note_message);
    return true;
}

static bool set_up_bio(struct mint *mint)
{
    BIO_METHOD *method = mint->bio_method =
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "what lies beneath");
    return method != NULL && BIO_meth_set_read(method, tls_read_below) == 1 &&
           BIO_meth_set_write(method, tls_write_below) == 1 &&
           BIO_meth_set_ctrl(method, tls_control_below) == 1;
}

struct mint *mint_new(struct diags *diags)
{
    struct mint *mint = must_calloc(1, sizeof(*mint));
    ERR_clear_error();
    if (coin_all(mint) && set_up_bio(mint) && set_up_context(mint))
        return mint;
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    diag_add(diags, NULL, 0, NULL, "OpenSSL makes no certificates: %s",
             reason != NULL ? reason : "it gives no reason");
    mint_free(mint);
    return NULL;
}

void mint_free(struct mint *mint)
{
    if (mint == NULL)
        return;
    SSL_CTX_free(mint->context);
    BIO_meth_free(mint->bio_method);
    for (int i = 0; i < CERTIFICATE_COUNT; i++)
        X509_free(mint->leaves[i]);
    X509_free(mint->authority);
    EVP_PKEY_free(mint->authority_key);
    EVP_PKEY_free(mint->key);
    free(mint);
}

bool mint_write_authority(const struct mint *mint, FILE *out)
{
    errno = 0;
    return PEM_write_X509(out, mint->authority) == 1 && fflush(out) == 0;
}

void mint_log_keys(struct mint *mint, FILE *log)
{
    mint->key_log = log;
    SSL_CTX_set_keylog_callback(mint->context, log_keys);
}

SSL *mint_server(const struct mint *mint, const struct tls *tls)
{
    static const int versions[] = {[TLS_1_2] = TLS1_2_VERSION, [TLS_1_3] = TLS1_3_VERSION};
    SSL *ssl = SSL_new(mint->context);
    if (ssl == NULL || SSL_use_certificate(ssl, mint->leaves[tls->certificate]) != 1 ||
        SSL_set_min_proto_version(ssl, versions[tls->least]) != 1 ||
        SSL_set_max_proto_version(ssl, versions[tls->most]) != 1)
        abort(); /* as wire/arena.c: only memory can have been short */
    if (tls->sends_tickets) {
        SSL_clear_options(ssl, SSL_OP_NO_TICKET);
        SSL_set_num_tickets(ssl, TICKET_COUNT);
    }
    SSL_set_accept_state(ssl);
    return ssl;
}

const BIO_METHOD *mint_bio_method(const struct mint *mint)
{
    return mint->bio_method;
}
