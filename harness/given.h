/*
 * given -- what came against what the caller gave: the rule that needs the client steps
 * (wire/rules_list.h, body-as-given), and what it looks at.
 */
#ifndef HARNESS_GIVEN_H
#define HARNESS_GIVEN_H

#include "harness/match.h"

/*
 * Whether a step with the request's method and target gave this content, or, where the request was
 * cut short, more of it; also where no step has them, for it is not known then what was given. A
 * target in absolute-form is the step's whose target stands behind its authority; CONNECT is
 * nobody's step. A step that gives framing or coding fields itself may have asked for anything.
 */
bool given_holds(const struct point *point, const struct endpoint *endpoints,
                 const struct seen_request *request);

/* What stands behind scheme and authority of an absolute-form target (RFC 9112, section 3.2.2); any
 * other as it is. */
struct bytes given_target(struct bytes target);

/* Whether one of the caller's field lines has that name. */
bool given_field(const struct header *headers, size_t count, const struct endpoint *endpoints,
                 const char *name);

#endif
