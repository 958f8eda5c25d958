#include "harness/load.h"

#include "harness/load_private.h"
#include "harness/read_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FOLDER_DEPTH_MAX = 16 };

/* A file that was loaded, so that none is loaded twice. */
struct loaded_file {
    struct loaded_file *next;
    dev_t device;
    ino_t inode;
    const char *path;
};

/* --- one file -------------------------------------------------------------------- */

void load_defs(struct loader *loader, const struct json *value, struct defs *defs)
{
    if (!load_is(loader, value, JSON_OBJECT))
        return;
    defs->items = arena_array(loader->arena, value->count, sizeof(*defs->items));
    for (const struct json *member = value->items; member != NULL; member = member->next)
        defs->items[defs->count++] = (struct def){.source = member};
}

void load_check_used(const struct loader *loader, const struct defs *defs)
{
    for (size_t i = 0; !loader->made->is_spent && i < defs->count; i++)
        if (!defs->items[i].is_used)
            load_error(loader, defs->items[i].source, "nothing uses this definition");
}

static void load_suite(struct loader *loader, const struct json *root)
{
    static const char *const keys[] = {"$schema", "suite", "defs", "cases", NULL};
    struct defs defs = {.count = 0};
    const struct json *suite = json_member(root, "suite");
    const struct json *own = json_member(root, "defs");
    const struct json *cases = json_member(root, "cases");
    load_object(loader, root, keys);
    if (suite != NULL)
        load_text(loader, suite);
    if (own != NULL)
        load_defs(loader, own, &defs);
    loader->defs = &defs;
    if (load_is(loader, cases, JSON_ARRAY)) {
        if (cases->count == 0)
            load_error(loader, cases, "want at least one case");
        for (const struct json *item = cases->items; item != NULL; item = item->next)
            load_case(loader, item);
    }
    load_check_used(loader, &defs);
    loader->defs = NULL;
}

static int by_line(const void *one, const void *other)
{
    const struct diag *first = *(const struct diag *const *)one;
    const struct diag *second = *(const struct diag *const *)other;
    if (first->line != second->line)
        return first->line < second->line ? -1 : 1;
    return strcmp(first->path != NULL ? first->path : "", second->path != NULL ? second->path : "");
}

/* The mistakes of a file are told from its top to its end. */
static void tell_sorted(const struct diags *from, struct diags *to)
{
    size_t count = 0;
    const struct diag **all = arena_array(from->arena, from->count, sizeof(*all));
    for (const struct diag *one = from->first; one != NULL; one = one->next)
        all[count++] = one;
    qsort(all, count, sizeof(*all), by_line);
    for (size_t i = 0; i < count; i++)
        diag_add(to, all[i]->file, all[i]->line, all[i]->path, "%s", all[i]->message);
    to->count += from->count - count;
}

bool corpus_load_text(struct corpus *corpus, const char *file, struct bytes text,
                      struct diags *diags)
{
    struct diags own = {.arena = corpus->arena};
    struct made made = {.octets = 0};
    struct loader loader = {
        .corpus = corpus, .arena = corpus->arena, .diags = &own, .file = file, .made = &made};
    const size_t before = corpus->count;
    const struct json *root = json_read(corpus->arena, &own, file, text);
    if (root != NULL && load_is(&loader, root, JSON_OBJECT)) {
        if (json_member(root, "cases") != NULL)
            load_suite(&loader, root);
        else
            load_case(&loader, root);
    }
    if (own.count > 0)
        corpus->count = before; /* a file with a mistake gives no case */
    tell_sorted(&own, diags);
    return own.count == 0;
}

static bool cannot_read(const char *path, struct diags *diags)
{
    return diag_add(diags, path, 0, NULL, "cannot read: %s", strerror(errno));
}

static bool load_one(struct corpus *corpus, const char *path, struct diags *diags)
{
    struct stat info;
    struct bytes text;
    if (stat(path, &info) != 0)
        return cannot_read(path, diags);
    for (const struct loaded_file *one = corpus->files; one != NULL; one = one->next)
        if (one->device == info.st_dev && one->inode == info.st_ino)
            return diag_add(diags, path, 0, NULL, "this file was loaded before, as %s", one->path);
    struct loaded_file *file = arena_alloc(corpus->arena, sizeof(*file));
    *file = (struct loaded_file){corpus->files, info.st_dev, info.st_ino, path};
    corpus->files = file;
    return read_file(&text, corpus->arena, path, JSON_SIZE_MAX, diags) &&
           corpus_load_text(corpus, path, text, diags);
}

/* --- folders ------------------------------------------------------------------------ */

/* Paths, in an array that doubles. */
struct paths {
    const char **items;
    size_t count, size;
};

static void add_path(struct arena *arena, struct paths *paths, const char *path)
{
    paths->items =
        arena_room(arena, paths->items, paths->count, &paths->size, sizeof(*paths->items));
    paths->items[paths->count++] = path;
}

static bool is_case_file(const char *name)
{
    return bytes_end_in(bytes_of(name), bytes_of(".json")) &&
           !bytes_end_in(bytes_of(name), bytes_of(".schema.json")) &&
           strcmp(name, "requirements.json") != 0 && strcmp(name, "observed.json") != 0;
}

static bool gather(struct corpus *corpus, const char *folder, int depth, struct paths *paths,
                   struct diags *diags);

/* One entry of a folder: a folder itself, a case file, or nothing of ours. */
static bool gather_entry(struct corpus *corpus, const char *path, const char *name, int depth,
                         struct paths *paths, struct diags *diags)
{
    struct stat info;
    if (name[0] == '.')
        return true;
    if (stat(path, &info) != 0)
        return cannot_read(path, diags);
    if (S_ISDIR(info.st_mode))
        return gather(corpus, path, depth + 1, paths, diags);
    if (is_case_file(name))
        add_path(corpus->arena, paths, path);
    return true;
}

static bool gather(struct corpus *corpus, const char *folder, int depth, struct paths *paths,
                   struct diags *diags)
{
    if (depth > FOLDER_DEPTH_MAX)
        return diag_add(diags, folder, 0, NULL, "folders more than %d deep", FOLDER_DEPTH_MAX);
    DIR *open = opendir(folder);
    if (open == NULL)
        return cannot_read(folder, diags);
    bool is_good = true;
    for (const struct dirent *entry = readdir(open); entry != NULL; entry = readdir(open)) {
        const char *path = arena_printf(corpus->arena, "%s/%s", folder, entry->d_name);
        is_good = gather_entry(corpus, path, entry->d_name, depth, paths, diags) && is_good;
    }
    closedir(open);
    return is_good;
}

static int by_path(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static bool load_folder(struct corpus *corpus, const char *folder, struct diags *diags)
{
    struct paths paths = {.count = 0};
    bool is_good = gather(corpus, folder, 1, &paths, diags);
    if (paths.count > 0)
        qsort(paths.items, paths.count, sizeof(*paths.items), by_path);
    for (size_t i = 0; i < paths.count; i++)
        is_good = load_one(corpus, paths.items[i], diags) && is_good;
    return is_good;
}

bool corpus_load(struct corpus *corpus, const char *path, struct diags *diags)
{
    struct stat info;
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    const char *plain = arena_strndup(corpus->arena, path, len);
    return stat(plain, &info) == 0 && S_ISDIR(info.st_mode) ? load_folder(corpus, plain, diags)
                                                            : load_one(corpus, plain, diags);
}
