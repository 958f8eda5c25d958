/* rules_text -- the rules that were broken, a line each, for people. */
#ifndef REPORTS_RULES_TEXT_H
#define REPORTS_RULES_TEXT_H

#include "wire/result.h"

#include <stdio.h>

/* "rule host-missing (9112-3.2-3, MUST): no Host; 3 of 1900 requests, first in smoke/get".
 * The subject is named where there are several; `totals`: one a subject. */
void rules_text_print(FILE *out, const char *const *subjects, size_t subject_count,
                      const struct totals *totals);

#endif
