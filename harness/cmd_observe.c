#include "harness/commands.h"
#include "harness/data_dir.h"
#include "harness/open_files.h"
#include "harness/read_file.h"
#include "reports/console.h"
#include "reports/observed.h"
#include "wire/json.h"

#include <unistd.h>

/* The clients that are seen: those named, else all drivers whose client is on this machine. */
struct clients {
    struct subject items[SUBJECTS_MAX];
    size_t count;
};

static void meet_all(struct clients *clients, unsigned slow, struct diags *diags)
{
    const char *const *names = subject_names(diags->arena);
    for (size_t i = 0; names[i] != NULL && clients->count < SUBJECTS_MAX; i++) {
        struct diags ignored = {.arena = diags->arena}; /* it is not on this machine */
        struct subject *subject = &clients->items[clients->count];
        if (strcmp(names[i], SUBJECT_BUNDLED) != 0 && subject_find(subject, names[i], &ignored) &&
            subject_meet(subject, slow, &ignored))
            clients->count++;
    }
}

static bool find_named(struct clients *clients, const struct options *options, struct diags *diags)
{
    for (; clients->count < options->subject_count; clients->count++) {
        const char *name = options->subjects[clients->count];
        if (strcmp(name, SUBJECT_BUNDLED) == 0)
            return diag_add(diags, NULL, 0, NULL, "bundled is assay itself: nothing rests on it");
        if (!subject_find(&clients->items[clients->count], name, diags))
            return false;
    }
    return true;
}

static bool meet_named(struct clients *clients, unsigned slow, struct diags *diags)
{
    for (size_t i = 0; i < clients->count; i++)
        if (!subject_meet(&clients->items[i], slow, diags))
            return false;
    return true;
}

static enum exit_status play(const struct options *options, const struct selected *selected,
                             struct observed *observed, struct diags *diags)
{
    struct clients clients = {.count = 0};
    if (!find_named(&clients, options, diags))
        return STATUS_USAGE;
    if (!meet_named(&clients, options->slow, diags))
        return STATUS_BROKEN;
    if (clients.count == 0)
        meet_all(&clients, options->slow, diags);
    if (clients.count == 0) {
        diag_add(diags, NULL, 0, NULL, "no client is there to be observed");
        return STATUS_NOTHING;
    }
    const unsigned jobs = open_files_jobs(options->jobs, diags);
    if (jobs == 0)
        return STATUS_BROKEN;
    const struct console_options console = {.out = stdout};
    struct sinks sinks = {{observed_sink_new(observed), console_sink_new(&console)}, 2};
    const struct plan plan = {.selected = selected,
                              .subjects = clients.items,
                              .subject_count = clients.count,
                              .jobs = jobs,
                              .repeat = 1,
                              .slow = options->slow,
                              .sinks = &sinks};
    const enum exit_status status = runner_play(&plan, diags);
    sinks_free(&sinks);
    if (!observed_write(observed, diags))
        return STATUS_BROKEN;
    return status == STATUS_DEVIATION ? STATUS_OK : status;
}

/* Where there is no file yet, nothing was seen. */
static bool load(struct observed *observed, const char *path, struct diags *diags)
{
    struct bytes text;
    return access(path, F_OK) != 0 || (read_file(&text, diags->arena, path, JSON_SIZE_MAX, diags) &&
                                       observed_load(observed, text, diags));
}

static enum exit_status observe(const struct options *options, struct diags *diags)
{
    struct selected selected;
    if (!select_cases(&options->selection, diags->arena, &selected, diags))
        return STATUS_USAGE;
    if (!select_any(&selected, diags))
        return STATUS_NOTHING;
    const char *path = arena_printf(diags->arena, "%s/observed.json", data_dir_cases());
    struct observed *observed = observed_new(path);
    enum exit_status status = STATUS_OK;
    if (!load(observed, path, diags))
        status = STATUS_USAGE;
    else if (!options->check)
        status = play(options, &selected, observed, diags);
    else if (observed_check(observed, selected.cases, selected.count, diags) > 0)
        status = STATUS_DEVIATION;
    observed_free(observed);
    return status;
}

const struct command cmd_observe = {
    .name = "observe",
    .about = "play cases against the clients present, and note what each did",
    .words = "[CASES...]",
    .manual =
        "Plays each case against every driver whose client is on this machine, or those named, "
        "and\n"
        "notes in observed.json, beside the cases, what each did, with the case's hash: what a\n"
        "case's right to say fail rests on.\n",
    .statuses =
        "Exit status: 0 noted; with --check, every fail has what it rests on; 1 one has not; 2 "
        "wrong\n"
        "use or a bad file, 3 the harness broke or observed.json could not be written, 4 no case\n"
        "selected or no client there, 130 interrupted.\n",
    .takes = OPTIONS_SELECT | OPTIONS_OBSERVE,
    .run = observe,
};
