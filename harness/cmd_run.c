#include "harness/commands.h"
#include "harness/options.h"
#include "reports/console.h"

#include <unistd.h>

/* The sinks of one run: the console's, then one a --report. */
struct sinks {
    struct sink *items[REPORTS_MAX + 1];
    size_t count;
};

static bool is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* People read the standard output, unless a report goes there. */
static FILE *console_out(const struct options *options)
{
    for (size_t i = 0; i < options->report_count; i++)
        if (is_stdout(options->reports[i].path))
            return stderr;
    return stdout;
}

static bool open_sinks(struct sinks *sinks, const struct options *options, struct diags *diags)
{
    FILE *out = console_out(options);
    const struct console_options console = {
        .out = out,
        .progress = isatty(STDERR_FILENO) == 1 ? stderr : NULL,
        .color = options_color(options->color, out),
        .strict = options->strict,
    };
    sinks->items[sinks->count++] = console_sink_new(&console);
    for (size_t i = 0; i < options->report_count; i++) {
        const struct report_wish *wish = &options->reports[i];
        const char *path = is_stdout(wish->path) ? "/dev/stdout" : wish->path;
        struct sink *sink = wish->kind->open(path, options, diags);
        if (sink == NULL)
            return false;
        sinks->items[sinks->count++] = sink;
    }
    return true;
}

static enum exit_status play(const struct options *options, const struct selected *selected,
                             struct diags *diags)
{
    struct sinks sinks = {.count = 0};
    enum exit_status status = STATUS_BROKEN;
    if (open_sinks(&sinks, options, diags)) {
        const struct plan plan = {
            .selected = selected,
            .sinks = sinks.items,
            .sink_count = sinks.count,
            .jobs = options->jobs,
            .repeat = options->repeat,
            .slow = options->slow,
            .thin = options->thin,
            .strict = options->strict,
        };
        status = runner_play(&plan, diags);
    }
    for (size_t i = 0; i < sinks.count; i++)
        sinks.items[i]->vtable->free(sinks.items[i]);
    return status;
}

enum exit_status cmd_run(int argc, char **argv, struct diags *diags)
{
    struct options options;
    struct selected selected;
    if (!options_read(&options, argc, argv, OPTIONS_SELECT | OPTIONS_RUN, diags) ||
        !select_cases(&options.selection, diags->arena, &selected, diags))
        return STATUS_USAGE;
    if (selected.count == 0) {
        diag_add(diags, NULL, 0, NULL, "no case is selected");
        return STATUS_NOTHING;
    }
    return play(&options, &selected, diags);
}
