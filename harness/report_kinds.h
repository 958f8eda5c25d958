/* report_kinds -- what --report can write: the one table of the kinds of report. */
#ifndef HARNESS_REPORT_KINDS_H
#define HARNESS_REPORT_KINDS_H

#include "reports/sink.h"

struct options;

struct report_kind {
    const char *name;
    /* The sink that writes to `path`. NULL, with a diag, when it cannot be opened. */
    struct sink *(*open)(const char *path, const struct options *options, struct diags *diags);
};

/* The kind that `text`, KIND=PATH, begins with, and its path; NULL when there is none, or no
 * path. */
const struct report_kind *report_kind_of(const char *text, const char **path);

/* "json=PATH, junit=PATH, tap=PATH" */
const char *report_kinds_wanted(struct arena *arena);

#endif
