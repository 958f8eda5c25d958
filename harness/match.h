/*
 * match -- holds what was seen in a run against the behaviours of its case.
 *
 * Pure: data in, an answer out. A behaviour matches when all it states holds
 * (docs/case-format.md); what the subject cannot report is left out.
 */
#ifndef HARNESS_MATCH_H
#define HARNESS_MATCH_H

#include "wire/arena.h"
#include "wire/case.h"

/* One request as it came, or as much of it as came. */
struct seen_request {
    struct seen_request *next;
    struct bytes method, target;
    struct fields fields, trailers;
    struct bytes body; /* the first octets of the content, without chunked coding */
    uint64_t body_len;
    enum framing_bit framing; /* 0 when it is unknown */
    uint64_t chunk_count;     /* without the last one */
    bool is_complete;
    unsigned on;         /* the connection, from 0, in order of their first octets */
    unsigned connection; /* the same, as the transcript counts it */
    unsigned number;     /* on this connection, from 0 */
    uint64_t offset;     /* of its content, in the octets of the connection */
};

struct seen_peer {
    struct seen_request *first, *last; /* in order of their first octets */
    size_t request_count;
    unsigned connection_count; /* those with an octet */
};

struct seen {
    const struct outcome *const *outcomes; /* by client step; NULL where none came */
    size_t outcome_count;
    const struct seen_peer *peers;    /* by peer index */
    const struct peer *scripts;       /* the same, for their names */
    const struct endpoint *endpoints; /* the same */
    size_t finding_count;             /* rules that were broken, not mere advice */
    /* Whether the first news of that client step came before the peer's step began. */
    bool (*came_before)(const void *context, size_t client_step, const struct step_ref *ref);
    const void *context;
    can_set can;
    struct arena *arena; /* for texts */
};

/* What differs from a behaviour, up to DIFFERENCES_TOLD of them in words. */
enum { DIFFERENCES_TOLD = 3 };
struct differences {
    bool is_told; /* make the texts */
    size_t count;
    const char *texts[DIFFERENCES_TOLD];
};

/* Adds to `differences` all in which the run differs from `behaviour`; true when that is nothing.
 */
bool match_behaviour(const struct behaviour *behaviour, const struct seen *seen,
                     struct differences *differences);

#endif
