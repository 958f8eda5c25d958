#include "tests/tls_mint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { LAYERS_MAX = 2, PATIENCE_S = 10, TEXT_SIZE = 4096 };

struct tls_server {
    const struct tls_authority *authority;
    const struct tls_step *steps;
    bool is_patient; /* the steps end in TLS_AGAIN */
    struct sockaddr_storage address;
    socklen_t address_size;
    uint16_t port;
    int listening, fd;
    size_t allowed; /* octets that may still be sent */
    BIO_METHOD *method;
    SSL *layers[LAYERS_MAX];
    size_t layer_count;
    pthread_t thread;
    sem_t may_go;
    char name[64]; /* of the last ClientHello */
    char trouble[256];
};

static bool fail(struct tls_server *server, const char *what)
{
    if (server->trouble[0] == '\0')
        snprintf(server->trouble, sizeof(server->trouble), "%s", what);
    return false;
}

/* --- octets, through the first `depth` layers ---------------------------------- */

static int send_through(struct tls_server *server, size_t depth, const void *octets, size_t len)
{
    if (depth > 0)
        return SSL_write(server->layers[depth - 1], octets, (int)len);
    const size_t count = len < server->allowed ? len : server->allowed;
    if (count > 0 && send(server->fd, octets, count, MSG_NOSIGNAL) != (ssize_t)count)
        return -1;
    server->allowed -= count;
    return count == len ? (int)len : -1;
}

static int receive_through(struct tls_server *server, size_t depth, void *into, size_t size)
{
    if (depth > 0)
        return SSL_read(server->layers[depth - 1], into, (int)size);
    return (int)recv(server->fd, into, size, 0);
}

/* What a layer reads and writes by: its depth is how many are below. */
static size_t depth_of(const BIO *bio, const struct tls_server *server)
{
    size_t depth = 0;
    while (depth < server->layer_count && SSL_get_wbio(server->layers[depth]) != bio)
        depth++;
    return depth;
}

static int bio_write(BIO *bio, const char *octets, int len)
{
    struct tls_server *server = BIO_get_data(bio);
    return send_through(server, depth_of(bio, server), octets, (size_t)len);
}

