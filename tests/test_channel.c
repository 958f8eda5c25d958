/* A channel over TLS, and what the mint makes, against OpenSSL's own client: one thread, a socket
 * pair, each side in its turn. */
#include "server/channel.h"
#include "server/mint.h"
#include "tests/check.h"
#include "tests/suites.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct ends {
    int client_fd;
    SSL_CTX *context;
    SSL *client;
    struct channel channel;
    char told[1024]; /* the names of the events, "; " between, with their texts */
};

static void note(void *context, const struct event *event)
{
    struct ends *ends = context;
    const size_t len = strlen(ends->told);
    if (event->kind == EVENT_HELLO)
        snprintf(ends->told + len, sizeof(ends->told) - len, "hello %u %.*s %.*s; ",
                 event->hello->name_count, (int)event->hello->name.len,
                 event->hello->name.len > 0 ? (const char *)event->hello->name.at : "",
                 (int)event->hello->alpn.len, (const char *)event->hello->alpn.at);
    else
        snprintf(ends->told + len, sizeof(ends->told) - len, "%s%s%s; ",
                 event_kind_name(event->kind), event->text != NULL ? " " : "",
                 event->text != NULL ? event->text : "");
}

static const struct tls any_version = {.least = TLS_1_2, .most = TLS_1_3};

static struct mint *new_mint(void)
{
    struct diags diags = {.arena = arena_new()};
    struct mint *mint = mint_new(&diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mint);
    arena_free(diags.arena);
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    return mint;
}

/* Keys cost much: all but one test have this one, until the end of all. */
static const struct mint *shared_mint(void)
{
    static struct mint *mint;
    if (mint == NULL)
        mint = new_mint();
    return mint;
}

static void open_ends(struct ends *ends, const struct mint *mint, const struct tls *tls)
{
    int fds[2];
    *ends = (struct ends){.client_fd = -1};
    CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    ends->client_fd = fds[0];
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    ends->context = SSL_CTX_new(TLS_client_method());
    ends->client = SSL_new(ends->context);
    SSL_set_fd(ends->client, fds[0]);
    SSL_set_connect_state(ends->client);
    ends->channel = (struct channel){.fd = fds[1], .tell = note, .context = ends};
    channel_begin_tls(&ends->channel, mint, tls);
}

static void close_client(struct ends *ends)
{
    if (ends->client_fd >= 0)
        close(ends->client_fd);
    ends->client_fd = -1;
}

static void close_ends(struct ends *ends)
{
    close_client(ends);
    close(ends->channel.fd);
    channel_release(&ends->channel);
    SSL_free(ends->client);
    SSL_CTX_free(ends->context);
}

/* Both sides in turn, until the server's is done or failed. */
static enum channel_shake shake(struct ends *ends)
{
    enum channel_shake server = SHAKE_READS;
    for (int i = 0; i < 10 && (server == SHAKE_READS || server == SHAKE_WRITES); i++) {
        SSL_do_handshake(ends->client);
        server = channel_shake(&ends->channel);
    }
    SSL_do_handshake(ends->client);
    return server;
}

static void open_secured(struct ends *ends, const struct mint *mint, const struct tls *tls)
{
    open_ends(ends, mint, tls);
    CU_ASSERT_FATAL(shake(ends) == SHAKE_DONE);
    ends->told[0] = '\0';
}

static void write_client(struct ends *ends, const char *text)
{
    CU_ASSERT(SSL_write(ends->client, text, (int)strlen(text)) == (int)strlen(text));
}

/* What the client has, at most `size` octets. */
static int read_client(struct ends *ends, char *into, int size)
{
    return SSL_read(ends->client, into, size);
}

static void check_told(const struct ends *ends, const char *want, const char *label)
{
    CHECK_ROW(strcmp(ends->told, want) == 0, "%s: told \"%s\", want \"%s\"", label, ends->told,
              want);
}

/* --- the handshake ----------------------------------------------------------------------- */

