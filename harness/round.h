/*
 * round -- plays the cases of a plan against one subject, and tells the sinks of
 * each: see harness/runner.h for the rules of the play.
 */
#ifndef HARNESS_ROUND_H
#define HARNESS_ROUND_H

#include "harness/runner.h"

/* All are borrowed until round_free(). */
struct round_options {
    const struct plan *plan;
    const struct subject *subject; /* one that was met */
    const struct trust *trust;
    uv_loop_t *loop;       /* the caller's, with nothing else on it that keeps it running */
    struct totals *totals; /* what is played is added to them */
    struct diags *diags;
};

struct round;

struct round *round_new(const struct round_options *options);

/* Plays it to its end: runs the loop until nothing is on it any more. False when the harness broke,
 * with a diag. Once. */
bool round_play(struct round *round);

/* From the caller's thread: ends the runs that are on, and begins none. */
void round_interrupt(struct round *round);

void round_free(struct round *round);

#endif
