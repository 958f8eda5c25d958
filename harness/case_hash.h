/* case_hash -- a number for all of a case that a verdict may rest on. */
#ifndef HARNESS_CASE_HASH_H
#define HARNESS_CASE_HASH_H

#include "wire/json.h"

/* Of the case as it stands in its file, and of the suite's definitions (NULL: none); not of its
 * title, requirements, tags and addresses, nor of how the file is laid out. */
uint64_t case_hash(const struct json *object, const struct json *suite_defs);

#endif
