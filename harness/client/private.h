/*
 * private -- what the rooms of the client share; see harness/client/client.h for the house.
 *
 * In reading order: connection.c is the connection and what was set for it, open.c builds the way
 * that octets take: tunnel.c asks a proxy for one, transport.c goes through TLS where there is any;
 * whole.c makes a request in one call, request.c builds its head, with given.c for the fields that
 * mean something to the client itself; body.c sends it, source.c has what the body is read from,
 * and coded.c looks at what is chunked already; exchange.c gets the response that answers it.
 * response.c reads that, through receive.c, strictness.c says what of it is refused, read.c hands
 * out its body, and shown.c what else the caller sees of it. debug.c writes out what passes. Below
 * them all stand syntax.c, and what harness/client/wire.h has. OpenSSL stands apart
 * (tls_private.h): tls.c what is trusted, layer.c TLS over a socket or over TLS, layer_below.c what
 * that reads and writes, layer_failure.c why it failed.
 */
#ifndef HARNESS_CLIENT_PRIVATE_H
#define HARNESS_CLIENT_PRIVATE_H

#include "harness/client/wire.h"

/* --- connection.c ------------------------------------------------------------ */

enum assay_request_framing {
    ASSAY_REQUEST_NONE,
    ASSAY_REQUEST_LENGTH,
    ASSAY_REQUEST_CHUNKED, /* Transfer-Encoding, and the chunks are ours */
    ASSAY_REQUEST_CODED,   /* Transfer-Encoding, and the body comes in chunks already */
};

/* The request on its way. */
struct assay_outgoing {
    struct assay_buffer head;
    struct assay_buffer trailers; /* as they stand behind the last chunk */
    size_t target_at, target_len; /* in `head` */
    struct http_reader coded;     /* with ASSAY_REQUEST_CODED: reads what is sent */
    enum http_answers answers;
    enum assay_request_framing framing;
    bool has_length; /* the body is declared as `length` octets */
    uint64_t length;
    uint64_t body_len;  /* octets of the body that were sent, or would have been */
    bool is_begun;      /* an octet was sent */
    bool is_whole;      /* nothing is left to be sent */
    bool is_cut;        /* sending stopped: the rest is dropped */
    bool is_coded_read; /* `coded` is in use */
    bool is_idempotent; /* the method: RFC 9110, section 9.2.2 */
    bool is_1_0, has_host, has_close, has_upgrade, expects_continue;
};

enum assay_stage {
    ASSAY_STAGE_TUNNEL, /* the proxy's answer to CONNECT is to come */
    ASSAY_STAGE_HEAD,   /* the head is to come, or not whole */
    ASSAY_STAGE_BODY,
    ASSAY_STAGE_WHOLE,
    ASSAY_STAGE_FAILED, /* `failure` says why */
    ASSAY_STAGE_CLOSED, /* by the caller */
};

struct assay_response {
    struct assay_wire *wire;         /* a reference */
    struct assay_connection *holder; /* the connection that holds it; NULL: none does */
    int64_t until_ms;                /* when its exchange has to be over */
    enum assay_stage stage;
    struct assay_failure failure;
    enum http_answers answers; /* and what else the request said */
    bool asks_close, asks_upgrade, is_request_whole;

    int status; /* read, though the head may not be whole yet */
    int version;
    struct assay_buffer reason, url;
    struct assay_field_list fields, trailers;
    struct assay_interim_list interims;
    size_t fields_size;   /* octets of all names and values so far */
    uint64_t interim_end; /* where in the wire's octets the last interim response ended, or ... */
    bool is_next;         /* ... where they became those of this response, once they have */
    bool has_start;       /* of the head that is being read */
    bool has_head, will_close, is_chunked;
    enum http_framing framing;

    uint64_t body_at;  /* where in the wire's octets the body begins */
    struct bytes data; /* of the body, not handed out yet: a slice of what was received */
    uint64_t body_len; /* octets of the body that came */
    bool has_left;
    uint64_t left; /* octets that the length, or the chunk, still wants */
    bool has_chunk;
    struct assay_chunk chunk; /* the one that is being received; without `extension` */
    struct assay_buffer extension;
    struct assay_buffer gathered, joined; /* what is lent */
};

