#include "harness/sinks.h"

#include "reports/console.h"

#include <unistd.h>

static bool is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* People read the standard output, unless a report goes there. */
FILE *sinks_console_out(const struct options *options)
{
    for (size_t i = 0; i < options->report_count; i++)
        if (is_stdout(options->reports[i].path))
            return stderr;
    return stdout;
}

bool sinks_open(struct sinks *sinks, const struct options *options, bool whole, struct diags *diags)
{
    FILE *out = sinks_console_out(options);
    const struct console_options console = {
        .out = out,
        .progress = isatty(STDERR_FILENO) == 1 ? stderr : NULL,
        .color = options_color(options->color, out),
        .strict = options->strict,
        .whole = whole,
    };
    for (size_t i = 0; i < options->report_count; i++) {
        const struct report_wish *wish = &options->reports[i];
        const char *path = is_stdout(wish->path) ? "/dev/stdout" : wish->path;
        struct sink *sink = wish->kind->open(path, options, diags);
        if (sink == NULL)
            return false;
        sinks->items[sinks->count++] = sink;
    }
    /* The last: what it tells of, the reports have. */
    sinks->items[sinks->count++] = console_sink_new(&console);
    return true;
}

void sinks_begin(const struct sinks *sinks, const struct run_info *info)
{
    for (size_t i = 0; i < sinks->count; i++)
        sinks->items[i]->vtable->begin(sinks->items[i], info);
}

void sinks_result(const struct sinks *sinks, const struct case_result *result)
{
    for (size_t i = 0; i < sinks->count; i++)
        sinks->items[i]->vtable->result(sinks->items[i], result);
}

bool sinks_end(const struct sinks *sinks, const struct totals *totals, uint64_t duration_ns,
               bool interrupted, struct diags *diags)
{
    bool is_good = true;
    for (size_t i = 0; i < sinks->count; i++)
        is_good = sinks->items[i]->vtable->end(sinks->items[i], totals, duration_ns, interrupted,
                                               diags) &&
                  is_good;
    return is_good;
}

void sinks_free(struct sinks *sinks)
{
    for (size_t i = 0; i < sinks->count; i++)
        sinks->items[i]->vtable->free(sinks->items[i]);
    sinks->count = 0;
}
