/* verdict_text -- a word in the colour of a verdict, for terminals. */
#ifndef REPORTS_VERDICT_TEXT_H
#define REPORTS_VERDICT_TEXT_H

#include "wire/verdict.h"

#include <stdio.h>

/* Without `color` it is the word alone. */
void verdict_text_print(FILE *out, enum verdict verdict, const char *word, bool color);

#endif
