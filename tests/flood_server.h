/* flood_server -- a server on a thread that answers with very much: for the tests of the limits of
 * harness/client/. */
#ifndef TESTS_FLOOD_SERVER_H
#define TESTS_FLOOD_SERVER_H

#include <stdint.h>

enum { FLOOD_ENDLESS = 0 };

/* What it sends to whoever connects, once a head has come; and then it closes its side. */
struct flood {
    const char *head;
    const char *unit; /* behind it, again and again; NULL: nothing */
    uint64_t times;   /* so often; FLOOD_ENDLESS: until the client leaves */
    const char *tail;
};

/* On a port of its own of 127.0.0.1. NULL when the system refuses. */
struct flood_server;
struct flood_server *flood_server_new(const struct flood *flood);
uint16_t flood_server_port(const struct flood_server *server);

/* Once the client has closed its connection. */
void flood_server_end(struct flood_server *server);

#endif
