#include "harness/commands.h"
#include "harness/options.h"

enum exit_status cmd_check(int argc, char **argv, struct diags *diags)
{
    struct options options;
    struct selected selected;
    if (!options_read(&options, argc, argv, 0, diags) ||
        !select_cases(&options.selection, diags->arena, &selected, diags))
        return STATUS_USAGE;
    printf("%zu %s, no mistakes\n", selected.count, selected.count == 1 ? "case" : "cases");
    return selected.count > 0 ? STATUS_OK : STATUS_NOTHING;
}
