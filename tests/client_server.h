/* client_server -- a server on a thread that plays a list of exchanges to one client: for the tests
 * of harness/client/. */
#ifndef TESTS_CLIENT_SERVER_H
#define TESTS_CLIENT_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ending {
    STAY, /* the connection stays open until the server is ended */
    FIN,
    RST,
    CLOSE, /* close(2), which is RST where octets of the request lie unread */
};

struct exchange {
    const char *wants; /* the request, octet for octet, with "H" for its Host; NULL: any head */
    const char *reply; /* NULL: none */
    enum ending ending;
    bool is_fresh;     /* the request comes on a new connection, though the last one stays open */
    uint64_t body_len; /* so many octets of content stand behind `wants`, and each is 'x' */
};

struct client_server;

/* On a port of its own of 127.0.0.1. NULL when the system refuses. */
struct client_server *client_server_new(void);

uint16_t client_server_port(const struct client_server *server);

/* Plays these next, on the thread; what was played before is waited for. */
void client_server_play(struct client_server *server, const struct exchange *exchanges,
                        size_t count);

/* Once all is played: sends `octets` on the last connection, though nobody asked. */
void client_server_send_late(struct client_server *server, const char *octets, enum ending ending);

/* Ends and frees it; the client is closed already. False when an exchange was not played, or its
 * request was another: `trouble` says so. */
bool client_server_end(struct client_server *server, char *trouble, size_t size);

#endif
