/*
 * seen_private -- what the files of seen.h share.
 *
 * seen.c takes the events, seen_requests.c makes requests, seen_tunnel.c knows what an open tunnel
 * and a refused one are, seen_tls.c what TLS was asked for and how it ended, seen_script.c what the
 * case's own scripts and steps ask for.
 */
#ifndef HARNESS_SEEN_PRIVATE_H
#define HARNESS_SEEN_PRIVATE_H

#include "harness/seen.h"
#include "wire/finder.h"

/* What is done with the octets that come next. */
enum seen_reading {
    SEEN_REQUESTS, /* they are requests */
    SEEN_UNKNOWN,  /* the first one tells whether they are */
    SEEN_WAITING,  /* held: whose they are is known when the CONNECT before them is answered */
    SEEN_RAW,      /* nothing, until a handshake is done */
    SEEN_JOINED,   /* nothing: they are another peer's */
};

/* Field lines in the order they came, in an array that doubles. */
struct field_list {
    struct field *items;
    size_t count, size;
};

/* A proxy's answers on one connection. */
struct seen_answers {
    struct http_reader reader;
    enum http_answers *kinds; /* of the requests that came, in order; a CONNECT is the last */
    size_t count, size;
    size_t next;       /* the request that is answered next */
    uint64_t ended_at; /* in the answers' octets: where the last one ended, interim ones too */
    bool is_lost;      /* which answer belongs to which request is not known any more */
    bool has_opened;   /* the last CONNECT was answered by 2xx */
    bool has_refused;  /* or by another final response */
};

/* TLS on one connection, as far as it is known. */
struct seen_tls {
    const struct tls_hello *hello; /* of the layer that is read; NULL: none came */
    bool is_secured;               /* that layer's handshake is done */
    bool was_secured;              /* one's was */
    bool has_said_alpn;            /* it was found at fault */
    bool was_notified;             /* close_notify came */
    bool is_over; /* the peer ended it, or it broke: what the client does then is free */
    bool was_cut; /* FIN came in its midst */
};

struct seen_connection {
    struct seen_connection *next;
    unsigned index; /* as the transcript counts it */
    unsigned on;    /* as behaviours do: those with an octet */
    bool is_counted;
    struct seen_wire *wire;
    enum seen_reading reading;
    bool is_inside;         /* what comes is for a tunnel's other end, open or not */
    bool is_behind_refusal; /* a CONNECT was refused, and no request came since */
    uint64_t refused_at;    /* in the reader's octets */
    bool is_forwarded;      /* the script plays a forward */
    uint64_t received;      /* octets, read or not */
    struct http_reader reader;
    struct rules rules;
    uint64_t base_offset;  /* of the reader's first octet */
    unsigned base_request; /* requests before it */
    bool is_answered;      /* since the request that is being read began */
    size_t request_count;
    bool is_canary;               /* what is being read counts nowhere */
    bool met_canary;              /* it came here, as a request of its own */
    bool is_canarys;              /* it, or a CONNECT for it, came before */
    struct finder target;         /* its target, in whatever reads it comes */
    struct seen_request *request; /* that is being read; NULL between two */
    struct field_list fields, trailers;
    uint8_t *body; /* of `body_size` octets */
    size_t body_size;
    struct seen_answers *answers; /* NULL where the peer is no proxy */
    uint8_t *holds;
    struct bytes held; /* there; while waiting */
    bool was_early;    /* the first of them came before any octet of the answer was sent */
    struct seen_tls tls;
};

/* --- seen.c ------------------------------------------------------------------ */

const struct peer *seen_script_of(const struct seen_wire *wire);

/* A finding that no reader's rule tells. */
void seen_tell(struct seen_connection *connection, enum rule rule, uint64_t offset);

/* A new reader and new rules for what comes next, `held_len` octets of which have come already. */
void seen_restart(struct seen_connection *connection, enum seen_reading reading, size_t held_len);

/* Does with the octets as `reading` says. */
void seen_read(struct seen_connection *connection, struct bytes octets);

/* --- seen_requests.c --------------------------------------------------------- */

/* Takes one thing that the reader found; false when it has nothing more to say. */
bool seen_take(struct seen_connection *connection, enum http_event event);

/* The request that is being read, if there is one, is at an end. */
void seen_end_request(struct seen_connection *connection, bool is_complete);

/* --- seen_tunnel.c ----------------------------------------------------------- */

/* Whether a line of HTTP can begin with that octet. */
bool seen_begins_http(uint8_t octet);

/* A request's line was read, at a proxy and outside of tunnels. */
void seen_begin_proxied(struct seen_connection *connection);

/* Whether the last request was a CONNECT to a proxy. */
bool seen_is_connect(const struct seen_connection *connection);

/* It is whole; `behind` came with its end. */
void seen_end_connect(struct seen_connection *connection, struct bytes behind);

/* A request's line was read, the first behind a refused CONNECT, and the rules do not know of it
 * yet. In origin-form it is for the end of a tunnel that the client takes for open. */
void seen_begin_refused(struct seen_connection *connection);

/* Octets that came while waiting; and those behind a refused CONNECT, before they are read. */
void seen_hold(struct seen_connection *connection, struct bytes octets);
void seen_refuse(struct seen_connection *connection, struct bytes octets);

/* The proxy sent octets. */
void seen_answer(struct seen_connection *connection, struct bytes octets);

/* The client begins TLS; the connection was joined to one of the peer so named; nothing more comes.
 */
void seen_begin_inside(struct seen_connection *connection);
void seen_join(struct seen_connection *connection, const char *peer);
void seen_end_waiting(struct seen_connection *connection);

/* --- seen_tls.c -------------------------------------------------------------- */

/* Whether the URL that a client was told for what comes here is https, and no handshake is done. */
bool seen_is_tls_due(const struct seen_connection *connection);

void seen_take_tls(struct seen_connection *connection, const struct event *event);

/* A request's line, and its head, are read. */
void seen_check_alpn(struct seen_connection *connection);
void seen_check_host(struct seen_connection *connection);

void seen_check_close(struct seen_connection *connection);

/* --- seen_script.c ----------------------------------------------------------- */

/* Whether a script has a relay, or a forward, to the peer. */
bool seen_has_step_to(const struct point *point, enum step_verb verb, unsigned peer);

/* Whether a relay to the peer, or in its own scripts, is cut by the case. */
bool seen_is_cut_off(const struct point *point, unsigned peer);

/* Whether a step leaves its response before the end. */
bool seen_abandons(const struct point *point);

/* Whether a step has an authority of its own; whether all go by way of the proxy. */
bool seen_has_authority(const struct point *point);
bool seen_is_always_proxied(const struct point *point);

/* Whether the caller's own field lines ask for what the rule forbids. */
bool seen_is_asked_for(const struct seen_run *run, enum rule rule);

#endif
