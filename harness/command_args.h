/*
 * command_args -- the command line for a session of a descriptor's client: all
 * steps in one command, a gate before each that is not asked for at once.
 */
#ifndef HARNESS_COMMAND_ARGS_H
#define HARNESS_COMMAND_ARGS_H

#include "harness/descriptor.h"
#include "harness/driver.h"
#include "harness/gate.h"

/* In the folder: where the client puts the body of the response to a step. */
const char *command_body_path(const char *folder, size_t step, struct arena *arena);

/* The line that the client prints behind the JSON of a step. */
const char *command_mark(size_t step, struct arena *arena);

struct command_args {
    const char *const *items; /* ended by NULL; in the arena */
    const char *unsupported; /* why there are none: what no command line can say; NULL: there are */
};

/* `asked_count` steps are asked for at once. `gate` is NULL where the session has one step. */
struct command_args command_args_make(const struct descriptor *descriptor,
                                      const struct driver_session *session, size_t asked_count,
                                      const struct gate *gate, const char *folder,
                                      struct arena *arena);

#endif
