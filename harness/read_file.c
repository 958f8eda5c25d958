#include "harness/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(const char *path, struct diags *diags)
{
    return diag_add(diags, path, 0, NULL, "cannot read: %s", strerror(errno));
}

/* Reads until the end of the file or `size` octets; how many, or -1 with errno. */
static ssize_t read_all(int fd, uint8_t *into, size_t size)
{
    size_t len = 0;
    while (len < size) {
        const ssize_t got = read(fd, into + len, size - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        len += (size_t)got;
    }
    return (ssize_t)len;
}

static bool read_open(struct bytes *text, struct arena *arena, int fd, const char *path,
                      size_t size_max, struct diags *diags)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return fail(path, diags);
    if (!S_ISREG(info.st_mode))
        return diag_add(diags, path, 0, NULL, "want a file");
    if ((uint64_t)info.st_size > size_max)
        return diag_add(diags, path, 0, NULL, "larger than %zu octets", size_max);
    uint8_t *octets = arena_alloc(arena, (size_t)info.st_size);
    const ssize_t len = read_all(fd, octets, (size_t)info.st_size);
    if (len < 0)
        return fail(path, diags);
    *text = (struct bytes){octets, (size_t)len};
    return true;
}

bool read_file(struct bytes *text, struct arena *arena, const char *path, size_t size_max,
               struct diags *diags)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail(path, diags);
    const bool is_read = read_open(text, arena, fd, path, size_max, diags);
    close(fd);
    return is_read;
}
