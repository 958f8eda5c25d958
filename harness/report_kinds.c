#include "harness/report_kinds.h"

#include "harness/options.h"
#include "reports/json.h"
#include "reports/junit.h"
#include "reports/tap.h"

static struct sink *open_json(const char *path, const struct options *options, struct diags *diags)
{
    return json_sink_new(path, options->wire_all ? JSON_WIRE_ALL : JSON_WIRE_NOT_PASSED, diags);
}

static struct sink *open_junit(const char *path, const struct options *options, struct diags *diags)
{
    return junit_sink_new(path, options->strict, diags);
}

static struct sink *open_tap(const char *path, const struct options *options, struct diags *diags)
{
    return tap_sink_new(path, options->strict, diags);
}

static const struct report_kind kinds[] = {
    {"json", open_json},
    {"junit", open_junit},
    {"tap", open_tap},
};
enum { KIND_COUNT = sizeof(kinds) / sizeof(kinds[0]) };

const struct report_kind *report_kind_of(const char *text, const char **path)
{
    struct bytes rest = bytes_of(text);
    const struct bytes name = bytes_take_until(&rest, '=');
    if (rest.len == 0)
        return NULL;
    *path = (const char *)rest.at;
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (bytes_equal(name, bytes_of(kinds[i].name)))
            return &kinds[i];
    return NULL;
}

const char *report_kinds_wanted(struct arena *arena)
{
    const char *all = "";
    for (size_t i = 0; i < KIND_COUNT; i++)
        all = arena_printf(arena, "%s%s%s=PATH", all, i > 0 ? ", " : "", kinds[i].name);
    return all;
}
