/* path -- the path of a request, and the patterns that routes are known by. */
#ifndef SERVER_CONTROL_PATH_H
#define SERVER_CONTROL_PATH_H

#include "wire/arena.h"

/* `path` with its percent-escapes decoded; NULL where one is broken, or gives a NUL. A decoded "/"
 * is as good as any other: whoever makes a file's name of the result looks for it. */
const char *path_decode(const char *path, struct arena *arena);

/* What the `*` at the end of `pattern` stands for, one octet at least; "" where `pattern` has none
 * and is the path itself; NULL where it does not fit. */
const char *path_match(const char *pattern, const char *path);

#endif
