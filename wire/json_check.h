/*
 * json_check -- the strict pass over a JSON text (RFC 8259), for json.c alone.
 *
 * It decodes nothing: it says whether a text may go to cJSON, and notes in
 * preorder what cJSON will not keep. What it takes, cJSON takes unchanged.
 */
#ifndef WIRE_JSON_CHECK_H
#define WIRE_JSON_CHECK_H

#include "wire/diag.h"

struct json_note {
    unsigned line;   /* of the value's first octet; for a member, of its key's */
    bool is_integer; /* a number without fraction and exponent */
};

/* `{.arena = ...}` is an empty list. */
struct json_notes {
    struct arena *arena; /* borrowed; a short-lived one, since growing leaves old copies in it */
    struct json_note *at;
    size_t count;
    size_t size;
};

/* Appends one note per value of `text`, or adds one diag and returns false. */
bool json_check(struct json_notes *notes, struct diags *diags, const char *file, struct bytes text);

#endif
