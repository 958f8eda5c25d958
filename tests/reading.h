/* reading -- requests as somebody has read them, to be compared with how somebody else has. */
#ifndef TESTS_READING_H
#define TESTS_READING_H

#include "wire/arena.h"

enum { READING_FIELDS_MAX = 64, READINGS_MAX = 64 };

struct reading_field {
    struct bytes name, value;
};

struct reading_fields {
    struct reading_field items[READING_FIELDS_MAX]; /* in the order of the wire */
    size_t count;                                   /* also of those past the limit */
};

struct reading {
    struct bytes method, target;
    struct reading_fields head, trailers;
    struct bytes body; /* the chunked coding taken off */
};

struct readings {
    struct reading *items; /* READINGS_MAX of them */
    size_t count;
};

/* None yet. */
struct readings readings_new(struct arena *arena);

/* The next, which is empty; NULL past the limit. */
struct reading *readings_add(struct readings *readings);

/* Copies both. */
void reading_fields_add(struct reading_fields *fields, struct arena *arena, struct bytes name,
                        struct bytes value);

/* As wire/http.h reads them. False when the octets are not whole requests, or there was any
 * deviation. */
bool readings_of(struct readings *readings, struct arena *arena, struct bytes octets);

/* What differs, in words that live in the arena; NULL when nothing does. */
const char *reading_difference(const struct reading *one, const struct reading *other,
                               struct arena *arena);

#endif
