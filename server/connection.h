/* connection -- one accepted connection and how far its script has come. Private to server/. */
#ifndef SERVER_CONNECTION_H
#define SERVER_CONNECTION_H

#include "server/channel.h"
#include "server/drain.h"
#include "server/peer.h"
#include "wire/finder.h"
#include "wire/http.h"

/* What playing came to. */
enum play {
    PLAY_ON,       /* the next thing can be done at once */
    PLAY_READABLE, /* wait until octets, FIN or RST come */
    PLAY_BARRIER,  /* wait until a step elsewhere is done */
    PLAY_TICK,     /* wait until the ticker fires */
    PLAY_WRITABLE, /* wait until the kernel takes more */
    PLAY_LEG,      /* wait for `leg_events` */
    PLAY_OVER,     /* nothing more can come of this connection */
};

struct connection {
    struct connection *next;
    struct peer_run *peer;
    unsigned index; /* at this peer, in order of accept */
    struct channel channel;
    uv_poll_t poll;      /* peer.c alone touches it */
    bool is_poll_closed; /* the loop has let go of it */
    bool is_ended;       /* nobody else needs it: freed when both are true */
    int polled;          /* the events it waits for */

    const struct script *script; /* NULL until it takes one */
    unsigned script_index;
    size_t step;
    uint64_t *rounds; /* by step, of a STEP_REPEAT: how often what it repeats was played */
    bool step_begun;
    bool was_there;       /* the client was there when the step began */
    uint64_t wanted;      /* READ_COUNT: octets still to read */
    struct finder finder; /* READ_UNTIL: of its octets; then of the canary's target */
    struct octets_cursor sending;
    size_t segment;         /* index of the one that is being sent */
    uint64_t segment_left;  /* octets of it still to send */
    bool is_segmented;      /* the step's segments are kept apart; false once patience was lost */
    bool is_between;        /* a segment is sent, and has to be read before the next */
    struct drain drain;     /* how far the client is with all that was sent */
    uint64_t wait_since_ns; /* when the wait began; 0: none is on */
    enum play waiting;      /* what it waits for now */

    struct http_reader
        requests;        /* reads all that comes, so that a script can stop at a head's end */
    struct head *head;   /* where the peer keeps them: of the last request, in the run's arena */
    bool is_behind_head; /* the head that chose the script was read, and no step has said so */
    bool is_canary;      /* the request that is being read is the canary */
    bool met_canary;     /* it came here, as a request of its own */
    bool owes_canary;    /* it was read whole */
    bool owes_tunnel;    /* of a proxy: CONNECT was, once scripts are over */
    bool is_lost;        /* what comes is no request any more, or where it ends is not known */
    bool in_request;     /* its start line was read, its end not */
    bool is_head, is_connect; /* the last request whose start line was read */
    bool head_is_whole;       /* the head of the request that is being read */
    bool head_is_given;       /* it was read before the step began that asks for it */
    bool head_is_read;        /* READ_REQUEST: the rest is its content */
    bool must_close;          /* a request asked for it */
    struct http_reader
        responses;    /* with must_close: reads what is sent, to know when it is whole */
    bool is_answered; /* with must_close: the response was whole */

    bool fin_received, fin_sent, is_reset;
    bool is_unsecured; /* TLS was due, and did not come about: no script is played */
    struct leg *leg;   /* of the relay or forward that is on; NULL: none is */
    int leg_events;    /* what that waits for here */
    struct leg *via;   /* the leg whose other end it is; NULL: a client made it */
};

struct peer_run {
    const struct peer *peer;
    unsigned index;
    struct peer_host *host;
    struct connection *connections; /* newest first */
    unsigned connection_count;
    unsigned script_count;   /* connections that took a script */
    size_t request_count;    /* requests that began, on all connections */
    uint64_t *route_uses;    /* by route: requests that it took */
    bool keeps_heads;        /* for its routes, or to forward them */
    size_t requests_planned; /* reads of requests in all scripts */
};

/* play.c: does one thing and says how to go on; never waits itself. */
enum play connection_play(struct connection *connection);

