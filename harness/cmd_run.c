#include "harness/baseline.h"
#include "harness/commands.h"
#include "harness/open_files.h"
#include "harness/sinks.h"

static enum exit_status play(const struct options *options, const struct plan *from,
                             struct diags *diags)
{
    struct sinks sinks = {.count = 0};
    enum exit_status status = STATUS_BROKEN;
    if (sinks_open(&sinks, options, false, diags)) {
        struct plan plan = *from;
        plan.sinks = &sinks;
        status = runner_play(&plan, diags);
    }
    sinks_free(&sinks);
    return status;
}

/* The subjects under test. */
struct subjects {
    struct subject items[SUBJECTS_MAX];
    size_t count;
};

static bool find_subjects(const struct options *options, struct subjects *subjects,
                          struct diags *diags)
{
    bool is_good = true;
    subjects->count = options->subject_count;
    if (subjects->count == 0)
        return subject_find(&subjects->items[subjects->count++], SUBJECT_BUNDLED, diags);
    for (size_t i = 0; i < subjects->count; i++)
        is_good = subject_find(&subjects->items[i], options->subjects[i], diags) && is_good;
    return is_good;
}

/* Keeps those that are there: the others are played all the same. False when one is not. */
static bool meet_subjects(struct subjects *subjects, unsigned slow, struct diags *diags)
{
    const size_t named = subjects->count;
    subjects->count = 0;
    for (size_t i = 0; i < named; i++)
        if (subject_meet(&subjects->items[i], slow, diags))
            subjects->items[subjects->count++] = subjects->items[i];
    return subjects->count == named;
}

/* NULL, without a diag, where none is wanted; false after a mistake in it. */
static bool open_baseline(struct baseline **baseline, const struct options *options,
                          const struct selected *selected, struct diags *diags)
{
    *baseline = NULL;
    if (options->baseline == NULL)
        return true;
    const struct baseline_options wish = {.path = options->baseline,
                                          .selected = selected,
                                          .repeat = options->repeat,
                                          .thin = options->thin,
                                          .strict = options->strict,
                                          .update = options->update_baseline};
    *baseline = baseline_open(&wish, diags);
    return *baseline != NULL;
}

static enum exit_status play_subjects(const struct options *options,
                                      const struct selected *selected, struct subjects *subjects,
                                      struct diags *diags)
{
    struct baseline *baseline;
    if (!open_baseline(&baseline, options, selected, diags))
        return STATUS_USAGE;
    const unsigned jobs = open_files_jobs(options->jobs, diags);
    if (jobs == 0)
        return STATUS_BROKEN;
    const bool are_all_met = meet_subjects(subjects, options->slow, diags);
    if (subjects->count == 0)
        return STATUS_BROKEN;
    const struct plan plan = {
        .selected = selected,
        .subjects = subjects->items,
        .subject_count = subjects->count,
        .jobs = jobs,
        .repeat = options->repeat,
        .slow = options->slow,
        .thin = options->thin,
        .strict = options->strict,
        .shard = options->selection.shard,
        .key_log = options->key_log,
        .baseline = baseline,
    };
    enum exit_status status = play(options, &plan, diags);
    if (!are_all_met && status != STATUS_INTERRUPTED)
        status = STATUS_BROKEN;
    return baseline != NULL ? baseline_finish(baseline, status, sinks_console_out(options))
                            : status;
}

static enum exit_status run(const struct options *options, struct diags *diags)
{
    struct selected selected;
    struct subjects subjects;
    if (!find_subjects(options, &subjects, diags) ||
        !select_cases(&options->selection, diags->arena, &selected, diags))
        return STATUS_USAGE;
    if (!select_any(&selected, diags))
        return STATUS_NOTHING;
    return play_subjects(options, &selected, &subjects, diags);
}

const struct command cmd_run = {
    .name = "run",
    .about = "play cases against a client, and judge it",
    .words = "[CASES...]",
    .manual =
        "Plays each case against each subject, tells what did not pass, with its wire, and ends\n"
        "with the totals. The subject is bundled, assay's own client, where none is named; others\n"
        "are in drivers/. Ctrl-C ends what is in flight, and reports the cases that had "
        "finished.\n",
    .statuses =
        "Exit status: 0 all as expected, 1 a deviation (a case failed, was not recognised, or the\n"
        "baseline does not hold any more), 2 wrong use or a bad file, 3 the harness broke or a\n"
        "report could not be written, 4 no case selected, 130 interrupted.\n",
    .takes = OPTIONS_SELECT | OPTIONS_RUN,
    .run = run,
};
