/* load_dump -- a loaded case as one line of text, for tests. */
#ifndef TESTS_LOAD_DUMP_H
#define TESTS_LOAD_DUMP_H

#include "wire/case.h"

#include <stdio.h>

/*
 * CLIENT > ORIGIN > marks > needs > BEHAVIOURS, each list with ";" between, such as
 *
 *     GET / > read request; send "x" > 0.1 > - > pass none status=200
 */
void load_dump(FILE *out, const struct case_ *case_, struct arena *arena);

#endif
