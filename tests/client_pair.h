/*
 * client_pair -- a client of harness/client/ whose server is the test itself: what that says lies
 * ready before the client asks for it, so that no thread is needed, and nothing waits.
 *
 * The socket is a pair whose packets are received one by one: how the octets are cut is the test's
 * choice. A pair holds ten packets.
 */
#ifndef TESTS_CLIENT_PAIR_H
#define TESTS_CLIENT_PAIR_H

#include "harness/client/client.h"

struct client_pair {
    struct assay_connection *connection; /* the caller's, who frees it */
    int fd;                              /* the server's end; -1: closed */
};

/* To "a.test", as if it had connected. It does not connect again by itself. */
struct client_pair client_pair_new(void);

/* The same of a connection that is set up otherwise; nothing goes through a tunnel or TLS. */
struct client_pair client_pair_of(struct assay_connection *connection);

/* One packet, or none where `len` is 0. */
void client_pair_say(const struct client_pair *pair, const char *octets, size_t len);

/* In two packets, cut at `cut`. */
void client_pair_say_cut(const struct client_pair *pair, const char *octets, size_t cut);

/* FIN. */
void client_pair_fin(const struct client_pair *pair);

/* The server's end. */
void client_pair_close(struct client_pair *pair);

#endif
