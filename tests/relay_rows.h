/* relay_rows -- a proxy's script, its origin's, what a client does to them, and what is recorded at
 * both: for test_relay.c. */
#ifndef TESTS_RELAY_ROWS_H
#define TESTS_RELAY_ROWS_H

#include "tests/peer_rows.h"

struct relay_row {
    struct peer_row client; /* its steps and its record are the proxy's */
    struct step origin[STEPS_MAX];
    size_t origin_count;
    const char *origin_record; /* NULL: the proxy's connection to it is a matter of time */
    const char *origin_got;    /* all that it received; NULL: not compared */
    bool is_routed;            /* the proxy's script is a route's, which fits any request */
    bool refuses;              /* nobody listens at the origin's port */
    bool is_silent;            /* the origin never learns that the client has left */
    bool is_by_octet;          /* each read of the client's gives one octet */
};

extern const struct relay_row relay_rows[];
extern const size_t relay_row_count;
extern const struct relay_row forward_rows[];
extern const size_t forward_row_count;

#endif
