/* result_row -- a result in short: enough to choose it, and to compare it with another. */
#ifndef REPORTS_RESULT_ROW_H
#define REPORTS_RESULT_ROW_H

#include "wire/result.h"

struct result_row {
    const char *case_id, *title, *subject;
    enum verdict verdict;
    const char *behaviour;         /* NULL: none */
    const char *const *behaviours; /* that were seen in its runs, the first seen first */
    size_t behaviour_count;
    const char *note; /* its reason in a line, else the behaviour's name; "" for neither */
};

/* Copied into the arena, but for the subject, which is the result's own. */
struct result_row result_row_of(struct arena *arena, const struct case_result *result);

/* For qsort(): by subject, then by case. Rows of one result are equal. */
int result_row_order(const void *one, const void *other);

#endif
