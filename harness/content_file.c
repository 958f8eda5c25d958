#include "harness/content_file.h"

#include <fcntl.h>
#include <unistd.h>

const char *content_file_path(const char *folder, size_t step, struct arena *arena)
{
    return arena_printf(arena, "%s/content-%zu", folder, step);
}

static bool fill(FILE *file, const struct octets *octets, const struct endpoint *endpoints)
{
    struct octets_cursor cursor = {.octets = octets, .endpoints = endpoints};
    for (struct bytes next = octets_peek(&cursor); next.len > 0; next = octets_peek(&cursor)) {
        if (fwrite(next.at, 1, next.len, file) != next.len)
            return false;
        octets_skip(&cursor, next.len);
    }
    return fflush(file) == 0;
}

bool content_file_write(const char *path, const struct octets *octets,
                        const struct endpoint *endpoints)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    const bool is_filled = fill(file, octets, endpoints);
    return fclose(file) == 0 && is_filled;
}

FILE *content_file_unnamed(const struct octets *octets, const struct endpoint *endpoints)
{
    FILE *file = tmpfile();
    if (file == NULL)
        return NULL;
    if (fill(file, octets, endpoints) && fseek(file, 0, SEEK_SET) == 0)
        return file;
    fclose(file);
    return NULL;
}
