/*
 * grade -- what became of the connection, after the exchange: how one more
 * request fared, the canary. It has a target and an answer of its own, which any
 * peer gives on whatever connection it comes, before scripts see it.
 */
#ifndef WIRE_GRADE_H
#define WIRE_GRADE_H

#include "wire/verdict.h"

#define GRADES(X)                                                                                  \
    X(UNSEEN, "unseen")     /* the subject has no sessions, or the exchange never ended */         \
    X(REUSED, "reused")     /* answered, on a connection that was used before */                   \
    X(FRESH, "fresh")       /* answered, on a new one */                                           \
    X(FAILED, "failed")     /* an error instead of the answer */                                   \
    X(POISONED, "poisoned") /* octets that were not its own answered it */                         \
    X(DESYNCED, "desynced") /* its own octets went into the body of an earlier request */          \
    X(HUNG, "hung")         /* nothing answered it by the deadline */

enum grade {
#define GRADE_ENUM(name, text) GRADE_##name,
    GRADES(GRADE_ENUM)
#undef GRADE_ENUM
        GRADE_COUNT
};

const char *grade_name(enum grade grade);

/* One line for people: "another request was answered on a new connection". */
const char *grade_text(enum grade grade);

/* Verdicts by grade. */
struct grade_table {
    enum verdict verdicts[GRADE_COUNT];
};

/* The named tables: "open" (may be used again), "spent" (nothing more may go out on it), "dirty"
 * (surplus lies on it), "keep" (should be used again). NULL when there is none so named. */
const struct grade_table *grade_table_find(const char *name);

#define CANARY_TARGET "/.assay/canary"
#define CANARY_BODY   "assay: canary\n"

#endif
