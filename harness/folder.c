#include "harness/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each level holds a descriptor open. */
enum { DEPTH_MAX = 64 };

const char *folder_new(struct arena *arena)
{
    const char *parent = getenv("TMPDIR");
    if (parent == NULL || parent[0] != '/')
        parent = "/tmp";
    return mkdtemp(arena_printf(arena, "%s/assay-XXXXXX", parent));
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Removes `name`, which lies in `parent`. What may not be looked into is made so first: caches are
 * often written to be read only. */
static void remove_entry(int parent, const char *name, int depth)
{
    if (unlinkat(parent, name, 0) == 0)
        return;
    fchmodat(parent, name, S_IRWXU, 0);
    const int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (folder == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (const struct dirent *one = readdir(folder); one != NULL; one = readdir(folder))
        if (!is_dots(one->d_name) && depth < DEPTH_MAX)
            remove_entry(fd, one->d_name, depth + 1);
    closedir(folder);
    unlinkat(parent, name, AT_REMOVEDIR);
}

void folder_remove(const char *path)
{
    remove_entry(AT_FDCWD, path, 0);
}
