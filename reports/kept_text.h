/*
 * kept_text -- what is printed to a stream, kept in memory, to be written once more in another
 * form.
 *
 *     struct kept_text kept;
 *     block_text_print(kept_text_open(&kept), result, false);
 *     write_escaped(out, kept_text_close(&kept));
 *     kept_text_free(&kept);
 */
#ifndef REPORTS_KEPT_TEXT_H
#define REPORTS_KEPT_TEXT_H

#include "wire/bytes.h"

#include <stdio.h>

/* Private. */
struct kept_text {
    FILE *out;
    char *at;
    size_t len;
};

/* The stream to print to. Never NULL: running out of memory ends the process, as in wire/arena.c.
 */
FILE *kept_text_open(struct kept_text *kept);

/* Closes the stream. What was printed lives until kept_text_free(). */
struct bytes kept_text_close(struct kept_text *kept);

void kept_text_free(struct kept_text *kept);

#endif
