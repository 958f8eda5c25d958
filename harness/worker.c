#include "harness/worker.h"

#include <assert.h>
#include <stdlib.h>

static void on_call(uv_async_t *call)
{
    struct worker *worker = call->data;
    worker->options.woken(worker->options.context, worker);
}

void worker_close(struct worker *worker)
{
    for (size_t i = 0; i < worker->options.slot_count; i++) {
        const struct slot *slot = &worker->slots[i];
        if (slot->stage != NULL)
            stage_free(slot->stage);
        if (slot->driver != NULL)
            slot->driver->vtable->free(slot->driver);
    }
    if (worker->listener != NULL)
        listener_close(worker->listener);
    uv_close((uv_handle_t *)&worker->call, NULL);
}

static void run(struct worker *worker)
{
    uv_run(&worker->loop, UV_RUN_DEFAULT);
    const int error = uv_loop_close(&worker->loop);
    assert(error == 0);
}

static void release(struct worker *worker)
{
    free(worker->slots);
    free(worker);
}

static bool open_slot(struct worker *worker, struct slot *slot, struct diags *diags)
{
    slot->worker = worker;
    slot->driver =
        subject_driver(worker->options.subject, &worker->loop, worker->options.slow, diags);
    if (slot->driver == NULL)
        return false;
    slot->stage = stage_new(&worker->loop, worker->listener, slot->driver, worker->options.trust);
    slot->next = worker->idle;
    worker->idle = slot;
    return true;
}

static bool open_slots(struct worker *worker, struct diags *diags)
{
    worker->listener = listener_new(&worker->loop, diags);
    if (worker->listener == NULL)
        return false;
    for (size_t i = 0; i < worker->options.slot_count; i++)
        if (!open_slot(worker, &worker->slots[i], diags))
            return false;
    return true;
}

struct worker *worker_new(const struct worker_options *options, struct diags *diags)
{
    struct worker *worker = must_calloc(1, sizeof(*worker));
    worker->options = *options;
    worker->slots = must_calloc(options->slot_count, sizeof(*worker->slots));
    uv_loop_init(&worker->loop);
    uv_async_init(&worker->loop, &worker->call, on_call);
    worker->call.data = worker;
    if (open_slots(worker, diags))
        return worker;
    worker_close(worker);
    run(worker);
    release(worker);
    return NULL;
}

static void thread_main(void *context)
{
    struct worker *worker = context;
    run(worker);
    worker->options.ended(worker->options.context);
}

bool worker_start(struct worker *worker, struct diags *diags)
{
    worker_wake(worker);
    const int error = uv_thread_create(&worker->thread, thread_main, worker);
    worker->has_thread = error == 0;
    if (worker->has_thread)
        return true;
    worker_close(worker);
    run(worker);
    return diag_add(diags, NULL, 0, NULL, "cannot start a thread for runs: %s", uv_strerror(error));
}

void worker_wake(struct worker *worker)
{
    uv_async_send(&worker->call);
}

void worker_hurry(struct worker *worker)
{
    for (size_t i = 0; i < worker->options.slot_count; i++)
        stage_hurry(worker->slots[i].stage);
}

void worker_free(struct worker *worker)
{
    if (worker->has_thread)
        uv_thread_join(&worker->thread);
    release(worker);
}
