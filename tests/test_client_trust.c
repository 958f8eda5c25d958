#include "harness/client/client.h"
#include "tests/check.h"
#include "tests/suites.h"
#include "tests/tls_mint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- files ----------------------------------------------------------------------------------- */

enum file { CERTIFICATE, KEY, BOTH, ENCRYPTED, OTHER_KEY, NO_PEM, MISSING, FILE_COUNT, NONE = -1 };

struct files {
    char folder[64];
    char paths[FILE_COUNT][96];
    EVP_PKEY *key, *other;
    X509 *certificate;
};

/* A client's, signed by itself: the test's server takes any, and says whose it is. */
static X509 *client_certificate(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_set_version(certificate, X509_VERSION_3);
    X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                               (const unsigned char *)"a client", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -1);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 1000);
    CU_ASSERT_FATAL(X509_sign(certificate, key, EVP_sha256()) > 0);
    return certificate;
}

static void write_file(const struct files *files, enum file which)
{
    static unsigned char passphrase[] = "secret";
    FILE *file = fopen(files->paths[which], "w");
    CU_ASSERT_FATAL(file != NULL);
    if (which == CERTIFICATE || which == BOTH)
        CU_ASSERT(PEM_write_X509(file, files->certificate) == 1);
    if (which == KEY || which == BOTH)
        CU_ASSERT(PEM_write_PrivateKey(file, files->key, NULL, NULL, 0, NULL, NULL) == 1);
    if (which == ENCRYPTED)
        CU_ASSERT(PEM_write_PrivateKey(file, files->key, EVP_aes_128_cbc(), passphrase,
                                       sizeof(passphrase) - 1, NULL, NULL) == 1);
    if (which == OTHER_KEY)
        CU_ASSERT(PEM_write_PrivateKey(file, files->other, NULL, NULL, 0, NULL, NULL) == 1);
    if (which == NO_PEM)
        fputs("hello\n", file);
    fclose(file);
}

static struct files files_new(void)
{
    static const char *const names[FILE_COUNT] = {"certificate", "key",  "both",   "encrypted",
                                                  "other",       "none", "missing"};
    char folder[] = "/tmp/assay-test-keys-XXXXXX";
    struct files files;
    CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
    snprintf(files.folder, sizeof(files.folder), "%s", folder);
    files.key = EVP_EC_gen("P-256");
    files.other = EVP_EC_gen("P-256");
    files.certificate = client_certificate(files.key);
    for (int i = 0; i < FILE_COUNT; i++) {
        snprintf(files.paths[i], sizeof(files.paths[i]), "%s/%s", folder, names[i]);
        if (i != MISSING)
            write_file(&files, (enum file)i);
    }
    return files;
}

static void files_release(struct files *files)
{
    for (int i = 0; i < FILE_COUNT; i++)
        unlink(files->paths[i]);
    rmdir(files->folder);
    X509_free(files->certificate);
    EVP_PKEY_free(files->key);
    EVP_PKEY_free(files->other);
}

static const char *path_of(const struct files *files, enum file which)
{
    return which == NONE ? NULL : files->paths[which];
}

/* --- a server that asks for a certificate ------------------------------------------------------
 */

struct asking {
    SSL_CTX *context;
    int listening;
    bool is_required;
    char name[64]; /* whose it was; "" when there was none */
};

static int take_any(int is_good, X509_STORE_CTX *store)
{
    (void)is_good;
    (void)store;
    return 1;
}

static void answer(SSL *ssl, struct asking *asking)
{
    static const char reply[] = "HTTP/1.1 204 No Content\r\n\r\n";
    char octets[1024];
    if (SSL_accept(ssl) != 1 || SSL_read(ssl, octets, sizeof(octets)) <= 0)
        return;
    X509 *certificate = SSL_get0_peer_certificate(ssl);
    if (certificate != NULL)
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, asking->name,
                                  sizeof(asking->name));
    SSL_write(ssl, reply, sizeof(reply) - 1);
}

