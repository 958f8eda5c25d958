/* json_run -- one run of the JSON report: what was asked, what came, the rules broken, the wire. */
#ifndef REPORTS_JSON_RUN_H
#define REPORTS_JSON_RUN_H

#include "reports/json_text.h"
#include "wire/result.h"

/* An element of the array that is open. `scratch` is where texts are put together. */
void json_run_write(struct json_text *text, const struct run_result *run, bool with_wire,
                    struct arena *scratch);

#endif
