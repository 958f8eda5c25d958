/*
 * drain -- how far the octets sent on a connection have come: *arrived* (all are in the client's
 * kernel), then *drained* (the client has read them).
 *
 *     struct drain drain = {0};
 *     drain.sent += (uint64_t)sent;
 *     if (drain_spin(&drain, diagnostics, fd, DRAIN_DRAINED, 50) == DRAIN_DRAINED)
 *
 * How to wait: spin for 50 us, which is enough for a client that stands in recv(2). Where the
 * state has not come by then, go on with a timer: one drain_check() each time it fires, at
 * intervals that grow from about 100 us to some milliseconds, until the state comes or patience
 * (250 ms) is over. There is nothing to poll instead: a read by the client wakes no one here.
 *
 * FIN counts as one octet: add 1 after shutdown(2). A client's read of the octets before the FIN
 * passes the FIN as well, if it is there already; only where those octets were drained before the
 * FIN was sent does a drained FIN mean that a read of the client's gave 0.
 */
#ifndef SERVER_DRAIN_H
#define SERVER_DRAIN_H

#include "server/diagnostics.h"

/* In the order of a wait: any state ends the wait for one before it. */
enum drain_state {
    DRAIN_WAIT,    /* not all has arrived */
    DRAIN_ARRIVED, /* all has, and some of it is not read */
    DRAIN_DRAINED, /* all is read, by reads that are over */
    DRAIN_GONE,    /* the client closed, or its connection was reset: it reads no more */
    DRAIN_UNKNOWN, /* no diagnostics, or the client is on another machine */
};

/* One connection's octets. Zero-initialise when it is accepted. The first check finds the client;
 * it is best made while the client is surely there: one that is already gone without a trace
 * counts as on another machine. GONE and UNKNOWN last. */
struct drain {
    uint64_t sent;    /* octets that our kernel took on this connection, from its beginning */
    uint64_t arrived; /* of these, seen to have arrived */
    uint64_t drained; /* of these, seen to have been read, at times when all had arrived */
    struct client_socket client; /* private, as is `end` */
    enum drain_state end;        /* DRAIN_GONE or DRAIN_UNKNOWN; until then DRAIN_WAIT */
};

/* Asks once or twice how far the client has come. `diagnostics` may be NULL. */
enum drain_state drain_check(struct drain *drain, struct diagnostics *diagnostics, int fd);

/* Checks, once or more, until the state is `want` or a later one or `spin_us` are over, and gives
 * the last state. Yields the processor between. */
enum drain_state drain_spin(struct drain *drain, struct diagnostics *diagnostics, int fd,
                            enum drain_state want, unsigned spin_us);

/* The same of another way to look. */
typedef enum drain_state drain_look(void *context);
enum drain_state drain_spin_on(drain_look *look, void *context, enum drain_state want,
                               unsigned spin_us);

#endif
