/*
 * wire_text -- octets of a wire, readable: on a terminal, in a report.
 *
 * All of it is hostile. What comes out is printable UTF-8 without a control
 * character, so no octet of a client's can move a cursor or end a string.
 */
#ifndef REPORTS_WIRE_TEXT_H
#define REPORTS_WIRE_TEXT_H

#include "wire/case.h"
#include "wire/transcript.h"

#include <stdio.h>

/* No character of a readable form is longer. */
enum { WIRE_TEXT_SIZE = 4 };

/*
 * Takes one character off `from`, which is not empty, and writes its readable form. Visible UTF-8
 * stands for itself; CR, LF, TAB and the backslash are written as in C; every other octet is \xNN.
 * So nothing is lost: the form gives the octets back. Returns how long the form is.
 */
size_t wire_text_next(struct bytes *from, char shown[WIRE_TEXT_SIZE]);

/* The same for a text that may hold escapes of its own: its backslashes stay as they are. */
size_t wire_text_next_plain(struct bytes *from, char shown[WIRE_TEXT_SIZE]);

/* `text` to `out`, by wire_text_next_plain(). Returns how many octets that were. */
size_t wire_text_print(FILE *out, struct bytes text);

/* `octets` in double quotes, cut in the middle when there are many, and how many there were:
 * "hello" (5). `len` is greater than `octets.len` when only the first ones are known. */
void wire_text_quote(FILE *out, struct bytes octets, uint64_t len);

/* "ECONNRESET"; NULL for what no socket says. */
const char *wire_text_errno(int error);

/* The script's step that the event speaks of; NULL when there is none. */
const struct step *wire_text_step(const struct point *point, const struct event *event);

/* A line of a ladder; `line` lives until the call returns. */
typedef void wire_text_line(void *context, const char *line);

/*
 * The transcript as a ladder, one line of the protocol a line: `c0 -> GET / HTTP/1.1\r\n`, client
 * to peer, and `c0 <- HTTP/1.1 200 OK\r\n`, peer to client. A line that came in several segments
 * says so; long ones are cut in the middle.
 */
void wire_text_ladder(const struct point *point, const struct transcript *transcript,
                      wire_text_line *line, void *context);

#endif
