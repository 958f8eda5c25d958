/*
 * driver_command -- the driver of a subject that is a command line: plays what a
 * descriptor (harness/descriptor.h) says.
 *
 * Each session is one command that is given all steps at once; before a step
 * that waits for something stands a gate (harness/gate.h). A streamed body comes
 * from its standard input, so a source can stand. What it prints behind each
 * step is the step's outcome.
 */
#ifndef HARNESS_DRIVER_COMMAND_H
#define HARNESS_DRIVER_COMMAND_H

#include "harness/descriptor.h"
#include "harness/driver.h"

struct driver_command_options {
    const struct descriptor *descriptor; /* borrowed, as the texts of `info` */
    struct subject_info info;
    uint64_t grace_ms; /* for the command to end by itself */
};

/* Starts nothing yet. NULL, with a diag, when the system refuses a folder or a port. */
struct driver *driver_command_new(uv_loop_t *loop, const struct driver_command_options *options,
                                  struct diags *diags);

#endif
