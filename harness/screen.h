/*
 * screen -- octets of a wire on their way out: to a person's terminal, or anywhere else.
 *
 * Elsewhere they go as they are. On a terminal all of it is hostile: lines and tabs stay, and what
 * could move a cursor or be taken for a command shows as \xNN (reports/wire_text.h).
 */
#ifndef HARNESS_SCREEN_H
#define HARNESS_SCREEN_H

#include "wire/bytes.h"

#include <stdio.h>

/* A character of UTF-8 has no more octets. */
enum { SCREEN_KEPT_MAX = 4 };

struct screen {
    FILE *out; /* borrowed */
    bool is_terminal;
    bool is_inside_line; /* the last octet was no LF */
    uint8_t kept[SCREEN_KEPT_MAX];
    size_t kept_len; /* of a character, or a line's end, that may be cut */
    int error;       /* errno of the first write that failed; 0 */
};

struct screen screen_on(FILE *out);

void screen_put(struct screen *screen, struct bytes octets);
void screen_put_text(struct screen *screen, const char *text);

/* Has all of it written, but for what is kept. False when a write has failed, now or before. */
bool screen_flush(struct screen *screen);

/* Nothing comes behind what is kept: the same with that. */
bool screen_end(struct screen *screen);

#endif
