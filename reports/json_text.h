/*
 * json_text -- writes one JSON text (RFC 8259), value by value, to a stream.
 *
 * Nothing is kept but where the writer stands, so a report may be of any size.
 * What is written is always valid JSON in UTF-8, whatever octets are given. A
 * failure is remembered and told at the end: callers need not look in between.
 */
#ifndef REPORTS_JSON_TEXT_H
#define REPORTS_JSON_TEXT_H

#include "wire/bytes.h"

#include <stdio.h>

enum { JSON_TEXT_DEPTH_MAX = 16, JSON_TEXT_GATHER = 4096 };

/* How the members or elements stand; all inside a flat one are flat. */
enum json_layout { JSON_LINES /* each on a line of its own */, JSON_FLAT /* all on one line */ };

/* `{.out = stream}` is the start of a text. Fields from `levels` down are private. */
struct json_text {
    FILE *out; /* borrowed */
    int error; /* errno of the first write that failed; 0: none did */
    struct json_level {
        char closer;
        bool is_flat, has_items;
    } levels[JSON_TEXT_DEPTH_MAX];
    size_t depth;
    char gathered[JSON_TEXT_GATHER]; /* goes to `out` when it is full, and at the root's end */
    size_t len;                      /* of what is gathered */
};

/* `key` names the member where the innermost open value is an object; NULL in an array and at the
 * root. */
void json_text_object(struct json_text *text, const char *key, enum json_layout layout);
void json_text_array(struct json_text *text, const char *key, enum json_layout layout);

/* Closes the innermost open object or array; the root's end is followed by a line end. */
void json_text_close(struct json_text *text);

/* Hands all that was written to the operating system: it outlives a process that is killed. */
void json_text_flush(struct json_text *text);

/* NULL is written as null. What is not visible UTF-8 becomes \xNN, as in wire_text_next(), or is
 * escaped as JSON has it when it is a control character of ASCII. */
void json_text_string(struct json_text *text, const char *key, const char *value);

/* Octets by wire_text_next(): to be read by people. */
void json_text_readable(struct json_text *text, const char *key, struct bytes octets);

/* Octets in base64 (RFC 4648, section 4, with padding). */
void json_text_base64(struct json_text *text, const char *key, struct bytes octets);

/* A string when all octets are printable ASCII, else {"b64": ...}. */
void json_text_octets(struct json_text *text, const char *key, struct bytes octets);

/* At most 2^53 - 1, the largest integer that every reader of JSON keeps: a larger one is written as
 * that. */
void json_text_number(struct json_text *text, const char *key, uint64_t value);

void json_text_bool(struct json_text *text, const char *key, bool value);
void json_text_null(struct json_text *text, const char *key);

#endif
