/*
 * driver -- what makes a subject perform a case's client steps.
 *
 * A session is what a subject makes anew at `begin` and closes at `end`:
 * connections, cookies, caches; nothing of one case may reach the next. One
 * driver plays one session at a time. All calls and callbacks happen on
 * the loop's thread, and no callback comes from inside a call.
 */
#ifndef HARNESS_DRIVER_H
#define HARNESS_DRIVER_H

#include "wire/diag.h"
#include "wire/result.h"

#include <uv.h>

struct driver_session {
    const char *case_id, *suffix; /* of the point that is played: for people */
    const struct peer *peers;     /* the first is the origin */
    size_t peer_count;
    const struct endpoint *endpoints; /* by peer index */
    const char *ca; /* path of the certificate to trust, in PEM; NULL: no peer speaks TLS */
    const struct client_step *steps;
    size_t count;
    uint64_t deadline_ms; /* of the run: the client's own limits are no shorter */
    bool wants_heads;     /* someone waits for a head: `head` is called */
};

struct driver {
    const struct driver_vtable {
        /* `session` and all it points to are borrowed until `ended` or `failed` was called. False:
         * the subject has to be started first, and `begun` is called when it is there. */
        bool (*begin)(struct driver *driver, const struct driver_session *session);
        /* Plays the steps `first` to `first + count - 1`, one after the other; each is answered by
         * one call of `outcome`, in order but for those in the background. */
        void (*ask)(struct driver *driver, size_t first, size_t count);
        /* The source of `step` that was said to stand goes on. */
        void (*go)(struct driver *driver, size_t step);
        /* The session's time is over, and its connections are reset: what is asked must be answered
         * soon. Of a subject that does not, the session may end without its outcomes. */
        void (*hurry)(struct driver *driver);
        /* Closes the session once all that was asked is answered; then calls `ended`. */
        void (*end)(struct driver *driver);
        /* Outside of sessions only. The memory goes when the loop has closed the handles. */
        void (*free)(struct driver *driver);
    } * vtable;
    struct subject_info info;
    /* Set by the stage. `outcome` is borrowed for the call. */
    void (*begun)(void *context);
    void (*outcome)(void *context, size_t step, const struct outcome *outcome);
    /* Where it can (`event.head`): the step's response has its head; before its outcome. */
    void (*head)(void *context, size_t step);
    /* The source of the step's body stands at that piece, a SOURCE_HOLD. One at a time. */
    void (*held)(void *context, size_t step, size_t piece);
    void (*ended)(void *context);
    /* Instead of `ended`, at any time: the driver itself broke, for this reason (borrowed for the
     * call; lines). It says nothing about the subject. The next session may be begun. */
    void (*failed)(void *context, const char *reason);
    void *context;
};

/* The bundled client, on a thread of its own. `info` has borrowed texts. NULL, with a diag, when
 * the system refuses a thread. */
struct driver *driver_bundled_new(uv_loop_t *loop, const struct subject_info *info,
                                  struct diags *diags);

#endif
