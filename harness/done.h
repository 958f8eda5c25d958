/* done -- which steps of a run are done: what barriers wait for. */
#ifndef HARNESS_DONE_H
#define HARNESS_DONE_H

#include "wire/case.h"
#include "wire/transcript.h"

struct done {
    const struct point *point;
    bool has_barriers; /* else nothing is noted */
    bool *client;      /* by client step: its outcome is there */
    bool *head;        /* by client step: its head is there */
    bool ***peer;      /* by peer, script, step */
};

/* Nothing is done yet. What is noted lives in `arena`. */
void done_init(struct done *done, const struct point *point, struct arena *arena);

/* Notes what the event says; true when a barrier may be lifted by it. */
bool done_note(struct done *done, const struct event *event);

/* NAME.head is done once the outcome is there, too. Asked only of points with barriers. */
bool done_is(const struct done *done, const struct step_ref *ref);

/* Whether somebody waits for a head, or a behaviour speaks of when it came. */
bool done_wants_heads(const struct done *done);

/* Whether all that the client step waits for is done. */
bool done_are_all(const struct done *done, const struct client_step *step);

#endif
