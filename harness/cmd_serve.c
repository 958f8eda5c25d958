#include "harness/commands.h"
#include "harness/live/live.h"
#include "harness/open_files.h"

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

static enum exit_status serve(const struct options *options, struct diags *diags)
{
    struct selected selected;
    if ((options->reports_folder != NULL && !is_folder(options->reports_folder, diags)) ||
        !select_cases(&options->selection, diags->arena, &selected, diags))
        return STATUS_USAGE;
    if (open_files_jobs(1, diags) == 0)
        return STATUS_BROKEN;
    const struct live_options live = {
        .selected = &selected,
        .reports_folder = options->reports_folder != NULL ? options->reports_folder : "reports/out",
        .port = (uint16_t)options->admin_port,
    };
    return live_serve(&live, diags) ? STATUS_OK : STATUS_BROKEN;
}

const struct command cmd_serve = {
    .name = "serve",
    .about = "show cases and reports to browsers and scripts of this machine",
    .words = "[CASES...]",
    .manual =
        "Serves the list of cases and a folder of reports, as a page and as JSON, on 127.0.0.1\n"
        "alone, until Ctrl-C.\n",
    .statuses = "Exit status: 0 ended by a signal, 2 wrong use or a bad file, 3 cannot listen.\n",
    .takes = OPTIONS_SELECT | OPTIONS_SERVE,
    .run = serve,
};
