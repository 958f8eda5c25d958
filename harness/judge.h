/*
 * judge -- a fold over the events of one run: what was seen, and the verdict.
 *
 * Sees each event as it is recorded, with all of its octets, and keeps what the
 * behaviours of a case can speak of. Its memory is bounded by the number of
 * requests a run may have and JUDGE_BODY_MAX of content each. Nothing is judged
 * on the bounds of reads, on time, or on when a client closed.
 */
#ifndef HARNESS_JUDGE_H
#define HARNESS_JUDGE_H

#include "wire/result.h"

/* Of longer contents the length counts, and so many first octets. */
enum { JUDGE_BODY_MAX = 1024 * 1024 };

struct judge;

/* For one run of `point`. All is borrowed until judge_free(); results live in the arena. */
struct judge *judge_new(const struct point *point, const struct endpoint *endpoints, can_set can,
                        struct arena *arena);

/* A transcript_watch; the watcher is the struct judge. */
void judge_watch(void *watcher, const struct event *event);

/* Sets verdict, behaviour, reason, grade, outcomes, findings and how many requests came. */
void judge_finish(struct judge *judge, struct run_result *result);

/* Accepts NULL. */
void judge_free(struct judge *judge);

#endif
