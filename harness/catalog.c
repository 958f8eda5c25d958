#include "harness/catalog.h"

#include "harness/read_file.h"
#include "wire/json.h"

#include <stdlib.h>

const char *const harms[] = {"desync", "truncation", "leak", "injection", "hang", "loop", NULL};

static const char *const levels[] = {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT",
                                     "MAY",  "grammar",  NULL};

/* The string member, or NULL after saying that it lacks. */
static const char *text_of(const struct json *entry, const char *key, const char *file,
                           struct diags *diags)
{
    const struct json *member = json_member(entry, key);
    if (member != NULL && member->type == JSON_STRING)
        return member->string;
    diag_add(diags, file, entry->line, json_pointer(entry, diags->arena),
             "want a string as \"%s\", got %s", key,
             member != NULL ? json_type_name(member->type) : "none");
    return NULL;
}

static const char *rfc_of(const struct json *entry, const char *file, struct diags *diags)
{
    const struct json *member = json_member(entry, "rfc");
    if (member != NULL && member->type == JSON_NUMBER && member->is_integer)
        return arena_printf(diags->arena, "%lld", (long long)member->integer);
    diag_add(diags, file, entry->line, json_pointer(entry, diags->arena),
             "want a whole number as \"rfc\"");
    return NULL;
}

static bool is_among(const char *const *words, const char *word)
{
    while (*words != NULL && strcmp(*words, word) != 0)
        words++;
    return *words != NULL;
}

static bool read_entry(struct requirement *requirement, const struct json *entry, const char *file,
                       struct diags *diags)
{
    if (entry->type != JSON_OBJECT)
        return diag_add(diags, file, entry->line, json_pointer(entry, diags->arena),
                        "want an object, got %s", json_type_name(entry->type));
    const char *basis = text_of(entry, "basis", file, diags);
    requirement->id = text_of(entry, "id", file, diags);
    requirement->rfc = rfc_of(entry, file, diags);
    requirement->section = text_of(entry, "section", file, diags);
    requirement->level = text_of(entry, "level", file, diags);
    requirement->text = text_of(entry, "requirement", file, diags);
    if (basis == NULL || requirement->id == NULL || requirement->rfc == NULL ||
        requirement->section == NULL || requirement->level == NULL || requirement->text == NULL)
        return false;
    requirement->has_keyword = strcmp(basis, "bcp14") == 0;
    if (!is_among(levels, requirement->level))
        return diag_add(diags, file, entry->line, json_pointer(entry, diags->arena),
                        "unknown level %s", diag_quote(diags->arena, bytes_of(requirement->level)));
    return true;
}

static int compare(const void *one, const void *other)
{
    const struct requirement *first = one, *second = other;
    return strcmp(first->id, second->id);
}

static bool read_entries(struct catalog *catalog, struct arena *arena, const struct json *root,
                         const char *file, struct diags *diags)
{
    if (root->type != JSON_ARRAY)
        return diag_add(diags, file, root->line, "", "want an array, got %s",
                        json_type_name(root->type));
    struct requirement *items = arena_array(arena, root->count, sizeof(*items));
    bool is_good = true;
    size_t count = 0;
    for (const struct json *entry = root->items; entry != NULL; entry = entry->next)
        is_good = read_entry(&items[count++], entry, file, diags) && is_good;
    if (!is_good)
        return false;
    qsort(items, count, sizeof(*items), compare);
    for (size_t i = 1; i < count; i++)
        if (strcmp(items[i - 1].id, items[i].id) == 0)
            is_good = diag_add(diags, file, 0, NULL, "the id %s stands twice",
                               diag_quote(arena, bytes_of(items[i].id)));
    *catalog = (struct catalog){items, count};
    return is_good;
}

bool catalog_load(struct catalog *catalog, struct arena *arena, const char *path,
                  struct diags *diags)
{
    struct bytes text;
    if (!read_file(&text, arena, path, JSON_SIZE_MAX, diags))
        return false;
    const struct json *root = json_read(arena, diags, path, text);
    return root != NULL && read_entries(catalog, arena, root, path, diags);
}

const struct requirement *catalog_find(const struct catalog *catalog, const char *id)
{
    const struct requirement key = {.id = id};
    if (catalog->count == 0)
        return NULL;
    return bsearch(&key, catalog->items, catalog->count, sizeof(key), compare);
}

bool is_harm(const char *word)
{
    return is_among(harms, word);
}
