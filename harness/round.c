#include "harness/round.h"

#include "harness/baseline.h"
#include "harness/collect.h"
#include "harness/queue.h"
#include "harness/stage.h"
#include "harness/tally.h"

#include <stdlib.h>

/* A run that was late is played again with so many times its deadline. */
enum { PATIENCE_SECOND = 4 };

/* Of a run's place in the plan: its number within its case, below the case's. */
enum { PLACE_BITS = 40 };

/* A place for one run at a time. */
struct slot {
    struct round *round;
    struct driver *driver;
    struct stage *stage;
    struct arena *arena; /* of the run that is on */
    struct unit unit;    /* what is on */
};

struct round {
    struct round_options options;
    const struct plan *plan; /* the options' */
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
    struct totals *totals;
    bool is_interrupted;
    bool is_broken;
};

static void *must_have(void *memory)
{
    if (memory == NULL)
        abort(); /* as wire/arena.c */
    return memory;
}

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
    for (size_t i = 0; i < round->plan->sink_count; i++)
        round->plan->sinks[i]->vtable->result(round->plan->sinks[i], &result);
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

/* Every handle gone, the loop ends by itself. */
static void close_all(struct round *round)
{
    for (size_t i = 0; i < round->slot_count; i++) {
        if (round->slots[i].stage != NULL)
            stage_free(round->slots[i].stage);
        if (round->slots[i].driver != NULL)
            round->slots[i].driver->vtable->free(round->slots[i].driver);
    }
    if (round->listener != NULL)
        listener_close(round->listener);
}

static void on_done(void *context, struct run_result *result);

static bool play_unit(struct slot *slot, struct unit unit)
{
    struct round *round = slot->round;
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

/* Gives the idle slots what may be played; with nothing in flight after that, all is over. Where
 * the addresses are used up, the next run waits until one that is in flight has ended. */
static void play_on(struct round *round)
{
    struct unit unit;
    while (!round->is_interrupted && round->idle_count > 0 &&
           queue_peek(&round->queue, round->slot_count - round->idle_count, &unit)) {
        if (!play_unit(round->idle[round->idle_count - 1], unit)) {
            round->is_broken = round->idle_count == round->slot_count;
            break;
        }
        round->idle_count--;
        queue_take(&round->queue);
    }
    if (round->is_broken)
        diag_add(round->options.diags, NULL, 0, NULL, "no address is left for another run");
    if (round->idle_count == round->slot_count)
        close_all(round);
}

static void take_result(struct slot *slot, struct run_result *result)
{
    struct round *round = slot->round;
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
    struct round *round = slot->round;
    const bool is_late = result->hit_deadline && slot->unit.attempt == 1;
    if (!round->is_interrupted && !is_late) {
        take_result(slot, result);
    } else {
        if (is_late)
            queue_again(&round->queue, slot->unit);
        pool_give(round, slot->arena);
    }
    round->idle[round->idle_count++] = slot;
    play_on(round);
}

/* --- all of it ------------------------------------------------------------------------ */

static bool open_slot(struct round *round, struct slot *slot)
{
    slot->round = round;
    slot->driver = subject_driver(round->options.subject, round->options.loop, round->plan->slow,
                                  round->options.diags);
    if (slot->driver == NULL)
        return false;
    slot->stage = stage_new(round->options.loop, round->listener, slot->driver);
    round->idle[round->idle_count++] = slot;
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

static bool open_slots(struct round *round)
{
    const size_t wanted = slots_wanted(round->plan);
    assert(wanted > 0);
    round->slots = must_have(calloc(wanted, sizeof(*round->slots)));
    round->idle = must_have(calloc(wanted, sizeof(struct slot *)));
    round->pool = must_have(calloc(wanted, sizeof(struct arena *)));
    while (round->slot_count < wanted)
        if (!open_slot(round, &round->slots[round->slot_count++]))
            return false;
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

static void release(struct round *round)
{
    queue_release(&round->queue);
    while (round->pool_count > 0)
        arena_free(round->pool[--round->pool_count]);
    free(round->pool);
    free(round->idle);
    free(round->slots);
    free(round);
}

struct round *round_new(const struct round_options *options)
{
    struct round *round = must_have(calloc(1, sizeof(*round)));
    round->options = *options;
    round->plan = options->plan;
    round->totals = options->totals;
    return round;
}

bool round_play(struct round *round)
{
    round->listener = listener_new(round->options.loop, round->options.diags);
    if (round->listener == NULL || !open_slots(round)) {
        round->is_broken = true;
        close_all(round);
    } else {
        order_cases(round);
        tell_finished(round);
        play_on(round);
    }
    uv_run(round->options.loop, UV_RUN_DEFAULT);
    tell_rest(round);
    return !round->is_broken;
}

void round_interrupt(struct round *round)
{
    round->is_interrupted = true;
    for (size_t i = 0; i < round->slot_count; i++)
        if (round->slots[i].stage != NULL)
            stage_hurry(round->slots[i].stage);
}

void round_free(struct round *round)
{
    release(round);
}
