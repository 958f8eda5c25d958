/*
 * bundled -- plays client steps with the bundled client (harness/client/): one
 * session, blocking. The driver of this subject (harness/driver.h) runs it on a
 * thread of its own.
 */
#ifndef HARNESS_BUNDLED_H
#define HARNESS_BUNDLED_H

#include "harness/client/client.h"
#include "harness/driver.h"
#include "wire/arena.h"

struct bundled;

/* Plays the steps of `session`; connects only when a step does. The session is borrowed, as is the
 * arena, which outcomes live in. `tls` is what the client trusts, the session's `ca`: made where
 * that is NULL and a step needs it; the caller's to free, after this. */
struct bundled *bundled_new(const struct driver_session *session, struct assay_tls **tls,
                            struct arena *arena);

/* Closes the session's connections. Accepts NULL. */
void bundled_free(struct bundled *bundled);

/* What is told while a step is played, on the thread that plays it. */
struct bundled_watch {
    void (*has_head)(void *context);           /* its response's head is there; NULL: not wanted */
    void (*hold)(void *context, size_t piece); /* the source stands there until this returns */
    void *context;
};
void bundled_watch(struct bundled *bundled, struct bundled_watch watch);

/* Plays one step to its end, whatever it takes (the harness ends a run that lasts too long by
 * closing the connection's other end). NULL when something failed that is no fault of the client's:
 * bundled_trouble() says what, and lives in the arena. Bodies are kept up to BUNDLED_BODY_MAX
 * octets and counted past that. */
const struct outcome *bundled_play(struct bundled *bundled, size_t step);
const char *bundled_trouble(const struct bundled *bundled);

enum { BUNDLED_BODY_MAX = 1024 * 1024 };

/* What it can be asked for, and what it reports. */
can_set bundled_can(void);

#endif
