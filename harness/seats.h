/* seats -- the peers of one run, and the addresses they are reached at. */
#ifndef HARNESS_SEATS_H
#define HARNESS_SEATS_H

#include "server/listener.h"
#include "server/peer.h"
#include "wire/case.h"

struct seat;

struct seats {
    struct listener *listener;
    struct seat *items; /* by peer index */
    size_t count;
    struct endpoint *endpoints; /* the same */
};

/* An address and a peer for each of the point's; they live in `arena`, and in place until they are
 * left. False when there is no address: then nothing is taken. */
bool seats_take(struct seats *seats, struct listener *listener, const struct point *point,
                struct peer_host *host, struct arena *arena);

/* Resets what is open; the addresses are free. May be called again. */
void seats_leave(struct seats *seats);

/* Of all peers together; see server/peer.h. After seats_leave() they are quiet. */
bool seats_are_quiet(struct seats *seats);
bool seats_are_busy(const struct seats *seats);
bool seats_are_held(const struct seats *seats);

/* Does something to each peer; not after seats_leave(). */
void seats_each(const struct seats *seats, void (*do_it)(struct peer_run *run));

#endif
