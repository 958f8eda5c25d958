/* report_set -- JSON reports, read from files and taken together as one: the shards of a run, or
 * the runs of several subjects. */
#ifndef HARNESS_REPORT_SET_H
#define HARNESS_REPORT_SET_H

#include "reports/read_report.h"

/* A larger file is refused: all of it is in memory. */
#define REPORT_SIZE_MAX ((size_t)1 << 30)

struct report_set {
    struct report *reports;
    size_t count;
    /* Of all together: the first one's version, start and host; the subjects of all; a
     * shard where there is one report alone. */
    struct run_info info;
    struct totals *totals;         /* by subject: the rules alone */
    const struct result_row *rows; /* of all results, by subject and case */
    size_t row_count;
    uint64_t duration_ns; /* the sum */
    bool interrupted;     /* one of them was */
    size_t at;            /* private: which report is being gone through */
};

/* What it holds lives in `arena`; the paths are borrowed. False, with diags, when a file cannot be
 * read or is no report, when two know a subject by one name that is not the same, or when a result
 * stands twice. */
bool report_set_open(struct report_set *set, struct arena *arena, const char *const *paths,
                     size_t count, struct diags *diags);

/* The next result, as report_next() has it; they come in the order of the files. */
const struct case_result *report_set_next(struct report_set *set, struct arena *scratch);

/* report_set_next() begins again. */
void report_set_rewind(struct report_set *set);

/* The index of the subject so named; `info.subject_count` when there is none. */
size_t report_set_subject(const struct report_set *set, const char *name);

#endif