static void tells_of_the_handshake(void)
{
    static struct { /* OpenSSL's macro takes no name that is constant */
        char name[16];
        const char *alpn, *told;
        enum tls_version least, most;
    } rows[] = {
        {"localhost", NULL, "hello 1 localhost ; secured TLSv1.3 TLS_AES_256_GCM_SHA384; ", TLS_1_2,
         TLS_1_3},
        {"", "\x02h2\x08http/1.1", "hello 0  h2,http/1.1; secured TLSv1.3 TLS_AES_256_GCM_SHA384; ",
         TLS_1_3, TLS_1_3},
        {"a.test", "\x08http/1.1",
         "hello 1 a.test http/1.1; secured TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384; ", TLS_1_2,
         TLS_1_2},
    };
    const struct mint *mint = shared_mint();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ends ends;
        const struct tls tls = {.least = rows[i].least, .most = rows[i].most};
        open_ends(&ends, mint, &tls);
        if (rows[i].name[0] != '\0')
            SSL_set_tlsext_host_name(ends.client, rows[i].name);
        if (rows[i].alpn != NULL)
            SSL_set_alpn_protos(ends.client, (const unsigned char *)rows[i].alpn,
                                (unsigned)strlen(rows[i].alpn));
        CHECK_ROW(shake(&ends) == SHAKE_DONE, "row %zu is secured", i);
        check_told(&ends, rows[i].told, "handshake");
        close_ends(&ends);
    }
}

/* What comes in place of a handshake. */
static void tells_why_there_is_none(void)
{
    static const struct {
        const char *sent, *told;
    } rows[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "tls failed " TLS_PLAIN_HTTP_TEXT "; "},
        {"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "tls failed " TLS_PLAIN_HTTP_TEXT "; "},
        {"SSH-2.0-OpenSSH_9.2\r\n", "tls failed wrong version number; "},
        {"", "tls failed the client left in the handshake; "},
        {"\x16\x03\x01", "tls failed the client left in the handshake; "},
        {"\x15\x03\x03", "tls failed the client left in the handshake; "},
    };
    const struct mint *mint = shared_mint();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ends ends;
        uint8_t octet;
        open_ends(&ends, mint, &any_version);
        CU_ASSERT(write(ends.client_fd, rows[i].sent, strlen(rows[i].sent)) ==
                  (ssize_t)strlen(rows[i].sent));
        close_client(&ends);
        CHECK_ROW(channel_shake(&ends.channel) == SHAKE_FAILED, "row %zu fails", i);
        CHECK_ROW(channel_shake(&ends.channel) == SHAKE_FAILED, "row %zu fails again", i);
        check_told(&ends, rows[i].told, "no handshake");
        CHECK_ROW(channel_peek(&ends.channel, &octet, 1) == 0, "row %zu: the end is seen", i);
        CHECK_ROW(channel_send(&ends.channel, bytes_of("a")) < 0 && errno == EPIPE,
                  "row %zu: nothing is sent", i);
        close_ends(&ends);
    }
}

/* A ClientHello cut anywhere. */
static void stands_a_client_that_leaves(void)
{
    const struct mint *mint = shared_mint();
    for (size_t cut = 1;; cut += 7) {
        struct ends ends;
        uint8_t hello[4096];
        int between[2];
        open_ends(&ends, mint, &any_version);
        CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, between) == 0);
        fcntl(between[0], F_SETFL, O_NONBLOCK);
        SSL_set_fd(ends.client, between[0]);
        SSL_do_handshake(ends.client);
        const ssize_t len = recv(between[1], hello, sizeof(hello), MSG_DONTWAIT);
        close(between[0]);
        close(between[1]);
        if (len <= 0 || cut >= (size_t)len) {
            CHECK_ROW(len > 0, "a ClientHello");
            close_ends(&ends);
            break;
        }
        CU_ASSERT(write(ends.client_fd, hello, cut) == (ssize_t)cut);
        CHECK_ROW(channel_shake(&ends.channel) == SHAKE_READS, "cut at %zu: more is to come", cut);
        close_client(&ends);
        CHECK_ROW(channel_shake(&ends.channel) == SHAKE_FAILED, "cut at %zu fails", cut);
        check_told(&ends, "tls failed the client left in the handshake; ", "cut");
        close_ends(&ends);
    }
}

/* --- octets ---------------------------------------------------------------------------------- */

