/*
 * bundled -- plays client steps with the bundled client (harness/client/): one
 * session, blocking. The driver of this subject (harness/driver.h) runs it on a
 * thread of its own.
 */
#ifndef HARNESS_BUNDLED_H
#define HARNESS_BUNDLED_H

#include "wire/arena.h"
#include "wire/case.h"

struct bundled;

/* A session against `origin`; connects only when a step does. `endpoints` (by peer index) fill the
 * holes of the steps and are borrowed, as is the arena, which outcomes live in. */
struct bundled *bundled_new(const struct endpoint *endpoints, struct arena *arena);

/* Closes the session's connection. Accepts NULL. */
void bundled_free(struct bundled *bundled);

/* What is told while a step is played, on the thread that plays it. */
struct bundled_watch {
    void (*has_head)(void *context);           /* its response's head is there; NULL: not wanted */
    void (*hold)(void *context, size_t piece); /* the source stands there until this returns */
    void *context;
};
void bundled_watch(struct bundled *bundled, struct bundled_watch watch);

/* Plays one step to its end, whatever it takes (the harness ends a run that lasts too long by
 * closing the connection's other end). NULL, with errno, when the file that the client is to read
 * cannot be written: that is no fault of its own. Bodies are kept up to BUNDLED_BODY_MAX octets
 * and counted past that. */
const struct outcome *bundled_play(struct bundled *bundled, const struct client_step *step);

enum { BUNDLED_BODY_MAX = 1024 * 1024 };

/* What it can be asked for, and what it reports. */
can_set bundled_can(void);

#endif
