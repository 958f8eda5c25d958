#include "harness/baseline_private.h"

#include "harness/id_pattern.h"
#include "reports/json_text.h"
#include "reports/whole_file.h"

#include <stdlib.h>

/* What an update changes, of all subjects together. */
struct change {
    size_t written, new, taken_out; /* entries */
};

static bool is_mended(const struct listing *listing, const struct case_ *case_)
{
    for (size_t i = 0; i < listing->mended_count; i++)
        if (listing->mended[i] == case_)
            return true;
    return false;
}

/* In place of a pattern: each case that it alone means, and that is not known to be mended. */
static void add_rest(const struct baseline *baseline, const struct listing *listing,
                     const struct entry *entry, struct listing *into)
{
    const struct selected *selected = baseline->options.selected;
    for (size_t i = 0; i < selected->loaded_count; i++) {
        const struct case_ *case_ = selected->loaded[i];
        if (baseline_find(listing, case_->id) == entry && !is_mended(listing, case_))
            baseline_add(baseline, into,
                         (struct entry){.pattern = case_->id, .reason = entry->reason});
    }
}

static int by_pattern(const void *one, const void *other)
{
    return strcmp(((const struct entry *)one)->pattern, ((const struct entry *)other)->pattern);
}

/* Its entries as they are now, sorted. */
static struct listing renewed(const struct baseline *baseline, const struct listing *listing,
                              struct change *change)
{
    struct listing into = {.subject = listing->subject, .case_count = listing->case_count};
    for (size_t i = 0; i < listing->count; i++) {
        const struct entry *entry = &listing->entries[i];
        const bool stays = !entry->is_dead && !entry->is_stale;
        if (stays)
            baseline_add(baseline, &into, *entry);
        else if (entry->is_stale)
            add_rest(baseline, listing, entry, &into);
        change->taken_out += !stays;
        change->new += entry->at == NULL;
    }
    change->written += into.count;
    if (into.count > 0)
        qsort(into.entries, into.count, sizeof(*into.entries), by_pattern);
    if (listing->is_played &&
        (baseline_is_whole(baseline) || listing->ran_count > listing->case_count))
        into.case_count = listing->ran_count;
    return into;
}

static void write_listing(struct json_text *text, const struct listing *listing)
{
    json_text_object(text, listing->subject, JSON_LINES);
    json_text_number(text, "cases", listing->case_count);
    json_text_array(text, "known", JSON_LINES);
    for (size_t i = 0; i < listing->count; i++) {
        json_text_object(text, NULL, JSON_FLAT);
        json_text_string(text, "case", listing->entries[i].pattern);
        json_text_string(text, "reason", listing->entries[i].reason);
        json_text_close(text);
    }
    json_text_close(text);
    json_text_close(text);
}

static int by_subject(const void *one, const void *other)
{
    return strcmp(((const struct listing *)one)->subject, ((const struct listing *)other)->subject);
}

static void write_all(struct baseline *baseline, struct json_text *text, struct change *change)
{
    if (baseline->count > 0)
        qsort(baseline->listings, baseline->count, sizeof(*baseline->listings), by_subject);
    json_text_object(text, NULL, JSON_LINES);
    if (baseline->schema != NULL)
        json_text_string(text, "$schema", baseline->schema);
    json_text_string(text, "format", BASELINE_FORMAT);
    json_text_object(text, "subjects", JSON_LINES);
    for (size_t i = 0; i < baseline->count; i++) {
        const struct listing listing = renewed(baseline, &baseline->listings[i], change);
        write_listing(text, &listing);
    }
    json_text_close(text);
    json_text_close(text);
}

bool baseline_write(struct baseline *baseline, FILE *out)
{
    struct whole_file file;
    struct change change = {0, 0, 0};
    const char *path = baseline->options.path;
    if (!whole_file_create(&file, baseline->arena, path, baseline->diags))
        return false;
    struct json_text text = {.out = file.out};
    write_all(baseline, &text, &change);
    file.error = text.error;
    if (!whole_file_finish(&file, baseline->diags))
        return false;
    fprintf(out, "%s: %zu known, of these %zu new; %zu taken out\n", path, change.written,
            change.new, change.taken_out);
    return true;
}
