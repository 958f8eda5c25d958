#include "server/control/path.h"

enum { HEX_BITS = 4 };

const char *path_decode(const char *path, struct arena *arena)
{
    char *decoded = arena_alloc(arena, strlen(path) + 1), *to = decoded;
    for (; *path != '\0'; path++) {
        if (*path != '%') {
            *to++ = *path;
            continue;
        }
        const int high = byte_hex((uint8_t)path[1]);
        const int low = high < 0 ? -1 : byte_hex((uint8_t)path[2]);
        if (low < 0 || high + low == 0)
            return NULL;
        *to++ = (char)(high << HEX_BITS | low);
        path += 2;
    }
    return decoded;
}

const char *path_match(const char *pattern, const char *path)
{
    const size_t len = strcspn(pattern, "*");
    if (strncmp(pattern, path, len) != 0)
        return NULL;
    const bool is_open = pattern[len] == '*', has_rest = path[len] != '\0';
    return is_open == has_rest ? path + len : NULL;
}
