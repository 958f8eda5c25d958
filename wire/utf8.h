/* utf8 -- well-formed UTF-8 (RFC 3629, section 4). */
#ifndef WIRE_UTF8_H
#define WIRE_UTF8_H

#include "wire/bytes.h"

/* How many octets the character at the front of `text` has; 0 when it is not UTF-8, or empty. */
size_t utf8_len(struct bytes text);

#endif
