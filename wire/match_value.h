/* match_value -- holds octets against value patterns. */
#ifndef WIRE_MATCH_VALUE_H
#define WIRE_MATCH_VALUE_H

#include "wire/arena.h"
#include "wire/outcome.h"
#include "wire/pattern.h"

/* What a pattern is held against. */
struct subject_value {
    bool is_there;
    struct bytes text; /* the first octets, all when `text.len == len` */
    uint64_t len;
};

/* Whether one of the pattern's values holds. Of a text past what was kept, the length and the kept
 * octets are compared. */
bool value_matches(const struct value_pattern *pattern, const struct endpoint *endpoints,
                   const struct subject_value *got, struct arena *arena);

/* All lines of that name, joined by ", " (RFC 9110, section 5.2). */
struct subject_value value_of_field(const struct fields *fields, struct bytes name,
                                    struct arena *arena);

/* "hello", absent ...: for messages. */
const char *value_text(const struct subject_value *got, struct arena *arena);
const char *value_pattern_text(const struct value_pattern *pattern,
                               const struct endpoint *endpoints, struct arena *arena);

#endif
