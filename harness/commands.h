/* commands -- the words of the command line; each is a file cmd_*.c and a row in main.c. */
#ifndef HARNESS_COMMANDS_H
#define HARNESS_COMMANDS_H

#include "harness/options.h"
#include "harness/runner.h"

struct command {
    const char *name;
    const char *about;  /* a line of `assay --help` */
    const char *words;  /* what stands behind the name: "CASE..." */
    const char *manual; /* what `assay NAME --help` says before it lists the options; whole lines */
    const char *statuses; /* the exit statuses, which it ends with; whole lines */
    unsigned takes;       /* enum option_set */
    /* Mistakes go to `diags`, which main() prints. */
    enum exit_status (*run)(const struct options *options, struct diags *diags);
};

extern const struct command cmd_run, cmd_list, cmd_check, cmd_observe, cmd_serve, cmd_explain,
    cmd_show, cmd_diff, cmd_request;

#endif
