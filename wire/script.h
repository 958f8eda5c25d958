/*
 * script -- what a peer does on the wire, as data. harness/load makes it of
 * JSON, server/ plays it. A new verb is a row here, a parser in
 * harness/load_script.c and a player in server/play.c.
 */
#ifndef WIRE_SCRIPT_H
#define WIRE_SCRIPT_H

#include "wire/pattern.h"
#include "wire/tls.h"

#define STEP_VERBS(X)                                                                              \
    X(READ, "read")                                                                                \
    X(SEND, "send")                                                                                \
    X(WAIT, "wait")                                                                                \
    X(REPEAT, "repeat")                                                                            \
    X(CLOSE, "close") X(RELAY, "relay") X(FORWARD, "forward") X(START_TLS, "start_tls")

enum step_verb {
#define STEP_ENUM(name, text) STEP_##name,
    STEP_VERBS(STEP_ENUM)
#undef STEP_ENUM
        STEP_VERB_COUNT
};

const char *step_verb_name(enum step_verb verb);

enum read_kind {
    READ_HEAD,    /* to the end of the request's head */
    READ_BODY,    /* to the end of the request whose head was read */
    READ_REQUEST, /* head and body; with the manners of a server */
    READ_EOF,     /* until the client's FIN */
    READ_COUNT,   /* `count` octets, none more */
    READ_UNTIL,   /* up to and with `until`, none more */
};

enum close_kind {
    CLOSE_FIN,  /* shutdown: reading goes on */
    CLOSE_FULL, /* close(2), as servers do: RST where octets lie unread, unseen what comes later */
    CLOSE_RST,  /* RST at once */
    CLOSE_NOTIFY, /* over TLS: close_notify alone; the connection stays */
};

enum wait_kind {
    WAIT_ARRIVED, /* all that was sent is in the client's kernel */
    WAIT_DRAINED, /* and was read */
    WAIT_SETTLED, /* arrived; then read, or the connection closed, or 100 ms */
    WAIT_TIME,    /* `ms` */
};

enum segmentation {
    SEGMENTS_WHOLE,     /* as few as the kernel makes */
    SEGMENTS_SIZES,     /* `sizes`, then the rest: each is read before the next is sent */
    SEGMENTS_EACH_BYTE, /* the same, one octet each */
};

/* What ends a relay, seen from where its octets go. */
enum cut_end {
    CUT_FIN,
    CUT_RST,
    CUT_SILENCE, /* nothing more comes through, and nothing is closed */
};

/* One direction of a relay: ended when `after` octets have been passed on. */
struct relay_cut {
    bool is_set;
    uint64_t after;
    enum cut_end end;
};

/* A step of either side that has to be done before another begins. */
struct step_ref {
    bool is_client;
    bool is_head; /* of a client's: its caller has the head */
    unsigned peer, script, step;
};

struct step {
    enum step_verb verb;
    const struct step_ref *after; /* barriers */
    size_t after_count;
    const char *name; /* "as"; NULL when it has none */
    enum read_kind read;
    uint64_t count;     /* READ_COUNT */
    struct bytes until; /* READ_UNTIL; not empty */
    struct octets send;
    enum segmentation segmentation; /* of a send */
    const uint64_t *sizes;
    size_t size_count;
    /* STEP_REPEAT stands behind the steps that it repeats: so often in all that they are played,
     * and with `until_gone` no more once the client has left. */
    size_t repeated_count;
    uint64_t times;
    bool until_gone;
    enum close_kind close;
    bool withholds_notify; /* over TLS: no close_notify before this close */
    unsigned target;       /* STEP_RELAY, STEP_FORWARD: the peer that it joins to */
    /* STEP_RELAY, as the proxy's client sees it: up to the other peer, and down to the client. An
     * end downwards ends the other leg by RST (silence: leaves it); RST upwards resets the client
     * too. */
    struct relay_cut up, down;
    const struct tls *tls; /* STEP_START_TLS */
    enum wait_kind wait;
    uint64_t ms;                   /* WAIT_TIME */
    const struct step_ref *unless; /* WAIT_TIME: done at once when that step is; NULL: none */
};

struct script {
    const struct step *steps;
    size_t count;
};

/* Whether one of its first `count` steps begins TLS. */
bool script_starts_tls(const struct script *script, size_t count);

/* Which requests play a script, on whatever connection they come. */
struct route {
    struct value_pattern method, target;
    struct fields_pattern headers;
    uint64_t times; /* so many requests at most; 0: any number */
};

/*
 * Without routes: a script for each connection, in the order of their first octets (or of accept,
 * where the script does not begin with a read); the last also for all further ones. With routes: a
 * script for each, which begins when the head of a request has been read that the route fits; the
 * first that fits and is not used up.
 */
struct peer {
    const char *name;
    const struct script *scripts;
    size_t script_count;        /* at least 1 */
    const struct route *routes; /* one a script; NULL: none */
    unsigned receive_buffer;    /* SO_RCVBUF of its connections; 0: as the system has it */
    bool is_proxy;              /* a proxy to the client: the peer so named */
    bool is_https;              /* its URL is https: it is reached by name, see `is_address` */
    bool is_address;            /* ... as 127.0.0.1, and not as localhost */
    const struct tls *tls;      /* begun before its scripts; NULL: where a script says, if at all */
    bool refuses;               /* a port that nobody listens on; its scripts are empty */
};

#endif
