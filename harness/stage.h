/*
 * stage -- plays one run: peers, driver, judge, clock.
 *
 * Leases an address for each peer, records all in one transcript, asks the
 * driver for the client's steps, waits until the subject has closed its session
 * and its last octets have come, and has the judge conclude. A run that lasts
 * too long, or a client that asks too often, is ended by resetting its
 * connections; the steps that were still open are `hung`, or `runaway`.
 */
#ifndef HARNESS_STAGE_H
#define HARNESS_STAGE_H

#include "harness/driver.h"
#include "harness/trust.h"
#include "server/listener.h"

struct stage;

/* All are borrowed until stage_free(). */
struct stage *stage_new(uv_loop_t *loop, struct listener *listener, struct driver *driver,
                        const struct trust *trust);

/* One run; what it makes lives in `arena`. `done` is called once, later; the next run may be played
 * from inside it. */
struct stage_run {
    const struct point *point;
    struct arena *arena;
    uint64_t deadline_ms;
    unsigned patience; /* so many times longer than usual it may take to read; at least 1 */
    void (*done)(void *context, struct run_result *result);
    void *context;
};

/* Copies `run`. False when there is no address left; `done` is not called then. */
bool stage_play(struct stage *stage, const struct stage_run *run);

/* Ends the run that is being played as if its time were over. */
void stage_hurry(struct stage *stage);

/* Between runs only. The memory goes when the loop has closed the handles. */
void stage_free(struct stage *stage);

#endif
