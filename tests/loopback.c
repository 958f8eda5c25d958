#include "tests/loopback.h"

#include "tests/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

socklen_t loopback_address(struct sockaddr_storage *address, int family, const char *host)
{
    *address = (struct sockaddr_storage){.ss_family = (sa_family_t)family};
    if (family == AF_INET) {
        struct sockaddr_in *inet = (struct sockaddr_in *)address;
        inet_pton(AF_INET, host, &inet->sin_addr);
        return sizeof(*inet);
    }
    struct sockaddr_in6 *inet6 = (struct sockaddr_in6 *)address;
    inet_pton(AF_INET6, host, &inet6->sin6_addr);
    return sizeof(*inet6);
}

int loopback_listen(struct sockaddr_storage *address, socklen_t *size, int family, const char *host)
{
    const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *size = loopback_address(address, family, host);
    if (fd < 0 || bind(fd, (struct sockaddr *)address, *size) != 0 || listen(fd, 1) != 0 ||
        getsockname(fd, (struct sockaddr *)address, size) != 0) {
        CU_FAIL_FATAL("cannot listen");
    }
    return fd;
}

void loopback_connect(struct loopback *connection, int client, int listening,
                      const struct sockaddr_storage *address, socklen_t size)
{
    *connection = (struct loopback){.client = client, .server = -1};
    if (connect(client, (const struct sockaddr *)address, size) == 0)
        connection->server = accept(listening, NULL, NULL);
    if (connection->server < 0)
        CU_FAIL_FATAL("cannot connect");
    setsockopt(connection->server, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

void loopback_open(struct loopback *connection, int family, const char *host)
{
    struct sockaddr_storage address;
    socklen_t size;
    const int listening = loopback_listen(&address, &size, family, host);
    loopback_connect(connection, socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), listening, &address,
                     size);
    close(listening);
}

void loopback_close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void loopback_close(struct loopback *connection)
{
    loopback_close_end(&connection->client);
    loopback_close_end(&connection->server);
}

void loopback_send(struct loopback *connection, size_t len)
{
    static const char octets[4096];
    while (len > 0) {
        const ssize_t sent = send(connection->server, octets,
                                  len < sizeof(octets) ? len : sizeof(octets), MSG_NOSIGNAL);
        if (sent < 0)
            CU_FAIL_FATAL("cannot send");
        connection->drain.sent += (uint64_t)sent;
        len -= (size_t)sent;
    }
}

void loopback_send_fin(struct loopback *connection)
{
    CU_ASSERT_EQUAL(shutdown(connection->server, SHUT_WR), 0);
    connection->drain.sent++;
}

void loopback_read(struct loopback *connection, size_t len)
{
    char octets[4096];
    CU_ASSERT_EQUAL(recv(connection->client, octets, len, 0), (ssize_t)len);
}

void loopback_reset_end(int *fd)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(*fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    loopback_close_end(fd);
}

const char *loopback_state_name(enum drain_state state)
{
    static const char *const names[] = {[DRAIN_WAIT] = "wait",
                                        [DRAIN_ARRIVED] = "arrived",
                                        [DRAIN_DRAINED] = "drained",
                                        [DRAIN_GONE] = "gone",
                                        [DRAIN_UNKNOWN] = "unknown"};
    return names[state];
}

void loopback_check(struct loopback *connection, struct diagnostics *diagnostics,
                    enum drain_state want, uint64_t arrived, uint64_t drained, const char *row)
{
    struct drain *drain = &connection->drain;
    const enum drain_state state =
        drain_spin(drain, diagnostics, connection->server, DRAIN_ARRIVED, LOOPBACK_PATIENCE_US);
    CHECK_ROW(state == want, "%s: %s, want %s", row, loopback_state_name(state),
              loopback_state_name(want));
    CHECK_ROW(drain->arrived == arrived && drain->drained == drained,
              "%s: %llu arrived and %llu drained, want %llu and %llu", row,
              (unsigned long long)drain->arrived, (unsigned long long)drain->drained,
              (unsigned long long)arrived, (unsigned long long)drained);
}
