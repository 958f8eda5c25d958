#include "harness/driver.h"

#include "harness/bundled.h"

#include <stdlib.h>

/*
 * The client blocks, so it plays on a thread of its own. Between it and the
 * loop stands one mailbox under one lock: the loop asks, the thread answers and
 * wakes the loop. Outcomes live in the driver's arena until the next `begin`;
 * the thread alone writes there.
 */
struct driver_bundled {
    struct driver driver;
    uv_async_t answered;
    uv_thread_t thread;
    uv_mutex_t lock;
    uv_cond_t asked;
    struct arena *arena;   /* the thread's, while a session is on */
    struct assay_tls *tls; /* the thread's: one for all sessions, for they have one `ca` */

    /* Under the lock from here on. */
    const struct driver_session *session; /* NULL between sessions */
    size_t asked_count;                   /* steps that may be played */
    size_t played_count;                  /* steps whose outcome is there */
    bool has_head;                        /* the step that is being played has its head */
    bool is_held;                         /* its source stands, at the piece ... */
    size_t held_piece;                    /* ... with this index */
    const struct outcome **outcomes;      /* by step */
    bool is_end_asked, is_ended, is_quitting;
    const char *failure; /* it has ended for that; NULL: it was asked to */

    size_t told_count; /* outcomes that the loop was told of: the loop's, as the next */
    bool told_head;    /* it was told of the head of the step behind these */
    bool told_held;    /* and of the hold that its source stands at */
};

static struct driver_bundled *bundled_of(struct driver *driver)
{
    return (struct driver_bundled *)driver;
}

/* On the thread, under the lock. Who is woken may be given this core at once, and finds the lock
 * free. */
static void tell_loop(struct driver_bundled *self)
{
    uv_mutex_unlock(&self->lock);
    uv_async_send(&self->answered);
    uv_mutex_lock(&self->lock);
}

/* On the thread, in the midst of a step. */
static void on_head(void *context)
{
    struct driver_bundled *self = context;
    uv_mutex_lock(&self->lock);
    self->has_head = true;
    tell_loop(self);
    uv_mutex_unlock(&self->lock);
}

/* The same: stands until the loop says go. */
static void on_hold(void *context, size_t piece)
{
    struct driver_bundled *self = context;
    uv_mutex_lock(&self->lock);
    self->is_held = true;
    self->held_piece = piece;
    tell_loop(self);
    while (self->is_held)
        uv_cond_wait(&self->asked, &self->lock);
    uv_mutex_unlock(&self->lock);
}

/* Plays what is asked until the session is to end. Under the lock, but while the client plays. */
static void play_session(struct driver_bundled *self)
{
    const struct driver_session *session = self->session;
    struct bundled *client = bundled_new(session, &self->tls, self->arena);
    bundled_watch(client,
                  (struct bundled_watch){session->wants_heads ? on_head : NULL, on_hold, self});
    for (;;) {
        while (self->played_count == self->asked_count && !self->is_end_asked)
            uv_cond_wait(&self->asked, &self->lock);
        if (self->played_count == self->asked_count)
            break;
        const size_t step = self->played_count;
        uv_mutex_unlock(&self->lock);
        const struct outcome *outcome = bundled_play(client, step);
        uv_mutex_lock(&self->lock);
        if (outcome == NULL) {
            self->failure = bundled_trouble(client);
            break;
        }
        self->outcomes[step] = outcome;
        self->played_count++;
        self->has_head = false;
        tell_loop(self);
    }
    uv_mutex_unlock(&self->lock);
    bundled_free(client);
    uv_mutex_lock(&self->lock);
    self->session = NULL;
    self->is_ended = true;
    tell_loop(self);
}

static void thread_main(void *context)
{
    struct driver_bundled *self = context;
    uv_mutex_lock(&self->lock);
    while (!self->is_quitting) {
        if (self->session != NULL)
            play_session(self);
        else
            uv_cond_wait(&self->asked, &self->lock);
    }
    uv_mutex_unlock(&self->lock);
}

