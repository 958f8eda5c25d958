/*
 * seen -- makes requests of the octets that a peer received, a reader a connection, and findings
 * of the rules that they break. The judge's half that knows HTTP, proxies and TLS; see
 * harness/match.h for what becomes of it.
 *
 * At a proxy its answers are read too: behind a 2xx to CONNECT (RFC 9110, section 9.3.6) the
 * octets are the destination's. Where the proxy has joined them to another peer they are read
 * there; where its script plays the inside of the tunnel, their requests are further ones of the
 * proxy's, held to the rules for an origin. A handshake that is done begins a new reading, for
 * what came before it was raw.
 */
#ifndef HARNESS_SEEN_H
#define HARNESS_SEEN_H

#include "harness/match.h"
#include "wire/http.h"
#include "wire/result.h"
#include "wire/transcript.h"

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

/* What the wires of a run share. */
struct seen_run {
    struct arena *arena;
    const struct point *point;
    const struct endpoint *endpoints;
    struct seen_findings findings;
    bool has_canary;         /* it may come: it is looked for in contents too */
    bool canary_is_asked;    /* a CONNECT that comes now is for it, and counts nowhere */
    size_t joined_count;     /* connections that a proxy joined to another peer's */
    size_t left_count;       /* those of them that the client ended first, by FIN */
    struct seen_wire *wires; /* by peer index; set before the first event */
};

struct seen_wire {
    struct seen_run *run;
    unsigned index;         /* of the peer */
    struct seen_peer *peer; /* what was made; borrowed */
    struct seen_canary canary;
    bool is_unjudged; /* its octets may be our own proxy's, or meant for a proxy: they break no rule
                       */
    struct seen_connection *connections; /* private; newest first */
};

/* Of the run's peer so numbered. */
struct seen_wire seen_wire_of(struct seen_run *run, unsigned index, struct seen_peer *peer);

/* What happened next at this peer; of kinds that say nothing here, too. */
void seen_event(struct seen_wire *wire, const struct event *event);

/* Nothing more comes: what is not whole is what came. `is_stopped`: the run was cut, and what lacks
 * is not the client's choice. */
void seen_finish(struct seen_wire *wire, bool is_stopped);

/* Frees what the readers hold; the requests live in the arena. */
void seen_release(struct seen_wire *wire);

#endif
