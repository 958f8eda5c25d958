#define _XOPEN_SOURCE 700 /* realpath */
#include "harness/load_file.h"

#include "harness/read_file.h"

#include <errno.h>
#include <stdlib.h>

enum { FILE_LEN_MAX = 16 * 1024 * 1024 };

/* The folder of the case file; "." when its path names none. */
static const char *folder_of(const struct loader *loader)
{
    const char *slash = strrchr(loader->file, '/');
    if (slash == NULL)
        return ".";
    return arena_strndup(loader->arena, loader->file,
                         slash == loader->file ? 1 : (size_t)(slash - loader->file));
}

static bool steps_up(const char *name)
{
    for (const char *part = name; part != NULL; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return true;
    }
    return false;
}

/* Whether `path` lies below `folder`, links resolved in both. */
static bool lies_below(const char *path, const char *folder)
{
    char *real_path = realpath(path, NULL), *real_folder = realpath(folder, NULL);
    bool is_below = false;
    if (real_path != NULL && real_folder != NULL) {
        const size_t len = strlen(real_folder);
        is_below = strncmp(real_path, real_folder, len) == 0 &&
                   (real_path[len] == '/' || strcmp(real_folder, "/") == 0);
    }
    free(real_path);
    free(real_folder);
    return is_below;
}

bool load_file(const struct loader *loader, const struct json *name, struct bytes *octets)
{
    const char *folder = folder_of(loader);
    const char *path = arena_printf(loader->arena, "%s/%s", folder, name->string);
    if (name->len == 0 || name->string[0] == '/' || steps_up(name->string))
        return load_error(loader, name, "want a file inside the case file's folder, got %s",
                          diag_quote(loader->arena, bytes_of(name->string)));
    struct diags diags = {.arena = loader->arena};
    if (loader->made->is_spent)
        return false;
    if (!read_file(octets, loader->arena, path, FILE_LEN_MAX, &diags))
        return load_error(loader, name, "%s: %s", diag_quote(loader->arena, bytes_of(name->string)),
                          diags.first->message);
    return lies_below(path, folder) ||
           load_error(loader, name, "%s is a link that leads out of the case file's folder",
                      diag_quote(loader->arena, bytes_of(name->string)));
}
