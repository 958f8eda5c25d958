#include "tests/tls_mint.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DAY_S = 24 * 60 * 60 };

/* clang-format off */
static const struct {
    const char *common_name, *names;
    bool is_expired, is_self_signed;
} kinds[MINTED_COUNT] = {
    [MINTED_VALID]           = {"localhost", "DNS:localhost,DNS:origin.test,IP:127.0.0.1,IP:::1", false, false},
    [MINTED_EXPIRED]         = {"localhost", "DNS:localhost", true, false},
    [MINTED_OTHER_HOST]      = {"other.test", "DNS:other.test,IP:192.0.2.1", false, false},
    [MINTED_SELF_SIGNED]     = {"localhost", "DNS:localhost", false, true},
    [MINTED_NAMES]           = {"localhost", "DNS:localhost", false, false},
    [MINTED_ADDRESSES]       = {"localhost", "IP:127.0.0.1", false, false},
    [MINTED_COMMON_NAME]     = {"localhost", NULL, false, false},
    [MINTED_ADDRESS_AS_NAME] = {"127.0.0.1", "DNS:127.0.0.1", false, false},
    [MINTED_WILDCARD]        = {"w", "DNS:*.origin.test", false, false},
    [MINTED_ODD_NAME]        = {"a\r\nb\x1b[1m", "DNS:localhost", true, false},
};
/* clang-format on */

static void must(bool is_done, const char *what)
{
    if (is_done)
        return;
    fprintf(stderr, "tests/tls_mint.c: %s\n", what);
    abort();
}

static X509 *begin_certificate(const char *common_name, long serial, EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    must(X509_set_version(certificate, X509_VERSION_3) == 1 &&
             X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                        (const unsigned char *)common_name, -1, -1, 0) == 1 &&
             X509_set_pubkey(certificate, key) == 1,
         "cannot begin a certificate");
    X509_gmtime_adj(X509_getm_notBefore(certificate), -2 * DAY_S);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 2 * DAY_S);
    return certificate;
}

static void extend(X509 *certificate, int kind, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);
    must(extension != NULL && X509_add_ext(certificate, extension, -1) == 1, value);
    X509_EXTENSION_free(extension);
}

static X509 *mint(const struct tls_authority *authority, enum minted minted)
{
    X509 *certificate =
        begin_certificate(kinds[minted].common_name, (long)minted + 2, authority->key);
    const X509 *issuer = kinds[minted].is_self_signed ? certificate : authority->certificate;
    if (kinds[minted].is_expired)
        X509_gmtime_adj(X509_getm_notAfter(certificate), -DAY_S);
    if (kinds[minted].names != NULL)
        extend(certificate, NID_subject_alt_name, kinds[minted].names);
    must(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
             X509_sign(certificate,
                       kinds[minted].is_self_signed ? authority->key : authority->ca_key,
                       EVP_sha256()) > 0,
         "cannot sign");
    return certificate;
}

static SSL_CTX *context_of(const struct tls_authority *authority, enum minted minted)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    X509 *certificate = mint(authority, minted);
    must(context != NULL && SSL_CTX_use_certificate(context, certificate) == 1 &&
             SSL_CTX_use_PrivateKey(context, authority->key) == 1,
         "cannot make a context");
    SSL_CTX_set_num_tickets(context, 0);
    X509_free(certificate);
    return context;
}

static void write_pem(struct tls_authority *authority)
{
    const int fd = mkstemp(authority->path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    must(file != NULL && PEM_write_X509(file, authority->certificate) == 1 && fclose(file) == 0,
         "cannot write the authority's certificate");
}

struct tls_authority *tls_authority_new(void)
{
    struct tls_authority *authority = calloc(1, sizeof(*authority));
    must(authority != NULL, "no memory");
    authority->key = EVP_EC_gen("P-256");
    authority->ca_key = EVP_EC_gen("P-256");
    authority->certificate = begin_certificate("the test's authority", 1, authority->ca_key);
    extend(authority->certificate, NID_basic_constraints, "critical,CA:TRUE");
    must(X509_set_issuer_name(authority->certificate,
                              X509_get_subject_name(authority->certificate)) == 1 &&
             X509_sign(authority->certificate, authority->ca_key, EVP_sha256()) > 0,
         "cannot sign the authority");
    for (size_t i = 0; i < MINTED_COUNT; i++)
        authority->contexts[i] = context_of(authority, (enum minted)i);
    snprintf(authority->path, sizeof(authority->path), "/tmp/assay-test-ca-XXXXXX");
    write_pem(authority);
    return authority;
}

const char *tls_authority_path(const struct tls_authority *authority)
{
    return authority->path;
}

void tls_authority_free(struct tls_authority *authority)
{
    unlink(authority->path);
    for (size_t i = 0; i < MINTED_COUNT; i++)
        SSL_CTX_free(authority->contexts[i]);
    X509_free(authority->certificate);
    EVP_PKEY_free(authority->key);
    EVP_PKEY_free(authority->ca_key);
    free(authority);
}
