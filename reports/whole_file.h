/*
 * whole_file -- a file that is written whole or not at all.
 *
 * What is written goes to a temporary file beside the target; whole_file_finish() gives it its
 * name. Where the target is no regular file (a pipe, a device, our own output) it is written
 * straight.
 *
 *     struct whole_file file;
 *     if (!whole_file_create(&file, arena, path, diags))
 *         return false;
 *     fputs("all of it\n", file.out);
 *     return whole_file_finish(&file, diags);
 *
 * A failure is remembered and told at the end: writers need not look in between.
 */
#ifndef REPORTS_WHOLE_FILE_H
#define REPORTS_WHOLE_FILE_H

#include "wire/diag.h"

#include <stdio.h>

struct whole_file {
    FILE *out; /* owned; NULL once it is closed */
    int error; /* errno of the first failure that was noted; 0: none was. A writer may set it */
    const char *path;
    const char *temporary; /* private. NULL: written straight, or already renamed */
};

/* Begins a file. The folders that `path` lies in are made when they are not there. Names live in
 * `arena`; `path` is borrowed until the end. False, with a diag, when it cannot be opened. */
bool whole_file_create(struct whole_file *file, struct arena *arena, const char *path,
                       struct diags *diags);

/* Notes whether a write to `stream` has failed: the file's own stream, or one whose octets will be
 * copied there. To be called now and then, for later nobody knows why it failed. */
void whole_file_note(struct whole_file *file, FILE *stream);

/* Closes the file and gives it its name. False, with a diag, when anything was not written: then
 * there is no file, or the old one. */
bool whole_file_finish(struct whole_file *file, struct diags *diags);

/* Removes what is not finished; nothing to do after whole_file_finish(). */
void whole_file_abandon(struct whole_file *file);

#endif
