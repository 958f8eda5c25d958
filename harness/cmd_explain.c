#include "harness/commands.h"
#include "harness/explain.h"

/* Each point that is named alone, else the whole. */
static void explain_picked(const struct selected *selected, size_t index,
                           struct explained *explained)
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

static enum exit_status explain(const struct options *options, struct diags *diags)
{
    struct selected selected;
    if (options->selection.word_count == 0) {
        diag_add(diags, NULL, 0, NULL, "want a case; see assay explain --help");
        return STATUS_USAGE;
    }
    if (!select_cases(&options->selection, diags->arena, &selected, diags))
        return STATUS_USAGE;
    struct explained explained = {.catalog = selected.catalog,
                                  .color = options_color(options->color, stdout)};
    for (size_t i = 0; i < selected.count; i++) {
        fputs(i > 0 ? "\n" : "", stdout);
        explain_picked(&selected, i, &explained);
    }
    return select_any(&selected, diags) ? STATUS_OK : STATUS_NOTHING;
}

const struct command cmd_explain = {
    .name = "explain",
    .about = "one case told in words: what is asked, played and recognised",
    .words = "CASES...",
    .manual =
        "Tells what the client is asked, what each peer does, which behaviours are known and what\n"
        "they rest on, what the connection is held to, the requirements, and where it was seen.\n"
        "Nothing is played. 'partial-read/cut[cut=17,end=fin]' tells one point of a case.\n",
    .statuses = "Exit status: 0 told, 2 wrong use or a bad case file, 4 no case selected.\n",
    .takes = OPTIONS_EXPLAIN,
    .run = explain,
};
