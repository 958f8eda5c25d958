/* outcome -- what the client told its caller of one exchange: a closed, small set. */
#ifndef WIRE_OUTCOME_H
#define WIRE_OUTCOME_H

#include "wire/bytes.h"

/* In the order in which a driver chooses: the first that fits. The last two come from the harness
 * alone, and "any" in a pattern does not mean them. */
#define OUTCOME_ERRORS(X)                                                                          \
    X(NONE, "none")                                                                                \
    X(INVALID_REQUEST, "invalid_request") /* refused before an octet was sent */                   \
    X(REFUSED, "refused")                 /* no connection */                                      \
    X(TLS, "tls")                         /* handshake or certificate */                           \
    X(TUNNEL, "tunnel")                   /* CONNECT not answered by 2xx */                        \
    X(TIMEOUT, "timeout")                                                                          \
    X(RESET, "reset")           /* the client names a reset */                                     \
    X(CLOSED, "closed")         /* end of input before the first octet of the status line */       \
    X(INCOMPLETE, "incomplete") /* end of input later */                                           \
    X(TOO_LARGE, "too_large")   /* a limit of the client's */                                      \
    X(MALFORMED, "malformed")   /* it names bad syntax or framing */                               \
    X(OTHER, "other")                                                                              \
    X(HUNG, "hung")       /* no outcome by the run's deadline */                                   \
    X(RUNAWAY, "runaway") /* more connections or requests than any client should make */

enum outcome_error {
#define OUTCOME_ENUM(name, text) OUTCOME_##name,
    OUTCOME_ERRORS(OUTCOME_ENUM)
#undef OUTCOME_ENUM
        OUTCOME_ERROR_COUNT
};

const char *outcome_error_name(enum outcome_error error);

struct field {
    struct bytes name, value;
};

struct fields {
    const struct field *items;
    size_t count;
};

struct interim {
    int status;
    struct fields fields;
};

/*
 * What is known stands side by side: a response that was cut has a status, fields, what came of the
 * body, and an error. Octets past what the driver keeps are counted in `body_len` alone. Everything
 * is borrowed from whoever made the outcome; outcome_copy() makes it last.
 */
struct outcome {
    enum outcome_error error;
    const char *text;    /* the error in the client's own words; nobody judges it; may be NULL */
    bool is_unsupported; /* the subject cannot do this step: `text` says why, and nothing else is
                            set */
    int status;          /* 0: no response */
    bool has_reason, has_fields, has_trailers, has_interims; /* the subject shows them */
    struct bytes reason;
    struct fields fields;
    bool has_body;     /* some content, whole or part, was handed to the caller (it may be empty) */
    struct bytes body; /* the first octets of it, all when `body.len == body_len` */
    uint64_t body_len;
    struct fields trailers;
    const struct interim *interims;
    size_t interim_count;
};

struct arena;

struct outcome *outcome_copy(struct arena *arena, const struct outcome *from);

#endif