/* What is asked of a proxy, and its answer. */
struct assay_tunnel {
    struct assay_host host; /* no name: no tunnel */
    struct assay_field_list told;
    int status;
    struct assay_field_list fields;
};

struct assay_connection {
    struct assay_host host;
    struct assay_address source;
    const struct assay_tls *tls, *proxy_tls; /* borrowed; NULL: none */
    struct assay_tunnel tunnel;
    struct assay_options options;
    int debuglevel;
    enum assay_state state;
    bool is_peer_1_0; /* its last final response was in HTTP/1.0 */
    struct assay_outgoing outgoing;
    struct assay_wire *wire;        /* NULL, or closed: not connected */
    struct assay_response *awaited; /* that answers the request on its way; owned */
    struct assay_response *held;    /* not read whole when it was last looked at; the caller's */
    struct assay_failure failure;
};

/* ASSAY_CANNOT_SET_UP while it is connected, or a request begun. */
enum assay_error assay_check_unconnected(struct assay_connection *connection);

/* Lets go of the response that is held, if that was read whole. */
void assay_forget_held(struct assay_connection *connection);

/* --- open.c ------------------------------------------------------------------ */

/* A socket that can take a request: the one at hand, if nothing was heard on it since, or a new
 * one. */
enum assay_error assay_connection_open(struct assay_connection *connection, int64_t until_ms);

/* Whom requests are of: the tunnel's end, or the other end of the connection. */
const struct assay_host *assay_authority(const struct assay_connection *connection);

/* "http" or "https", and the port that an authority leaves out: RFC 9110, section 4.2. */
const char *assay_scheme(const struct assay_connection *connection);
uint16_t assay_default_port(const struct assay_connection *connection);

/* --- tunnel.c ------------------------------------------------------------------ */

/* The head of the CONNECT. */
void assay_tunnel_build_head(const struct assay_connection *connection, struct assay_buffer *head);

/* Asks the proxy at the other end. What came behind its answer stays in the wire's `input`. */
enum assay_error assay_tunnel_open(struct assay_connection *connection);
void assay_tunnel_release(struct assay_tunnel *tunnel);

/* --- syntax.c ---------------------------------------------------------------- */

bool assay_is_token_octet(uint8_t octet);  /* RFC 9110, section 5.6.2 */
bool assay_is_target_octet(uint8_t octet); /* no blank, no control, nothing outside ASCII */
bool assay_is_value_octet(uint8_t octet);  /* RFC 9110, section 5.5 */

/* Whether all octets of `text` may stand there; notes the first that may not as `error`. */
bool assay_check_octets(struct assay_failure *failure, struct bytes text, const char *what,
                        bool (*is_allowed)(uint8_t octet), enum assay_error error);

/* Puts "?" for what is not printable ASCII. */
void assay_make_printable(char *text);

/* Without the blanks around it. */
struct bytes assay_trimmed(struct bytes text);

/* Whether `text` is digits, blanks around them aside, that fit; `number` is set then. */
bool assay_read_number(struct bytes text, uint64_t *number);

/* Takes the first member off a list (RFC 9110, section 5.6.1), without the blanks around it. */
struct bytes assay_take_member(struct bytes *list);

/* How often `member` is in the list, and whether it is the last. */
size_t assay_count_members(struct bytes list, const char *member, bool *is_last);

/* --- request.c --------------------------------------------------------------- */

void assay_add_field(struct assay_buffer *buffer, struct bytes name, struct bytes value);

/* Nothing of it was sent: the connection is idle again. Returns `error`. */
enum assay_error assay_drop_request(struct assay_connection *connection, enum assay_error error);

/* Forgets the request; keeps its memory for the next. */
void assay_outgoing_reset(struct assay_outgoing *outgoing);
void assay_outgoing_release(struct assay_outgoing *outgoing);

/* --- given.c ----------------------------------------------------------------- */

/* Checks the syntax of a field. */
enum assay_error assay_check_field(struct assay_failure *failure, struct bytes name,
                                   struct bytes value);

