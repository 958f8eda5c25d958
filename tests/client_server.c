#include "tests/client_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { REQUEST_SIZE = 16 * 1024, PATIENCE_S = 10 };

struct client_server {
    const struct exchange *exchanges;
    size_t count;
    int listening, fd;
    uint16_t port;
    char host[sizeof("127.0.0.1:65535")];
    pthread_t thread;
    bool is_playing;
    size_t played_count;
    char trouble[256];
    char request[REQUEST_SIZE];
    size_t request_len;
};

/* Puts "H" where the request names this server. */
static void shorten_host(struct client_server *server)
{
    char *host = strstr(server->request, server->host);
    if (host == NULL)
        return;
    const size_t len = strlen(server->host);
    *host = 'H';
    memmove(host + 1, host + len, strlen(host + len) + 1);
    server->request_len -= len - 1;
}

static bool is_request_there(const struct client_server *server, const char *wants)
{
    if (wants == NULL)
        return strstr(server->request, "\r\n\r\n") != NULL;
    return server->request_len >= strlen(wants);
}

/* Takes no more of the socket than that, so that what lies behind it stays unread. */
static void read_request(struct client_server *server, const char *wants)
{
    server->request_len = 0;
    server->request[0] = '\0';
    while (!is_request_there(server, wants) && server->request_len < REQUEST_SIZE - 1) {
        char *at = server->request + server->request_len;
        if (recv(server->fd, at, 1, 0) != 1)
            return;
        at[1] = '\0';
        server->request_len++;
        shorten_host(server);
    }
}

static void accept_client(struct client_server *server)
{
    if (server->fd >= 0)
        close(server->fd);
    server->fd = accept(server->listening, NULL, NULL);
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    setsockopt(server->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(server->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

static void end_connection(struct client_server *server, enum ending ending)
{
    if (ending == STAY)
        return;
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    if (ending == RST)
        setsockopt(server->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    if (ending == FIN)
        shutdown(server->fd, SHUT_WR);
    close(server->fd);
    server->fd = -1;
}

static void send_all(struct client_server *server, const char *octets)
{
    for (size_t len = octets != NULL ? strlen(octets) : 0; len > 0;) {
        const ssize_t sent = send(server->fd, octets, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        octets += sent;
        len -= (size_t)sent;
    }
}

/* Whether so many 'x' come. */
static bool read_body(struct client_server *server, uint64_t len)
{
    char octets[64 * 1024];
    while (len > 0) {
        const ssize_t got =
            recv(server->fd, octets, len < sizeof(octets) ? (size_t)len : sizeof(octets), 0);
        for (ssize_t i = 0; i < got; i++)
            if (octets[i] != 'x')
                return false;
        if (got <= 0)
            return false;
        len -= (uint64_t)got;
    }
    return true;
}

/* False when the client did something else. */
static bool play(struct client_server *server, size_t index)
{
    const struct exchange *exchange = &server->exchanges[index];
    if (server->fd < 0 || exchange->is_fresh)
        accept_client(server);
    read_request(server, exchange->wants);
    if (!is_request_there(server, exchange->wants) ||
        (exchange->wants != NULL && strcmp(server->request, exchange->wants) != 0)) {
        snprintf(server->trouble, sizeof(server->trouble), "request %zu is \"%.200s\"", index,
                 server->request);
        return false;
    }
    if (!read_body(server, exchange->body_len)) {
        snprintf(server->trouble, sizeof(server->trouble), "the body of request %zu is another",
                 index);
        return false;
    }
    send_all(server, exchange->reply);
    end_connection(server, exchange->ending);
    return true;
}

static void *thread_main(void *context)
{
    struct client_server *server = context;
    for (server->played_count = 0; server->played_count < server->count; server->played_count++)
        if (!play(server, server->played_count)) {
            end_connection(server, CLOSE);
            shutdown(server->listening, SHUT_RDWR); /* the client is refused, and does not hang */
            break;
        }
    return NULL;
}

static struct sockaddr_in address_of(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

struct client_server *client_server_new(void)
{
    struct client_server *server = calloc(1, sizeof(*server));
    if (server == NULL)
        return NULL;
    server->fd = -1;
    server->listening = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = address_of(0);
    socklen_t size = sizeof(address);
    if (bind(server->listening, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(server->listening, SOMAXCONN) != 0 ||
        getsockname(server->listening, (struct sockaddr *)&address, &size) != 0) {
        free(server);
        return NULL;
    }
    server->port = ntohs(address.sin_port);
    snprintf(server->host, sizeof(server->host), "127.0.0.1:%u", (unsigned)server->port);
    return server;
}

uint16_t client_server_port(const struct client_server *server)
{
    return server->port;
}

static void wait_for_thread(struct client_server *server)
{
    if (server->is_playing)
        pthread_join(server->thread, NULL);
    server->is_playing = false;
}

void client_server_play(struct client_server *server, const struct exchange *exchanges,
                        size_t count)
{
    wait_for_thread(server);
    server->exchanges = exchanges;
    server->count = count;
    server->is_playing = pthread_create(&server->thread, NULL, thread_main, server) == 0;
}

void client_server_send_late(struct client_server *server, const char *octets, enum ending ending)
{
    wait_for_thread(server);
    send_all(server, octets);
    end_connection(server, ending);
}

/* Frees a thread that waits for a client, but not before it has accepted those that came. */
static void connect_and_leave(const struct client_server *server)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const struct sockaddr_in address = address_of(server->port);
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
        shutdown(fd, SHUT_RDWR);
    close(fd);
}

bool client_server_end(struct client_server *server, char *trouble, size_t size)
{
    connect_and_leave(server);
    wait_for_thread(server);
    const bool is_done = server->played_count == server->count;
    snprintf(trouble, size, "%s", server->trouble);
    if (server->fd >= 0)
        close(server->fd);
    close(server->listening);
    free(server);
    return is_done;
}
