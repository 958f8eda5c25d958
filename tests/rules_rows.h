/*
 * rules_rows -- what a client sent, and the findings that it gives.
 *
 * Findings are logged as "name@offset", with a blank between two, and "+1" behind
 * what belongs to the second request of the connection.
 */
#ifndef TESTS_RULES_ROWS_H
#define TESTS_RULES_ROWS_H

#include "tests/check.h"
#include "wire/rules.h"

enum rules_peer {
    PEER_ORIGIN,
    PEER_PROXY,
    PEER_1_0,      /* an origin that answered in HTTP/1.0 */
    PEER_ANSWERED, /* an origin that had answered before the end */
    PEER_STOPPED,  /* an origin whose step cut it short */
};

struct rules_row {
    const char *label;
    enum rules_peer peer;
    struct bytes wire;
    const char *want;
};

/* What comes near to breaking the rule, and breaks none. */
struct rules_near_row {
    enum rule rule;
    enum rules_peer peer;
    struct bytes wire;
};

struct rules_real_row {
    const char *client;
    struct bytes wire;
    const char *want; /* what it is known to break; mostly nothing */
};

extern const struct rules_row rules_rows[];
extern const size_t rules_row_count;
extern const struct rules_near_row rules_near_rows[];
extern const size_t rules_near_row_count;
extern const struct rules_real_row rules_real_rows[];
extern const size_t rules_real_row_count;

#define OCTETS(text)                                                                               \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

/* The start of most rows. */
#define GET          "GET / HTTP/1.1\r\nHost: a\r\n"
#define POST         "POST / HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED_POST POST "Transfer-Encoding: chunked\r\n"

#endif
