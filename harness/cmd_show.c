#include "harness/commands.h"
#include "harness/grep.h"
#include "harness/report_set.h"
#include "harness/sinks.h"
#include "harness/tally.h"

/* The words of the command line. */
struct words {
    const char **reports;
    size_t report_count;
    const char **ids;
    bool *is_found; /* by id */
    size_t id_count;
    struct grep grep;
};

static bool read_words(struct words *words, const struct options *options, struct diags *diags)
{
    const size_t count = options->selection.word_count;
    words->reports = arena_array(diags->arena, count, sizeof(*words->reports));
    words->ids = arena_array(diags->arena, count, sizeof(*words->ids));
    words->is_found = arena_array(diags->arena, count, sizeof(*words->is_found));
    for (size_t i = 0; i < count; i++) {
        const char *word = options->selection.words[i];
        if (select_is_path(word))
            words->reports[words->report_count++] = word;
        else
            words->ids[words->id_count++] = word;
    }
    if (words->report_count > 0)
        return true;
    const char *word = words->id_count > 0 ? words->ids[0] : NULL;
    if (word == NULL)
        return diag_add(diags, NULL, 0, NULL, "want a report; see assay show --help");
    return diag_add(diags, NULL, 0, NULL, "want a report; there is no file %s",
                    diag_quote(diags->arena, bytes_of(word)));
}

/* --- one run of a case ------------------------------------------------------------ */

/* Whether the word's end, "[cut=17]#3", names the run; without a number it names all repeats. */
static bool names_run(const char *suffix, const struct run_result *run, struct arena *scratch)
{
    if (strcmp(suffix, run->point->suffix) == 0)
        return true;
    return run->repeat > 0 &&
           strcmp(suffix, arena_printf(scratch, "%s#%u", run->point->suffix, run->repeat)) == 0;
}

/* Behind the case's id: a point, or the number of a run. */
static const char *run_suffix(const char *word, const char *id)
{
    const size_t len = strlen(id);
    return strncmp(word, id, len) == 0 && (word[len] == '[' || word[len] == '#') ? word + len
                                                                                 : NULL;
}

static bool is_run_wanted(struct words *words, const struct run_result *run, struct arena *scratch)
{
    bool is_wanted = false;
    for (size_t i = 0; i < words->id_count; i++) {
        const char *suffix = run_suffix(words->ids[i], run->point->parent->id);
        if (suffix != NULL && names_run(suffix, run, scratch))
            is_wanted = words->is_found[i] = true;
    }
    return is_wanted;
}

/* A run tells its behaviour's name; why that fails, the result tells of its worst run alone. */
static const struct run_result *with_why(const struct run_result *run,
                                         const struct run_result *worst, struct arena *scratch)
{
    if (run->behaviour == NULL || worst->behaviour == NULL ||
        strcmp(run->behaviour->name, worst->behaviour->name) != 0)
        return run;
    struct run_result *more = arena_alloc(scratch, sizeof(*more));
    *more = *run;
    more->behaviour = worst->behaviour;
    return more;
}

/* The result as if nothing but the runs that are named had been played; NULL when there is none. */
static const struct case_result *
restrict_runs(struct words *words, const struct case_result *result, struct arena *scratch)
{
    struct case_result *made = arena_alloc(scratch, sizeof(*made));
    const struct run_result **shown =
        arena_array(scratch, result->shown_count, sizeof(struct run_result *));
    made->case_ = result->case_;
    made->subject = result->subject;
    made->shown = shown;
    for (size_t i = 0; i < result->shown_count; i++) {
        if (!is_run_wanted(words, result->shown[i], scratch))
            continue;
        const struct run_result *run = with_why(result->shown[i], result->worst, scratch);
        shown[made->shown_count++] = run;
        made->run_count++;
        made->duration_ns += run->duration_ns;
        made->verdict_runs[run->verdict]++;
        if (made->worst == NULL || run->verdict > made->worst->verdict)
            made->worst = run;
    }
    if (made->worst == NULL)
        return NULL;
    made->verdict = made->worst->verdict;
    return made;
}

/* --- the results --------------------------------------------------------------------- */

/* The result, or what is wanted of it; NULL: nothing. */
static const struct case_result *choose(struct words *words, const struct case_result *result,
                                        struct arena *scratch)
{
    const char *id = result->case_->id;
    bool is_whole = words->id_count == 0, is_part = false;
    if (!grep_matches(&words->grep, id, result->case_->title))
        return NULL;
    for (size_t i = 0; i < words->id_count; i++) {
        if (select_names(words->ids[i], id))
            is_whole = words->is_found[i] = true;
        is_part = is_part || run_suffix(words->ids[i], id) != NULL;
    }
    if (is_whole)
        return result;
    return is_part ? restrict_runs(words, result, scratch) : NULL;
}

/* Goes through all that is wanted; returns how many results that are. */
static size_t go_through(struct report_set *set, struct words *words,
                         void (*take)(void *context, const struct case_result *result),
                         void *context)
{
    struct arena *scratch = arena_new();
    const struct case_result *result;
    size_t count = 0;
    report_set_rewind(set);
    while ((result = report_set_next(set, scratch)) != NULL) {
        const struct case_result *chosen = choose(words, result, scratch);
        if (chosen != NULL) {
            take(context, chosen);
            count++;
        }
        arena_reset(scratch);
    }
    arena_free(scratch);
    return count;
}