/* On the loop: tells of the outcomes that are new, then of the session's end. */
static void on_answered(uv_async_t *async)
{
    struct driver_bundled *self = async->data;
    uv_mutex_lock(&self->lock);
    const size_t played_count = self->played_count;
    const bool has_head = self->has_head;
    const bool is_held = self->is_held, is_ended = self->is_ended;
    const size_t held_piece = self->held_piece;
    const char *failure = self->failure;
    self->is_ended = false;
    uv_mutex_unlock(&self->lock);
    while (self->told_count < played_count) {
        const size_t step = self->told_count++;
        self->told_head = false;
        self->driver.outcome(self->driver.context, step, self->outcomes[step]);
    }
    if (has_head && !self->told_head) {
        self->told_head = true;
        self->driver.head(self->driver.context, played_count);
    }
    if (is_held && !self->told_held) {
        self->told_held = true;
        self->driver.held(self->driver.context, played_count, held_piece);
    }
    if (is_ended && failure != NULL)
        self->driver.failed(self->driver.context, failure);
    else if (is_ended)
        self->driver.ended(self->driver.context);
}

static bool begin(struct driver *driver, const struct driver_session *session)
{
    struct driver_bundled *self = bundled_of(driver);
    uv_mutex_lock(&self->lock);
    assert(self->session == NULL);
    arena_reset(self->arena);
    self->outcomes = arena_array(self->arena, session->count, sizeof(struct outcome *));
    self->asked_count = self->played_count = self->told_count = 0;
    self->has_head = self->told_head = self->told_held = false;
    self->is_end_asked = self->is_ended = false;
    self->failure = NULL;
    self->session = session;
    uv_mutex_unlock(&self->lock);
    return true;
}

static void ask(struct driver *driver, size_t first, size_t count)
{
    struct driver_bundled *self = bundled_of(driver);
    uv_mutex_lock(&self->lock);
    assert(first == self->asked_count);
    self->asked_count += count;
    uv_mutex_unlock(&self->lock);
    uv_cond_signal(&self->asked);
}

static void go(struct driver *driver, size_t step)
{
    struct driver_bundled *self = bundled_of(driver);
    (void)step;
    uv_mutex_lock(&self->lock);
    assert(self->is_held);
    self->is_held = false;
    self->told_held = false;
    uv_mutex_unlock(&self->lock);
    uv_cond_signal(&self->asked);
}

/* A client whose connection is reset answers by itself. */
static void hurry(struct driver *driver)
{
    (void)driver;
}

static void end(struct driver *driver)
{
    struct driver_bundled *self = bundled_of(driver);
    uv_mutex_lock(&self->lock);
    self->is_end_asked = true;
    uv_mutex_unlock(&self->lock);
    uv_cond_signal(&self->asked);
}

static void on_async_closed(uv_handle_t *handle)
{
    struct driver_bundled *self = handle->data;
    assay_tls_free(self->tls);
    arena_free(self->arena);
    uv_cond_destroy(&self->asked);
    uv_mutex_destroy(&self->lock);
    free(self);
}

static void driver_free(struct driver *driver)
{
    struct driver_bundled *self = bundled_of(driver);
    uv_mutex_lock(&self->lock);
    assert(self->session == NULL);
    self->is_quitting = true;
    uv_cond_signal(&self->asked);
    uv_mutex_unlock(&self->lock);
    uv_thread_join(&self->thread);
    uv_close((uv_handle_t *)&self->answered, on_async_closed);
}

struct driver *driver_bundled_new(uv_loop_t *loop, const struct subject_info *info,
                                  struct diags *diags)
{
    static const struct driver_vtable vtable = {begin, ask, go, hurry, end, driver_free};
    struct driver_bundled *self = must_calloc(1, sizeof(*self));
    self->driver.vtable = &vtable;
    self->driver.info = *info;
    self->arena = arena_new();
    uv_mutex_init(&self->lock);
    uv_cond_init(&self->asked);
    uv_async_init(loop, &self->answered, on_answered);
    self->answered.data = self;
    const int error = uv_thread_create(&self->thread, thread_main, self);
    if (error != 0) {
        diag_add(diags, NULL, 0, NULL, "cannot start a thread for the bundled client: %s",
                 uv_strerror(error));
        uv_close((uv_handle_t *)&self->answered, on_async_closed);
        return NULL;
    }
    return &self->driver;
}
