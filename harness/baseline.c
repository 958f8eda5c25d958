#include "harness/baseline_private.h"

#include "harness/id_pattern.h"

struct listing *baseline_listing(struct baseline *baseline, const char *subject)
{
    for (size_t i = 0; i < baseline->count; i++)
        if (strcmp(baseline->listings[i].subject, subject) == 0)
            return &baseline->listings[i];
    baseline->listings = arena_room(baseline->arena, baseline->listings, baseline->count,
                                    &baseline->size, sizeof(*baseline->listings));
    struct listing *listing = &baseline->listings[baseline->count++];
    *listing =
        (struct listing){.subject = arena_strndup(baseline->arena, subject, strlen(subject))};
    return listing;
}

struct entry *baseline_add(const struct baseline *baseline, struct listing *listing,
                           struct entry entry)
{
    listing->entries = arena_room(baseline->arena, listing->entries, listing->count, &listing->size,
                                  sizeof(*listing->entries));
    listing->entries[listing->count] = entry;
    return &listing->entries[listing->count++];
}

struct entry *baseline_find(const struct listing *listing, const char *id)
{
    struct entry *found = NULL;
    for (size_t i = 0; i < listing->count; i++) {
        struct entry *entry = &listing->entries[i];
        if (strcmp(entry->pattern, id) == 0)
            return entry;
        if (found == NULL && id_pattern_matches(entry->pattern, id))
            found = entry;
    }
    return found;
}

bool baseline_is_whole(const struct baseline *baseline)
{
    return baseline->options.selected->is_whole && !baseline->options.thin;
}

/* --- the file against the corpus -------------------------------------------------------- */

static bool means_any(const struct selected *selected, const char *pattern)
{
    for (size_t i = 0; i < selected->loaded_count; i++)
        if (id_pattern_matches(pattern, selected->loaded[i]->id))
            return true;
    return false;
}

/* Of all cases that were loaded, ended by NULL. */
static const char *const *loaded_ids(const struct baseline *baseline)
{
    const struct selected *selected = baseline->options.selected;
    const char **ids = arena_array(baseline->arena, selected->loaded_count + 1, sizeof(*ids));
    for (size_t i = 0; i < selected->loaded_count; i++)
        ids[i] = selected->loaded[i]->id;
    return ids;
}

static void tell_dead(const struct baseline *baseline, const struct entry *entry,
                      const char *const *ids)
{
    const struct bytes pattern = bytes_of(entry->pattern);
    diag_add(baseline->diags, baseline->options.path, entry->at->line,
             json_pointer(entry->at, baseline->arena), "no case matches %s%s",
             diag_quote(baseline->arena, pattern),
             diag_did_you_mean(baseline->arena, pattern, ids));
}

/* An update takes out what is dead. */
static bool find_dead(struct baseline *baseline)
{
    const char *const *ids = loaded_ids(baseline);
    bool is_good = true;
    for (size_t i = 0; i < baseline->count; i++) {
        struct listing *listing = &baseline->listings[i];
        for (size_t j = 0; j < listing->count; j++) {
            struct entry *entry = &listing->entries[j];
            entry->is_dead = !means_any(baseline->options.selected, entry->pattern);
            if (!entry->is_dead || baseline->options.update)
                continue;
            tell_dead(baseline, entry, ids);
            is_good = false;
        }
    }
    return is_good;
}

struct baseline *baseline_open(const struct baseline_options *options, struct diags *diags)
{
    struct baseline *baseline = arena_alloc(diags->arena, sizeof(*baseline));
    baseline->options = *options;
    baseline->arena = diags->arena;
    baseline->diags = diags;
    return baseline_read(baseline) && find_dead(baseline) ? baseline : NULL;
}

/* --- results ------------------------------------------------------------------------------ */

static bool has_run(const struct case_result *result)
{
    return result->run_count >
           result->verdict_runs[VERDICT_SKIP] + result->verdict_runs[VERDICT_UNEXERCISED];
}

