#include "harness/runner.h"

#include "harness/collect.h"
#include "harness/queue.h"
#include "harness/stage.h"
#include "harness/tally.h"
#include "harness/version.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>

/* A run that was late is played again with so many times its deadline. */
enum { PATIENCE_SECOND = 4 };

/* Of a run's place in the plan: its number within its case, below the case's. */
enum { PLACE_BITS = 40 };

static const int interrupts[] = {SIGINT, SIGTERM};
enum { INTERRUPT_COUNT = sizeof(interrupts) / sizeof(interrupts[0]) };

/* A place for one run at a time. */
struct slot {
    struct runner *runner;
    struct driver *driver;
    struct stage *stage;
    struct arena *arena; /* of the run that is on */
    struct unit unit;    /* what is on */
};

struct runner {
    const struct plan *plan;
    struct diags *diags;
    uv_loop_t loop;
    uv_signal_t signals[INTERRUPT_COUNT];
    struct listener *listener;
    struct slot *slots;
    size_t slot_count;
    struct slot **idle; /* slots without a run: the last one is taken first */
    size_t idle_count;
    struct arena **pool; /* arenas for the next runs, at most one a slot */
    size_t pool_count;

    const struct played *cases; /* in the order they are played */
    size_t case_count;
    struct collect **collects; /* by case: NULL before its first run, and when it was told */
    size_t told_count;         /* cases that the sinks were told of, or passed over */
    struct queue queue;
    struct totals totals;
    bool is_interrupted;
    bool is_broken;
};

static void *must_have(void *memory)
{
    if (memory == NULL)
        abort(); /* as wire/arena.c */
    return memory;
}

static struct arena *pool_take(struct runner *runner)
{
    return runner->pool_count > 0 ? runner->pool[--runner->pool_count] : arena_new();
}

/* Accepts NULL. */
static void pool_give(struct runner *runner, struct arena *arena)
{
    if (arena == NULL)
        return;
    if (runner->pool_count == runner->slot_count) {
        arena_free(arena);
        return;
    }
    arena_reset(arena);
    runner->pool[runner->pool_count++] = arena;
}

/* --- results -------------------------------------------------------------------- */

static const struct subject_info *subject_of(const struct runner *runner)
{
    return &runner->slots[0].driver->info;
}

static struct collect *collect_of(struct runner *runner, size_t index)
{
    struct collect **place = &runner->collects[index];
    if (*place == NULL)
        *place = collect_new(&runner->cases[index], runner->plan->repeat, subject_of(runner)->name);
    return *place;
}

static void tell_result(struct runner *runner, const struct case_result *result)
{
    runner->totals.cases[result->verdict]++;
    for (int i = 0; i < VERDICT_COUNT; i++)
        runner->totals.runs[i] += result->verdict_runs[i];
    for (size_t i = 0; i < runner->plan->sink_count; i++)
        runner->plan->sinks[i]->vtable->result(runner->plan->sinks[i], result);
}

static void drop_collect(struct runner *runner, size_t index)
{
    struct collect *collect = runner->collects[index];
    struct arena *arena;
    while (collect != NULL && (arena = collect_take_arena(collect)) != NULL)
        pool_give(runner, arena);
    collect_free(collect);
    runner->collects[index] = NULL;
}

/* False when the case has not finished. */
static bool tell_case(struct runner *runner, size_t index)
{
    if (runner->cases[index].missing != NULL)
        collect_skip(collect_of(runner, index), runner->cases[index].missing);
    struct collect *collect = runner->collects[index];
    if (collect == NULL || !collect_is_whole(collect))
        return false;
    tell_result(runner, collect_result(collect));
    drop_collect(runner, index);
    return true;
}

/* Tells of each case whose turn it is; one that finished early waits for those before it. */
static void tell_finished(struct runner *runner)
{
    while (runner->told_count < runner->case_count && tell_case(runner, runner->told_count))
        runner->told_count++;
}

/* After an interrupt: what had finished, behind what had not. */
static void tell_rest(struct runner *runner)
{
    for (; runner->told_count < runner->case_count; runner->told_count++)
        if (runner->collects[runner->told_count] != NULL && !tell_case(runner, runner->told_count))
            drop_collect(runner, runner->told_count);
}

/* --- runs -------------------------------------------------------------------------- */

