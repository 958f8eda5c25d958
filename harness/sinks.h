/* sinks -- the sinks that a command line asks for: one a --report, then the console's. */
#ifndef HARNESS_SINKS_H
#define HARNESS_SINKS_H

#include "harness/options.h"

struct sinks {
    struct sink *items[REPORTS_MAX + 1];
    size_t count;
};

/* Where people are told: the standard output, unless a report goes there. */
FILE *sinks_console_out(const struct options *options);

/* `whole`: people are shown every result, with the whole wire. False, with a diag, when a file
 * cannot be opened; sinks_free() is due in any case. */
bool sinks_open(struct sinks *sinks, const struct options *options, bool whole,
                struct diags *diags);

void sinks_begin(const struct sinks *sinks, const struct run_info *info);
void sinks_result(const struct sinks *sinks, const struct case_result *result);

/* Each is told, also when one of them fails: then false. */
bool sinks_end(const struct sinks *sinks, const struct totals *totals, uint64_t duration_ns,
               bool interrupted, struct diags *diags);

void sinks_free(struct sinks *sinks);

#endif