static int bio_read(BIO *bio, char *into, int size)
{
    struct tls_server *server = BIO_get_data(bio);
    return receive_through(server, depth_of(bio, server), into, (size_t)size);
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static SSL *top(const struct tls_server *server)
{
    return server->layer_count > 0 ? server->layers[server->layer_count - 1] : NULL;
}

static bool send_all(struct tls_server *server, const char *octets)
{
    const size_t len = strlen(octets);
    return send_through(server, server->layer_count, octets, len) == (int)len ||
           fail(server, "it cannot send");
}

/* --- steps ---------------------------------------------------------------------- */

static void leave(struct tls_server *server)
{
    while (server->layer_count > 0)
        SSL_free(server->layers[--server->layer_count]);
    if (server->fd >= 0)
        close(server->fd);
    server->fd = -1;
}

static bool play_accept(struct tls_server *server, const struct tls_step *step)
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    (void)step;
    leave(server);
    server->fd = accept(server->listening, NULL, NULL);
    server->allowed = SIZE_MAX;
    setsockopt(server->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(server->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    setsockopt(server->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return server->fd >= 0 || fail(server, "nobody comes");
}

static bool shake_hands(struct tls_server *server, size_t number)
{
    const bool is_1_2 = number >= TLS_1_2_ALONE;
    SSL *ssl = SSL_new(server->authority->contexts[is_1_2 ? number - TLS_1_2_ALONE : number]);
    BIO *bio = BIO_new(server->method);
    BIO_set_data(bio, server);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    if (is_1_2)
        SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
    server->layers[server->layer_count++] = ssl;
    const bool is_done = SSL_accept(ssl) == 1;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    snprintf(server->name, sizeof(server->name), "%s", name != NULL ? name : "");
    return is_done;
}

static bool play_start(struct tls_server *server, const struct tls_step *step)
{
    return shake_hands(server, step->number) || fail(server, "the handshake fails");
}

static bool play_refused(struct tls_server *server, const struct tls_step *step)
{
    return !shake_hands(server, step->number) || fail(server, "the handshake succeeds");
}

static bool play_cut(struct tls_server *server, const struct tls_step *step)
{
    server->allowed = step->number;
    shake_hands(server, MINTED_VALID);
    shutdown(server->fd, SHUT_WR);
    return true;
}

/* With the port for "@". */
static void expand(const struct tls_server *server, const char *octets, char *text)
{
    size_t len = 0;
    for (; *octets != '\0' && len < TEXT_SIZE - sizeof("65535"); octets++)
        if (*octets == '@')
            len += (size_t)snprintf(text + len, TEXT_SIZE - len, "%u", (unsigned)server->port);
        else
            text[len++] = *octets;
    text[len] = '\0';
}

static bool play_want(struct tls_server *server, const struct tls_step *step)
{
    char wanted[TEXT_SIZE] = "", got[TEXT_SIZE] = "";
    size_t len = 0;
    if (step->octets != NULL)
        expand(server, step->octets, wanted);
    while (len < TEXT_SIZE - 1 &&
           (step->octets != NULL ? len < strlen(wanted) : strstr(got, "\r\n\r\n") == NULL)) {
        if (receive_through(server, server->layer_count, got + len, 1) != 1)
            break;
        got[++len] = '\0';
    }
    if (step->octets == NULL ? strstr(got, "\r\n\r\n") != NULL : strcmp(got, wanted) == 0)
        return true;
    char text[sizeof(server->trouble)];
    snprintf(text, sizeof(text), "it gets \"%.200s\"", got);
    return fail(server, text);
}

static bool play_send(struct tls_server *server, const struct tls_step *step)
{
    return send_all(server, step->octets);
}

static bool play_raw(struct tls_server *server, const struct tls_step *step)
{
    return send_through(server, 0, step->octets, step->number) > 0 || fail(server, "cannot send");
}

/* OpenSSL sends one when it reads what is no record. */
static bool play_alert(struct tls_server *server, const struct tls_step *step)
{
    static const char junk[] = "\x17\x03\x03\x00\x20 this is not what it looks like ";
    char octet;
    (void)step;
    SSL_set0_rbio(server->layers[0], BIO_new_mem_buf(junk, sizeof(junk) - 1));
    SSL_read(server->layers[0], &octet, 1);
    return true;
}

static bool play_ticket(struct tls_server *server, const struct tls_step *step)
{
    (void)step;
    return (SSL_new_session_ticket(top(server)) == 1 && SSL_do_handshake(top(server)) == 1) ||
           fail(server, "no ticket");
}

static bool play_notify(struct tls_server *server, const struct tls_step *step)
{
    (void)step;
    SSL_shutdown(top(server));
    return true;
}

static bool play_fin(struct tls_server *server, const struct tls_step *step)
{
    (void)step;
    shutdown(server->fd, SHUT_WR);
    return true;
}

static bool play_rst(struct tls_server *server, const struct tls_step *step)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    (void)step;
    setsockopt(server->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(server->fd);
    server->fd = -1;
    return true;
}

static bool play_want_notify(struct tls_server *server, const struct tls_step *step)
{
    char octet;
    (void)step;
    for (size_t depth = server->layer_count; depth > 0; depth--) {
        ERR_clear_error();
        const int got = SSL_read(server->layers[depth - 1], &octet, 1);
        if (got > 0 || SSL_get_error(server->layers[depth - 1], got) != SSL_ERROR_ZERO_RETURN)
            return fail(server, "there is no close_notify");
    }
    return recv(server->fd, &octet, 1, 0) == 0 || fail(server, "no FIN is behind close_notify");
}

static bool play_want_end(struct tls_server *server, const struct tls_step *step)
{
    char octet;
    (void)step;
    return recv(server->fd, &octet, 1, 0) <= 0 || fail(server, "octets came");
}

static bool play_wait(struct tls_server *server, const struct tls_step *step)
{
    (void)step;
    return sem_wait(&server->may_go) == 0 || fail(server, "it cannot wait");
}

static bool (*const plays[])(struct tls_server *server, const struct tls_step *step) = {
    [TLS_ACCEPT] = play_accept,
    [TLS_START] = play_start,
    [TLS_REFUSED] = play_refused,
    [TLS_CUT] = play_cut,
    [TLS_WANT] = play_want,
    [TLS_SEND] = play_send,
    [TLS_RAW] = play_raw,
    [TLS_ALERT] = play_alert,
    [TLS_TICKET] = play_ticket,
    [TLS_NOTIFY] = play_notify,
    [TLS_FIN] = play_fin,
    [TLS_RST] = play_rst,
    [TLS_WANT_NOTIFY] = play_want_notify,
    [TLS_WANT_END] = play_want_end,
    [TLS_WAIT] = play_wait,
};

/* The step behind one that was played; NULL: none is. */
static const struct tls_step *next_step(struct tls_server *server, const struct tls_step *step)
{
    if (step->verb == TLS_AGAIN)
        return server->steps + step->number;
    if (plays[step->verb](server, step))
        return step + 1;
    if (!server->is_patient || server->fd < 0)
        return NULL;
    leave(server);
    server->trouble[0] = '\0';
    return server->steps;
}

static void *thread_main(void *context)
{
    struct tls_server *server = context;
    const struct tls_step *step = server->steps;
    while (step != NULL && step->verb != TLS_END)
        step = next_step(server, step);
    if (step == NULL) { /* the client does not hang for it */
        leave(server);
        shutdown(server->listening, SHUT_RDWR);
    }
    return NULL;
}

/* --- life ----------------------------------------------------------------------- */

static bool start_listening(struct tls_server *server, const char *host)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)&server->address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&server->address;
    const bool is_v4 = inet_pton(AF_INET, host, &v4->sin_addr) == 1;
    server->address.ss_family = is_v4 ? AF_INET : AF_INET6;
    server->address_size = is_v4 ? sizeof(*v4) : sizeof(*v6);
    if (!is_v4 && inet_pton(AF_INET6, host, &v6->sin6_addr) != 1)
        return false;
    server->listening = socket(server->address.ss_family, SOCK_STREAM, 0);
    struct sockaddr *address = (struct sockaddr *)&server->address;
    if (server->listening < 0 || bind(server->listening, address, server->address_size) != 0 ||
        listen(server->listening, SOMAXCONN) != 0 ||
        getsockname(server->listening, address, &server->address_size) != 0)
        return false;
    server->port = ntohs(is_v4 ? v4->sin_port : v6->sin6_port);
    return true;
}

struct tls_server *tls_server_new(const char *host, const struct tls_authority *authority,
                                  const struct tls_step *steps)
{
    struct tls_server *server = calloc(1, sizeof(*server));
    if (server == NULL)
        return NULL;
    server->fd = -1;
    server->authority = authority;
    server->steps = steps;
    while (steps->verb != TLS_END && steps->verb != TLS_AGAIN)
        steps++;
    server->is_patient = steps->verb == TLS_AGAIN;
    if (!start_listening(server, host)) {
        close(server->listening);
        free(server);
        return NULL;
    }
    server->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "a test's server");
    BIO_meth_set_read(server->method, bio_read);
    BIO_meth_set_write(server->method, bio_write);
    BIO_meth_set_ctrl(server->method, bio_control);
    sem_init(&server->may_go, 0, 0);
    pthread_create(&server->thread, NULL, thread_main, server);
    return server;
}

uint16_t tls_server_port(const struct tls_server *server)
{
    return server->port;
}

void tls_server_go(struct tls_server *server)
{
    sem_post(&server->may_go);
}

bool tls_server_end(struct tls_server *server, char *trouble, size_t size, char *name,
                    size_t name_size)
{
    tls_server_go(server);
    if (server->is_patient)
        shutdown(server->listening, SHUT_RDWR);
    /* So that it does not wait for a client that comes no more. */
    const int fd = socket(server->address.ss_family, SOCK_STREAM, 0);
    if (connect(fd, (const struct sockaddr *)&server->address, server->address_size) == 0)
        shutdown(fd, SHUT_RDWR);
    close(fd);
    pthread_join(server->thread, NULL);
    leave(server);
    close(server->listening);
    BIO_meth_free(server->method);
    sem_destroy(&server->may_go);
    snprintf(trouble, size, "%s", server->trouble);
    snprintf(name, name_size, "%s", server->name);
    const bool is_good = server->is_patient || server->trouble[0] == '\0';
    free(server);
    return is_good;
}