/* Every handle gone, the loop ends by itself. */
static void close_all(struct runner *runner)
{
    for (int i = 0; i < INTERRUPT_COUNT; i++)
        uv_close((uv_handle_t *)&runner->signals[i], NULL);
    for (size_t i = 0; i < runner->slot_count; i++) {
        if (runner->slots[i].stage != NULL)
            stage_free(runner->slots[i].stage);
        if (runner->slots[i].driver != NULL)
            runner->slots[i].driver->vtable->free(runner->slots[i].driver);
    }
    if (runner->listener != NULL)
        listener_close(runner->listener);
}

static void on_done(void *context, struct run_result *result);

static bool play_unit(struct slot *slot, struct unit unit)
{
    struct runner *runner = slot->runner;
    const struct played *one = &runner->cases[unit.case_];
    const unsigned times = runner->plan->slow * (unit.attempt > 1 ? PATIENCE_SECOND : 1);
    slot->unit = unit;
    slot->arena = pool_take(runner);
    const struct stage_run run = {
        .point = played_point(one, unit.point),
        .arena = slot->arena,
        .deadline_ms = one->case_->deadline_ms * times,
        .patience = times,
        .done = on_done,
        .context = slot,
    };
    if (stage_play(slot->stage, &run))
        return true;
    pool_give(runner, slot->arena);
    return false;
}

/* Gives the idle slots what may be played; with nothing in flight after that, all is over. Where
 * the addresses are used up, the next run waits until one that is in flight has ended. */
static void play_on(struct runner *runner)
{
    struct unit unit;
    while (!runner->is_interrupted && runner->idle_count > 0 &&
           queue_peek(&runner->queue, runner->slot_count - runner->idle_count, &unit)) {
        if (!play_unit(runner->idle[runner->idle_count - 1], unit)) {
            runner->is_broken = runner->idle_count == runner->slot_count;
            break;
        }
        runner->idle_count--;
        queue_take(&runner->queue);
    }
    if (runner->is_broken)
        diag_add(runner->diags, NULL, 0, NULL, "no address is left for another run");
    if (runner->idle_count == runner->slot_count)
        close_all(runner);
}

static void take_result(struct slot *slot, struct run_result *result)
{
    struct runner *runner = slot->runner;
    const struct unit *unit = &slot->unit;
    const unsigned repeat = runner->plan->repeat;
    result->attempts = unit->attempt;
    tally_add(&runner->totals, result,
              (uint64_t)unit->case_ << PLACE_BITS | (unit->point * repeat + unit->repeat));
    result->repeat = repeat > 1 ? unit->repeat + 1 : 0;
    pool_give(runner, collect_add(collect_of(runner, unit->case_),
                                  unit->point * repeat + unit->repeat, result, slot->arena));
    tell_finished(runner);
}

static void on_done(void *context, struct run_result *result)
{
    struct slot *slot = context;
    struct runner *runner = slot->runner;
    const bool is_late = result->hit_deadline && slot->unit.attempt == 1;
    if (!runner->is_interrupted && !is_late) {
        take_result(slot, result);
    } else {
        if (is_late)
            queue_again(&runner->queue, slot->unit);
        pool_give(runner, slot->arena);
    }
    runner->idle[runner->idle_count++] = slot;
    play_on(runner);
}

/* The second interrupt finds the system's own handler, and ends the process. */
static void on_interrupt(uv_signal_t *signal, int number)
{
    struct runner *runner = signal->data;
    (void)number;
    runner->is_interrupted = true;
    for (int i = 0; i < INTERRUPT_COUNT; i++)
        uv_signal_stop(&runner->signals[i]);
    for (size_t i = 0; i < runner->slot_count; i++)
        stage_hurry(runner->slots[i].stage);
}

/* --- all of it ------------------------------------------------------------------------ */

static const char *now_text(struct arena *arena)
{
    const time_t now = time(NULL);
    struct tm parts;
    char text[sizeof("2026-01-01T00:00:00Z")];
    gmtime_r(&now, &parts);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return arena_strndup(arena, text, strlen(text));
}

static const char *host_text(struct arena *arena)
{
    struct utsname name;
    if (uname(&name) != 0)
        return "unknown";
    return arena_printf(arena, "%s %s %s", name.sysname, name.release, name.machine);
}

static void tell_begin(struct runner *runner)
{
    const struct run_info info = {
        .version = ASSAY_VERSION,
        .started = now_text(runner->diags->arena),
        .host = host_text(runner->diags->arena),
        .subjects = subject_of(runner),
        .subject_count = 1,
        .case_count = runner->case_count,
    };
    for (size_t i = 0; i < runner->plan->sink_count; i++)
        runner->plan->sinks[i]->vtable->begin(runner->plan->sinks[i], &info);
}

