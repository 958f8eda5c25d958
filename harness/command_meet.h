/* command_meet -- asks a subject that is a command line for its version. */
#ifndef HARNESS_COMMAND_MEET_H
#define HARNESS_COMMAND_MEET_H

#include "harness/descriptor.h"

/* Fills `info` with what the descriptor has of it, but for its name; the version lives in the
 * diags' arena. False, with a diag, when the command cannot be started or does not say. */
bool command_meet(const struct descriptor *descriptor, struct subject_info *info, unsigned slow,
                  struct diags *diags);

#endif
