#include "harness/commands.h"
#include "harness/data_dir.h"
#include "harness/explain.h"
#include "harness/options.h"

const char explain_manual[] =
    "usage: assay explain CASE... [--color WHEN]\n"
    "\n"
    "Tells a case in words: what the client is asked, what each peer does, which behaviours are\n"
    "known and what they rest on, what the connection is held to, its requirements, and where\n"
    "it was seen. Nothing is played.\n"
    "\n"
    "CASE is an id (smoke/get), or one point of a case ('partial-read/cut[cut=17,end=fin]');\n"
    "a folder of ids, a pattern or the path of a case file tells each of its cases.\n"
    "\n"
    "Exit status: 0 told, 2 wrong use or a bad case file, 4 no case selected.\n";

/* Each point that is named alone, else the whole. */
static void explain(const struct selected *selected, size_t index, struct explained *explained)
{
    const struct pick *pick = &selected->picks[index];
    explained->case_ = selected->cases[index];
    explained->point = NULL;
    if (pick->points == NULL) {
        explain_case(stdout, explained);
        return;
    }
    for (size_t i = 0; i < pick->count; i++) {
        explained->point = pick->points[i];
        fputs(i > 0 ? "\n" : "", stdout);
        explain_case(stdout, explained);
    }
}

enum exit_status cmd_explain(int argc, char **argv, struct diags *diags)
{
    struct options options;
    struct selected selected;
    struct catalog catalog;
    if (!options_read(&options, argc, argv, OPTIONS_EXPLAIN, diags))
        return STATUS_USAGE;
    if (options.selection.word_count == 0) {
        diag_add(diags, NULL, 0, NULL, "want a case; see assay explain --help");
        return STATUS_USAGE;
    }
    const char *path = arena_printf(diags->arena, "%s/requirements.json", data_dir_cases());
    if (!catalog_load(&catalog, diags->arena, path, diags) ||
        !select_cases(&options.selection, diags->arena, &selected, diags))
        return STATUS_USAGE;
    struct explained explained = {.catalog = &catalog,
                                  .color = options_color(options.color, stdout)};
    for (size_t i = 0; i < selected.count; i++) {
        fputs(i > 0 ? "\n" : "", stdout);
        explain(&selected, i, &explained);
    }
    return select_any(&selected, diags) ? STATUS_OK : STATUS_NOTHING;
}
