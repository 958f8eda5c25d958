/*
 * chunked -- reads the lines of the chunked coding (RFC 9112, section 7.1).
 *
 * A room of the reader, as those of wire/http_private.h: it leaves what it finds
 * in the reader, and the states to wire/http.c. The chunks' data is not its work.
 */
#ifndef WIRE_CHUNKED_H
#define WIRE_CHUNKED_H

#include "wire/http_private.h"

/* Reads chunk-size [ chunk-ext ] into `chunk_size` and `extension`; notes what is wrong. */
void chunked_read_size(struct http_reader *reader, const struct http_line *line);

/* Whether a size line that begins so may be the last chunk's: it has a zero, and no other digit. */
bool chunked_may_be_last(struct bytes begun);

/* Notes it when `name`, a field of the trailer section, may not stand there. */
void chunked_check_trailer(struct http_reader *reader);

#endif
