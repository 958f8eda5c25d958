/*
 * octets -- the value of a case file's BYTES: described, not built.
 *
 * A script may send gigabytes ({"repeat": ..., "times": n}), so BYTES are a list
 * of pieces that a cursor walks. Holes are texts known only when a run has its
 * endpoint ({{origin.port}}); their width is fixed for each peer, so the length
 * of the whole is known at load.
 */
#ifndef WIRE_OCTETS_H
#define WIRE_OCTETS_H

#include "wire/bytes.h"

enum hole_kind { HOLE_NONE, HOLE_HOST, HOLE_PORT, HOLE_AUTHORITY };

/* "127.100.100.100", "32768", and both with ":" between: no hole is longer. */
enum { HOLE_HOST_LEN = 15, HOLE_PORT_LEN = 5, HOLE_AUTHORITY_LEN = 21 };

/* Of a peer with an https URL: "localhost" and "127.0.0.1" have one length. */
enum { HOLE_HTTPS_HOST_LEN = 9, HOLE_HTTPS_AUTHORITY_LEN = 15 };

/* How long the text of a hole is, in every run; 0 of HOLE_NONE. */
size_t hole_len(enum hole_kind hole, bool is_https);

struct piece {
    struct bytes data;   /* with a hole: unused */
    uint64_t times;      /* how often `data` (or the hole's text) stands here; at least 1 */
    enum hole_kind hole; /* HOLE_NONE: plain data */
    unsigned peer;       /* with a hole: the index of the peer it speaks of */
};

struct octets {
    const struct piece *pieces;
    size_t count;
    uint64_t len; /* of all pieces together */
};

/* The host of a peer whose URL is https: certificates have no others. */
#define ENDPOINT_NAME    "localhost"
#define ENDPOINT_ADDRESS "127.0.0.1"

/* Where a peer can be reached in this run. */
struct endpoint {
    char host[HOLE_HOST_LEN + 1];
    char port[HOLE_PORT_LEN + 1];
    char authority[HOLE_AUTHORITY_LEN + 1];
};

/* What the piece holds once. `endpoints` (by peer index) may be NULL when there is no hole. */
struct bytes octets_piece(const struct piece *piece, const struct endpoint *endpoints);

/* Walks octets from the front; `{.octets = ..., .endpoints = ...}` is its start. */
struct octets_cursor {
    const struct octets *octets;
    const struct endpoint *endpoints; /* by peer index; may be NULL when there are no holes */
    size_t piece;
    uint64_t round; /* how often this piece was passed whole */
    size_t at;      /* octets of this round that were passed */
};

/* The octets that come next, as far as they lie together; empty at the end. Does not move. */
struct bytes octets_peek(const struct octets_cursor *cursor);

/* Moves past `count` octets; there must be so many. */
void octets_skip(struct octets_cursor *cursor, size_t count);

/* Whether `text` is what the octets are; and whether it is a beginning of that. */
bool octets_equal(const struct octets *octets, const struct endpoint *endpoints, struct bytes text);
bool octets_has_prefix(const struct octets *octets, const struct endpoint *endpoints,
                       struct bytes text);

struct arena;

/* The octets built in the arena, at most `max` of them. */
struct bytes octets_build(const struct octets *octets, const struct endpoint *endpoints,
                          struct arena *arena, size_t max);

#endif
