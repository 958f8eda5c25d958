/* Reports of any octets: refused with a place, or written again by every sink, each result twice.
 */
#include "reports/console.h"
#include "reports/json.h"
#include "reports/junit.h"
#include "reports/read_report.h"
#include "reports/tap.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_all(struct report *report, struct sink *sink, struct diags *diags)
{
    struct arena *scratch = arena_new();
    const struct case_result *result;
    size_t count = 0;
    report_rewind(report);
    sink->vtable->begin(sink, &report->info);
    for (; (result = report_next(report, scratch)) != NULL; count++) {
        sink->vtable->result(sink, result);
        arena_reset(scratch);
    }
    if (count != report->result_count ||
        !sink->vtable->end(sink, report->totals, report->duration_ns, report->interrupted, diags))
        abort();
    sink->vtable->free(sink);
    arena_free(scratch);
}

static void write_every_kind(struct report *report, struct diags *diags)
{
    FILE *out = fopen("/dev/null", "w");
    if (out == NULL)
        abort();
    const struct console_options console = {.out = out, .whole = true};
    write_all(report, console_sink_new(&console), diags);
    write_all(report, json_sink_new("/dev/null", JSON_WIRE_ALL, diags), diags);
    write_all(report, junit_sink_new("/dev/null", true, diags), diags);
    write_all(report, tap_sink_new("/dev/null", false, diags), diags);
    fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diags diags = {.arena = arena_new()};
    struct report report;
    const bool is_good =
        report_open(&report, diags.arena, "f.json", (struct bytes){data, size}, &diags);
    if (is_good != (diags.count == 0))
        abort();
    if (is_good)
        write_every_kind(&report, &diags);
    arena_free(diags.arena);
    return 0;
}
