/*
 * driver_process -- the driver of a subject that is a child process: speaks
 * docs/driver-protocol.md with it.
 *
 * The process is started when a session first needs it, and again by the next
 * session after it has failed. What it does wrong costs the session that is on.
 */
#ifndef HARNESS_DRIVER_PROCESS_H
#define HARNESS_DRIVER_PROCESS_H

#include "harness/driver.h"

/* The times that are given to a driver, before they are multiplied. */
enum { DRIVER_HELLO_MS = 10000, DRIVER_GRACE_MS = 2000 };

struct driver_process_options {
    const char *file;         /* the program, its path from the root; borrowed */
    struct subject_info info; /* borrowed texts; of one that was not met only the name counts */
    uint64_t hello_ms;        /* from its start to its first line */
    uint64_t grace_ms; /* for an answer when the time is over, for the end, and to go by itself */
};

/* Starts nothing yet. Copies `options`. */
struct driver *driver_process_new(uv_loop_t *loop, const struct driver_process_options *options);

/* Starts it, and runs the loop until it has said hello: then `info` is known, its texts in the
 * diags' arena. False, with a diag, when it does not. Outside of sessions only. */
bool driver_process_meet(struct driver *driver, struct diags *diags);

#endif