/* Every sink is told, also when one of them fails. */
static void tell_end(struct runner *runner, uint64_t duration_ns)
{
    for (size_t i = 0; i < runner->plan->sink_count; i++) {
        struct sink *sink = runner->plan->sinks[i];
        if (!sink->vtable->end(sink, &runner->totals, duration_ns, runner->is_interrupted,
                               runner->diags))
            runner->is_broken = true;
    }
}

static bool open_slot(struct runner *runner, struct slot *slot)
{
    slot->runner = runner;
    slot->driver = driver_bundled_new(&runner->loop, runner->diags);
    if (slot->driver == NULL)
        return false;
    slot->stage = stage_new(&runner->loop, runner->listener, slot->driver);
    runner->idle[runner->idle_count++] = slot;
    return true;
}

/* No more slots than there are runs. */
static size_t slots_wanted(const struct plan *plan)
{
    size_t runs = 0;
    for (size_t i = 0; i < plan->selected->count && runs < plan->jobs; i++)
        runs += plan->selected->cases[i]->point_count * plan->repeat;
    return runs < plan->jobs ? runs : plan->jobs;
}

static bool open_slots(struct runner *runner)
{
    const size_t wanted = slots_wanted(runner->plan);
    assert(wanted > 0);
    runner->slots = must_have(calloc(wanted, sizeof(*runner->slots)));
    runner->idle = must_have(calloc(wanted, sizeof(struct slot *)));
    runner->pool = must_have(calloc(wanted, sizeof(struct arena *)));
    while (runner->slot_count < wanted)
        if (!open_slot(runner, &runner->slots[runner->slot_count++]))
            return false;
    return true;
}

static void open_all(struct runner *runner)
{
    uv_loop_init(&runner->loop);
    for (int i = 0; i < INTERRUPT_COUNT; i++) {
        uv_signal_init(&runner->loop, &runner->signals[i]);
        runner->signals[i].data = runner;
        uv_unref((uv_handle_t *)&runner->signals[i]);
    }
    runner->listener = listener_new(&runner->loop, runner->diags);
    if (runner->listener == NULL || !open_slots(runner)) {
        runner->is_broken = true;
        return;
    }
    for (int i = 0; i < INTERRUPT_COUNT; i++)
        uv_signal_start(&runner->signals[i], on_interrupt, interrupts[i]);
}

static enum exit_status status_of(const struct runner *runner)
{
    if (runner->is_broken)
        return STATUS_BROKEN;
    if (runner->is_interrupted)
        return STATUS_INTERRUPTED;
    if (runner->totals.cases[VERDICT_ERROR] > 0)
        return STATUS_BROKEN;
    for (int i = 0; i < VERDICT_COUNT; i++)
        if (runner->totals.cases[i] > 0 &&
            verdict_is_deviation((enum verdict)i, runner->plan->strict))
            return STATUS_DEVIATION;
    return STATUS_OK;
}

static void order_cases(struct runner *runner)
{
    const struct plan *plan = runner->plan;
    struct arena *arena = runner->diags->arena;
    runner->case_count = plan->selected->count;
    runner->cases = played_order(plan->selected, plan->thin, subject_of(runner)->can, arena);
    runner->collects = arena_array(arena, runner->case_count, sizeof(struct collect *));
    queue_init(&runner->queue, runner->cases, runner->case_count, plan->repeat);
}

static void play_all(struct runner *runner)
{
    const uint64_t started_ns = uv_hrtime();
    order_cases(runner);
    tell_begin(runner);
    tell_finished(runner);
    play_on(runner);
    uv_run(&runner->loop, UV_RUN_DEFAULT);
    tell_rest(runner);
    tell_end(runner, uv_hrtime() - started_ns);
}

static void release(struct runner *runner)
{
    queue_release(&runner->queue);
    while (runner->pool_count > 0)
        arena_free(runner->pool[--runner->pool_count]);
    free(runner->pool);
    free(runner->idle);
    free(runner->slots);
}

enum exit_status runner_play(const struct plan *plan, struct diags *diags)
{
    struct runner runner = {.plan = plan, .diags = diags};
    open_all(&runner);
    if (runner.is_broken) {
        close_all(&runner);
        uv_run(&runner.loop, UV_RUN_DEFAULT);
    } else {
        play_all(&runner);
    }
    const int error = uv_loop_close(&runner.loop);
    assert(error == 0);
    release(&runner);
    return status_of(&runner);
}
