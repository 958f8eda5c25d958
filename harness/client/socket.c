#include "harness/client/private.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MS_PER_S = 1000, NS_PER_MS = 1000000 };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS;
}

int64_t assay_until_ms(int64_t until_ms, unsigned timeout_ms)
{
    if (timeout_ms == 0)
        return until_ms;
    const int64_t then_ms = now_ms() + timeout_ms;
    return until_ms == 0 || then_ms < until_ms ? then_ms : until_ms;
}

bool assay_is_over(int64_t until_ms)
{
    if (until_ms == 0 || now_ms() < until_ms)
        return false;
    errno = ETIMEDOUT;
    return true;
}

/* What is left, for poll(2). */
static int rest_ms(int64_t until_ms)
{
    if (until_ms == 0)
        return -1;
    const int64_t rest = until_ms - now_ms();
    if (rest <= 0)
        return 0;
    return rest < INT32_MAX ? (int)rest : INT32_MAX;
}

bool assay_socket_wait(int fd, short events, int64_t until_ms)
{
    struct pollfd waited = {.fd = fd, .events = events};
    for (;;) {
        const int ready = poll(&waited, 1, rest_ms(until_ms));
        if (ready > 0)
            return true;
        if (ready == 0) {
            errno = ETIMEDOUT;
            return false;
        }
        if (errno != EINTR)
            return false;
    }
}

/* Waits for the end of a connect that is under way; false with errno. */
static bool end_connect(int fd, int64_t until_ms)
{
    if (!assay_socket_wait(fd, POLLOUT, until_ms))
        return false;
    int error = 0;
    socklen_t size = sizeof(error);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        return false;
    errno = error;
    return error == 0;
}

static bool bind_to(int fd, const struct assay_address *source)
{
    return source->size == 0 ||
           bind(fd, (const struct sockaddr *)&source->storage, source->size) == 0;
}

/* A call that a signal interrupts goes on by itself (POSIX, connect). */
static bool connect_to(int fd, const struct sockaddr *address, socklen_t size, int64_t until_ms)
{
    return connect(fd, address, size) == 0 ||
           ((errno == EINPROGRESS || errno == EINTR) && end_connect(fd, until_ms));
}

int assay_socket_connect(const struct sockaddr *address, socklen_t size,
                         const struct assay_address *source, int64_t until_ms)
{
    const int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (!bind_to(fd, source) || !connect_to(fd, address, size, until_ms)) {
        const int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    fcntl(fd, F_SETFL, 0); /* from here on each call says by itself whether it may block */
    /* As http.client: no waiting for an acknowledgement between head and body. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

ssize_t assay_socket_send(int fd, struct iovec *parts, size_t count)
{
    const struct msghdr message = {.msg_iov = parts, .msg_iovlen = count};
    ssize_t sent;
    do
        sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent;
}

static ssize_t receive(int fd, uint8_t *into, size_t size, int flags)
{
    ssize_t got;
    do
        got = recv(fd, into, size, flags);
    while (got < 0 && errno == EINTR);
    return got;
}

ssize_t assay_socket_receive(int fd, uint8_t *into, size_t size)
{
    return receive(fd, into, size, MSG_DONTWAIT);
}

ssize_t assay_socket_await(int fd, uint8_t *into, size_t size)
{
    return receive(fd, into, size, 0);
}

ssize_t assay_socket_peek(int fd, uint8_t *into, size_t size)
{
    return receive(fd, into, size, MSG_PEEK | MSG_DONTWAIT);
}
