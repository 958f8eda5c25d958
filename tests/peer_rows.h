/* peer_rows -- scripts, what a client does to them, and what is recorded: for test_peer.c. */
#ifndef TESTS_PEER_ROWS_H
#define TESTS_PEER_ROWS_H

#include "wire/script.h"

/* Of `read_len`: until the peer's end; and: read nothing more. */
#define READ_ALL  SIZE_MAX
#define READ_NONE (SIZE_MAX - 1)

/* For `then`: not sent, but the sending side is ended, and reading goes on. */
#define HALF_CLOSE "(half close)"

enum { STEPS_MAX = 6 };

struct peer_row {
    const char *label;
    struct step steps[STEPS_MAX];
    size_t step_count;
    const char *send; /* what the client sends */
    const char *then; /* and what once it has read `first_len` octets */
    size_t first_len;
    bool resets;     /* it leaves by RST, else by FIN */
    size_t read_len; /* after having read so many octets in all; READ_ALL: after the peer's end */
    const char *got; /* what it read; NULL: not compared */
    const char *got_end; /* how that ended: "" when it left first, "eof", "reset" */
    const char *record;
};

extern const struct peer_row peer_rows[];
extern const size_t peer_row_count;

#endif
