/* help -- what --help prints. */
#ifndef HARNESS_HELP_H
#define HARNESS_HELP_H

#include "harness/commands.h"

/* What all commands are there for; `commands` ends with NULL. */
void help_all(FILE *out, const struct command *const *commands);

/* A command's manual. */
void help_command(FILE *out, const struct command *command);

#endif
