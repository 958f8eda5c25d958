/* verdict -- how a run, a case, a rule came out. From the best to the worst: the worse of two is
 * the greater, and a case's verdict is the worst of its runs. */
#ifndef WIRE_VERDICT_H
#define WIRE_VERDICT_H

#include <stdbool.h>

#define VERDICTS(X)                                                                                \
    X(PASS, "pass")                                                                                \
    X(INFO, "info")                 /* behaviour recorded, nothing to judge */                     \
    X(SKIP, "skip")                 /* the subject cannot do it */                                 \
    X(UNEXERCISED, "unexercised")   /* the run never reached its mark */                           \
    X(WARN, "warn")                 /* a SHOULD, or grammar without a keyword, is broken */        \
    X(KNOWN, "known")               /* a deviation that the baseline lists */                      \
    X(UNRECOGNISED, "unrecognised") /* no behaviour matched: the case's gap */                     \
    X(FAIL, "fail")                 /* a MUST is broken, or a harm done */                         \
    X(ERROR, "error")               /* the harness or a driver broke: never the subject's fault */

enum verdict {
#define VERDICT_ENUM(name, text) VERDICT_##name,
    VERDICTS(VERDICT_ENUM)
#undef VERDICT_ENUM
        VERDICT_COUNT
};

const char *verdict_name(enum verdict verdict);

/* Exit status 1: fail and unrecognised; warn too when `strict`. */
bool verdict_is_deviation(enum verdict verdict, bool strict);

#endif
