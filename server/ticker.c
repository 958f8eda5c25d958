#include "server/ticker.h"

#include "wire/arena.h"

#include <stdlib.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/timerfd.h>
#endif

enum { NS_PER_MS = 1000000 };
#define NS_PER_S ((uint64_t)1000000000)

struct ticker {
    void (*ticked)(void *context);
    void *context;
    uint64_t due_ns; /* 0: not set */
#ifdef __linux__
    int fd;
    uv_poll_t handle;
#else
    uv_timer_t handle;
#endif
};

static void tick(struct ticker *ticker)
{
    ticker->due_ns = 0;
    ticker->ticked(ticker->context);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

#ifdef __linux__

static void on_readable(uv_poll_t *handle, int status, int events)
{
    struct ticker *ticker = handle->data;
    uint64_t count;
    (void)status;
    (void)events;
    if (read(ticker->fd, &count, sizeof(count)) == (ssize_t)sizeof(count))
        tick(ticker);
}

struct ticker *ticker_new(uv_loop_t *loop, void (*ticked)(void *context), void *context)
{
    const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct ticker *ticker = must_calloc(1, sizeof(*ticker));
    ticker->ticked = ticked;
    ticker->context = context;
    ticker->fd = fd;
    uv_poll_init(loop, &ticker->handle, fd);
    ticker->handle.data = ticker;
    uv_poll_start(&ticker->handle, UV_READABLE, on_readable);
    return ticker;
}

/* uv_hrtime() is CLOCK_MONOTONIC; 0 disarms. */
static void arm(struct ticker *ticker, uint64_t due_ns)
{
    const struct itimerspec when = {
        .it_value = {.tv_sec = (time_t)(due_ns / NS_PER_S), .tv_nsec = (long)(due_ns % NS_PER_S)}};
    timerfd_settime(ticker->fd, TFD_TIMER_ABSTIME, &when, NULL);
}

void ticker_free(struct ticker *ticker)
{
    uv_poll_stop(&ticker->handle);
    close(ticker->fd);
    uv_close((uv_handle_t *)&ticker->handle, on_closed);
}

#else

static void on_timer(uv_timer_t *handle)
{
    tick(handle->data);
}

struct ticker *ticker_new(uv_loop_t *loop, void (*ticked)(void *context), void *context)
{
    struct ticker *ticker = must_calloc(1, sizeof(*ticker));
    ticker->ticked = ticked;
    ticker->context = context;
    uv_timer_init(loop, &ticker->handle);
    ticker->handle.data = ticker;
    return ticker;
}

static void arm(struct ticker *ticker, uint64_t due_ns)
{
    const uint64_t now_ns = uv_hrtime();
    if (due_ns == 0) {
        uv_timer_stop(&ticker->handle);
        return;
    }
    uv_update_time(ticker->handle.loop);
    uv_timer_start(&ticker->handle, on_timer,
                   due_ns > now_ns ? (due_ns - now_ns) / NS_PER_MS + 1 : 0, 0);
}

void ticker_free(struct ticker *ticker)
{
    uv_close((uv_handle_t *)&ticker->handle, on_closed);
}

#endif

void ticker_set(struct ticker *ticker, uint64_t due_ns)
{
    if (ticker->due_ns != 0 && ticker->due_ns <= due_ns)
        return;
    ticker->due_ns = due_ns;
    arm(ticker, due_ns);
}

void ticker_stop(struct ticker *ticker)
{
    if (ticker->due_ns != 0)
        arm(ticker, 0);
    ticker->due_ns = 0;
}
