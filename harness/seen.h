/* seen -- makes requests of the octets that a peer received, a reader a connection. The judge's
 * half that knows HTTP; see harness/match.h for what becomes of it. */
#ifndef HARNESS_SEEN_H
#define HARNESS_SEEN_H

#include "harness/match.h"
#include "wire/http.h"
#include "wire/result.h"

struct seen_connection;

/* What became of the canary (wire/grade.h), which counts nowhere else. */
struct seen_canary {
    bool was_met;     /* it came, as a request of its own */
    bool was_reused;  /* on a connection that had carried another request */
    bool was_content; /* its octets came, and were taken for another request's, or for none */
};

/* Findings of all peers, in an array that doubles. */
struct seen_findings {
    struct run_finding *items;
    size_t count, size;
};

void seen_findings_add(struct seen_findings *findings, struct run_finding one, struct arena *arena);

struct seen_wire {
    struct arena *arena;
    struct seen_findings *findings; /* shared by all peers */
    unsigned index;                 /* of the peer */
    struct seen_peer *peer;         /* what was made; borrowed */
    bool has_canary;                /* it may come: it is looked for in contents too */
    struct seen_canary canary;
    struct seen_connection *connections; /* private; newest first */
};

/* The next octets that came on the connection so numbered. */
void seen_receive(struct seen_wire *wire, unsigned index, struct bytes octets);

/* The peer has sent octets, FIN or RST on that connection: a request that is not whole may stay so.
 */
void seen_answer(struct seen_wire *wire, unsigned index);

/* Nothing more comes: what is not whole is what came. `is_stopped`: the run was cut, and what lacks
 * is not the client's choice. */
void seen_finish(struct seen_wire *wire, bool is_stopped);

/* Frees what the readers hold; the requests live in the arena. */
void seen_release(struct seen_wire *wire);

#endif
