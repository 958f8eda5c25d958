/*
 * play -- what the parts of the golden player share; see tests/golden/play.c.
 *
 * One line of JSON in, one out. Octets stand in its strings in percent-encoding, since JSON text
 * here can hold no NUL and only UTF-8: play_text.c. Each call adds the members of its outcome, and
 * the caller closes the object.
 */
#ifndef TESTS_GOLDEN_PLAY_H
#define TESTS_GOLDEN_PLAY_H

#include "harness/client/client.h"

#include "wire/json.h"

/* No entry has more; one that has is refused, not cut. */
enum { PLAY_RESPONSES_MAX = 256 };

struct play {
    struct assay_connection *connection; /* NULL between entries */
    struct assay_tls *tls;
    struct assay_response *responses[PLAY_RESPONSES_MAX];
    size_t response_count;
    struct arena *arena; /* of the line */
    char *shown;         /* what debuglevel had written out; from malloc() */
    size_t shown_len;
};

/* --- play_text.c ------------------------------------------------------------ */

/* The member's octets; empty where there is none, or null. They live in the arena. */
struct assay_bytes play_octets(struct play *play, const struct json *object, const char *key);
struct assay_bytes play_decoded(struct play *play, const struct json *string);

/* NULL where the member is missing, or null. */
const char *play_text(struct play *play, const struct json *object, const char *key);
int64_t play_integer(const struct json *object, const char *key, int64_t otherwise);
bool play_is_true(const struct json *object, const char *key);

/* Pairs of name and value; NULL with `count` 0 where there are none. */
const struct assay_field *play_fields(struct play *play, const struct json *object, const char *key,
                                      size_t *count);

/* Each writes one member, with a comma before it. */
void say_octets(const char *key, struct assay_bytes octets);
void say_integer(const char *key, int64_t value);
void say_flag(const char *key, bool value);
void say_null(const char *key);
void say_fields(const char *key, struct assay_fields fields);

/* "error": the failure as http.client would show it. `partial` is NULL where nothing was read. */
void say_error(const struct assay_failure *failure, const struct assay_bytes *partial);

/* The members of an array, that is begun and ended by these. */
void say_list(const char *key);
void say_element(struct assay_bytes octets, bool is_first);
void say_list_end(void);

/* --- play_body.c ------------------------------------------------------------ */

/* The body that the member describes: its sources live in the arena, and play_body_end() closes
 * what is open. */
struct assay_body play_body(struct play *play, const struct json *call);
void play_body_end(const struct assay_body *body);

/* --- play_calls.c, play_reads.c ----------------------------------------------- */

/* The calls of a connection, and those of a response. False: it is none of them. */
bool play_connection_call(struct play *play, const char *name, const struct json *call);
bool play_response_call(struct play *play, const char *name, const struct json *call);

/* Octets of the body that are left, or null: one member, as those of play_text.c. */
void say_length(const struct assay_response *response);

#endif
