/*
 * given -- whether the content that came is what the caller gave: the one rule that needs the
 * client steps (wire/rules_list.h, body-as-given).
 */
#ifndef HARNESS_GIVEN_H
#define HARNESS_GIVEN_H

#include "harness/match.h"

/*
 * Whether a step with the request's method and target gave this content, or, where the request was
 * cut short, more of it; also where no step has them, for it is not known then what was given. A
 * step that gives framing or coding fields itself may have asked for anything.
 */
bool given_holds(const struct point *point, const struct endpoint *endpoints,
                 const struct seen_request *request);

#endif
