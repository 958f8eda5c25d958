#include "harness/round.h"

#include "harness/baseline.h"
#include "harness/collect.h"
#include "harness/tally.h"
#include "harness/worker.h"

#include <stdlib.h>

/* A run that was late is played again with so many times its deadline. */
enum { PATIENCE_SECOND = 4 };

/* Of a run's place in the plan: its number within its case, below the case's. */
enum { PLACE_BITS = 40 };

struct round {
    struct round_options options;
    const struct plan *plan; /* the options' */
    struct worker **workers;
    size_t worker_count;
    uv_async_t ended; /* on the options' loop: a worker has */

    /* Under the lock from here on, and the workers' lists of slots. */
    uv_mutex_t lock;
    struct arena **pool; /* arenas for the next runs, at most one a slot */
    size_t pool_count, slot_count;

    const struct played *cases; /* in the order they are played */
    size_t case_count;
    struct collect **collects; /* by case: NULL before its first run, and when it was told */
    size_t told_count;         /* cases that the sinks were told of, or passed over */
    struct queue queue;
    struct totals *totals;
    size_t playing_count; /* runs */
    size_t running_count; /* workers whose loop has not ended */
    bool is_interrupted;
    bool is_broken;
};

static struct arena *pool_take(struct round *round)
{
    return round->pool_count > 0 ? round->pool[--round->pool_count] : arena_new();
}

/* Accepts NULL. */
static void pool_give(struct round *round, struct arena *arena)
{
    if (arena == NULL)
        return;
    if (round->pool_count == round->slot_count) {
        arena_free(arena);
        return;
    }
    arena_reset(arena);
    round->pool[round->pool_count++] = arena;
}

/* --- results -------------------------------------------------------------------- */

static const struct subject_info *subject_of(const struct round *round)
{
    return &round->options.subject->info;
}

static struct collect *collect_of(struct round *round, size_t index)
{
    struct collect **place = &round->collects[index];
    if (*place == NULL)
        *place = collect_new(&round->cases[index], round->plan->repeat, subject_of(round)->name);
    return *place;
}

static void tell_result(struct round *round, const struct case_result *judged)
{
    struct case_result result = *judged;
    if (round->plan->baseline != NULL)
        baseline_apply(round->plan->baseline, &result);
    tally_result(round->totals, &result);
    sinks_result(round->plan->sinks, &result);
}

static void drop_collect(struct round *round, size_t index)
{
    struct collect *collect = round->collects[index];
    struct arena *arena;
    while (collect != NULL && (arena = collect_take_arena(collect)) != NULL)
        pool_give(round, arena);
    collect_free(collect);
    round->collects[index] = NULL;
}

/* False when the case has not finished. */
static bool tell_case(struct round *round, size_t index)
{
    if (round->cases[index].missing != NULL)
        collect_skip(collect_of(round, index), round->cases[index].missing);
    struct collect *collect = round->collects[index];
    if (collect == NULL || !collect_is_whole(collect))
        return false;
    tell_result(round, collect_result(collect));
    drop_collect(round, index);
    return true;
}

/* Tells of each case whose turn it is; one that finished early waits for those before it. */
static void tell_finished(struct round *round)
{
    while (round->told_count < round->case_count && tell_case(round, round->told_count))
        round->told_count++;
}

/* After an interrupt: what had finished, behind what had not. */
static void tell_rest(struct round *round)
{
    for (; round->told_count < round->case_count; round->told_count++)
        if (round->collects[round->told_count] != NULL && !tell_case(round, round->told_count))
            drop_collect(round, round->told_count);
}

/* --- runs -------------------------------------------------------------------------- */

static void on_done(void *context, struct run_result *result);

static bool play_unit(struct round *round, struct slot *slot, struct unit unit)
{
    const struct played *one = &round->cases[unit.case_];
    const unsigned times =
        round->plan->slow * subject_of(round)->patience * (unit.attempt > 1 ? PATIENCE_SECOND : 1);
    slot->unit = unit;
    slot->arena = pool_take(round);
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
    pool_give(round, slot->arena);
    return false;
}

static bool may_play(struct round *round, struct unit *unit)
{
    return !round->is_interrupted && !round->is_broken &&
           queue_peek(&round->queue, round->playing_count, unit);
}

/* Gives the worker's idle slots what may be played. Where its addresses are used up, the next run
 * waits until one of its own has ended. */
static void fill_slots(struct round *round, struct worker *worker)
{
    struct unit unit;
    while (worker->idle != NULL && may_play(round, &unit)) {
        struct slot *slot = worker->idle;
        if (!play_unit(round, slot, unit)) {
            round->is_broken = worker->playing_count == 0;
            if (round->is_broken)
                diag_add(round->options.diags, NULL, 0, NULL, "no address is left for another run");
            break;
        }
        worker->idle = slot->next;
        worker->playing_count++;
        round->playing_count++;
        queue_take(&round->queue);
    }
}

/* What has ended here may be what others waited for. */
static void wake_others(struct round *round, const struct worker *worker, bool is_over)
{
    struct unit unit;
    for (size_t i = 0; i < round->worker_count; i++) {
        struct worker *other = round->workers[i];
        if (other != worker && !other->is_closed &&
            (is_over || (other->idle != NULL && may_play(round, &unit))))
            worker_wake(other);
    }
}

/* With nothing in flight after that, all is over. */
static void play_on(struct round *round, struct worker *worker)
{
    struct unit unit;
    fill_slots(round, worker);
    const bool is_over = round->playing_count == 0 && !may_play(round, &unit);
    wake_others(round, worker, is_over);
    if (!is_over)
        return;
    worker->is_closed = true;
    worker_close(worker);
}

