/* json_wire -- the transcript of a run in the JSON report (docs/report-format.md, "The wire"). */
#ifndef REPORTS_JSON_WIRE_H
#define REPORTS_JSON_WIRE_H

#include "reports/json_text.h"
#include "wire/result.h"

/* The members `wire` and, where events were not kept, `wire_dropped`. The run has a transcript. */
void json_wire_write(struct json_text *text, const struct run_result *run);

#endif