static bool unknown_id(const struct report_set *set, const char *word, struct diags *diags)
{
    const char **ids = arena_array(diags->arena, set->row_count + 1, sizeof(*ids));
    const char *quoted = diag_quote(diags->arena, bytes_of(word));
    for (size_t i = 0; i < set->row_count; i++) {
        ids[i] = set->rows[i].case_id;
        if (run_suffix(word, ids[i]) != NULL)
            return diag_add(diags, NULL, 0, NULL,
                            "no run of the reports is called %s: of those that pass one is shown, "
                            "of others the first ones",
                            quoted);
    }
    const char *near = diag_suggest(bytes_of(word), ids);
    if (near != NULL)
        return diag_add(diags, NULL, 0, NULL,
                        "no case of the reports is called %s; did you mean %s?", quoted,
                        diag_quote(diags->arena, bytes_of(near)));
    return diag_add(diags, NULL, 0, NULL, "no case of the reports is called %s, and no file",
                    quoted);
}

static bool are_found(const struct report_set *set, const struct words *words, struct diags *diags)
{
    bool is_good = true;
    for (size_t i = 0; i < words->id_count && !words->grep.is_set; i++)
        if (!words->is_found[i])
            is_good = unknown_id(set, words->ids[i], diags);
    return is_good;
}

/* --- the reports ------------------------------------------------------------------------ */

struct shown {
    const struct report_set *set;
    struct sinks sinks;
    struct totals *totals; /* by subject */
};

static void ignore(void *context, const struct case_result *result)
{
    (void)context;
    (void)result;
}

static void show_result(void *context, const struct case_result *result)
{
    struct shown *shown = context;
    tally_result(&shown->totals[report_set_subject(shown->set, result->subject)], result);
    sinks_result(&shown->sinks, result);
}

/* Rules are told of all requests together, so of a part nobody knows them. */
static struct totals *new_totals(const struct report_set *set, bool is_part, struct arena *arena)
{
    struct totals *totals = arena_array(arena, set->info.subject_count, sizeof(*totals));
    for (size_t i = 0; i < set->info.subject_count && !is_part; i++)
        totals[i] = set->totals[i];
    return totals;
}

static enum exit_status write_all(struct report_set *set, struct words *words, size_t count,
                                  const struct options *options, struct diags *diags)
{
    const bool is_part = words->id_count > 0 || words->grep.is_set;
    struct shown shown = {.set = set, .totals = new_totals(set, is_part, diags->arena)};
    struct run_info info = set->info;
    enum exit_status status = STATUS_BROKEN;
    if (is_part)
        info.case_count = count;
    if (sinks_open(&shown.sinks, options, words->id_count > 0, diags)) {
        sinks_begin(&shown.sinks, &info);
        go_through(set, words, show_result, &shown);
        if (sinks_end(&shown.sinks, shown.totals, set->duration_ns, set->interrupted, diags))
            status = STATUS_OK;
    }
    sinks_free(&shown.sinks);
    return status;
}

static enum exit_status show_reports(struct words *words, const struct options *options,
                                     struct diags *diags)
{
    struct report_set set;
    if (!report_set_open(&set, diags->arena, words->reports, words->report_count, diags))
        return STATUS_USAGE;
    const size_t count = go_through(&set, words, ignore, NULL);
    if (!are_found(&set, words, diags))
        return STATUS_USAGE;
    if (count > 0)
        return write_all(&set, words, count, options, diags);
    diag_add(diags, NULL, 0, NULL, "no result is selected");
    return STATUS_NOTHING;
}

static enum exit_status show(const struct options *options, struct diags *diags)
{
    struct words words = {.report_count = 0};
    struct options all = *options;
    all.wire_all = true; /* that the reports hold */
    if (!read_words(&words, options, diags) ||
        !grep_open(&words.grep, options->selection.grep, diags))
        return STATUS_USAGE;
    const enum exit_status status = show_reports(&words, &all, diags);
    grep_close(&words.grep);
    return status;
}

const struct command cmd_show = {
    .name = "show",
    .about = "read JSON reports: totals, failures, one run; write other kinds from them",
    .words = "REPORT... [ID...]",
    .manual =
        "Reads JSON reports (assay run --report json=PATH), several as one, and tells what a run\n"
        "tells: a block for each case that did not pass, and the totals. Nothing is played, and "
        "no\n"
        "case file is needed.\n"
        "\n"
        "A word that is a file, or ends in .json, is a report. Any other is an ID, as assay run\n"
        "takes it: a case (smoke/get), a folder (smoke), a pattern ('*/no-*'), or one run of a "
        "case\n"
        "('ID[cut=17]', 'ID#3'). What it names is shown whole, whatever came of it, with all of "
        "its\n"
        "wire, as far as the report holds it: of what passed, only after assay run --wire all.\n",
    .statuses =
        "Exit status: 0 shown, whatever came of the cases; 2 wrong use, or a file that is no\n"
        "report; 3 a report could not be written; 4 no result is selected.\n",
    .takes = OPTIONS_SHOW,
    .run = show,
};