static void reads_record_by_record(void)
{
    const struct mint *mint = shared_mint();
    struct ends ends;
    uint8_t got[64];
    open_secured(&ends, mint, &any_version);
    CHECK_ROW(channel_peek(&ends.channel, got, sizeof(got)) < 0 && errno == EAGAIN, "nothing yet");
    write_client(&ends, "abc");
    write_client(&ends, "de");
    CHECK_ROW(channel_peek(&ends.channel, got, sizeof(got)) == 3, "a record is shown");
    const struct record first = ends.channel.received_in;
    channel_take(&ends.channel, got, 1);
    CHECK_ROW(channel_has_unread(&ends.channel), "the rest of it is unread");
    CHECK_ROW(channel_peek(&ends.channel, got, sizeof(got)) == 2 && memcmp(got, "bc", 2) == 0,
              "what was not taken stays");
    CHECK_ROW(ends.channel.received_in.offset == first.offset, "and is of the same record");
    channel_take(&ends.channel, got, 2);
    CHECK_ROW(channel_receive(&ends.channel, got, sizeof(got)) == 2 && memcmp(got, "de", 2) == 0,
              "the next record");
    CHECK_ROW(ends.channel.received_in.offset == first.offset + first.len, "right behind");
    CHECK_ROW(!channel_has_unread(&ends.channel), "all is read");
    close_ends(&ends);
}

/* The same offsets in every run: a cut at an octet is one place. */
static void sends_records_of_one_size(void)
{
    struct record records[2];
    const struct mint *mint = shared_mint();
    for (size_t i = 0; i < COUNT_OF(records); i++) {
        struct ends ends;
        char got[16];
        open_secured(&ends, mint, &any_version);
        CU_ASSERT(channel_send(&ends.channel, bytes_of("hello")) == 5);
        CU_ASSERT(read_client(&ends, got, sizeof(got)) == 5 && memcmp(got, "hello", 5) == 0);
        records[i] = ends.channel.sent_in;
        CHECK_ROW(ends.channel.sent == records[i].offset + records[i].len, "all that was sent");
        close_ends(&ends);
    }
    CHECK_ROW(records[0].offset == records[1].offset && records[0].len == records[1].len &&
                  records[0].offset > 1000 && records[0].len == 27,
              "at %llu, of %llu octets", (unsigned long long)records[1].offset,
              (unsigned long long)records[1].len);
}

/* More than the kernel takes: what was not sent is sent again. */
static void sends_much_to_one_who_waits(void)
{
    enum { LEN = 1024 * 1024 };
    const struct mint *mint = shared_mint();
    struct ends ends;
    size_t sent = 0, got = 0, waits = 0;
    uint8_t *octets = malloc(LEN), buffer[8192];
    for (size_t i = 0; i < LEN; i++)
        octets[i] = (uint8_t)(i % 251);
    open_secured(&ends, mint, &any_version);
    while (got < LEN) {
        ssize_t count = 0;
        while (sent < LEN &&
               (count = channel_send(&ends.channel, (struct bytes){octets + sent, LEN - sent})) > 0)
            sent += (size_t)count;
        waits += count < 0 && errno == EAGAIN;
        const int read = SSL_read(ends.client, buffer, sizeof(buffer));
        CU_ASSERT_FATAL(read > 0 && memcmp(buffer, octets + got, (size_t)read) == 0);
        got += (size_t)read;
    }
    CHECK_ROW(waits > 0, "the kernel was full");
    free(octets);
    close_ends(&ends);
}

/* --- ends --------------------------------------------------------------------------------------
 */

static void tells_of_ends(void)
{
    const struct mint *mint = shared_mint();
    for (int notifies = 0; notifies < 2; notifies++) {
        struct ends ends;
        uint8_t got[16];
        open_secured(&ends, mint, &any_version);
        if (notifies != 0)
            SSL_shutdown(ends.client);
        CHECK_ROW(channel_peek(&ends.channel, got, sizeof(got)) < 0 && errno == EAGAIN,
                  "the connection stays");
        CU_ASSERT(write(ends.client_fd, "surplus", 7) == 7);
        close_client(&ends);
        if (notifies != 0) {
            CHECK_ROW(channel_peek(&ends.channel, got, sizeof(got)) == 0, "FIN behind it");
            check_told(&ends, "close_notify received; ", "an end");
        }
        close_ends(&ends);
    }
}