/* play.c: whether a barrier holds the step that is to be played. */
bool connection_is_held(const struct connection *connection);

/* Records an event of this connection's; `octets` and `error` may be empty. */
void connection_record(struct connection *connection, enum event_kind kind, struct bytes octets,
                       int error);

/* Records that what follows is a server's manners, and not the script; `why` is static. */
void connection_record_manners(struct connection *connection, const char *why);

/* Records an event of which its kind and what is said beside that is set. */
void connection_tell(struct connection *connection, const struct event *event);

/* Plays on, as when its socket is ready. */
void connection_go_on(struct connection *connection);

/* play.c: whether the client, also through a relay, has not left. One that has only ended its
 * sending side still reads: its kernel knows. */
bool connection_is_there(const struct connection *connection);

/* Closes the descriptor, by `close_fd`, and gives up the handle (peer.c). */
void connection_close(struct connection *connection, void (*close_fd)(int fd));

/* receive.c: reads as `step` says; PLAY_ON once the step is done or cut short. */
enum play receive_step(struct connection *connection, const struct step *step);

/* receive.c: sets out to read as `step` says. */
void receive_begin(struct connection *connection, const struct step *step);

/* receive.c: reads up to the end of a head; `is_whole` says whether that has come. */
enum play receive_head(struct connection *connection, bool *is_whole);

/* receive.c: reads what comes of the content whose head was read, in its framing, and records it;
 * it lies in the scratch. */
enum play receive_content(struct connection *connection, struct bytes *content);

/* receive.c: whether the client leaves, which is recorded; PLAY_ON where octets lie before that. */
enum play receive_nothing(struct connection *connection);

/* receive.c: a peer with routes: reads up to the end of a head, and takes the script that it
 * chooses. */
enum play receive_route(struct connection *connection);

/* route.c: notes what the reader found, where it belongs to a head and the peer keeps them. */
void route_note(struct connection *connection, enum http_event event);

/* route.c: the script that the head chooses; NULL where no route fits. */
const struct script *route_choose(struct connection *connection);

/* receive.c: reads and records whatever comes, when the script is over. */
enum play receive_rest(struct connection *connection);

/* receive.c: takes and records what lies there; the client is known to have left. */
void receive_remains(struct connection *connection);

/* receive.c: the client's FIN, and its record. */
void receive_fin(struct connection *connection);

/* receive.c: begins to read anew, for what comes now is within TLS. */
void receive_anew(struct connection *connection);

/* receive.c: reads and records whatever comes, and answers the canary. */
enum play receive_canary(struct connection *connection);

/* send.c: the canary's answer. */
void send_canary(struct connection *connection);

/* send.c */
void send_begin(struct connection *connection, const struct step *step);
enum play send_step(struct connection *connection, const struct step *step);

/* wait.c: PLAY_ON once the wait is over: what was waited for came, the client is gone, or it took
 * too long. Tells in the record which. */
enum play wait_for_client(struct connection *connection, enum wait_kind kind);
enum play wait_step(struct connection *connection, const struct step *step);

/* send.c: a server's answer to Expect: 100-continue. */
void send_continue(struct connection *connection);

/* send.c: 200, for the canary comes through a tunnel. */
void send_tunnel_open(struct connection *connection);

/* send.c: a response without content, and that it was no script's: `why` and `status`, which is
 * "404 Not Found", are static. */
void send_answer(struct connection *connection, const char *why, const char *status);

/* send.c: close_notify, as far as there is TLS and room for it, then FIN. */
void send_end(struct connection *connection);

/* send.c: FIN, and its record. */
void send_fin(struct connection *connection);

/* play.c: the step that is being played is over: done, or cut since the client was not there. */
void connection_end_step(struct connection *connection, bool is_done);

/* play.c: takes a script when it has none, for its first octet has come. */
void connection_take_script(struct connection *connection);

/* play.c: plays this one from its beginning. */
void connection_play_script(struct connection *connection, const struct script *script);

/* play.c: the client's RST was seen: no more can be read or written. */
void connection_lost(struct connection *connection, int error);

#endif
