/*
 * queue -- in which order the runs of a plan are played.
 *
 * A unit is one point of one case, once. First come the cases that need no
 * clock, as many at once as there are places; then, few at once, those that
 * do, so that a busy machine does not decide; last and alone what is to be
 * played again. The cases must stand in that order already. Of a case the
 * controls are played before the points that rest on them.
 */
#ifndef HARNESS_QUEUE_H
#define HARNESS_QUEUE_H

#include "harness/select.h"

/* So many cases that need a clock are played at once: they wait most of the time. */
enum { QUEUE_CLOCKS_MAX = 4 };

/* A case, and which of its points are played. */
struct played {
    const struct case_ *case_;
    const struct point *const *points; /* NULL: the first `point_count` of the case's */
    size_t point_count;
    const char *missing; /* what the subject cannot do for it, in words: no point is played then */
};

/* What was selected, `selected->count` cases in the order they are played; `thin`: of each the
 * first point alone. Lives in the arena. */
const struct played *played_order(const struct selected *selected, bool thin, can_set can,
                                  struct arena *arena);

const struct point *played_point(const struct played *played, size_t index);

struct unit {
    size_t case_;     /* index in the plan */
    size_t point;     /* index among those that are played */
    unsigned repeat;  /* from 0 */
    unsigned attempt; /* from 1 */
};

enum queue_phase { QUEUE_CROWD, QUEUE_CLOCKS, QUEUE_AGAIN };

/* Private, but for the caller to hold. */
struct queue {
    const struct played *cases;
    size_t case_count;
    unsigned repeats;
    enum queue_phase phase;
    struct unit next; /* of the cases; past the last one when all were taken */
    bool is_for_controls;
    bool is_for_clocks; /* `next` is of a case that needs a clock */
    struct unit *again;
    size_t again_count, again_size, again_taken;
};

/* Whether the case's scripts wait for a time: its runs are played after all others. */
bool case_needs_clock(const struct case_ *case_);

/* `cases` are borrowed; each point is played `repeats` times. */
void queue_init(struct queue *queue, const struct played *cases, size_t case_count,
                unsigned repeats);
void queue_release(struct queue *queue);

/* The unit that may be played now, `playing` of them being played. False where these must end
 * first, or where none is left. */
bool queue_peek(struct queue *queue, size_t playing, struct unit *unit);

/* What was last peeked at is being played. */
void queue_take(struct queue *queue);

/* The unit is played once more after all others. */
void queue_again(struct queue *queue, struct unit unit);

#endif
