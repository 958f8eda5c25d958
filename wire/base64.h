/* base64 -- octets out of base64 and back (RFC 4648, section 4): with padding, and nothing between.
 */
#ifndef WIRE_BASE64_H
#define WIRE_BASE64_H

#include "wire/bytes.h"

/* Decodes `text` into `octets`, which has room for `text.len / 4 * 3`; `len` is how many there are.
 * False where it is no base64, or where bits are left over that are not 0. */
bool base64_decode(struct bytes text, uint8_t *octets, size_t *len);

/* Encodes `octets` as a string: `text` has room for BASE64_SIZE(octets.len). */
#define BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1)
void base64_encode(struct bytes octets, char *text);

#endif
