#include "harness/report_set.h"

#include "harness/read_file.h"

#include <stdlib.h>

static bool read_one(struct report *report, struct arena *arena, const char *path,
                     struct diags *diags)
{
    struct bytes text;
    if (!read_file(&text, arena, path, REPORT_SIZE_MAX, diags) ||
        !report_open(report, arena, path, text, diags))
        return false;
    if (report->is_cut)
        diag_add(diags, path, 0, NULL,
                 "ends in the middle: taken as what a run had finished when it was killed");
    if (report->unknown_count > 0)
        diag_add(
            diags, path, 0, NULL,
            "%zu rules or events are of a kind that this version does not know, and were left out",
            report->unknown_count);
    return true;
}

size_t report_set_subject(const struct report_set *set, const char *name)
{
    size_t index = 0;
    while (index < set->info.subject_count && strcmp(set->info.subjects[index].name, name) != 0)
        index++;
    return index;
}

/* Each rule is counted over all; where it was broken first is where the first report says. */
static void add_rules(struct totals *totals, const struct totals *more)
{
    totals->requests += more->requests;
    for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
        struct rule_count *count = &totals->rules[rule];
        const size_t broken = count->broken + more->rules[rule].broken;
        if (count->first == NULL)
            *count = more->rules[rule];
        count->broken = broken;
    }
}

static bool add_subjects(struct report_set *set, struct subject_info *subjects,
                         const struct report *report, struct diags *diags)
{
    for (size_t i = 0; i < report->info.subject_count; i++) {
        const struct subject_info *one = &report->info.subjects[i];
        const size_t index = report_set_subject(set, one->name);
        if (index == set->info.subject_count)
            subjects[set->info.subject_count++] = *one;
        else if (!text_equal(subjects[index].version, one->version))
            return diag_add(diags, report->file, 0, NULL,
                            "the subject %s is of another version than in the report before",
                            diag_quote(diags->arena, bytes_of(one->name)));
        add_rules(&set->totals[index], &report->totals[i]);
    }
    return true;
}

static bool add_reports(struct report_set *set, struct arena *arena, struct diags *diags)
{
    size_t subject_count = 0;
    for (size_t i = 0; i < set->count; i++) {
        subject_count += set->reports[i].info.subject_count;
        set->row_count += set->reports[i].result_count;
    }
    struct subject_info *subjects = arena_array(arena, subject_count, sizeof(*subjects));
    set->totals = arena_array(arena, subject_count, sizeof(*set->totals));
    set->info = set->reports[0].info;
    set->info.case_count = 0;
    if (set->count > 1)
        set->info.shard = set->info.shard_count = 0;
    set->info.subjects = subjects;
    set->info.subject_count = 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct report *report = &set->reports[i];
        if (!add_subjects(set, subjects, report, diags))
            return false;
        set->info.case_count += report->info.case_count;
        set->duration_ns += report->duration_ns;
        set->interrupted = set->interrupted || report->interrupted;
    }
    return true;
}

/* Sinks tell results apart by case and subject. */
static bool sort_rows(struct report_set *set, struct arena *arena, struct diags *diags)
{
    struct result_row *rows = arena_array(arena, set->row_count, sizeof(*rows));
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        for (size_t j = 0; j < set->reports[i].result_count; j++)
            rows[count++] = set->reports[i].rows[j];
    qsort(rows, count, sizeof(*rows), result_row_order);
    set->rows = rows;
    for (size_t i = 1; i < count; i++)
        if (result_row_order(&rows[i - 1], &rows[i]) == 0)
            return diag_add(diags, set->reports[set->count - 1].file, 0, NULL,
                            "there are two results of the case %s against %s",
                            diag_quote(diags->arena, bytes_of(rows[i].case_id)),
                            diag_quote(diags->arena, bytes_of(rows[i].subject)));
    return true;
}

bool report_set_open(struct report_set *set, struct arena *arena, const char *const *paths,
                     size_t count, struct diags *diags)
{
    assert(count > 0);
    *set = (struct report_set){.reports = arena_array(arena, count, sizeof(struct report)),
                               .count = count};
    bool is_good = true;
    for (size_t i = 0; i < count; i++)
        is_good = read_one(&set->reports[i], arena, paths[i], diags) && is_good;
    return is_good && add_reports(set, arena, diags) && sort_rows(set, arena, diags);
}

const struct case_result *report_set_next(struct report_set *set, struct arena *scratch)
{
    const struct case_result *result = NULL;
    while (set->at < set->count && result == NULL) {
        result = report_next(&set->reports[set->at], scratch);
        set->at += result == NULL;
    }
    return result;
}

void report_set_rewind(struct report_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        report_rewind(&set->reports[i]);
    set->at = 0;
}
