/*
 * peer -- one scripted end of the wire in one run: takes accepted connections,
 * plays its scripts on them, records all in the transcript.
 *
 * A peer reads and routes; it never expects, and knows nothing of verdicts. It
 * says what its script says, and nothing repairs that. But for the script it
 * behaves as a server must: `read: "request"` answers Expect: 100-continue with
 * 100 (RFC 9110, section 10.1.1), and a whole exchange whose request asked for
 * it is followed by FIN (RFC 9112, section 9.6).
 *
 * All peers of a run live on one loop, so there are no locks. Peers own their
 * sockets and read no more of them than the script says: what lies unread at a
 * close decides whether that is FIN or RST.
 */
#ifndef SERVER_PEER_H
#define SERVER_PEER_H

#include "server/ticker.h"
#include "wire/script.h"
#include "wire/transcript.h"

#include <uv.h>

/* A request that any peer answers, on whatever connection it comes, when scripts are over. */
struct canary {
    struct bytes target, answer;
};

/* What the peers of a run share; owned by the stage, in place until all peers are ended. */
struct peer_host {
    uv_loop_t *loop;
    struct transcript *transcript;    /* with an arena, where a peer has routes */
    uint64_t started_ns;              /* uv_hrtime() when the run began */
    const struct peer *peers;         /* of the run, by index */
    const struct endpoint *endpoints; /* the same */
    const struct mint *mint;          /* NULL where nobody speaks TLS */
    struct leg *legs;                 /* that are on; private to server/leg.c */
    uint8_t *scratch;                 /* PEER_SCRATCH_SIZE octets, shared by all on the loop */
    void (*changed)(void *context);   /* a connection has ended; peers may not be ended inside */
    void *context;
    struct diagnostics *diagnostics; /* NULL where there is none */
    struct ticker *ticker;           /* fires when a wait is to be looked at again */
    unsigned patience; /* how many times longer than usual a client may take to read */
    /* Whether a step that a barrier names is done; the stage then calls peer_run_poke(). */
    bool (*is_done)(void *context, const struct step_ref *ref);
    const struct canary *canary; /* NULL until its time has come; scripts are over then */
    bool was_desynced;  /* set by a peer: the canary came in the content of another request */
    size_t asked_count; /* requests that the client is asked for, each perhaps on a connection */
    bool was_impatient; /* set by a peer: segments were not kept apart */
    bool is_runaway; /* set by a peer: more connections or requests than any client should make */
};

enum { PEER_SCRATCH_SIZE = 64 * 1024 };

/* So many connections or requests more than scripted end the run. */
enum { PEER_RUNAWAY_MARGIN = 64 };

struct peer_run;

/* `peer` and `host` are borrowed until peer_run_end(). */
struct peer_run *peer_run_new(const struct peer *peer, unsigned index, struct peer_host *host);

/* Takes a connection; owns `fd`. */
void peer_run_accept(struct peer_run *run, int fd);

/* Leaves the scripts, and answers `host->canary`, which has been set. */
void peer_run_end_scripts(struct peer_run *run);

/* Whether a connection stands at a barrier. */
bool peer_run_is_held(const struct peer_run *run);

/* Whether a script can go on without the client: a wait is on, or a barrier was lifted. */
bool peer_run_is_busy(const struct peer_run *run);

/* Goes on wherever a barrier or a wait may be over. */
void peer_run_poke(struct peer_run *run);

/* Plays and reads on as far as that goes without waiting. True when every client has closed its end
 * of every connection, so that nothing more can come. */
bool peer_run_settle(struct peer_run *run);

/* Resets what is still open. Nothing is recorded any more; the memory goes by itself when the loop
 * has closed the handles. */
void peer_run_end(struct peer_run *run);

#endif
