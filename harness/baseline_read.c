#include "harness/baseline_private.h"

#include "harness/id_pattern.h"
#include "harness/load_private.h"
#include "harness/read_file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static const char *read_pattern(const struct loader *loader, const struct json *value)
{
    const char *pattern = load_text(loader, value);
    const char *quoted = diag_quote(loader->arena, bytes_of(pattern));
    if (strchr(pattern, '[') != NULL)
        load_error(loader, value, "want a case, for points cannot be listed alone; got %s", quoted);
    else if (pattern[0] != '\0' && !id_pattern_is_good(pattern))
        load_error(loader, value,
                   "want a case's id, in which \"*\" is some of a part, and a part \"**\" many "
                   "parts; got %s",
                   quoted);
    return pattern;
}

static void read_entry(const struct loader *loader, const struct json *object,
                       struct baseline *baseline, struct listing *listing)
{
    static const char *const keys[] = {"case", "reason", NULL};
    if (!load_object(loader, object, keys))
        return;
    const struct json *pattern = load_member(loader, object, "case");
    const struct json *reason = load_member(loader, object, "reason");
    if (pattern == NULL || reason == NULL)
        return;
    baseline_add(baseline, listing,
                 (struct entry){.pattern = read_pattern(loader, pattern),
                                .reason = load_text(loader, reason),
                                .at = object});
}

static int by_pattern(const void *one, const void *other)
{
    const struct entry *a = *(const struct entry *const *)one;
    const struct entry *b = *(const struct entry *const *)other;
    const int order = strcmp(a->pattern, b->pattern);
    return order != 0 ? order : (a > b) - (a < b);
}

static void refuse_twins(const struct loader *loader, const struct listing *listing)
{
    const struct entry **sorted =
        arena_array(loader->arena, listing->count, sizeof(struct entry *));
    for (size_t i = 0; i < listing->count; i++)
        sorted[i] = &listing->entries[i];
    if (listing->count > 0)
        qsort(sorted, listing->count, sizeof(struct entry *), by_pattern);
    for (size_t i = 1; i < listing->count; i++)
        if (strcmp(sorted[i - 1]->pattern, sorted[i]->pattern) == 0)
            load_error(loader, sorted[i]->at, "%s stands here before, at line %u",
                       diag_quote(loader->arena, bytes_of(sorted[i]->pattern)),
                       sorted[i - 1]->at->line);
}

static void read_listing(const struct loader *loader, const struct json *object,
                         struct baseline *baseline)
{
    static const char *const keys[] = {"cases", "known", NULL};
    if (!load_object(loader, object, keys))
        return;
    struct listing *listing = baseline_listing(baseline, object->key);
    const struct json *known = load_member(loader, object, "known");
    listing->at = load_member(loader, object, "cases");
    if (listing->at != NULL)
        listing->case_count = load_number(loader, listing->at, 0, JSON_INTEGER_MAX);
    if (known == NULL || !load_is(loader, known, JSON_ARRAY))
        return;
    for (const struct json *item = known->items; item != NULL; item = item->next)
        read_entry(loader, item, baseline, listing);
    refuse_twins(loader, listing);
}

static void read_root(const struct loader *loader, const struct json *root,
                      struct baseline *baseline)
{
    static const char *const keys[] = {"$schema", "format", "subjects", NULL};
    static const char *const formats[] = {BASELINE_FORMAT, NULL};
    if (!load_object(loader, root, keys))
        return;
    const struct json *schema = json_member(root, "$schema");
    const struct json *format = load_member(loader, root, "format");
    const struct json *subjects = load_member(loader, root, "subjects");
    if (schema != NULL)
        baseline->schema = load_text(loader, schema);
    if (format != NULL)
        load_word(loader, format, formats);
    if (subjects == NULL || !load_is(loader, subjects, JSON_OBJECT))
        return;
    for (const struct json *item = subjects->items; item != NULL; item = item->next)
        read_listing(loader, item, baseline);
}

bool baseline_read(struct baseline *baseline)
{
    const char *path = baseline->options.path;
    struct diags *diags = baseline->diags;
    const struct loader loader = {.arena = baseline->arena, .diags = diags, .file = path};
    const size_t before = diags->count;
    struct bytes text;
    if (baseline->options.update && access(path, F_OK) != 0 && errno == ENOENT)
        return true;
    if (!read_file(&text, baseline->arena, path, JSON_SIZE_MAX, diags))
        return false;
    const struct json *root = json_read(baseline->arena, diags, path, text);
    if (root != NULL)
        read_root(&loader, root, baseline);
    return diags->count == before;
}
