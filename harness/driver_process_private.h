/*
 * driver_process_private -- what the two rooms of the driver share; see
 * harness/driver_process.h for the house. driver_process.c starts the process,
 * tells it what to do and sees its end; driver_process_hears.c takes what it
 * says.
 */
#ifndef HARNESS_DRIVER_PROCESS_PRIVATE_H
#define HARNESS_DRIVER_PROCESS_PRIVATE_H

#include "harness/child.h"
#include "harness/driver_lines.h"
#include "harness/driver_process.h"

/* What the timer is for. */
enum wait {
    WAIT_NOTHING,
    WAIT_HELLO,
    WAIT_ANSWERS, /* the session's time is over */
    WAIT_ENDED,
    WAIT_EXIT,   /* its output has ended, or its input */
    WAIT_TO_TELL /* it could not be started: to be told from the loop */
};

struct driver_process {
    struct driver driver;
    uv_loop_t *loop;
    struct driver_process_options options;
    uv_timer_t timer;
    enum wait wait;
    struct child *child; /* NULL: none is there */
    bool has_hello;      /* it has said it */
    unsigned failed_starts;
    struct diags *meeting; /* while it is met: its arena keeps the hello's texts */

    const struct driver_session *session; /* NULL between sessions */
    uint64_t id;                          /* of the session, or the last one */
    struct arena *arena;                  /* of the session */
    bool *is_answered;                    /* by step */
    size_t asked_count, answered_count;
    bool is_end_asked;
    const struct source_step *hold;      /* a source stands there; NULL: none does */
    const struct source_step *last_hold; /* the last one that stood: of `held_step` */
    size_t held_step;

    struct arena *scratch; /* of a line, and of what was wrong with it */
    const char *reason;    /* it broke by this, and is killed; NULL: it did not */
    bool is_given_up;      /* it did not answer in time, and is killed: the session ends by that */
    bool is_quitting;
};

/* Stops the timer. */
void driver_process_wait_no_more(struct driver_process *self);

/* The driver is of no use any more: kills it. `fmt` says what it did, behind "its driver". The
 * first reason counts. */
void driver_process_fail(struct driver_process *self, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Where the content of a BODY_FILE lies while the session is on; in the session's arena. */
const char *driver_process_content_path(const struct driver_process *self, size_t step);

/* driver_process_hears.c: takes a line of its output. */
void driver_process_hear(struct driver_process *self, struct bytes line);

#endif
