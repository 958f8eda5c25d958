/* json -- the JSON report, "assay-report/1": the product's contract (report.schema.json,
 * docs/report-format.md). */
#ifndef REPORTS_JSON_H
#define REPORTS_JSON_H

#include "reports/sink.h"

enum json_wire {
    JSON_WIRE_NOT_PASSED, /* the transcript of what did not pass */
    JSON_WIRE_ALL,
};

/* Streams into a temporary file beside `path` (its folder is made when it is not there), which
 * end() renames: written whole or not at all. NULL, with a diag, when it cannot be opened. `path`
 * is borrowed until free, which removes an unfinished temporary file. */
struct sink *json_sink_new(const char *path, enum json_wire wire, struct diags *diags);

#endif
