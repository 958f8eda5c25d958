/* peer_ends -- where the peers' tests play, a client there, which does what a row of peer_rows.h
 * says, and what was recorded of a peer, as one line. */
#ifndef TESTS_PEER_ENDS_H
#define TESTS_PEER_ENDS_H

#include "server/listener.h"
#include "server/peer.h"
#include "tests/peer_rows.h"

/* What peers need of a stage. */
struct peer_hall {
    uv_loop_t loop;
    struct listener *listener;
    struct peer_host host;
    struct transcript transcript;
    struct arena *arena;
};

void peer_hall_open(struct peer_hall *hall, void (*on_tick)(void *context), void *context);

/* What else is on the loop was closed before. */
void peer_hall_close(struct peer_hall *hall);

/* An empty record, and nothing known of a run before. */
void peer_hall_clear(struct peer_hall *hall);

struct peer_client {
    const struct peer_row *row;
    struct endpoint endpoint;
    char *got; /* `size` octets of all that it read */
    size_t len, size;
    size_t read_count;
    const char *end;
    void *context; /* the test's */
};

/* Plays it to its end, on a thread of its own; takes a struct peer_client. */
void peer_client_main(void *context);

/* It got what its row says. */
void peer_client_check(const struct peer_client *client);

void peer_send_text(int fd, const char *text);

/* "connect +0 received:27 =0": + begun, = done, ! cut. */
void peer_record_check(const struct transcript *transcript, unsigned peer, const char *label,
                       const char *want);

#endif