/* One request, which is answered by 204; not where the handshake fails. What comes then is read to
 * its end, so that no reset outruns the alert. */
static void *accept_and_answer(void *given)
{
    struct asking *asking = given;
    char octets[1024];
    const int fd = accept(asking->listening, NULL, NULL);
    SSL *ssl = SSL_new(asking->context);
    SSL_set_verify(ssl,
                   SSL_VERIFY_PEER | (asking->is_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                   take_any);
    SSL_set_fd(ssl, fd);
    answer(ssl, asking);
    shutdown(fd, SHUT_WR);
    while (recv(fd, octets, sizeof(octets), 0) > 0)
        continue;
    SSL_free(ssl);
    close(fd);
    return NULL;
}

static uint16_t start_listening(struct asking *asking)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    asking->listening = socket(AF_INET, SOCK_STREAM, 0);
    CU_ASSERT_FATAL(bind(asking->listening, (const struct sockaddr *)&address, size) == 0 &&
                    listen(asking->listening, 1) == 0 &&
                    getsockname(asking->listening, (struct sockaddr *)&address, &size) == 0);
    return ntohs(address.sin_port);
}

static enum assay_error exchange(const struct assay_tls *tls, struct asking *asking)
{
    pthread_t thread;
    struct assay_response *response = NULL;
    const struct assay_request request = {.field_count = 0};
    struct assay_connection *connection =
        assay_connection_new("localhost", start_listening(asking), NULL);
    CU_ASSERT(assay_set_tls(connection, tls) == ASSAY_OK);
    CU_ASSERT_FATAL(pthread_create(&thread, NULL, accept_and_answer, asking) == 0);
    enum assay_error error = assay_request(connection, &request);
    if (error == ASSAY_OK)
        error = assay_getresponse(connection, &response);
    assay_response_free(response);
    assay_connection_free(connection);
    shutdown(asking->listening, SHUT_RDWR); /* for a client that never came */
    pthread_join(thread, NULL);
    close(asking->listening);
    return error;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void shows_its_certificate_where_it_is_asked_for(void)
{
    static const struct {
        const char *label;
        enum file certificate, key;
        bool is_required;
        enum assay_error wants;
        const char *name;
    } rows[] = {
        {"two files", CERTIFICATE, KEY, true, ASSAY_OK, "a client"},
        {"one file", BOTH, NONE, true, ASSAY_OK, "a client"},
        {"one file, named twice", BOTH, BOTH, false, ASSAY_OK, "a client"},
        {"none, and none is needed", NONE, NONE, false, ASSAY_OK, ""},
        {"none", NONE, NONE, true, ASSAY_TLS, ""},
    };
    struct tls_authority *authority = tls_authority_new();
    struct files files = files_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char reason[256] = "";
        const struct assay_tls_options options = {
            .ca_path = tls_authority_path(authority),
            .certificate_path = path_of(&files, rows[i].certificate),
            .key_path = path_of(&files, rows[i].key),
        };
        struct assay_tls *tls = assay_tls_new(&options, reason, sizeof(reason));
        CHECK_ROW(tls != NULL, "%s: %s", rows[i].label, reason);
        struct asking asking = {.context = authority->contexts[MINTED_VALID],
                                .is_required = rows[i].is_required};
        const enum assay_error error = exchange(tls, &asking);
        CHECK_ROW(error == rows[i].wants, "%s: %s", rows[i].label, assay_error_name(error));
        CHECK_ROW(strcmp(asking.name, rows[i].name) == 0, "%s: \"%s\"", rows[i].label, asking.name);
        assay_tls_free(tls);
    }
    files_release(&files);
    tls_authority_free(authority);
}