static void tells_of_a_broken_record(void)
{
    const struct mint *mint = shared_mint();
    struct ends ends;
    uint8_t got[16];
    open_secured(&ends, mint, &any_version);
    CU_ASSERT(write(ends.client_fd,
                    "\x17\x03\x03\x00\x14"
                    "aaaaaaaaaaaaaaaaaaaa",
                    25) == 25);
    CHECK_ROW(channel_peek(&ends.channel, got, sizeof(got)) < 0 && errno == EAGAIN,
              "nobody gets it");
    check_told(&ends,
               "alert sent fatal, bad record mac; tls failed decryption failed or bad record mac; ",
               "broken");
    SSL_read(ends.client, got, sizeof(got)); /* what lay unread would make a reset of the end */
    close_client(&ends);
    CHECK_ROW(channel_peek(&ends.channel, got, sizeof(got)) == 0, "the end is seen");
    close_ends(&ends);
}

static void sends_close_notify_once(void)
{
    const struct mint *mint = shared_mint();
    struct ends ends;
    char got[16];
    open_secured(&ends, mint, &any_version);
    CU_ASSERT(channel_notify(&ends.channel) && channel_notify(&ends.channel));
    check_told(&ends, "close_notify sent; ", "once");
    CHECK_ROW(read_client(&ends, got, sizeof(got)) <= 0 &&
                  SSL_get_shutdown(ends.client) == SSL_RECEIVED_SHUTDOWN,
              "the client has it");
    write_client(&ends, "still here");
    CHECK_ROW(channel_receive(&ends.channel, (uint8_t *)got, sizeof(got)) == 10, "reading goes on");
    CHECK_ROW(channel_send(&ends.channel, bytes_of("a")) < 0 && errno == EPIPE, "sending does not");
    close_ends(&ends);
}

/* TLS 1.2 alone has it: it is refused, and the connection goes on. */
static void refuses_renegotiation(void)
{
    static const struct tls tls = {.least = TLS_1_2, .most = TLS_1_2};
    const struct mint *mint = shared_mint();
    struct ends ends;
    uint8_t got[16];
    open_secured(&ends, mint, &tls);
    SSL_renegotiate(ends.client);
    SSL_do_handshake(ends.client);
    CHECK_ROW(channel_peek(&ends.channel, got, sizeof(got)) < 0 && errno == EAGAIN, "no octets");
    CHECK_ROW(strstr(ends.told, "alert sent warning, no renegotiation") != NULL, "told \"%s\"",
              ends.told);
    CU_ASSERT(channel_send(&ends.channel, bytes_of("a")) == 1);
    close_ends(&ends);
}

static void sends_tickets_when_asked(void)
{
    static const struct tls tls = {.least = TLS_1_3, .most = TLS_1_3, .sends_tickets = true};
    const struct mint *mint = shared_mint();
    struct ends with, without;
    open_secured(&with, mint, &tls);
    open_secured(&without, mint, &any_version);
    CHECK_ROW(with.channel.sent > without.channel.sent + 100, "%llu and %llu octets",
              (unsigned long long)with.channel.sent, (unsigned long long)without.channel.sent);
    close_ends(&with);
    close_ends(&without);
}

/* --- the mint -------------------------------------------------------------------------------- */