/* Checks a field that the caller gives, and takes what it means for the request. */
enum assay_error assay_take_given(struct assay_connection *connection, struct bytes name,
                                  struct bytes value);

/* Checks the body against what the fields declared, and takes its trailers. */
enum assay_error assay_check_body(struct assay_connection *connection,
                                  const struct assay_body *body, bool encode_chunked);

/* --- source.c: what a body is read from ------------------------------------------ */

/* The length of a body, where it is known before it is read. */
bool assay_body_has_length(const struct assay_body *body, uint64_t *length);

/* How many octets a file has from where it stands; false when it is none that has a size. */
bool assay_file_left(int fd, uint64_t *left);

/* A body that is read piece by piece. */
struct assay_source {
    const struct assay_body *body;
    uint8_t *block; /* owned; NULL: none is needed */
    size_t block_size;
};

/* False when memory is short. */
bool assay_source_init(struct assay_source *source, const struct assay_body *body,
                       size_t block_size);
void assay_source_release(struct assay_source *source);

/* The next piece, of at most `left` octets where it is read in blocks. */
enum assay_piece assay_source_next(struct assay_source *source, uint64_t left, struct bytes *piece);

/* --- coded.c: a body that is chunked already --------------------------------------- */

/* Whether the octets go on a chunked body (RFC 9112, section 7.1): ASSAY_BODY_MISMATCH, if not; or
 * ASSAY_NO_MEMORY. */
enum assay_error assay_coded_take(struct assay_outgoing *outgoing, struct bytes piece);

/* And are at its end. */
bool assay_coded_is_whole(struct assay_outgoing *outgoing);

/* --- body.c ------------------------------------------------------------------ */

/* Sends the head, and the body if there is one. */
enum assay_error assay_send_request(struct assay_connection *connection,
                                    const struct assay_body *body, int64_t until_ms);

/* What ends the body: the last chunk. An error when a length was declared and not reached. */
enum assay_error assay_end_body(struct assay_connection *connection);

/* --- exchange.c ---------------------------------------------------------------- */

/* The response that the request on its way awaits, by the wire at hand. */
enum assay_error assay_await_response(struct assay_connection *connection);

/* The request cannot go on: the connection is closed, and idle. */
enum assay_error assay_break_off(struct assay_connection *connection, enum assay_error error);

/* --- receive.c --------------------------------------------------------------- */

/* Takes what came, at most `size` octets of it, to `into` and as `input`; or notes FIN. Nothing
 * changes where nothing came and it `may_block` not. */
enum assay_error assay_receive(struct assay_response *response, uint8_t *into, size_t size,
                               bool may_block);

/* The next event that matters: deviations are taken, or end the response. HTTP_NEED_MORE only where
 * it `may_block` not. */
enum assay_error assay_next_event(struct assay_response *response, bool may_block,
                                  enum http_event *event);

/* Ends the response for an event that can be no part of one: the connection's end, mostly. */
enum assay_error assay_fail_event(struct assay_response *response, enum http_event event);
enum assay_error assay_fail_no_memory(struct assay_response *response);

/* What was received of the body, and not handed out, is lost: it still counts as left. */
void assay_drop_data(struct assay_response *response);

/* Ends the response with the failure that was noted, and the connection with it. */
enum assay_error assay_break_off_response(struct assay_response *response);

/* --- response.c -------------------------------------------------------------- */

/* Reads on to the final response's head. Where it `may_block` not, it stops when nothing more is
 * there; what came, or went wrong, is then in `stage`. */
enum assay_error assay_receive_head(struct assay_response *response, bool may_block);

/* Reads on until there is data to hand out, or the body is at its end, good or bad. */
void assay_receive_body(struct assay_response *response);

/* What needs no further octet to be whole is so at once: where there is no body, and with the last
 * octet of a Content-Length. */
void assay_settle(struct assay_response *response);

/* All but the response itself, and what it has lent of the wire. */
void assay_response_release(struct assay_response *response);

/* --- strictness.c ------------------------------------------------------------ */

/* What a deviation means to this client; ASSAY_OK: it is taken. */
enum assay_error assay_strictness(enum http_deviation_kind kind, enum assay_stage stage);

#endif
