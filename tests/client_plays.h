/*
 * client_plays -- what a client of harness/client/ does in the rows of test_client_memory.c, and
 * what comes of it, as text.
 */
#ifndef TESTS_CLIENT_PLAYS_H
#define TESTS_CLIENT_PLAYS_H

#include "harness/client/client.h"
#include "tests/tls_server.h"

/* More than a buffer or a line first has room for. */
#define LONG_TEXT                                                                                  \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"   \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"   \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"

/* How it gets there: a sum of these. */
enum { PLAIN = 0, TLS = 1, PROXY_TLS = 2, TUNNEL = 4, DEBUG = 8 };

enum how_to_read { BY_READ, BY_READ1, BY_PIECE, BY_PEEK, BY_LINE, BY_ALL };

/* Terminated; what does not fit is left out. */
struct written {
    char text[16 * 1024];
    size_t len;
};

struct stage {
    const struct tls_authority *authority;
    struct assay_tls *tls;
    struct assay_connection *connection;
    int file;             /* of "hello" */
    const char *rest;     /* of the body that is sent */
    struct written got;   /* of each response "103 200 REASON; VALUE OF A; BODY; TRAILERS" */
    struct written shown; /* the debug output */
};

enum { CLIENT_PLAY_STEPS_MAX = 8 };

struct client_play {
    const char *label;
    enum assay_error (*play)(struct stage *stage, const struct client_play *row);
    unsigned way;
    struct tls_step steps[CLIENT_PLAY_STEPS_MAX];
    const char *wants; /* what is got */
    enum how_to_read how;
    struct assay_request request;
    const char *body; /* of a stream or reader */
};

/* A connection to the server at `port`. */
void client_play_connect(struct stage *stage, const struct client_play *row, uint16_t port);

/* "OK ", and what is got; or the error alone. */
const char *client_play(struct stage *stage, const struct client_play *row);

/* Plays. */
enum assay_error play_exchange(struct stage *stage, const struct client_play *row);
enum assay_error play_two(struct stage *stage, const struct client_play *row);
enum assay_error play_held(struct stage *stage, const struct client_play *row);
enum assay_error play_steps(struct stage *stage, const struct client_play *row);
enum assay_error play_setup(struct stage *stage, const struct client_play *row);

#endif
