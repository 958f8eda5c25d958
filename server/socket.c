#define _GNU_SOURCE /* accept4 */
#include "server/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int socket_accept(int listening)
{
    return accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static bool read_address(const struct endpoint *endpoint, struct sockaddr_in *address)
{
    const bool is_name = strcmp(endpoint->host, ENDPOINT_NAME) == 0;
    *address = (struct sockaddr_in){.sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)strtoul(endpoint->port, NULL, 10))};
    return inet_pton(AF_INET, is_name ? ENDPOINT_ADDRESS : endpoint->host, &address->sin_addr) == 1;
}

int socket_connect(const struct endpoint *endpoint, struct sockaddr_in *name)
{
    struct sockaddr_in address;
    socklen_t size = sizeof(*name);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && read_address(endpoint, &address) &&
        connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
        getsockname(fd, (struct sockaddr *)name, &size) == 0 && socket_send_at_once(fd))
        return fd;
    if (fd >= 0)
        socket_give_up(fd);
    return -1;
}

bool socket_send_at_once(int fd)
{
    return setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)) == 0;
}

void socket_acknowledge(int fd)
{
#ifdef TCP_QUICKACK
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &(int){1}, sizeof(int));
#else
    (void)fd;
#endif
}

void socket_close(int fd)
{
    close(fd);
}

void socket_give_up(int fd)
{
    const int error = errno;
    close(fd);
    errno = error;
}

bool socket_is_later(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK;
}

void socket_reset(int fd)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(fd);
}

size_t socket_unread(int fd)
{
    int count = 0;
    return ioctl(fd, FIONREAD, &count) == 0 && count > 0 ? (size_t)count : 0;
}

static ssize_t receive(int fd, void *buffer, size_t size, int flags)
{
    ssize_t got;
    do
        got = recv(fd, buffer, size, flags | MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    return got;
}

ssize_t socket_peek(int fd, uint8_t *buffer, size_t size)
{
    return receive(fd, buffer, size, MSG_PEEK);
}

ssize_t socket_receive(int fd, void *buffer, size_t size)
{
    return receive(fd, buffer, size, 0);
}

void socket_take(int fd, uint8_t *buffer, size_t len)
{
    while (len > 0) {
        const ssize_t got = recv(fd, buffer, len, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return; /* a reset came between: the next peek will say so */
        buffer += got;
        len -= (size_t)got;
    }
    socket_acknowledge(fd);
}

bool socket_is_open_there(int fd)
{
#ifdef TCP_INFO
    struct tcp_info info = {0};
    socklen_t size = sizeof(info);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return false;
    return info.tcpi_state == TCP_ESTABLISHED || info.tcpi_state == TCP_FIN_WAIT1 ||
           info.tcpi_state == TCP_FIN_WAIT2;
#else
    uint8_t octet;
    const ssize_t got = socket_peek(fd, &octet, 1);
    return got > 0 || (got < 0 && errno == EAGAIN);
#endif
}

ssize_t socket_send(int fd, struct bytes octets)
{
    ssize_t sent;
    do
        sent = send(fd, octets.at, octets.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent;
}
