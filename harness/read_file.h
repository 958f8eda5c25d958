/* read_file -- a whole file into memory. */
#ifndef HARNESS_READ_FILE_H
#define HARNESS_READ_FILE_H

#include "wire/diag.h"

/* False, with a diag that names `path`, when it cannot be read or is larger than `size_max`. */
bool read_file(struct bytes *text, struct arena *arena, const char *path, size_t size_max,
               struct diags *diags);

#endif
