#define _GNU_SOURCE /* TCP_INFO */
#include "server/drain.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/socket.h>
#include <time.h>

/* Whether our own end knows that the connection is over. */
static bool is_over(int fd)
{
#ifdef TCP_INFO
    struct tcp_info info = {0};
    socklen_t size = sizeof(info);
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_state == TCP_CLOSE;
#else
    (void)fd;
    return false;
#endif
}

/* One question. False: `end` says why no more are to be asked. */
static bool drain_ask(struct drain *drain, struct diagnostics *diagnostics, int fd,
                      struct client_queue *queue)
{
    if (!diagnostics_query(diagnostics, &drain->client, queue))
        drain->end = DRAIN_UNKNOWN;
    else if (queue->is_found && !queue->is_open)
        drain->end = DRAIN_GONE;
    else if (!queue->is_found)
        drain->end = drain->client.cookie != 0 || is_over(fd) ? DRAIN_GONE : DRAIN_UNKNOWN;
    return drain->end == DRAIN_WAIT;
}

static bool drain_find_client(struct drain *drain, int fd)
{
    if (drain->client.family != 0 || client_socket_init(&drain->client, fd))
        return true;
    drain->end = errno == ENOTCONN ? DRAIN_GONE : DRAIN_UNKNOWN;
    return false;
}

enum drain_state drain_check(struct drain *drain, struct diagnostics *diagnostics, int fd)
{
    struct client_queue queue;
    if (drain->end == DRAIN_WAIT && diagnostics == NULL)
        drain->end = DRAIN_UNKNOWN;
    if (drain->end != DRAIN_WAIT || !drain_find_client(drain, fd))
        return drain->end;
    if (drain->arrived < drain->sent) {
        if (!drain_ask(drain, diagnostics, fd, &queue))
            return drain->end;
        drain->arrived = queue.received;
    }
    if (drain->arrived < drain->sent)
        return DRAIN_WAIT;
    /* An answer's `unread` is older than its `received`: only what is asked after all had arrived
     * counts, or a segment that came between the two would be taken for read. */
    if (!drain_ask(drain, diagnostics, fd, &queue))
        return drain->end;
    drain->drained = queue.received - queue.unread;
    return queue.unread == 0 ? DRAIN_DRAINED : DRAIN_ARRIVED;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

enum drain_state drain_spin_on(drain_look *look, void *context, enum drain_state want,
                               unsigned spin_us)
{
    enum drain_state state = look(context);
    const uint64_t start_ns = now_ns();
    while (state < want && now_ns() - start_ns < (uint64_t)spin_us * 1000) {
        sched_yield();
        state = look(context);
    }
    return state;
}

/* What drain_check() is given. */
struct looked {
    struct drain *drain;
    struct diagnostics *diagnostics;
    int fd;
};

static enum drain_state look_at(void *context)
{
    const struct looked *looked = context;
    return drain_check(looked->drain, looked->diagnostics, looked->fd);
}

enum drain_state drain_spin(struct drain *drain, struct diagnostics *diagnostics, int fd,
                            enum drain_state want, unsigned spin_us)
{
    struct looked looked = {drain, diagnostics, fd};
    return drain_spin_on(look_at, &looked, want, spin_us);
}
