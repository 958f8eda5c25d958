/*
 * baseline -- which deviations of a subject are known, each with its reason: a step between results
 * and sinks (docs/baselines.md). The judge knows nothing of it.
 *
 * A listed case that deviates is `known`. One that does not any more is stale, and fails the run:
 * but only where all of its points were played and judged. Fewer cases than ran when the file was
 * written fail the run, too: but only where the whole corpus was played.
 */
#ifndef HARNESS_BASELINE_H
#define HARNESS_BASELINE_H

#include "harness/runner.h"

#include <stdio.h>

struct baseline_options {
    const char *path;
    const struct selected *selected;
    unsigned repeat; /* runs of each point */
    bool thin, strict;
    bool update; /* write the file anew at the end */
};

struct baseline;

/* Reads the file; with `update` there may be none. NULL, with diags, when it has a mistake, or
 * (without `update`) a pattern that means no case that was loaded. Lives in the diags' arena, as
 * does all that the options point to. */
struct baseline *baseline_open(const struct baseline_options *options, struct diags *diags);

/* Takes note of a case that was played, and makes it what the sinks are told: known, or stale. With
 * `update` all deviations are known, and none is stale. */
void baseline_apply(struct baseline *baseline, struct case_result *result);

/* All was played, and ended so. Compares how many cases ran; with `update` writes the file instead,
 * whole or not at all, and says to `out` what is new: but only where nothing broke. Returns what
 * the run ends with. */
enum exit_status baseline_finish(struct baseline *baseline, enum exit_status status, FILE *out);

#endif
