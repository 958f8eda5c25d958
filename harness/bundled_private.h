/*
 * bundled_private -- what the bundled*.c files share. In reading order: bundled.c plays a step,
 * bundled_way.c has the connection that it goes by, bundled_source.c the body that it brings, and
 * bundled_read.c what comes back.
 */
#ifndef HARNESS_BUNDLED_PRIVATE_H
#define HARNESS_BUNDLED_PRIVATE_H

#include "harness/bundled.h"

#include <stdio.h>

/* The client's octets have a name of their own. */
static inline struct assay_bytes bundled_lend(struct bytes octets)
{
    return (struct assay_bytes){octets.at, octets.len};
}

static inline struct bytes bundled_take(struct assay_bytes octets)
{
    return (struct bytes){octets.at, octets.len};
}

/* The longest method, target, name or value that is asked of the client; none is ever cut. */
#define TEXT_LEN_MAX ((size_t)16 * 1024 * 1024)

/* Pieces of a body that are longer are given in parts, and read so too. */
enum { PIECE_SIZE = 64 * 1024 };

struct bundled {
    const struct driver_session *session;
    struct assay_tls **tls;
    struct arena *arena;
    struct way *ways; /* all that were made, the newest first */
    uint8_t *piece;   /* of PIECE_SIZE; made when a step first needs it */
    struct bundled_watch watch;
    const char *trouble;
};

uint8_t *bundled_piece(struct bundled *bundled);

/* The text of the octets; false when they are too many to be asked for. */
bool bundled_build(struct bundled *bundled, const struct octets *octets, struct assay_bytes *text);

/* NULL when one is too long. */
struct assay_field *bundled_build_fields(struct bundled *bundled, const struct header *headers,
                                         size_t count);

/* --- bundled_way.c --------------------------------------------------------- */

enum way_problem { WAY_OK, WAY_INVALID, WAY_TROUBLE };

/* The connection that the step's request goes by; where a proxy reads that, it is changed for it.
 * WAY_INVALID: the URL, or what the proxy should be told, is refused for `reason`. WAY_TROUBLE:
 * see bundled_trouble(). */
enum way_problem bundled_way(struct bundled *bundled, size_t step, struct assay_request *request,
                             struct assay_connection **connection, const char **reason);

/* Closes their connections; their memory is the arena's. */
void bundled_ways_free(struct way *way);

/* --- bundled_source.c -------------------------------------------------------- */

/* A body on its way to the client: described, not built. */
struct source {
    struct bundled *bundled;
    const struct body *body;
    size_t next; /* the piece that comes when `cursor` is at its end */
    struct octets_cursor cursor;
    FILE *file; /* BODY_FILE: that the client reads */
};

struct assay_body bundled_body(struct source *source);

/* --- bundled_read.c ---------------------------------------------------------- */

/* A body as it comes, kept up to BUNDLED_BODY_MAX. */
struct kept {
    struct arena *arena;
    uint8_t *at;
    size_t len, size;
    uint64_t body_len;
};

/* Reads it as the step asks. */
enum assay_error bundled_read_body(struct bundled *bundled, const struct client_step *step,
                                   struct assay_response *response, struct kept *kept);

/* What is known of the response, whether or not it came whole. */
void bundled_show(struct arena *arena, const struct assay_response *response,
                  struct outcome *outcome);

#endif
