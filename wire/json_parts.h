/*
 * json_parts -- the members or elements of a JSON text one after the other, so that a text larger
 * than json_read() takes can be read part by part.
 *
 * Nothing is decoded: of what a part holds only strings and brackets are looked at, to find its
 * end. Each part has to go through json_read(), which checks it.
 *
 *     struct json_parts parts = json_parts_of(text, 1);
 *     struct json_part part;
 *     while (json_parts_next(&parts, &part))
 *         read(&part);
 *     if (parts.want != NULL)
 *         tell(parts.line, parts.want);
 */
#ifndef WIRE_JSON_PARTS_H
#define WIRE_JSON_PARTS_H

#include "wire/bytes.h"

struct json_part {
    struct bytes key;  /* of a member what stands between the quotes; empty of an element */
    struct bytes text; /* the value */
    unsigned line;     /* where the value begins */
    size_t index;      /* from 0 */
};

/* May be copied: both go on from the same place. */
struct json_parts {
    unsigned line;     /* where it has come to */
    const char *want;  /* what should stand there: the text is broken; NULL: it is not */
    struct bytes rest; /* private from here on */
    uint8_t closer;    /* of the array or object; 0: it is closed, or broken */
    size_t count;
};

/* Before the first part of the array or object that is all of `text`, which is borrowed and begins
 * in `line`. */
struct json_parts json_parts_of(struct bytes text, unsigned line);

/* False at the end, and at a mistake. */
bool json_parts_next(struct json_parts *parts, struct json_part *part);

#endif