static void take_result(struct round *round, struct slot *slot, struct run_result *result)
{
    const struct unit *unit = &slot->unit;
    const unsigned repeat = round->plan->repeat;
    result->attempts = unit->attempt;
    tally_add(round->totals, result,
              (uint64_t)unit->case_ << PLACE_BITS | (unit->point * repeat + unit->repeat));
    result->repeat = repeat > 1 ? unit->repeat + 1 : 0;
    pool_give(round, collect_add(collect_of(round, unit->case_),
                                 unit->point * repeat + unit->repeat, result, slot->arena));
    tell_finished(round);
}

static void on_done(void *context, struct run_result *result)
{
    struct slot *slot = context;
    struct worker *worker = slot->worker;
    struct round *round = worker->options.context;
    const bool is_late = result->hit_deadline && slot->unit.attempt == 1;
    uv_mutex_lock(&round->lock);
    if (!round->is_interrupted && !is_late) {
        take_result(round, slot, result);
    } else {
        if (is_late)
            queue_again(&round->queue, slot->unit);
        pool_give(round, slot->arena);
    }
    slot->next = worker->idle;
    worker->idle = slot;
    worker->playing_count--;
    round->playing_count--;
    play_on(round, worker);
    uv_mutex_unlock(&round->lock);
}

/* --- workers -------------------------------------------------------------------------- */

static void on_woken(void *context, struct worker *worker)
{
    struct round *round = context;
    uv_mutex_lock(&round->lock);
    if (round->is_interrupted)
        worker_hurry(worker);
    play_on(round, worker);
    uv_mutex_unlock(&round->lock);
}

/* On the worker's thread: its end is the loop's to see. */
static void on_worker_ended(void *context)
{
    struct round *round = context;
    uv_mutex_lock(&round->lock);
    round->running_count--;
    uv_async_send(&round->ended);
    uv_mutex_unlock(&round->lock);
}

static void on_ended(uv_async_t *ended)
{
    struct round *round = ended->data;
    uv_mutex_lock(&round->lock);
    if (round->running_count == 0)
        uv_close((uv_handle_t *)ended, NULL);
    uv_mutex_unlock(&round->lock);
}

/* No more slots than there are runs. */
static size_t slots_wanted(const struct plan *plan)
{
    size_t runs = 0;
    for (size_t i = 0; i < plan->selected->count && runs < plan->jobs; i++)
        runs += plan->selected->cases[i]->point_count * plan->repeat;
    return runs < plan->jobs ? runs : plan->jobs;
}

/* A worker a core, as far as there are slots, which they share. */
static bool open_workers(struct round *round)
{
    const size_t slots = slots_wanted(round->plan), cores = uv_available_parallelism();
    const size_t wanted = slots < cores ? slots : cores;
    assert(wanted > 0);
    round->slot_count = slots;
    round->workers = must_calloc(wanted, sizeof(struct worker *));
    round->pool = must_calloc(slots, sizeof(struct arena *));
    for (size_t i = 0; i < wanted; i++) {
        const struct worker_options options = {
            .subject = round->options.subject,
            .trust = round->options.trust,
            .slow = round->plan->slow,
            .slot_count = slots / wanted + (i < slots % wanted ? 1 : 0),
            .woken = on_woken,
            .ended = on_worker_ended,
            .context = round,
        };
        round->workers[i] = worker_new(&options, round->options.diags);
        if (round->workers[i] == NULL)
            return false;
        round->worker_count++;
    }
    return true;
}

static void order_cases(struct round *round)
{
    const struct plan *plan = round->plan;
    struct arena *arena = round->options.diags->arena;
    round->case_count = plan->selected->count;
    round->cases = played_order(plan->selected, plan->thin, subject_of(round)->can, arena);
    round->collects = arena_array(arena, round->case_count, sizeof(struct collect *));
    queue_init(&round->queue, round->cases, round->case_count, plan->repeat);
}

struct round *round_new(const struct round_options *options)
{
    struct round *round = must_calloc(1, sizeof(*round));
    round->options = *options;
    round->plan = options->plan;
    round->totals = options->totals;
    uv_mutex_init(&round->lock);
    return round;
}

/* Under the lock none of them can end before all have begun. */
static void start_workers(struct round *round)
{
    uv_async_init(round->options.loop, &round->ended, on_ended);
    round->ended.data = round;
    uv_mutex_lock(&round->lock);
    for (size_t i = 0; i < round->worker_count; i++) {
        struct worker *worker = round->workers[i];
        worker->is_closed = !worker_start(worker, round->options.diags);
        round->running_count += !worker->is_closed;
        round->is_broken = round->is_broken || worker->is_closed;
    }
    if (round->running_count == 0)
        uv_close((uv_handle_t *)&round->ended, NULL);
    uv_mutex_unlock(&round->lock);
}

bool round_play(struct round *round)
{
    order_cases(round);
    tell_finished(round);
    round->is_broken = !open_workers(round);
    start_workers(round);
    uv_run(round->options.loop, UV_RUN_DEFAULT);
    tell_rest(round);
    return !round->is_broken;
}

void round_interrupt(struct round *round)
{
    uv_mutex_lock(&round->lock);
    round->is_interrupted = true;
    for (size_t i = 0; i < round->worker_count; i++)
        if (!round->workers[i]->is_closed)
            worker_wake(round->workers[i]);
    uv_mutex_unlock(&round->lock);
}

void round_free(struct round *round)
{
    for (size_t i = 0; i < round->worker_count; i++)
        worker_free(round->workers[i]);
    queue_release(&round->queue);
    while (round->pool_count > 0)
        arena_free(round->pool[--round->pool_count]);
    free(round->pool);
    free(round->workers);
    uv_mutex_destroy(&round->lock);
    free(round);
}
