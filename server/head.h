/*
 * head -- the head of one message as it was read, and as a proxy sends it on: RFC 9110, sections
 * 7.2, 7.6 and 7.8; RFC 9112, section 3.2. Sans-I/O. Private to server/.
 */
#ifndef SERVER_HEAD_H
#define SERVER_HEAD_H

#include "wire/arena.h"
#include "wire/http.h"
#include "wire/outcome.h"

/* More than this in a head is not kept, nor sent on. */
enum { HEAD_LEN_MAX = 1024 * 1024 };

/* Zero-initialise; the slices live in the arena that head_note() was given. */
struct head {
    struct http_start start;
    struct http_message message; /* once it was read to its end */
    struct field *fields;
    size_t count, size;
    size_t len; /* of all of these texts, also where they are not kept */
};

/* Notes what the reader found, where it belongs to a head; an HTTP_START begins it anew. */
void head_note(struct head *head, struct arena *arena, const struct http_reader *reader,
               enum http_event event);

enum head_way {
    HEAD_GOES_ON,
    HEAD_NOT_ABSOLUTE, /* its target is not that of a request to a proxy */
    HEAD_TOO_LONG,
    HEAD_ENDS_HERE, /* Max-Forwards is 0: RFC 9110, section 7.6.2 */
};

/* What a proxy for the scheme http does with the request. */
enum head_way head_way(const struct head *head);

/* The request's as a proxy sends it on, of which head_way() is HEAD_GOES_ON: in origin-form, Host
 * made of the target, without the fields of the hop. What the framing rests on stays. It says
 * `close`, for no second request will come. */
struct bytes head_of_request(const struct head *head, struct arena *arena);

/* The same of a response; `closes`: the connection ends behind it. */
struct bytes head_of_response(const struct head *head, bool closes, struct arena *arena);

#endif
