/*
 * listener -- where clients connect: one socket for all runs of a loop.
 *
 * A listener a run would use up the machine's ports. So one socket listens on
 * any address of the loopback interface, and each run leases an address of its
 * own (127.100.100.100 to 127.199.199.199); the address that a connection was
 * made to says whose it is. A connection to an address that nobody leases any
 * more is reset, and counted to nobody. (Leases with a receive buffer of their
 * own have a second socket, one for each size.)
 *
 * A certificate has few names, so what speaks TLS is leased by name: localhost, 127.0.0.1 and,
 * where there is IPv6, ::1, at a port of its own. There are 64 of these, which are opened as they
 * are needed; one that was given back rests the longest.
 *
 * Where the kernel does not let a user bind to the interface (Linux before 5.7),
 * only 127.100.100.100 is listened on, and one lease can be out at a time.
 */
#ifndef SERVER_LISTENER_H
#define SERVER_LISTENER_H

#include "wire/diag.h"
#include "wire/octets.h"

#include <uv.h>

/* As many leases as may be out at once; by name fewer, see below. */
enum { LISTENER_LEASES_MAX = 4096 };

struct listener;

/* Owned by whoever leases; must stay in place until it is given back. */
struct lease {
    struct endpoint endpoint; /* set by listener_lease() */
    bool refuses;  /* set by the caller: nobody listens on its port, and nobody else can have it */
    bool is_named; /* set by the caller: reached as localhost, at a port of its own */
    bool is_address;         /* with that: its endpoint says 127.0.0.1 */
    unsigned receive_buffer; /* set by the caller: SO_RCVBUF in octets; 0: as the system has it */
    void (*accepted)(void *context, int fd); /* the callee owns `fd`: non-blocking, close-on-exec */
    void *context;
    uint32_t number; /* private, as the next */
    struct named_port *named;
};

/* Binds and listens; NULL, with a diag, when the system refuses. */
struct listener *listener_new(uv_loop_t *loop, struct diags *diags);

/* Gives `lease` an address; its `accepted` and `context` are set by the caller. False when
 * LISTENER_LEASES_MAX are out, or the system refuses a socket that it needs. */
bool listener_lease(struct listener *listener, struct lease *lease);

/* Connections to its address are reset from now on. */
void listener_give_back(struct listener *listener, struct lease *lease);

/* Accepts what already waits, without a turn of the loop. */
void listener_accept(struct listener *listener);

/* Whether a connection was turned away since this was asked last: no descriptor was left for it,
 * and what its client saw is nobody's fault but ours. */
bool listener_ran_out(struct listener *listener);

/* Stops listening; the memory goes when the loop has closed the handle. */
void listener_close(struct listener *listener);

#endif
