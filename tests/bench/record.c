/*
 * record -- writes down what a run of assay asks of its sockets, for replay.c.
 *
 * A library for LD_PRELOAD; the calls go on to the C library. Both ends are
 * threads of one process, so one lock puts their calls in an order that can be
 * played again: what was sent stands before what was received of it. A report
 * would not do: of the runs that pass it shows one a case. What is called has no
 * argument for a state of ours, so that is at file scope, here alone.
 *
 *     ASSAY_RECORD=script LD_PRELOAD=record.so assay run --jobs 1
 *
 * A line is an end, a call, a descriptor, and a number:
 *     client  connect FD ADDRESS (refused: the same, where nobody listens)
 *     server  accept FD 0
 *     either  send, take FD OCTETS; over FD 0 (read to its end, or reset);
 *             shut, reset, close FD 0
 *     server  arrived, drained FD 0 (the client's kernel was asked until it said so)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { DESCRIPTORS = 4096, PORTS = 65536 };
enum kind { KIND_OTHER, KIND_CLIENT, KIND_SERVER, KIND_DIAGNOSTICS };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *file;
static struct {
    enum kind kind;
    bool is_over;
    in_port_t client_port; /* of KIND_SERVER */
} sockets[DESCRIPTORS];
static bool is_listened_on[PORTS];
static int asked_fd;      /* whose client is being asked about; 0: none is */
static bool asked_unread; /* by the last answer there was something */

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static enum kind kind_of(int fd)
{
    return fd >= 0 && fd < DESCRIPTORS ? sockets[fd].kind : KIND_OTHER;
}

/* Questions are asked again until the answer will do: the last one tells. */
static void write_asked(void)
{
    if (asked_fd != 0)
        fprintf(file, "server %s %d 0\n", asked_unread ? "arrived" : "drained", asked_fd);
    asked_fd = 0;
}

static void note(int fd, const char *call, unsigned long number)
{
    if (file == NULL && (file = fopen(getenv("ASSAY_RECORD"), "w")) == NULL)
        abort();
    if (kind_of(fd) == KIND_SERVER)
        write_asked();
    fprintf(file, "%s %s %d %lu\n", kind_of(fd) == KIND_CLIENT ? "client" : "server", call, fd,
            number);
}

static bool is_end(int fd)
{
    return kind_of(fd) == KIND_CLIENT || kind_of(fd) == KIND_SERVER;
}

int listen(int fd, int backlog)
{
    struct sockaddr_in name = {0};
    socklen_t size = sizeof(name);
    if (getsockname(fd, (struct sockaddr *)&name, &size) == 0)
        is_listened_on[name.sin_port] = true;
    return REAL(listen)(fd, backlog);
}

int connect(int fd, const struct sockaddr *address, socklen_t size)
{
    pthread_mutex_lock(&lock);
    if (address->sa_family == AF_NETLINK) {
        sockets[fd].kind = KIND_DIAGNOSTICS;
    } else {
        const struct sockaddr_in *to = (const struct sockaddr_in *)address;
        sockets[fd].kind = KIND_CLIENT;
        sockets[fd].is_over = false;
        note(fd, is_listened_on[to->sin_port] ? "connect" : "refused", ntohl(to->sin_addr.s_addr));
    }
    const int result = REAL(connect)(fd, address, size);
    pthread_mutex_unlock(&lock);
    return result;
}

int accept4(int listening, struct sockaddr *address, socklen_t *address_size, int flags)
{
    const int fd = REAL(accept4)(listening, address, address_size, flags);
    struct sockaddr_in name = {0};
    socklen_t size = sizeof(name);
    if (fd < 0)
        return fd;
    pthread_mutex_lock(&lock);
    sockets[fd].kind = KIND_SERVER;
    sockets[fd].is_over = false;
    sockets[fd].client_port =
        getpeername(fd, (struct sockaddr *)&name, &size) == 0 ? name.sin_port : 0;
    note(fd, "accept", 0);
    pthread_mutex_unlock(&lock);
    return fd;
}

static void note_sent(int fd, ssize_t sent)
{
    if (sent > 0)
        note(fd, "send", (unsigned long)sent);
}

/* The question names the client's port. */
static void note_question(const void *question)
{
    const struct inet_diag_req_v2 *request = NLMSG_DATA(question);
    int fd = 0;
    while (fd < DESCRIPTORS &&
           (kind_of(fd) != KIND_SERVER || sockets[fd].client_port != request->id.idiag_sport))
        fd++;
    if (fd == DESCRIPTORS)
        return; /* the question whether there are answers at all */
    if (asked_fd != fd)
        write_asked();
    asked_fd = fd;
}

ssize_t send(int fd, const void *octets, size_t len, int flags)
{
    pthread_mutex_lock(&lock);
    const ssize_t sent = REAL(send)(fd, octets, len, flags);
    if (kind_of(fd) == KIND_DIAGNOSTICS)
        note_question(octets);
    else if (is_end(fd))
        note_sent(fd, sent);
    pthread_mutex_unlock(&lock);
    return sent;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    pthread_mutex_lock(&lock);
    const ssize_t sent = REAL(sendmsg)(fd, message, flags);
    if (is_end(fd))
        note_sent(fd, sent);
    pthread_mutex_unlock(&lock);
    return sent;
}

static void note_answer(const void *answer)
{
    const struct nlmsghdr *header = answer;
    const struct inet_diag_msg *message = NLMSG_DATA(answer);
    asked_unread = header->nlmsg_type == SOCK_DIAG_BY_FAMILY && message->idiag_rqueue > 0;
}

/* A look at what is there is no take; but the end is seen by looking. */
static void note_received(int fd, ssize_t got, int flags)
{
    const bool is_over = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
    if (got > 0 && (flags & MSG_PEEK) == 0)
        note(fd, "take", (unsigned long)got);
    if (is_over && !sockets[fd].is_over)
        note(fd, "over", 0);
    sockets[fd].is_over = sockets[fd].is_over || is_over;
}

ssize_t recv(int fd, void *into, size_t size, int flags)
{
    const ssize_t got = REAL(recv)(fd, into, size, flags);
    const int error = errno;
    pthread_mutex_lock(&lock);
    if (kind_of(fd) == KIND_DIAGNOSTICS && got > 0)
        note_answer(into);
    else if (is_end(fd))
        note_received(fd, got, flags);
    pthread_mutex_unlock(&lock);
    errno = error;
    return got;
}

int shutdown(int fd, int how)
{
    pthread_mutex_lock(&lock);
    if (is_end(fd))
        note(fd, "shut", 0);
    const int result = REAL(shutdown)(fd, how);
    pthread_mutex_unlock(&lock);
    return result;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
    pthread_mutex_lock(&lock);
    if (is_end(fd) && level == SOL_SOCKET && name == SO_LINGER)
        note(fd, "reset", 0);
    const int result = REAL(setsockopt)(fd, level, name, value, size);
    pthread_mutex_unlock(&lock);
    return result;
}

int close(int fd)
{
    pthread_mutex_lock(&lock);
    if (is_end(fd))
        note(fd, "close", 0);
    if (fd >= 0 && fd < DESCRIPTORS)
        sockets[fd].kind = KIND_OTHER;
    const int result = REAL(close)(fd);
    pthread_mutex_unlock(&lock);
    return result;
}
