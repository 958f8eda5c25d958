/*
 * read_report -- a JSON report of assay's, as the data that it was written of: any sink can write
 * it again, in its own form.
 *
 *     struct report report;
 *     if (!report_open(&report, arena, "run.json", text, diags))
 *         return false;
 *     sink->vtable->begin(sink, &report.info);
 *     while ((result = report_next(&report, scratch)) != NULL)
 *         sink->vtable->result(sink, result);
 *
 * A report may be larger than a JSON text that json_read() takes, and holds results of many cases:
 * they are read one by one. It comes from anywhere, so all of it is checked before any is handed
 * out.
 *
 * What a report does not hold of a case is left out: the patterns of behaviours, what a script
 * sends, all that no event tells of. So is what a later version may have added: members, rules,
 * kinds of events, capabilities. A verdict, an error or a grade that is not known is a mistake.
 */
#ifndef REPORTS_READ_REPORT_H
#define REPORTS_READ_REPORT_H

#include "reports/result_row.h"
#include "wire/diag.h"
#include "wire/json_parts.h"
#include "wire/result.h"

#define REPORT_FORMAT "assay-report/1"

struct report {
    const char *file;      /* borrowed */
    struct run_info info;  /* `case_count`: what was to be played; at least what was */
    struct totals *totals; /* by subject: the rules alone. Whoever goes through the results counts
                            * them */
    uint64_t duration_ns;
    bool interrupted;
    bool is_cut;                   /* the run was killed: this is what it had played whole */
    const struct result_row *rows; /* what the results are, in their order */
    size_t result_count;
    size_t
        unknown_count; /* rules and events that were left out, for this version knows none such */

    /* Private from here on. */
    struct arena *arena;
    struct diags *diags;
    struct json_part results; /* all of them */
    struct json_parts next;
    size_t row_size;
    const struct requirement **catalog; /* that the results name */
    size_t catalog_count, catalog_size;
};

/* What it holds lives in `arena`; `text` is borrowed for as long. False when it is no report, after
 * telling the mistakes of its first part that has any, each with its place. */
bool report_open(struct report *report, struct arena *arena, const char *file, struct bytes text,
                 struct diags *diags);

/* The next result, made in `scratch`, which the caller empties when it is done with it; but its
 * requirements live as long as the report, as a corpus does. NULL behind the last. */
const struct case_result *report_next(struct report *report, struct arena *scratch);

/* report_next() begins again. */
void report_rewind(struct report *report);

#endif
