#include "reports/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_TRIED = 100 };

static bool fail(struct diags *diags, const char *path, int error)
{
    return diag_add(diags, arena_strndup(diags->arena, path, strlen(path)), 0, NULL,
                    "cannot write: %s", strerror(error));
}

/* Makes the folders that `path` lies in. */
static bool make_parents(struct arena *arena, const char *path)
{
    char *folder = arena_strndup(arena, path, strlen(path));
    for (char *at = folder + 1; *folder != '\0' && *at != '\0'; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            return false;
        *at = '/';
    }
    return true;
}

/* Whether `path` is no place for a file that is renamed: a pipe, a terminal, a device. What the
 * shell joined to our own output stays that, be it a file. */
static bool is_straight(const char *path)
{
    struct stat status;
    return strcmp(path, "/dev/stdout") == 0 || strcmp(path, "/dev/stderr") == 0 ||
           (stat(path, &status) == 0 && !S_ISREG(status.st_mode));
}

/* A duplicate of our own output shares its place in the file with all that is printed there. */
static int open_straight(const char *path)
{
    if (strcmp(path, "/dev/stdout") == 0)
        return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    if (strcmp(path, "/dev/stderr") == 0)
        return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    return open(path, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC);
}

/* A new file beside the target, on the same file system; with the rights that a new report has. */
static int open_temporary(struct whole_file *file, struct arena *arena)
{
    int fd = -1;
    for (unsigned i = 0; i < NAMES_TRIED && fd < 0; i++) {
        file->temporary = arena_printf(arena, "%s.%ld-%u.tmp", file->path, (long)getpid(), i);
        fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0)
        file->temporary = NULL;
    return fd;
}

static bool open_file(struct whole_file *file, struct arena *arena)
{
    int fd = -1;
    if (is_straight(file->path))
        fd = open_straight(file->path);
    else if (make_parents(arena, file->path))
        fd = open_temporary(file, arena);
    if (fd < 0)
        return false;
    file->out = fdopen(fd, "w");
    if (file->out == NULL)
        close(fd);
    return file->out != NULL;
}

static void remove_temporary(struct whole_file *file)
{
    if (file->temporary != NULL)
        unlink(file->temporary);
    file->temporary = NULL;
}

bool whole_file_create(struct whole_file *file, struct arena *arena, const char *path,
                       struct diags *diags)
{
    *file = (struct whole_file){.path = path};
    if (open_file(file, arena))
        return true;
    fail(diags, path, errno);
    remove_temporary(file);
    return false;
}

void whole_file_note(struct whole_file *file, FILE *stream)
{
    if (file->error == 0 && ferror(stream) != 0)
        file->error = errno != 0 ? errno : EIO;
}

bool whole_file_finish(struct whole_file *file, struct diags *diags)
{
    whole_file_note(file, file->out);
    if (fclose(file->out) != 0 && file->error == 0)
        file->error = errno;
    file->out = NULL;
    if (file->error == 0 && file->temporary != NULL && rename(file->temporary, file->path) != 0)
        file->error = errno;
    if (file->error != 0) {
        remove_temporary(file);
        return fail(diags, file->path, file->error);
    }
    file->temporary = NULL;
    return true;
}

void whole_file_abandon(struct whole_file *file)
{
    if (file->out != NULL)
        fclose(file->out);
    file->out = NULL;
    remove_temporary(file);
}
