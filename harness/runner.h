/*
 * runner -- plays cases against subjects and tells the sinks.
 *
 * Subjects are played one after the other (harness/round.h), each with all cases.
 * Up to `jobs` runs are in flight at once, each on a stage with a driver of its
 * own, shared out to workers (harness/worker.h), one a core. Cases that need a clock are played
 * after all others. A run that ended by its deadline is played again, alone, after all of these,
 * with four times as much, before it counts. A case that its subject cannot play (its `needs`) is
 * `skip`.
 *
 * Results reach the sinks in the order of the plan (first the cases without a
 * clock), whatever came first; memory is bounded by what is in flight and by the
 * runs that are shown of the cases that wait for their turn.
 *
 * An interrupt (SIGINT, SIGTERM, SIGHUP) ends the runs that are on; cases that had
 * finished are reported whole.
 */
#ifndef HARNESS_RUNNER_H
#define HARNESS_RUNNER_H

#include "harness/sinks.h"
#include "harness/subject.h"

/* The exit statuses of the command line (docs/case-format.md, `assay --help`). */
enum exit_status {
    STATUS_OK = 0,
    STATUS_DEVIATION = 1,  /* a case failed, was not recognised, or is not as the baseline says; an
                              exchange failed */
    STATUS_USAGE = 2,      /* wrong use, or a bad case file */
    STATUS_BROKEN = 3,     /* the harness broke, or a report could not be written */
    STATUS_NOTHING = 4,    /* no case was selected */
    STATUS_INCOMPLETE = 5, /* of request: the response began, and its body is not whole */
    STATUS_INTERRUPTED = 130,
};

struct baseline;

struct plan {
    const struct selected *selected;
    const struct subject *subjects; /* that were met, each of another name */
    size_t subject_count;           /* at least 1 */
    const struct sinks *sinks;
    unsigned jobs;             /* runs in flight; at least 1 */
    unsigned repeat;           /* runs of each point; at least 1 */
    unsigned slow;             /* times so much time for everything; at least 1 */
    bool thin;                 /* of each case the first of its points alone */
    bool strict;               /* warn counts as a deviation */
    struct shard shard;        /* that `selected` is */
    const char *key_log;       /* where the secrets of TLS go; NULL: nowhere */
    struct baseline *baseline; /* what is expected to deviate; NULL: nothing */
};

/* Plays the whole plan. What goes wrong in the harness itself is in
 * `diags`. */
enum exit_status runner_play(const struct plan *plan, struct diags *diags);

#endif
