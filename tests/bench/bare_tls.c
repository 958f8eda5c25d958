/*
 * bare_tls -- the plain case over TLS 1.3 at best: a client thread connects, verifies the server's
 * RSA-2048 certificate, asks, reads the answer to its length, says close_notify and closes; the
 * server accepts, answers, reads to the end, and resets as tests/bench/bare.c does. No session is
 * resumed.
 *
 * usage: bare_tls RUNS; prints runs a second
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REPLY "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

static const char request[] = "GET / HTTP/1.1\r\nHost: localhost:34567\r\n"
                              "Accept-Encoding: identity\r\n\r\n";

struct bench {
    struct sockaddr_in address;
    SSL_CTX *server, *client;
    long runs;
};

static void want(int is_done, const char *what)
{
    if (is_done)
        return;
    perror(what);
    ERR_print_errors_fp(stderr);
    exit(EXIT_FAILURE);
}

/* Signed by itself, for localhost. */
static X509 *certificate_of(EVP_PKEY *key)
{
    X509 *one = X509_new();
    X509V3_CTX context;
    X509_set_version(one, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(one), 1);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(one), "CN", MBSTRING_ASC,
                               (const unsigned char *)"bench", -1, -1, 0);
    X509_set_issuer_name(one, X509_get_subject_name(one));
    X509_gmtime_adj(X509_getm_notBefore(one), -3600);
    X509_gmtime_adj(X509_getm_notAfter(one), 24L * 3600);
    X509_set_pubkey(one, key);
    X509V3_set_ctx(&context, one, one, NULL, NULL, 0);
    X509_EXTENSION *names =
        X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, "DNS:localhost");
    want(names != NULL && X509_add_ext(one, names, -1) == 1 &&
             X509_sign(one, key, EVP_sha256()) > 0,
         "certificate");
    X509_EXTENSION_free(names);
    return one;
}

static void set_up(struct bench *bench)
{
    EVP_PKEY *key = EVP_RSA_gen(2048);
    X509 *certificate = certificate_of(key);
    bench->server = SSL_CTX_new(TLS_server_method());
    bench->client = SSL_CTX_new(TLS_client_method());
    want(SSL_CTX_use_certificate(bench->server, certificate) == 1 &&
             SSL_CTX_use_PrivateKey(bench->server, key) == 1 &&
             SSL_CTX_set_num_tickets(bench->server, 0) == 1 &&
             SSL_CTX_set_min_proto_version(bench->client, TLS1_3_VERSION) == 1 &&
             X509_STORE_add_cert(SSL_CTX_get_cert_store(bench->client), certificate) == 1,
         "set-up");
    SSL_CTX_set_session_cache_mode(bench->server, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(bench->client, SSL_VERIFY_PEER, NULL);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static void read_until(SSL *ssl, size_t len)
{
    char buffer[4096];
    for (size_t got = 0; got < len;) {
        const int count = SSL_read(ssl, buffer, sizeof(buffer));
        want(count > 0, "read");
        got += (size_t)count;
    }
}

static SSL *ssl_on(SSL_CTX *context, int fd)
{
    SSL *ssl = SSL_new(context);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    want(ssl != NULL && SSL_set_fd(ssl, fd) == 1, "SSL");
    return ssl;
}

static void *client_main(void *context)
{
    const struct bench *bench = context;
    for (long i = 0; i < bench->runs; i++) {
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        want(connect(fd, (const struct sockaddr *)&bench->address, sizeof(bench->address)) == 0,
             "connect");
        SSL *ssl = ssl_on(bench->client, fd);
        SSL_set_tlsext_host_name(ssl, "localhost");
        want(SSL_set1_host(ssl, "localhost") == 1 && SSL_connect(ssl) == 1, "handshake");
        want(SSL_write(ssl, request, sizeof(request) - 1) > 0, "write");
        read_until(ssl, sizeof(REPLY) - 1);
        SSL_shutdown(ssl);
        SSL_free(ssl);
        close(fd);
    }
    return NULL;
}

static void serve_one(const struct bench *bench, int listening)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    char octet;
    const int fd = accept(listening, NULL, NULL);
    want(fd >= 0, "accept");
    SSL *ssl = ssl_on(bench->server, fd);
    want(SSL_accept(ssl) == 1, "handshake");
    read_until(ssl, sizeof(request) - 1);
    want(SSL_write(ssl, REPLY, sizeof(REPLY) - 1) > 0, "write");
    want(SSL_read(ssl, &octet, 1) == 0 && recv(fd, &octet, 1, 0) == 0, "close_notify and FIN");
    SSL_free(ssl);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(fd);
}

static int listen_on(struct sockaddr_in *address)
{
    socklen_t size = sizeof(*address);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *address = (struct sockaddr_in){.sin_family = AF_INET};
    inet_pton(AF_INET, "127.0.0.1", &address->sin_addr);
    want(bind(fd, (struct sockaddr *)address, size) == 0 && listen(fd, SOMAXCONN) == 0 &&
             getsockname(fd, (struct sockaddr *)address, &size) == 0,
         "listen");
    return fd;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct bench bench = {.runs = argc == 2 ? strtol(argv[1], NULL, 10) : 0};
    pthread_t client;
    if (bench.runs <= 0) {
        fprintf(stderr, "usage: bare_tls RUNS\n");
        return 2;
    }
    set_up(&bench);
    const int listening = listen_on(&bench.address);
    const double started_s = now_s();
    want(pthread_create(&client, NULL, client_main, &bench) == 0, "pthread_create");
    for (long i = 0; i < bench.runs; i++)
        serve_one(&bench, listening);
    pthread_join(client, NULL);
    printf("%.0f\n", (double)bench.runs / (now_s() - started_s));
    return EXIT_SUCCESS;
}
