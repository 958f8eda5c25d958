/*
 * worker -- a loop on a thread of its own, with a listener and with slots for runs. Several of them
 * play at once, and share nothing: what they take runs from, and give results to, is their owner's
 * (harness/round.h), which a worker calls on its thread and which locks.
 */
#ifndef HARNESS_WORKER_H
#define HARNESS_WORKER_H

#include "harness/queue.h"
#include "harness/stage.h"
#include "harness/subject.h"

struct worker;

struct worker_options {
    const struct subject *subject; /* borrowed, as the next, and the context */
    const struct trust *trust;
    unsigned slow;
    size_t slot_count; /* at least 1 */
    /* Called on the worker's thread: after worker_wake(), until worker_close(); and when all is
     * closed, the last. */
    void (*woken)(void *context, struct worker *worker);
    void (*ended)(void *context);
    void *context;
};

/* A place for one run at a time. */
struct slot {
    struct worker *worker;
    struct driver *driver;
    struct stage *stage;
    /* The owner's. */
    struct slot *next;   /* without a run */
    struct arena *arena; /* of the run that is on */
    struct unit unit;    /* what is on */
};

struct worker {
    struct worker_options options;
    struct slot *slots; /* `options.slot_count` of them */
    uv_loop_t loop;     /* private, as the next */
    struct listener *listener;
    uv_async_t call;
    uv_thread_t thread;
    bool has_thread;
    /* The owner's. */
    struct slot *idle; /* without a run: all, to begin with */
    size_t playing_count;
    bool is_closed;
};

/* Begins nothing yet. NULL, with a diag, when the system refuses what it needs. */
struct worker *worker_new(const struct worker_options *options, struct diags *diags);

/* From now on it runs; `woken` is called first of all. False, with a diag, when the system refuses
 * a thread: then it is closed. */
bool worker_start(struct worker *worker, struct diags *diags);

/* From any thread, until worker_close(). */
void worker_wake(struct worker *worker);

/* On its thread: ends the runs that are on. */
void worker_hurry(struct worker *worker);

/* On its thread, while no run is on: its loop ends. */
void worker_close(struct worker *worker);

/* Waits for the thread's end. */
void worker_free(struct worker *worker);

#endif
