/*
 * case -- one test, as data: what the client is asked, what the peers do, which
 * behaviours are known. harness/load makes it of a file; everything in it is
 * immutable and lives in the corpus' arena.
 */
#ifndef WIRE_CASE_H
#define WIRE_CASE_H

#include "wire/can.h"
#include "wire/grade.h"
#include "wire/outcome.h"
#include "wire/pattern.h"
#include "wire/rules.h"
#include "wire/script.h"
#include "wire/verdict.h"

/* --- what the client is asked ------------------------------------------- */

enum body_kind {
    BODY_NONE,
    BODY_BYTES,  /* length known to the client */
    BODY_STREAM, /* pieces from a source; length known only with `has_length` */
    BODY_FILE,   /* a file that the client reads by itself, and may ask for its size */
};

enum source_kind {
    SOURCE_PIECE, /* `octets`, handed to the client as one; also an empty one */
    SOURCE_HOLD,  /* the source stands until `until` is done */
    SOURCE_FAIL,  /* the source breaks */
};

struct source_step {
    enum source_kind kind;
    struct octets octets;
    const char *name; /* SOURCE_HOLD: of the step that it waits for */
    const struct step_ref *until;
};

struct body {
    enum body_kind kind;
    const struct source_step *pieces; /* BODY_BYTES, BODY_FILE: one SOURCE_PIECE */
    size_t piece_count;
    bool has_length;
    uint64_t length;
};

enum read_mode {
    READ_MODE_ALL,     /* as one */
    READ_MODE_STREAM,  /* piece by piece, as the client gives them */
    READ_MODE_AMOUNTS, /* so many octets at a time, the last amount again until the end */
    READ_MODE_ABANDON, /* `amounts[0]` octets, then left */
};

struct header {
    struct octets name, value;
};

/* By way of the case's proxy. The URL is then of origin.test, a name that only a proxy knows. */
struct client_proxy {
    const char *auth;             /* "user:password" for the proxy; NULL: none */
    const struct header *headers; /* field lines for the proxy alone */
    size_t header_count;
    bool tunnels; /* CONNECT also where the URL is http */
};

struct client_step {
    const char *told; /* what it asks, in words: of a step known from a report alone; else NULL */
    const char *name; /* "as"; NULL when it has none */
    const struct step_ref *after; /* barriers: it is asked for when these are done */
    size_t after_count;
    const enum rule *allowed; /* rules that what it asks for breaks: no finding of the client's */
    size_t allowed_count;
    struct octets method, target;
    struct octets authority;          /* of the URL, in place of the origin's; empty: that one */
    const struct client_proxy *proxy; /* NULL: none is used */
    const struct header *headers;     /* header fields in order */
    size_t header_count;
    struct body body;
    const struct header *trailers; /* behind the body, which is chunked for it */
    size_t trailer_count;
    bool expects_continue;
    bool is_background;  /* the next step does not wait for its outcome */
    const char *auth;    /* "user:password"; NULL: none */
    uint64_t redirects;  /* so many may be followed */
    uint64_t timeout_ms; /* of the client's own, total and idle; 0: not set */
    enum read_mode read;
    const uint64_t *amounts;
    size_t amount_count;
};

/* --- what is recognised --------------------------------------------------- */

/* A bit for each enum outcome_error. */
typedef uint32_t error_set;

#define ERROR_BIT(error) ((error_set)1 << (error))
/* "any": all but `none`, and what the harness alone says. */
#define ERROR_ANY                                                                                  \
    ((ERROR_BIT(OUTCOME_ERROR_COUNT) - 1) &                                                        \
     ~(ERROR_BIT(OUTCOME_NONE) | ERROR_BIT(OUTCOME_HUNG) | ERROR_BIT(OUTCOME_RUNAWAY)))

