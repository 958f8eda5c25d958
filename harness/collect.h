/*
 * collect -- merges the runs of one case into its case_result.
 *
 * Runs come in any order, several being in flight at once. So that the result is
 * the same whatever the order was, all is decided by a run's number (its place
 * among the runs of its case), and nothing by when it came.
 *
 * Of the runs that did not pass the first COLLECT_SHOWN_MAX of each behaviour
 * are kept, and the first of those that did; the others are counted, and their
 * memory is given back at once.
 *
 * Points of a control group are `unexercised` unless its controls passed, and
 * wait for these where they come first. So do the points of a split, for the one
 * in one piece: what is not alike (harness/likeness.h) is a warning.
 */
#ifndef HARNESS_COLLECT_H
#define HARNESS_COLLECT_H

#include "harness/queue.h"
#include "wire/arena.h"
#include "wire/result.h"

enum { COLLECT_SHOWN_MAX = 20 };

struct collect;

/* For the points of `played`, each played `repeats` times. `played` and `subject` are borrowed. */
struct collect *collect_new(const struct played *played, unsigned repeats, const char *subject);

/* Takes the run with this number, and the arena that it lives in. Returns an arena that nobody
 * needs any more: this one, where the run is not kept; that of a run whose place it took; or NULL.
 */
struct arena *collect_add(struct collect *collect, size_t number, struct run_result *run,
                          struct arena *arena);

/* Instead of all runs: the subject cannot play the case, for this reason. */
void collect_skip(struct collect *collect, const char *reason);

/* Whether all that the result needs is there. */
bool collect_is_whole(const struct collect *collect);

/* What came of a whole case; lives as long as `collect`. */
const struct case_result *collect_result(struct collect *collect);

/* Hands out the arenas of the runs that were kept, one after the other, then NULL. The result is
 * not to be looked at any more. */
struct arena *collect_take_arena(struct collect *collect);

/* Accepts NULL. */
void collect_free(struct collect *collect);

#endif
