/* uri -- the parts of a URI (RFC 3986) that a message may hold. */
#ifndef WIRE_URI_H
#define WIRE_URI_H

#include "wire/bytes.h"

/* How many octets at the front are unreserved, sub-delims, whole percent-encodings or of `more`. */
size_t uri_count(struct bytes text, const char *more);

/* What lies before the first octet of `ends`, or all. */
struct bytes uri_before(struct bytes text, const char *ends);

/* scheme "://" authority: takes both off the front of `rest`. False when it is not that. */
bool uri_take_authority(struct bytes *rest, struct bytes *scheme, struct bytes *authority);

/* What stands behind the last "@": who the user is concerns the server alone (RFC 9110, section
 * 4.2.4). */
struct bytes uri_without_userinfo(struct bytes authority);

#endif
