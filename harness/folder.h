/* folder -- a fresh temporary folder, and its end with all that is in it. */
#ifndef HARNESS_FOLDER_H
#define HARNESS_FOLDER_H

#include "wire/arena.h"

/* A new one, empty and ours alone, in TMPDIR or /tmp; its path lives in `arena`. NULL with errno.
 */
const char *folder_new(struct arena *arena);

/* Removes it and what is in it, as far as that can be done; links are not followed. */
void folder_remove(const char *path);

#endif