static X509 *authority_of(const struct mint *mint)
{
    char *text;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    CU_ASSERT(mint_write_authority(mint, out));
    fclose(out);
    BIO *bio = BIO_new_mem_buf(text, (int)len);
    X509 *authority = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    free(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(authority);
    return authority;
}

/* What a strict client makes of each. */
static void mints_what_is_asked_for(void)
{
    static const struct {
        enum certificate certificate;
        const char *host, *address;
        long result;
    } rows[] = {
        {CERTIFICATE_VALID, "localhost", NULL, X509_V_OK},
        {CERTIFICATE_VALID, "origin.test", NULL, X509_V_OK},
        {CERTIFICATE_VALID, NULL, "127.0.0.1", X509_V_OK},
        {CERTIFICATE_VALID, NULL, "127.0.0.201", X509_V_OK},
        {CERTIFICATE_VALID, NULL, "127.0.0.202", X509_V_ERR_IP_ADDRESS_MISMATCH},
        {CERTIFICATE_VALID, NULL, "::1", X509_V_OK},
        {CERTIFICATE_VALID, "other.test", NULL, X509_V_ERR_HOSTNAME_MISMATCH},
        {CERTIFICATE_EXPIRED, "localhost", NULL, X509_V_ERR_CERT_HAS_EXPIRED},
        {CERTIFICATE_NOT_YET_VALID, "localhost", NULL, X509_V_ERR_CERT_NOT_YET_VALID},
        {CERTIFICATE_WRONG_HOST, "localhost", NULL, X509_V_ERR_HOSTNAME_MISMATCH},
        {CERTIFICATE_WRONG_HOST, "other.test", NULL, X509_V_OK},
        {CERTIFICATE_SELF_SIGNED, "localhost", NULL, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
        {CERTIFICATE_UNKNOWN_AUTHORITY, "localhost", NULL,
         X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
        {CERTIFICATE_NAMES_ONLY, "localhost", NULL, X509_V_OK},
        {CERTIFICATE_NAMES_ONLY, NULL, "127.0.0.1", X509_V_ERR_IP_ADDRESS_MISMATCH},
        {CERTIFICATE_ADDRESSES_ONLY, NULL, "127.0.0.1", X509_V_OK},
        {CERTIFICATE_ADDRESSES_ONLY, "localhost", NULL, X509_V_ERR_HOSTNAME_MISMATCH},
        {CERTIFICATE_COMMON_NAME, "localhost", NULL, X509_V_ERR_HOSTNAME_MISMATCH},
        {CERTIFICATE_ADDRESS_AS_NAME, NULL, "127.0.0.1", X509_V_ERR_IP_ADDRESS_MISMATCH},
        {CERTIFICATE_WILDCARD, "www.origin.test", NULL, X509_V_OK},
        {CERTIFICATE_WILDCARD, "origin.test", NULL, X509_V_ERR_HOSTNAME_MISMATCH},
        {CERTIFICATE_WILDCARD, "a.b.origin.test", NULL, X509_V_ERR_HOSTNAME_MISMATCH},
    };
    const struct mint *mint = shared_mint();
    X509 *authority = authority_of(mint);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct tls tls = {rows[i].certificate, TLS_1_2, TLS_1_3, false};
        struct ends ends;
        open_ends(&ends, mint, &tls);
        X509_STORE_add_cert(SSL_CTX_get_cert_store(ends.context), authority);
        if (rows[i].host != NULL)
            SSL_set1_host(ends.client, rows[i].host);
        else
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ends.client), rows[i].address);
        shake(&ends);
        const long result = SSL_get_verify_result(ends.client);
        CHECK_ROW(result == rows[i].result, "%s, for %s: %s", certificate_name(rows[i].certificate),
                  rows[i].host != NULL ? rows[i].host : rows[i].address,
                  X509_verify_cert_error_string(result));
        close_ends(&ends);
    }
    X509_free(authority);
}

static void logs_keys_when_asked(void)
{
    char *text;
    size_t len;
    FILE *log = open_memstream(&text, &len);
    struct mint *mint = new_mint();
    struct ends ends;
    mint_log_keys(mint, log);
    open_secured(&ends, mint, &any_version);
    close_ends(&ends);
    mint_free(mint);
    fclose(log);
    CHECK_ROW(strstr(text, "SERVER_TRAFFIC_SECRET_0 ") != NULL, "logged: %s", text);
    free(text);
}

CU_TestInfo channel_tests[] = {
    {"tells of the handshake", tells_of_the_handshake},
    {"tells why there is none", tells_why_there_is_none},
    {"stands a client that leaves", stands_a_client_that_leaves},
    {"reads record by record", reads_record_by_record},
    {"sends records of one size", sends_records_of_one_size},
    {"sends much to one who waits", sends_much_to_one_who_waits},
    {"tells of ends", tells_of_ends},
    {"tells of a broken record", tells_of_a_broken_record},
    {"sends close_notify once", sends_close_notify_once},
    {"refuses renegotiation", refuses_renegotiation},
    {"sends tickets when asked", sends_tickets_when_asked},
    {"mints what is asked for", mints_what_is_asked_for},
    {"logs keys when asked", logs_keys_when_asked},
    CU_TEST_INFO_NULL,
};