/* Whether all points of the case were played, and none of them deviates, or was left unjudged. */
static bool is_proved(const struct baseline *baseline, const struct case_result *result)
{
    const size_t *runs = result->verdict_runs;
    return runs[VERDICT_PASS] + runs[VERDICT_INFO] + runs[VERDICT_WARN] ==
           result->case_->point_count * baseline->options.repeat;
}

static const struct entry *add_new(const struct baseline *baseline, struct listing *listing,
                                   const struct case_result *result)
{
    const struct behaviour *behaviour = result->worst->behaviour;
    const char *reason = behaviour != NULL ? behaviour->name : verdict_name(result->verdict);
    return baseline_add(
        baseline, listing,
        (struct entry){.pattern = result->case_->id,
                       .reason = arena_printf(baseline->arena, "to be filled in (%s)", reason)});
}

/* An update will take it out of all entries that mean it. */
static void note_mended(const struct baseline *baseline, struct listing *listing,
                        const struct case_ *case_)
{
    for (size_t i = 0; i < listing->count; i++)
        if (id_pattern_matches(listing->entries[i].pattern, case_->id))
            listing->entries[i].is_stale = true;
    listing->mended = arena_room(baseline->arena, listing->mended, listing->mended_count,
                                 &listing->mended_size, sizeof(*listing->mended));
    listing->mended[listing->mended_count++] = case_;
}

static void tell_stale(const struct baseline *baseline, const struct entry *entry,
                       struct case_result *result)
{
    result->is_stale = true;
    result->listed = entry->reason;
    diag_add(baseline->diags, baseline->options.path, entry->at->line,
             json_pointer(entry->at, baseline->arena),
             "\"%s\" deviates no more: take it out, or run with --update-baseline",
             result->case_->id);
}

void baseline_apply(struct baseline *baseline, struct case_result *result)
{
    struct listing *listing = baseline_listing(baseline, result->subject);
    const struct entry *entry = baseline_find(listing, result->case_->id);
    const bool deviates = verdict_is_deviation(result->verdict, baseline->options.strict);
    listing->is_played = true;
    listing->ran_count += has_run(result);
    if (deviates && entry == NULL && baseline->options.update)
        entry = add_new(baseline, listing, result);
    if (entry == NULL)
        return;
    if (deviates) {
        result->verdict = VERDICT_KNOWN;
        result->listed = entry->reason;
    } else if (is_proved(baseline, result)) {
        note_mended(baseline, listing, result->case_);
        if (!baseline->options.update)
            tell_stale(baseline, entry, result);
    }
}

/* --- the end -------------------------------------------------------------------------------- */

/* Whether so many cases ran with each subject as when the file was written. */
static bool has_run_all(const struct baseline *baseline)
{
    bool is_good = true;
    for (size_t i = 0; i < baseline->count; i++) {
        const struct listing *listing = &baseline->listings[i];
        if (!listing->is_played || listing->ran_count >= listing->case_count)
            continue;
        is_good = diag_add(baseline->diags, baseline->options.path, listing->at->line,
                           json_pointer(listing->at, baseline->arena),
                           "want so many cases to run as when this was written, %llu; %zu did",
                           (unsigned long long)listing->case_count, listing->ran_count);
    }
    return is_good;
}

enum exit_status baseline_finish(struct baseline *baseline, enum exit_status status, FILE *out)
{
    const bool is_usable = status == STATUS_OK || status == STATUS_DEVIATION;
    if (baseline->options.update && !is_usable)
        diag_add(baseline->diags, baseline->options.path, 0, NULL,
                 "not updated, for the run did not end as it should");
    if (!is_usable)
        return status;
    if (baseline->options.update)
        return baseline_write(baseline, out) ? status : STATUS_BROKEN;
    if (baseline_is_whole(baseline) && !has_run_all(baseline))
        return STATUS_DEVIATION;
    return status;
}
