/* anywhere -- endpoints such as runs get, for what is measured or told outside of a run. */
#ifndef HARNESS_ANYWHERE_H
#define HARNESS_ANYWHERE_H

#include "wire/case.h"

struct arena;

/* By peer index, and of the width that each has in every run; in the arena. */
const struct endpoint *anywhere_of(const struct point *point, struct arena *arena);

#endif
