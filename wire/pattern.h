/* pattern -- what octets and fields are held against: in behaviours, and in the routes of peers.
 * wire/match_value.h does it. */
#ifndef WIRE_PATTERN_H
#define WIRE_PATTERN_H

#include "wire/octets.h"

enum value_kind {
    VALUE_EQUALS,    /* `octets` */
    VALUE_HAS,       /* contains `octets` */
    VALUE_PREFIX_OF, /* is a beginning of `octets` */
    VALUE_LENGTH,    /* `length` octets, whatever they are */
    VALUE_ABSENT,    /* is not there at all */
};

struct value {
    enum value_kind kind;
    struct octets octets;
    uint64_t length;
};

/* Any of these; `count` 0 means that the pattern states nothing. */
struct value_pattern {
    const struct value *values;
    size_t count;
};

struct field_pattern {
    struct bytes name; /* compared without case */
    struct value_pattern value;
};

struct fields_pattern {
    const struct field_pattern *items;
    size_t count;
};

#endif
