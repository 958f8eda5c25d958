#include "harness/queue.h"

#include <assert.h>
#include <stdlib.h>

static bool script_needs_clock(const struct script *script)
{
    for (size_t i = 0; i < script->count; i++) {
        const struct step *step = &script->steps[i];
        if (step->verb == STEP_WAIT && (step->wait == WAIT_TIME || step->wait == WAIT_SETTLED))
            return true;
    }
    return false;
}

static bool peer_needs_clock(const struct peer *peer)
{
    for (size_t i = 0; i < peer->script_count; i++)
        if (script_needs_clock(&peer->scripts[i]))
            return true;
    return false;
}

static bool point_needs_clock(const struct point *point)
{
    for (size_t i = 0; i < point->client_count; i++)
        if (point->client[i].timeout_ms > 0)
            return true;
    for (size_t i = 0; i < point->peer_count; i++)
        if (peer_needs_clock(&point->peers[i]))
            return true;
    return false;
}

bool case_needs_clock(const struct case_ *case_)
{
    for (size_t i = 0; i < case_->point_count; i++)
        if (point_needs_clock(&case_->points[i]))
            return true;
    return false;
}

const struct point *played_point(const struct played *played, size_t index)
{
    assert(index < played->point_count);
    return played->points != NULL ? played->points[index] : &played->case_->points[index];
}

/* What is missing of the case's needs, in words; NULL when nothing is. */
static const char *missing_text(const struct case_ *case_, can_set can, struct arena *arena)
{
    const can_set missing = case_->needs & ~can;
    const char *text = NULL;
    for (int i = 0; i < CAN_COUNT; i++)
        if ((missing & (can_set)1 << i) != 0)
            text = arena_printf(arena, "%s%s%s", text != NULL ? text : "the subject cannot: ",
                                text != NULL ? ", " : "", can_name((enum capability)i));
    return text;
}

static size_t count_points(const struct case_ *case_, const struct pick *pick, bool thin)
{
    if (thin)
        return 1;
    return pick->points != NULL ? pick->count : case_->point_count;
}

const struct played *played_order(const struct selected *selected, bool thin, can_set can,
                                  struct arena *arena)
{
    struct played *cases = arena_array(arena, selected->count, sizeof(*cases));
    size_t count = 0;
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < selected->count; i++) {
            const struct case_ *one = selected->cases[i];
            if (case_needs_clock(one) != (turn == 1))
                continue;
            const char *missing = missing_text(one, can, arena);
            cases[count++] = (struct played){
                .case_ = one,
                .points = selected->picks[i].points,
                .point_count = missing != NULL ? 0 : count_points(one, &selected->picks[i], thin),
                .missing = missing,
            };
        }
    }
    return cases;
}

/* Moves on to a point whose turn it is: of each case first the controls, then the others. */
static void find_next(struct queue *queue)
{
    struct unit *next = &queue->next;
    for (; next->case_ < queue->case_count; next->case_++) {
        const struct played *one = &queue->cases[next->case_];
        for (int turn = queue->is_for_controls ? 0 : 1; turn < 2; turn++, next->point = 0) {
            queue->is_for_controls = turn == 0;
            for (; next->point < one->point_count; next->point++)
                if (played_point(one, next->point)->is_control == queue->is_for_controls)
                    return;
        }
        queue->is_for_controls = true;
    }
}

/* As find_next(); notes what the case needs when it is another one. */
static void move_on(struct queue *queue)
{
    const size_t before = queue->next.case_;
    find_next(queue);
    if (queue->next.case_ != before && queue->next.case_ < queue->case_count)
        queue->is_for_clocks = case_needs_clock(queue->cases[queue->next.case_].case_);
}

void queue_init(struct queue *queue, const struct played *cases, size_t case_count,
                unsigned repeats)
{
    *queue = (struct queue){.cases = cases,
                            .case_count = case_count,
                            .repeats = repeats,
                            .next.attempt = 1,
                            .is_for_controls = true};
    queue->is_for_clocks = case_count > 0 && case_needs_clock(cases[0].case_);
    move_on(queue);
}

void queue_release(struct queue *queue)
{
    free(queue->again);
}

/* Each phase begins when the one before has ended. */
static bool is_phase_over(const struct queue *queue)
{
    const bool is_left = queue->next.case_ < queue->case_count;
    if (queue->phase == QUEUE_CROWD)
        return !is_left || queue->is_for_clocks;
    return queue->phase == QUEUE_CLOCKS && !is_left;
}

bool queue_peek(struct queue *queue, size_t playing, struct unit *unit)
{
    static const size_t most[] = {
        [QUEUE_CROWD] = SIZE_MAX, [QUEUE_CLOCKS] = QUEUE_CLOCKS_MAX, [QUEUE_AGAIN] = 1};
    while (is_phase_over(queue)) {
        if (playing > 0)
            return false;
        queue->phase++;
    }
    if (playing >= most[queue->phase])
        return false;
    if (queue->phase != QUEUE_AGAIN)
        *unit = queue->next;
    else if (queue->again_taken < queue->again_count)
        *unit = queue->again[queue->again_taken];
    else
        return false;
    return true;
}

void queue_take(struct queue *queue)
{
    if (queue->phase == QUEUE_AGAIN) {
        queue->again_taken++;
    } else if (++queue->next.repeat == queue->repeats) {
        queue->next.repeat = 0;
        queue->next.point++;
        move_on(queue);
    }
}

void queue_again(struct queue *queue, struct unit unit)
{
    if (queue->again_count == queue->again_size) {
        queue->again_size = queue->again_size > 0 ? 2 * queue->again_size : 16;
        queue->again = realloc(queue->again, queue->again_size * sizeof(*queue->again));
        if (queue->again == NULL)
            abort(); /* as wire/arena.c */
    }
    unit.attempt++;
    queue->again[queue->again_count++] = unit;
}
