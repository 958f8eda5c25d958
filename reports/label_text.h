/*
 * label_text -- lines for people, each a label and what it says:
 *
 *       why        9112-8-1 (MUST): A client that gets a response shorter than ...
 *                  has to note that the message is incomplete.
 *
 * Nothing that is printed is a control character.
 */
#ifndef REPORTS_LABEL_TEXT_H
#define REPORTS_LABEL_TEXT_H

#include "wire/case.h"

#include <stdio.h>

/* The column at which what is said begins. */
enum { LABEL_INDENT = 13 };

/* An empty label continues what stands above. What is said follows, and a line end. */
void label_text_begin(FILE *out, const char *label);

/* Line by line as it is, each under the first, with a line end behind the last. */
void label_text_lines(FILE *out, const char *label, const char *lines);

/* Wrapped at blanks, from `column` on; further lines begin at `indent`. Without a line end. */
void label_text_wrapped(FILE *out, const char *text, size_t column, size_t indent);

/* "9112-8-1 (MUST): A client that ...", from `indent` on, without a line end; the id alone where no
 * more is known. */
void label_text_requirement(FILE *out, const struct requirement *one, size_t indent);

#endif
