#include "harness/commands.h"

static enum exit_status list(const struct options *options, struct diags *diags)
{
    struct selected selected;
    if (!select_cases(&options->selection, diags->arena, &selected, diags))
        return STATUS_USAGE;
    for (size_t i = 0; i < selected.count; i++)
        printf("%-44s %s\n", selected.cases[i]->id, selected.cases[i]->title);
    return select_any(&selected, diags) ? STATUS_OK : STATUS_NOTHING;
}

const struct command cmd_list = {
    .name = "list",
    .about = "what cases there are",
    .words = "[CASES...]",
    .manual = "A line for each case: its id, its title.\n",
    .statuses = "Exit status: 0 listed, 2 wrong use or a bad case file, 4 no case selected.\n",
    .takes = OPTIONS_SELECT,
    .run = list,
};
