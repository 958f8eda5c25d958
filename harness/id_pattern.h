/*
 * id_pattern -- patterns over the ids of cases, part by part. Parts stand between slashes.
 *
 * `*` stands for any octets within a part, also none; a part that is `**`, for any number of
 * parts, also none. "reuse/close-*" means "reuse/close-early", and not "reuse/close-early/tls".
 */
#ifndef HARNESS_ID_PATTERN_H
#define HARNESS_ID_PATTERN_H

#include "wire/bytes.h"

/* Whether no part is empty, and no `**` stands together with something else in a part. */
bool id_pattern_is_good(const char *pattern);

/* `pattern` is a good one. */
bool id_pattern_matches(const char *pattern, const char *id);

#endif
