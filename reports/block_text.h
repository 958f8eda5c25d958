/*
 * block_text -- one case's result for people, as lines of a label and what it says:
 *
 *       behaviour  takes the short body as whole
 *       why        9112-8-1 (MUST): A client that gets a response shorter than ...
 *       client     GET /  ->  200, body "hello" (5)
 *       wire       c0 -> GET / HTTP/1.1\r\n
 *
 * Every line begins with two blanks at least, and ends in a line end; none is empty. Nothing in it
 * is a control character.
 */
#ifndef REPORTS_BLOCK_TEXT_H
#define REPORTS_BLOCK_TEXT_H

#include "wire/result.h"

#include <stdio.h>

/* How the case came out: its verdict's name, but "stale" where the baseline lists it in vain. */
const char *block_text_word(const struct case_result *result);

/* Whether somebody has to look: then a report shows all of the block, else its summary at most. */
bool block_text_is_due(enum verdict verdict);

/* The worst run: its behaviour, the reason, the requirement in words, what the client was asked and
 * said, the wire, with every line of it where `is_whole`; and the command that plays it again. */
void block_text_print(FILE *out, const struct case_result *result, bool is_whole);

/* What was recognised, and how often. Nothing when there was no run. */
void block_text_summary(FILE *out, const struct case_result *result);

/* The result in one line, not made visible yet: the first line of the baseline's reason, else of
 * the run's own, else the behaviour's name; empty when there is none. */
struct bytes block_text_note(const struct case_result *result);

#endif
