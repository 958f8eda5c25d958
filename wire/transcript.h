/*
 * transcript -- the ordered record of one run, all parties in one list.
 *
 * The stage records; a watcher (the judge) sees each event as it is recorded,
 * with all of its octets; what is stored is bounded: past a budget an event
 * keeps the first and last octets, and its true length. The order of two events
 * is a fact only where one made the other possible.
 */
#ifndef WIRE_TRANSCRIPT_H
#define WIRE_TRANSCRIPT_H

#include "wire/arena.h"
#include "wire/outcome.h"
#include "wire/tls.h"

#define EVENT_KINDS(X)                                                                             \
    X(CONNECT, "connect")   /* a connection was accepted */                                        \
    X(RECEIVED, "received") /* octets of the client's, as one read gave them */                    \
    X(SENT, "sent")         /* octets that the kernel took, as one write gave them */              \
    X(FIN_RECEIVED, "fin received")                                                                \
    X(RST_RECEIVED, "rst received") /* reading or writing said ECONNRESET or EPIPE */              \
    X(FIN_SENT, "fin sent")         /* shutdown */                                                 \
    X(RST_SENT, "rst sent")         /* close with SO_LINGER 0 */                                   \
    X(CLOSED, "closed")             /* close(2) */                                                 \
    X(STEP_BEGUN, "step begun")     /* a peer's script came to `step` */                           \
    X(STEP_DONE, "step done")       /* and did it: wholly, or the client left in its midst */      \
    X(STEP_CUT, "step cut")         /* the client had left before it could be done */              \
    X(ASKED, "asked")               /* the client step `step` was given to the subject */          \
    X(HEAD, "head")                 /* the subject has the head of its response: `step` */         \
    X(HELD, "held")                 /* the source of its body stands: `step` */                    \
    X(FREED, "freed")               /* and goes on */                                              \
    X(OUTCOME, "outcome")           /* and its outcome came: `outcome` */                          \
    X(ENDED, "ended")               /* the subject closed its session */                           \
    X(DEADLINE, "deadline")         /* the run's time is over */                                   \
    X(RUNAWAY, "runaway")           /* more connections or requests than any client should make */ \
    X(ARRIVED, "arrived")           /* proved: all that was sent is in the client's kernel */      \
    X(DRAINED, "drained")           /* proved: and the client has read it */                       \
    X(PAUSED, "paused")             /* neither can be proved here: a short pause instead */        \
    X(IMPATIENT, "impatient")   /* the client did not read for so long that the script went on */  \
    X(MANNERS, "manners")       /* a server's manners, not the script: `text` says which */        \
    X(HELLO, "client hello")    /* the client begins TLS: `hello` */                               \
    X(SECURED, "secured")       /* the handshake is done: `text` says version and cipher */        \
    X(TLS_FAILED, "tls failed") /* it will not be, or a record is broken: `text` says why */       \
    X(NOTIFY_RECEIVED, "close_notify received")                                                    \
    X(NOTIFY_SENT, "close_notify sent")                                                            \
    X(ALERT_RECEIVED, "alert received") /* any other: `text` says which */                         \
    X(ALERT_SENT, "alert sent")                                                                    \
    X(JOINED, "joined")           /* a relay has its connection to the peer that `text` names */   \
    X(JOIN_FAILED, "join failed") /* and could not get one */                                      \
    X(RELAY_CUT, "relay cut")     /* as the script has it: `text` says in which direction */       \
    X(FORWARDS, "forwards")       /* a request goes on to the peer that `text` names */

enum event_kind {
#define EVENT_ENUM(name, text) EVENT_##name,
    EVENT_KINDS(EVENT_ENUM)
#undef EVENT_ENUM
        EVENT_KIND_COUNT
};

const char *event_kind_name(enum event_kind kind);

/* Whether it is of a client's step: `step` says which. */
bool event_is_clients(enum event_kind kind);

struct event {
    enum event_kind kind;
    uint64_t ns;                   /* since the run began */
    unsigned peer;                 /* wire events and script steps: index in the case's peers */
    unsigned connection;           /* the same: from 0 in order of accept, at this peer */
    unsigned script;               /* script steps: which of the peer's scripts */
    unsigned step;                 /* script and client steps: index, from 0 */
    struct bytes octets;           /* RECEIVED, SENT: all, or the first ones kept */
    struct bytes tail;             /* the last ones kept; empty when `octets` is all */
    uint64_t len;                  /* RECEIVED, SENT: how many there were */
    uint64_t digest;               /* with a tail: hash_words(HASH_START, all); else 0. Set here */
    int error;                     /* errno where one was the reason; else 0 */
    const struct outcome *outcome; /* OUTCOME */
    const char *text;              /* MANNERS and the kinds behind it; may be NULL */
    const struct tls_hello *hello; /* HELLO */
    /* RECEIVED, SENT over TLS: the record that the octets came or went in, in the octets of its
     * direction beneath TLS; `record_len` is 0 without TLS. */
    uint64_t record_offset, record_len;
};

typedef void transcript_watch(void *watcher, const struct event *event);

/* Past this many octets a run keeps of each event TRANSCRIPT_END_LEN first and last ones. */
enum { TRANSCRIPT_KEEP = 256 * 1024, TRANSCRIPT_END_LEN = 64 };

/* More events than this are given to the watcher, and not stored. */
enum { TRANSCRIPT_EVENTS_MAX = 100000 };

struct transcript_node {
    struct event event;
    struct transcript_node *next;
};

struct transcript {
    struct arena *arena; /* borrowed: what is stored lives there; NULL: recording is off */
    transcript_watch *watch;
    void *watcher;
    struct transcript_node *first, *last;
    size_t count;      /* stored */
    size_t dropped;    /* not stored */
    uint64_t kept_len; /* octets stored */
};

/* Empty, storing into `arena`. Without one recording is off: transcript_add() returns at once, and
 * `watch` sees nothing either. */
void transcript_init(struct transcript *transcript, struct arena *arena, transcript_watch *watch,
                     void *watcher);

/* Shows `event` to the watcher, then stores it. All that it points to is copied. */
void transcript_add(struct transcript *transcript, const struct event *event);

/* A copy, in the arena. */
const struct tls_hello *transcript_keep_hello(struct arena *arena, const struct tls_hello *hello);

/* Stores a node of the arena as it is: shown to nobody, neither cut nor dropped. */
void transcript_append(struct transcript *transcript, struct transcript_node *node);

#endif
