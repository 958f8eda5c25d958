/*
 * leg -- the connection to another peer of the run that a relay or a forward makes on behalf of one
 * of ours, and what waits to go on, each way. That is 64 KiB at most, and a head: who sends more
 * waits for who reads. Private to server/.
 */
#ifndef SERVER_LEG_H
#define SERVER_LEG_H

#include "server/connection.h"

#include <netinet/in.h>

enum { LEG_BUFFER_SIZE = 64 * 1024 };

/* One direction, and what waits in it. */
struct flow {
    uint8_t *buffer;
    struct bytes waiting; /* mostly a slice of `buffer` */
    uint64_t passed;
    bool has_ended; /* the sender's FIN came */
    bool is_over;   /* and was passed on; or nothing more is to be */
    bool is_full;   /* who receives takes no more at present */
};

struct leg {
    struct connection *connection; /* whose it is */
    struct leg *next;              /* of the host's */
    struct connection *far; /* as the other peer has accepted it; NULL: not yet, or no more */
    int fd;                 /* to the other peer */
    uv_poll_t poll;
    int polled;
    struct sockaddr_in name; /* of this end of it */
    bool is_reset;           /* by the other peer; what it sent before may still be read */
    struct flow up, down;
    bool is_silent;          /* a relay's: nothing is moved any more; both connections stay */
    struct forward *forward; /* NULL: it is a relay's */
};

/* Connects to the peer `target`. NULL, and EVENT_JOIN_FAILED is told, where nobody listens. */
struct leg *leg_open(struct connection *connection, unsigned target);

/* Ends it by `close_fd`; the client's connection stays. Does nothing where there is none. */
void leg_close(struct connection *connection, void (*close_fd)(int fd));

/* Resets the client's connection, and the leg with it where there is one. */
void leg_reset_both(struct connection *connection);

/* Goes on with its connection once `events` are there. */
void leg_wait_for(struct leg *leg, int events);

/* What waits of the other peer's, `most` octets; nothing may wait in `down`. False once it was
 * reset. */
bool leg_receive(struct leg *leg, size_t most, bool *moved);

/* Passes on what waits, then FIN; `moved` is set where anything was. Down: false when the client
 * has reset its connection, which is recorded. */
void leg_send_up(struct leg *leg, bool *moved);
bool leg_send_down(struct connection *connection, bool *moved);

/* The leg whose other end the new connection `far` is; NULL: a client made it. */
struct leg *leg_find(struct connection *far);

/* `far` is no more. */
void leg_forget(struct connection *far);

/* Whether octets for the client wait in it. */
bool leg_is_holding(const struct leg *leg);

#endif
