/* canary -- one more request behind the steps of a case: what answers it shows what became of the
 * connection. */
#ifndef HARNESS_CANARY_H
#define HARNESS_CANARY_H

#include "server/peer.h"
#include "wire/case.h"

struct arena;

/* What peers know it by, and what they answer. */
const struct canary *canary_of_peers(void);

/* The point's steps, and the canary's behind them, which goes the way of the last; in the arena. */
const struct client_step *canary_steps(const struct point *point, struct arena *arena);

#endif
