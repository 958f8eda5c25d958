/*
 * finder -- looks for octets in what comes in pieces, however it is cut: no octet is looked at
 * twice (Knuth, Morris and Pratt).
 */
#ifndef WIRE_FINDER_H
#define WIRE_FINDER_H

#include "wire/bytes.h"

/* All zero: looks for nothing, and has found nothing. */
struct finder {
    struct bytes wanted; /* borrowed */
    size_t *borders;     /* of each prefix of it the length of its longest border; the caller's */
    size_t matched;      /* octets of it that stand at the end of what came; all: it was found */
};

/* At least one octet is wanted; `borders` has room for a size of each. */
struct finder finder_of(struct bytes wanted, size_t *borders);

/* How many of the octets that come next lie before the end of what is wanted; all of them, when it
 * does not end there. Not to be called when it was found. */
size_t finder_next(struct finder *finder, struct bytes octets);

static inline bool finder_has_found(const struct finder *finder)
{
    return finder->wanted.len > 0 && finder->matched == finder->wanted.len;
}

#endif
