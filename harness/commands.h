/* commands -- the words of the command line; each is a file cmd_*.c and a row in main.c. */
#ifndef HARNESS_COMMANDS_H
#define HARNESS_COMMANDS_H

#include "harness/runner.h"

/* `argv[0]` is the command's name. Mistakes go to `diags`, which main() prints. */
typedef enum exit_status command(int argc, char **argv, struct diags *diags);

command cmd_run, cmd_list, cmd_check, cmd_observe, cmd_serve, cmd_explain, cmd_show, cmd_diff;

/* What `assay COMMAND --help` prints. */
extern const char explain_manual[], show_manual[], diff_manual[];

#endif
