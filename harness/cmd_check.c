#include "harness/commands.h"

static enum exit_status check(const struct options *options, struct diags *diags)
{
    struct selected selected;
    if (!select_cases(&options->selection, diags->arena, &selected, diags))
        return STATUS_USAGE;
    printf("%zu %s, no mistakes\n", selected.count, selected.count == 1 ? "case" : "cases");
    return selected.count > 0 ? STATUS_OK : STATUS_NOTHING;
}

const struct command cmd_check = {
    .name = "check",
    .about = "look for mistakes in case files, and play nothing",
    .words = "[CASES...]",
    .manual = "Tells every mistake of the files as FILE:LINE: /json/pointer: what was wanted.\n",
    .statuses = "Exit status: 0 no mistakes, 2 wrong use or a bad case file, 4 no case selected.\n",
    .takes = 0,
    .run = check,
};