struct outcome_pattern {
    error_set errors; /* no `error` in the file: OUTCOME_NONE alone; "maybe": that and ERROR_ANY */
    bool states_status; /* then: any status when `status_count` is 0, else one of these */
    const int *statuses;
    size_t status_count;
    struct value_pattern body;    /* of an outcome without error */
    struct value_pattern partial; /* of one with an error */
    struct value_pattern reason;
    struct fields_pattern headers, trailers;
    const struct step_ref *before; /* its head, else it, came before that peer's step began; NULL */
    bool states_interim;
    const int *interim; /* the statuses of the interim responses, in order */
    size_t interim_count;
};

struct range {
    uint64_t least, most;
};

enum framing_bit { FRAMING_NONE = 1, FRAMING_LENGTH = 2, FRAMING_CHUNKED = 4 };

struct request_pattern {
    struct value_pattern method, target, body;
    struct fields_pattern headers, trailers;
    unsigned framings; /* bits of enum framing_bit; 0 states nothing */
    bool states_chunks;
    struct range chunks;
    bool states_complete, complete;
    bool states_on;
    uint64_t on; /* the connection, from 0 */
};

struct count_pattern {
    struct bytes method, target; /* empty: any ("*") */
    struct range times;
};

struct peer_pattern {
    unsigned peer; /* index in the case's peers */
    bool states_connections;
    struct range connections;
    bool states_requests; /* all that came, in order */
    const struct request_pattern *requests;
    size_t request_count;
    const struct count_pattern *counts;
    size_t count_count;
};

struct behaviour {
    const char *name;
    unsigned line;
    enum verdict verdict;                 /* pass info warn fail unexercised */
    const char *why;                      /* a requirement's id or a harm; NULL for pass and info */
    const struct outcome_pattern *client; /* one an outcome, in step order; fewer are enough */
    size_t client_count;
    const struct peer_pattern *peers;
    size_t peer_count;
    bool wants_clean; /* no rule was broken in this run */
};

/* --- the case ------------------------------------------------------------- */

/* A step that must have been done before a run is judged. */
struct mark {
    unsigned peer, connection_script, step;
};

/* One row of a case's expansion; a case without sweeps has one. */
struct point {
    const struct case_ *parent;
    const char *suffix; /* "[cut=17,end=rst]"; "" of a case that is not expanded */
    const struct client_step *client;
    size_t client_count;
    const struct peer *peers; /* the first is `origin` */
    size_t peer_count;
    const struct mark *marks; /* none with "mark": "none" */
    size_t mark_count;
    const struct behaviour *behaviours; /* those that the point's values admit */
    size_t behaviour_count;
    /* Points of one group, a number other than 0, stand or fall together: the others count only
     * where those with `is_control` passed. */
    size_t control_group;
    bool is_control;
    /* Points of one group send the same octets; one of them whole, the others in segments. */
    size_t split_group;
    bool is_split_whole;
};

struct requirement {
    const char *id;      /* "9112-8-1" */
    const char *rfc;     /* "9112" */
    const char *section; /* "8" */
    const char *level;   /* MUST, MUST NOT, SHOULD, SHOULD NOT, MAY, grammar */
    bool has_keyword;    /* the RFC says so by a keyword of BCP 14, not by our reading */
    const char *text;    /* in our own words */
};

struct case_ {
    const char *id;
    const char *title;
    const char *file;
    unsigned line;
    const struct requirement *const *requirements;
    size_t requirement_count;
    const char *const *seen_in; /* addresses of public reports */
    size_t seen_in_count;
    const char *const *tags;
    size_t tag_count;
    uint64_t hash;          /* of all that a verdict may rest on: harness/case_hash.h */
    uint64_t deadline_ms;   /* 5000 unless the case says otherwise */
    can_set needs;          /* stated and inferred */
    const enum rule *rules; /* that count for the verdict of this case */
    size_t rule_count;
    const struct grade_table *connection; /* verdicts on it; NULL: not judged */
    const struct point *points;
    size_t point_count;
};

#endif