static void says_which_file_does_not_fit(void)
{
#define NO_KEY "no key in PEM, not encrypted and of the certificate, can be read in \""
    static const struct {
        const char *label;
        enum file certificate, key;
        const char *reason;
    } rows[] = {
        {"another's key", CERTIFICATE, OTHER_KEY, NO_KEY},
        {"an encrypted key", CERTIFICATE, ENCRYPTED, NO_KEY},
        {"no key in the certificate's file", CERTIFICATE, NONE, NO_KEY},
        {"a certificate as the key", CERTIFICATE, CERTIFICATE, NO_KEY},
        {"no key at all", CERTIFICATE, NO_PEM, NO_KEY},
        {"no such key", CERTIFICATE, MISSING, "missing\": No such file or directory"},
        {"no such certificate", MISSING, KEY, "missing\": No such file or directory"},
        {"a key as the certificate", KEY, KEY, "no certificate chain in PEM can be read in \""},
        {"no certificate at all", NO_PEM, KEY, "no certificate chain in PEM can be read in \""},
        {"a key alone", NONE, KEY, "a key is given, and no certificate"},
    };
    struct files files = files_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char reason[256] = "", cut[8] = "";
        const struct assay_tls_options options = {
            .certificate_path = path_of(&files, rows[i].certificate),
            .key_path = path_of(&files, rows[i].key),
            .is_unverified = true,
        };
        struct assay_tls *tls = assay_tls_new(&options, reason, sizeof(reason));
        CHECK_ROW(tls == NULL && strstr(reason, rows[i].reason) != NULL, "%s: \"%s\"",
                  rows[i].label, reason);
        assay_tls_free(tls);
        CHECK_ROW(assay_tls_new(&options, cut, sizeof(cut)) == NULL && strlen(cut) == 7,
                  "%s: \"%s\" is as much as fits", rows[i].label, cut);
    }
    files_release(&files);
}

static void trusts_as_little_as_it_is_told(void)
{
    /* clang-format off */
    static const struct { const char *label; enum minted minted; bool is_unverified, is_any_host; enum assay_error wants; } rows[] = {
        {"valid", MINTED_VALID, false, false, ASSAY_OK},
        {"another host", MINTED_OTHER_HOST, false, false, ASSAY_CERTIFICATE},
        {"another host, any host", MINTED_OTHER_HOST, false, true, ASSAY_OK},
        {"the common name alone, any host", MINTED_COMMON_NAME, false, true, ASSAY_OK},
        {"expired, any host", MINTED_EXPIRED, false, true, ASSAY_CERTIFICATE},
        {"self-signed, any host", MINTED_SELF_SIGNED, false, true, ASSAY_CERTIFICATE},
        {"another host, unverified", MINTED_OTHER_HOST, true, false, ASSAY_OK},
        {"expired, unverified", MINTED_EXPIRED, true, false, ASSAY_OK},
        {"self-signed, unverified", MINTED_SELF_SIGNED, true, false, ASSAY_OK},
        {"both", MINTED_SELF_SIGNED, true, true, ASSAY_OK},
    };
    /* clang-format on */
    struct tls_authority *authority = tls_authority_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char reason[256] = "";
        const struct assay_tls_options options = {.ca_path = tls_authority_path(authority),
                                                  .is_unverified = rows[i].is_unverified,
                                                  .is_any_host = rows[i].is_any_host};
        struct assay_tls *tls = assay_tls_new(&options, reason, sizeof(reason));
        CHECK_ROW(tls != NULL, "%s: %s", rows[i].label, reason);
        struct asking asking = {.context = authority->contexts[rows[i].minted]};
        const enum assay_error error = exchange(tls, &asking);
        CHECK_ROW(error == rows[i].wants, "%s: %s", rows[i].label, assay_error_name(error));
        assay_tls_free(tls);
    }
    tls_authority_free(authority);
}

CU_TestInfo client_trust_tests[] = {
    {"shows its certificate where it is asked for", shows_its_certificate_where_it_is_asked_for},
    {"says which file does not fit", says_which_file_does_not_fit},
    {"trusts as little as it is told", trusts_as_little_as_it_is_told},
    CU_TEST_INFO_NULL,
};
