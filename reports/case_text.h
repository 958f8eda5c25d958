/* case_text -- what a client was asked and what it told its caller, each on one line for people. */
#ifndef REPORTS_CASE_TEXT_H
#define REPORTS_CASE_TEXT_H

#include "wire/result.h"

#include <stdio.h>

/* `GET /hello`; of a body its length, and how the response is read. A hole of the case file is
 * shown as {{origin.port}}. */
void case_text_request(FILE *out, const struct point *point, const struct client_step *step);

/* `error incomplete, status 200, partial "hello" (5)`. Of the fields only those that `stated`
 * speaks of, what a behaviour says of this outcome (NULL: nothing). `outcome` may be NULL. */
void case_text_outcome(FILE *out, const struct outcome *outcome,
                       const struct outcome_pattern *stated);

/* The command that plays the worst run again. */
void case_text_command(FILE *out, const struct case_result *result);

#endif
