/*
 * json -- JSON texts (RFC 8259), checked strictly before cJSON sees them.
 *
 * cJSON alone accepts and changes things silently (a NUL cuts a string, control
 * octets pass, digits of large numbers are lost, duplicate keys stay). So one
 * pass of ours checks the text first and notes the line of each value; cJSON
 * then decodes it; and what comes out is a tree of ours, with lines, in which
 * children are counted. The same pass guards case files, driver lines and
 * control requests.
 */
#ifndef WIRE_JSON_H
#define WIRE_JSON_H

#include "wire/arena.h"
#include "wire/diag.h"

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* Deeper texts, larger texts and larger integers are refused, each with a diag that names the
 * limit. 2^53 - 1 is the largest integer that every reader of JSON keeps. */
#define JSON_DEPTH_MAX   64
#define JSON_SIZE_MAX    ((size_t)16 << 20)
#define JSON_INTEGER_MAX ((int64_t)9007199254740991)

struct json {
    enum json_type type;
    unsigned line;             /* of its first octet, 1-based; for a member, of its key's */
    const struct json *parent; /* NULL at the root */
    const char *key; /* as a member of an object: its name, UTF-8, ended by NUL; else NULL */
    const struct json *next;  /* the next member or element of the parent; NULL at the last */
    const struct json *items; /* arrays and objects: the first member or element */
    size_t count;             /* arrays and objects: how many */
    const char *string;       /* strings: UTF-8, holds no NUL, ended by one */
    size_t len;               /* strings: octets of `string` */
    double number;            /* numbers */
    int64_t integer;          /* numbers: the exact value when `is_integer` */
    bool is_integer; /* the number has no fraction or exponent and |value| <= JSON_INTEGER_MAX */
    bool boolean;    /* booleans */
};

/*
 * Reads one JSON text. Returns the root, which lives in `arena`, or NULL after
 * adding to `diags` what is wrong. `file` names the text in diags and is
 * borrowed for as long as they live. Refused besides what RFC 8259 refuses: a
 * byte order mark, invalid UTF-8, lone surrogates, "\u0000" in any string or
 * key (the message names the way out: {"hex": "00"} or {{NUL}}), duplicate keys
 * (all of them are reported, at the line of the second), numbers past the
 * range of a double, integers past JSON_INTEGER_MAX, other numbers of more than
 * 63 octets (cJSON would cut them), text behind the value, and what passes the
 * limits above. At most the first syntax error of a text is told.
 */
const struct json *json_read(struct arena *arena, struct diags *diags, const char *file,
                             struct bytes text);

/* The member so named, or NULL; the case of letters counts. `object` must be an object. */
const struct json *json_member(const struct json *object, const char *key);

/* The JSON Pointer (RFC 6901) from the root to `value`; "" for the root. */
const char *json_pointer(const struct json *value, struct arena *arena);

/* "a string", "an object" ...: for messages. */
const char *json_type_name(enum json_type type);

#endif
