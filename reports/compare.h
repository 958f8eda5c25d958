/* compare -- what changed for a client between two reports, case by case. */
#ifndef REPORTS_COMPARE_H
#define REPORTS_COMPARE_H

#include "reports/result_row.h"

#include <stdio.h>

/* In the order in which they are told. */
#define CHANGES(X)                                                                                 \
    X(BROKE, "broke", FAIL)                     /* a deviation now, and none before */             \
    X(FIXED, "fixed", PASS)                     /* the other way about */                          \
    X(CHANGED, "changed behaviour", WARN)       /* neither, but another verdict or behaviour */    \
    X(STOPPED, "stopped running", UNRECOGNISED) /* was judged, and is not any more */              \
    X(NEW, "new", INFO)                         /* was not there before, or not judged */          \
    X(SAME, "as before", PASS)

enum change {
#define CHANGE_ENUM(name, text, verdict) CHANGE_##name,
    CHANGES(CHANGE_ENUM)
#undef CHANGE_ENUM
        CHANGE_COUNT
};

/* One of the two may be NULL: that report has no such result. `strict`: a warning is a deviation. A
 * case that only the new report has, and that was judged, is new, whatever the verdict. */
enum change compare_rows(const struct result_row *old, const struct result_row *now, bool strict);

/* The results of one subject. */
struct compared {
    const char *subject;                /* for headings: "curl", or "curl -> wget" */
    const struct result_row *old, *now; /* each sorted by case */
    size_t old_count, now_count;
    bool strict;
};

/* Prints a block for each result that changed, by kind of change and then by case, and a line of
 * counts; adds to `counts`. */
void compare_print(FILE *out, const struct compared *compared, bool color,
                   size_t counts[CHANGE_COUNT]);

#endif
