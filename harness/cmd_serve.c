#include "harness/commands.h"
#include "harness/live/live.h"
#include "harness/open_files.h"
#include "harness/options.h"

#include <dirent.h>
#include <errno.h>

/* One that was named has to be there; `make run` makes the other. */
static bool is_folder(const char *path, struct diags *diags)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return diag_add(diags, NULL, 0, NULL, "--reports: %s: %s",
                        diag_quote(diags->arena, bytes_of(path)), strerror(errno));
    closedir(folder);
    return true;
}

enum exit_status cmd_serve(int argc, char **argv, struct diags *diags)
{
    struct options options;
    struct selected selected;
    if (!options_read(&options, argc, argv, OPTIONS_SELECT | OPTIONS_SERVE, diags) ||
        (options.reports_folder != NULL && !is_folder(options.reports_folder, diags)) ||
        !select_cases(&options.selection, diags->arena, &selected, diags))
        return STATUS_USAGE;
    if (open_files_jobs(1, diags) == 0)
        return STATUS_BROKEN;
    const struct live_options live = {
        .selected = &selected,
        .reports_folder = options.reports_folder != NULL ? options.reports_folder : "reports/out",
        .port = (uint16_t)options.admin_port,
    };
    return live_serve(&live, diags) ? STATUS_OK : STATUS_BROKEN;
}
