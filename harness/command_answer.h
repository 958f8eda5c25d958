/* command_answer -- an outcome of what a descriptor's client printed, and put into a file. */
#ifndef HARNESS_COMMAND_ANSWER_H
#define HARNESS_COMMAND_ANSWER_H

#include "harness/descriptor.h"

/* `text` is the JSON that was printed for a step, its octets one character each; `body_path` the
 * file that the body was put into, which may not be there. The outcome lives in the diags' arena.
 * NULL, with diags, where it is not what the descriptor says. */
const struct outcome *command_answer_read(const struct descriptor *descriptor, struct bytes text,
                                          const char *body_path, bool has_content,
                                          struct diags *diags);

#endif
