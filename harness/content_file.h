/* content_file -- the content of a step as a file, for clients that read it from one. */
#ifndef HARNESS_CONTENT_FILE_H
#define HARNESS_CONTENT_FILE_H

#include "wire/arena.h"
#include "wire/octets.h"

#include <stdio.h>

/* Where the content of a step lies in a client's folder. */
const char *content_file_path(const char *folder, size_t step, struct arena *arena);

/* Writes the octets into a file of that path, ours alone. False with errno. */
bool content_file_write(const char *path, const struct octets *octets,
                        const struct endpoint *endpoints);

/* A file without a name that stands at its first octet; the caller closes it. NULL with errno. */
FILE *content_file_unnamed(const struct octets *octets, const struct endpoint *endpoints);

#endif
