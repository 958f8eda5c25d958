/* load_file -- {"file": NAME}: a file beside a case file, and nowhere else. */
#ifndef HARNESS_LOAD_FILE_H
#define HARNESS_LOAD_FILE_H

#include "harness/load_private.h"

/* Reads the file that the string `name` names, relative to the case file's folder. False after
 * telling why not: it lies outside of that folder, by its name or by a link, or cannot be read. */
bool load_file(const struct loader *loader, const struct json *name, struct bytes *octets);

#endif
