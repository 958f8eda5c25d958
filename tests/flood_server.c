#include "tests/flood_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BLOCK_SIZE = 256 * 1024, HEAD_SIZE = 4096 };

struct flood_server {
    struct flood flood;
    int listening;
    uint16_t port;
    pthread_t thread;
    char *block; /* so many units as fit */
    size_t block_count;
};

static bool send_all(int fd, const char *octets, size_t len)
{
    while (len > 0) {
        const ssize_t sent = send(fd, octets, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        octets += sent;
        len -= (size_t)sent;
    }
    return true;
}

static bool send_text(int fd, const char *text)
{
    return text == NULL || send_all(fd, text, strlen(text));
}

static bool read_head(int fd)
{
    char head[HEAD_SIZE] = "";
    for (size_t len = 0; len < HEAD_SIZE - 1 && strstr(head, "\r\n\r\n") == NULL; len++)
        if (recv(fd, head + len, 1, 0) != 1)
            return false;
    return true;
}

static bool send_units(const struct flood_server *server, int fd)
{
    const struct flood *flood = &server->flood;
    if (flood->unit == NULL)
        return true;
    const size_t unit_len = strlen(flood->unit);
    uint64_t left = flood->times == FLOOD_ENDLESS ? UINT64_MAX : flood->times;
    while (left > 0) {
        const size_t count = left < server->block_count ? (size_t)left : server->block_count;
        if (!send_all(fd, server->block, count * unit_len))
            return false;
        left -= count;
    }
    return true;
}

static void *thread_main(void *context)
{
    const struct flood_server *server = context;
    for (;;) {
        const int fd = accept(server->listening, NULL, NULL);
        if (fd < 0)
            return NULL;
        if (read_head(fd) && send_text(fd, server->flood.head) && send_units(server, fd) &&
            send_text(fd, server->flood.tail))
            shutdown(fd, SHUT_WR);
        char octets[HEAD_SIZE];
        while (recv(fd, octets, sizeof(octets), 0) > 0)
            continue;
        close(fd);
    }
}

static void fill_block(struct flood_server *server)
{
    const char *unit = server->flood.unit;
    const size_t len = unit != NULL ? strlen(unit) : BLOCK_SIZE;
    server->block_count = BLOCK_SIZE / len;
    server->block = malloc(BLOCK_SIZE);
    for (size_t i = 0; unit != NULL && i < server->block_count; i++)
        memcpy(server->block + i * len, unit, len);
}

struct flood_server *flood_server_new(const struct flood *flood)
{
    struct flood_server *server = calloc(1, sizeof(*server));
    if (server == NULL)
        return NULL;
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    server->flood = *flood;
    server->listening = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(server->listening, (const struct sockaddr *)&address, size) != 0 ||
        listen(server->listening, SOMAXCONN) != 0 ||
        getsockname(server->listening, (struct sockaddr *)&address, &size) != 0) {
        close(server->listening);
        free(server);
        return NULL;
    }
    server->port = ntohs(address.sin_port);
    fill_block(server);
    pthread_create(&server->thread, NULL, thread_main, server);
    return server;
}

uint16_t flood_server_port(const struct flood_server *server)
{
    return server->port;
}

void flood_server_end(struct flood_server *server)
{
    shutdown(server->listening, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listening);
    free(server->block);
    free(server);
}
