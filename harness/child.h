/*
 * child -- a child process on a loop: octets into its standard input, lines or
 * all of its standard output, the end of its standard error.
 *
 * It has a process group of its own, a fresh empty folder that is its current
 * one and its HOME, and in its environment PATH and LANG beside. With it ends
 * its whole group, and the folder goes. It knows no protocol.
 *
 * All calls and callbacks happen on the loop's thread. The process must ignore
 * SIGPIPE.
 */
#ifndef HARNESS_CHILD_H
#define HARNESS_CHILD_H

#include "wire/diag.h"

#include <uv.h>

/* Of its standard error so many last octets are kept. */
enum { CHILD_ERROR_KEPT = 8 * 1024 };

struct child;

enum child_output_end {
    CHILD_OUTPUT_CLOSED,
    CHILD_OUTPUT_TOO_LONG, /* more than `output_max`: no more of it is read */
};

struct child_exit {
    int status;
    int signal; /* that ended it; 0: none, `status` counts */
};

struct child_options {
    /* The program, a path from the root or to be found in PATH, and its arguments; ended by NULL.
     * Borrowed for the call. */
    const char *const *command;
    size_t output_max; /* octets of a line; without `line`, of all its output */
    /* A line of its output, without its end; borrowed for the call. NULL: all of it is kept. */
    void (*line)(void *context, struct bytes line);
    /* Once, behind the last line; never after `exited`. It may still be there. */
    void (*output_ended)(void *context, enum child_output_end end);
    /* Once, the last: all that it wrote has been read. */
    void (*exited)(void *context, const struct child_exit *exit);
    void *context;
};

/* Starts it. NULL, with a diag, when that cannot be done. Copies `options`. */
struct child *child_new(uv_loop_t *loop, const struct child_options *options, struct diags *diags);

/* The path of its folder; lives as long as the child. */
const char *child_folder(const struct child *child);

/* Queues a copy of the octets. What it does not read is dropped when it ends. */
void child_write(struct child *child, struct bytes octets);

/* Closes its standard input behind what is queued. Nothing may be written after that. */
void child_end_input(struct child *child);

/* Ends the whole group at once; `exited` comes later, if it has not come. */
void child_kill(struct child *child);

/* What has come and was not given as a line: the whole output, or a line that is not whole. Lives
 * until the loop goes on. */
struct bytes child_output(const struct child *child);

/* The last octets of its standard error; the same. */
struct bytes child_error(const struct child *child);

/* Kills it where it is still there; nothing is called any more. May be called from a callback. The
 * memory goes when the loop has closed the handles. */
void child_free(struct child *child);

/* "exit status 3", "signal 9 (Killed)"; lives in the arena. */
const char *child_exit_text(const struct child_exit *exit, struct arena *arena);

#endif
