#define _GNU_SOURCE /* SOCK_NONBLOCK and SO_BINDTODEVICE */
#include "server/door.h"

#include "server/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, PORT_TRIES = 64, PORT_LEAST = 10000 };

/* Narrows the socket to the loopback interface; true when any of its addresses may be bound. */
static bool bind_to_loopback(int fd)
{
#ifdef SO_BINDTODEVICE
    return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof("lo")) == 0;
#else
    (void)fd;
    return false;
#endif
}

/* -1 with errno. `port` is what the kernel chose. */
static int bind_to_any_port(uint32_t address, uint16_t *port, bool *all)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (all != NULL)
        *all = bind_to_loopback(fd);
    const bool is_any = all != NULL && *all;
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(is_any ? INADDR_ANY : address)};
    socklen_t size = sizeof(name);
    if (bind(fd, (struct sockaddr *)&name, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&name, &size) != 0) {
        socket_give_up(fd);
        return -1;
    }
    *port = ntohs(name.sin_port);
    return fd;
}

int door_bind(uint32_t address, uint16_t *port, bool *all)
{
    for (int i = 0; i < PORT_TRIES; i++) {
        const int fd = bind_to_any_port(address, port, all);
        if (fd < 0 || *port >= PORT_LEAST)
            return fd;
        close(fd);
    }
    errno = EADDRNOTAVAIL;
    return -1;
}

/* -1 with errno. */
static int bind_to_ipv6(uint16_t port)
{
    const struct sockaddr_in6 name = {
        .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&name, sizeof(name)) == 0)
        return fd;
    if (fd >= 0)
        socket_give_up(fd);
    return -1;
}

int door_bind_named(uint16_t *port, int *fd6)
{
    for (int i = 0; i < PORT_TRIES; i++) {
        const int fd = door_bind(INADDR_LOOPBACK, port, NULL);
        if (fd < 0)
            return -1;
        *fd6 = bind_to_ipv6(*port);
        if (*fd6 >= 0 || errno != EADDRINUSE)
            return fd;
        close(fd);
    }
    errno = EADDRINUSE;
    return -1;
}

bool door_listen(int fd, unsigned receive_buffer)
{
    const int octets = (int)receive_buffer;
    return (octets == 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof(octets)) == 0) &&
           socket_send_at_once(fd) && listen(fd, BACKLOG) == 0;
}

/* On the loopback interface connect(2) is done at once. */
bool door_is_reached(int listening, uint32_t address, uint16_t port)
{
    const struct sockaddr_in name = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    const bool is_reached = connect(fd, (const struct sockaddr *)&name, sizeof(name)) == 0;
    const int error = errno;
    const int accepted = is_reached ? socket_accept(listening) : -1;
    socket_reset(fd);
    if (accepted >= 0)
        close(accepted);
    errno = error;
    return is_reached;
}
