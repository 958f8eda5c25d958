/* tally -- counts, over all runs, the verdicts, and how often each rule was broken. */
#ifndef HARNESS_TALLY_H
#define HARNESS_TALLY_H

#include "wire/result.h"

/* Adds a run's findings. `place` orders runs as the plan does, so that the first example of a rule
 * is the same in whatever order runs come. The totals keep nothing of the run but its point. */
void tally_add(struct totals *totals, const struct run_result *run, uint64_t place);

/* Adds a case as the sinks are told of it: its verdict, and those of its runs. */
void tally_result(struct totals *totals, const struct case_result *result);

#endif
