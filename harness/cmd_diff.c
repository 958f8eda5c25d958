#include "harness/commands.h"
#include "harness/grep.h"
#include "harness/report_set.h"
#include "reports/compare.h"
#include "reports/wire_text.h"

enum { OLD, NOW, SIDE_COUNT };

struct diff {
    struct report_set sets[SIDE_COUNT];
    const char *paths[SIDE_COUNT];
    struct grep grep;
    bool strict, color;
    struct arena *arena;
    size_t counts[CHANGE_COUNT]; /* of all subjects */
};

/* The rows of one subject, as far as they match. */
static const struct result_row *rows_of(const struct diff *diff, int side, const char *subject,
                                        size_t *count)
{
    const struct report_set *set = &diff->sets[side];
    struct result_row *rows = arena_array(diff->arena, set->row_count, sizeof(*rows));
    *count = 0;
    for (size_t i = 0; i < set->row_count; i++) {
        const struct result_row *row = &set->rows[i];
        if (strcmp(row->subject, subject) == 0 &&
            grep_matches(&diff->grep, row->case_id, row->title))
            rows[(*count)++] = *row;
    }
    return rows;
}

static const char *version_of(const struct subject_info *subject)
{
    return subject->version != NULL ? subject->version : "?";
}

/* "curl", "curl 7.88 -> 8.5", "curl -> wget" */
static const char *heading(const struct subject_info *old, const struct subject_info *now,
                           struct arena *arena)
{
    if (strcmp(old->name, now->name) != 0)
        return arena_printf(arena, "%s -> %s", old->name, now->name);
    if (strcmp(version_of(old), version_of(now)) != 0)
        return arena_printf(arena, "%s %s -> %s", old->name, version_of(old), version_of(now));
    return old->name;
}

static void compare_subject(struct diff *diff, const struct subject_info *old,
                            const struct subject_info *now)
{
    struct compared compared = {.subject = heading(old, now, diff->arena), .strict = diff->strict};
    compared.old = rows_of(diff, OLD, old->name, &compared.old_count);
    compared.now = rows_of(diff, NOW, now->name, &compared.now_count);
    if (compared.old_count + compared.now_count > 0)
        compare_print(stdout, &compared, diff->color, diff->counts);
}

/* Subjects of one side that the other lacks. */
static void print_lonely(const struct diff *diff, int side)
{
    const struct report_set *set = &diff->sets[side], *other = &diff->sets[SIDE_COUNT - 1 - side];
    for (size_t i = 0; i < set->info.subject_count; i++) {
        const char *name = set->info.subjects[i].name;
        if (report_set_subject(other, name) < other->info.subject_count)
            continue;
        wire_text_print(stdout, bytes_of(name));
        printf(": only in %s\n", diff->paths[side]);
    }
}

static void compare_all(struct diff *diff)
{
    const struct run_info *old = &diff->sets[OLD].info, *now = &diff->sets[NOW].info;
    if (old->subject_count == 1 && now->subject_count == 1) {
        compare_subject(diff, old->subjects, now->subjects);
        return;
    }
    for (size_t i = 0; i < old->subject_count; i++) {
        const size_t index = report_set_subject(&diff->sets[NOW], old->subjects[i].name);
        if (index < now->subject_count)
            compare_subject(diff, &old->subjects[i], &now->subjects[index]);
    }
    print_lonely(diff, OLD);
    print_lonely(diff, NOW);
}

static enum exit_status status_of(const struct diff *diff, struct diags *diags)
{
    size_t total = 0;
    for (enum change change = 0; change < CHANGE_COUNT; change++)
        total += diff->counts[change];
    if (total > 0)
        return diff->counts[CHANGE_BROKE] > 0 ? STATUS_DEVIATION : STATUS_OK;
    diag_add(diags, NULL, 0, NULL, "nothing to compare: no result is selected");
    return STATUS_NOTHING;
}

static bool open_both(struct diff *diff, const struct selection *words, struct diags *diags)
{
    bool is_good = true;
    if (words->word_count != SIDE_COUNT)
        return diag_add(diags, NULL, 0, NULL, "want two reports, got %zu; see assay diff --help",
                        words->word_count);
    for (int i = 0; i < SIDE_COUNT; i++) {
        diff->paths[i] = words->words[i];
        is_good =
            report_set_open(&diff->sets[i], diff->arena, &diff->paths[i], 1, diags) && is_good;
    }
    return is_good;
}

static enum exit_status diff(const struct options *options, struct diags *diags)
{
    struct diff diff = {.arena = diags->arena,
                        .strict = options->strict,
                        .color = options_color(options->color, stdout)};
    if (!open_both(&diff, &options->selection, diags) ||
        !grep_open(&diff.grep, options->selection.grep, diags))
        return STATUS_USAGE;
    compare_all(&diff);
    grep_close(&diff.grep);
    return status_of(&diff, diags);
}

const struct command cmd_diff = {
    .name = "diff",
    .about = "what broke, and what was fixed, between two JSON reports",
    .words = "OLD NEW",
    .manual =
        "Compares two JSON reports (assay run --report json=PATH), case by case, for each subject\n"
        "that both have; where each has only one, these two are compared, whatever their names.\n"
        "\n"
        "  broke               a deviation (fail, unrecognised, error) now, and none before\n"
        "  fixed               the other way about\n"
        "  changed behaviour   neither, but another verdict, or other behaviours\n"
        "  stopped running     was judged, and now is skipped, not exercised or not there\n"
        "  new                 was not there, whatever came of it; or was not judged, and is "
        "well\n",
    .statuses =
        "Exit status: 0 nothing broke, 1 something did, 2 wrong use or a file that is no report,\n"
        "4 nothing to compare.\n",
    .takes = OPTIONS_DIFF,
    .run = diff,
};
