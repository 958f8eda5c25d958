/* seen -- makes requests of the octets that a peer received, a reader a connection. The judge's
 * half that knows HTTP; see harness/match.h for what becomes of it. */
#ifndef HARNESS_SEEN_H
#define HARNESS_SEEN_H

#include "harness/match.h"
#include "wire/http.h"

struct seen_connection;

struct seen_wire {
    struct arena *arena;
    struct seen_peer *peer;              /* what was made; borrowed */
    struct seen_connection *connections; /* private; newest first */
};

/* The next octets that came on the connection so numbered. */
void seen_receive(struct seen_wire *wire, unsigned index, struct bytes octets);

/* Nothing more comes: what is not whole is what came. */
void seen_finish(struct seen_wire *wire);

/* Frees what the readers hold; the requests live in the arena. */
void seen_release(struct seen_wire *wire);

#endif
