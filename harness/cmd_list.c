#include "harness/commands.h"
#include "harness/options.h"

enum exit_status cmd_list(int argc, char **argv, struct diags *diags)
{
    struct options options;
    struct selected selected;
    if (!options_read(&options, argc, argv, OPTIONS_SELECT, diags) ||
        !select_cases(&options.selection, diags->arena, &selected, diags))
        return STATUS_USAGE;
    for (size_t i = 0; i < selected.count; i++)
        printf("%-44s %s\n", selected.cases[i]->id, selected.cases[i]->title);
    return select_any(&selected, diags) ? STATUS_OK : STATUS_NOTHING;
}
