/*
 * runner -- plays cases against subjects and tells the sinks.
 *
 * A case that its subject cannot play (its `needs`) is `skip`. A run that ended
 * by its deadline is played again, with four times as much, before it counts.
 * An interrupt (SIGINT, SIGTERM) ends the run that is on; what had finished is
 * reported.
 */
#ifndef HARNESS_RUNNER_H
#define HARNESS_RUNNER_H

#include "harness/driver.h"
#include "reports/sink.h"

/* The exit statuses of the command line (docs/case-format.md, `assay --help`). */
enum exit_status {
    STATUS_OK = 0,
    STATUS_DEVIATION = 1, /* a case failed, or was not recognised */
    STATUS_USAGE = 2,     /* wrong use, or a bad case file */
    STATUS_BROKEN = 3,    /* the harness broke, or a report could not be written */
    STATUS_NOTHING = 4,   /* no case was selected */
    STATUS_INTERRUPTED = 130,
};

struct plan {
    const struct case_ *const *cases;
    size_t case_count;
    struct sink *const *sinks;
    size_t sink_count;
    bool strict; /* warn counts as a deviation */
};

/* Plays the whole plan against the bundled client. What goes wrong in the harness itself is in
 * `diags`. */
enum exit_status runner_play(const struct plan *plan, struct diags *diags);

#endif
