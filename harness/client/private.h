/*
 * private -- what the rooms of the client share; see harness/client/client.h for the house.
 *
 * In reading order: connection.c owns the socket, and builds the way that octets take: tunnel.c
 * asks a proxy for one, transport.c goes through TLS where there is any; whole.c makes a request in
 * one call, request.c builds its head, with given.c for the fields that mean something to the
 * client itself, and body.c sends it; response.c reads what comes back, through receive.c,
 * strictness.c says what of it is refused, and shown.c what the caller sees of it. Below them all
 * stand syntax.c, fields.c, buffer.c, host.c, socket.c and error.c. OpenSSL stands apart
 * (tls_private.h): tls.c what is trusted, layer.c TLS over a socket or over TLS, layer_below.c what
 * that reads and writes, layer_failure.c why it failed.
 */
#ifndef HARNESS_CLIENT_PRIVATE_H
#define HARNESS_CLIENT_PRIVATE_H

#include "harness/client/client.h"
#include "harness/client/layer.h"

#include "wire/http.h"

#include <netinet/in.h>
#include <sys/types.h>
#include <sys/uio.h>

/* --- buffer.c: octets that grow ---------------------------------------------- */

/* Zero-initialise. After `is_failed` (no memory) further octets are dropped. */
struct assay_buffer {
    uint8_t *at;
    size_t len, size;
    bool is_failed;
};

void assay_buffer_add(struct assay_buffer *buffer, struct bytes octets);
void assay_buffer_add_text(struct assay_buffer *buffer, const char *text);
void assay_buffer_add_number(struct assay_buffer *buffer, uint64_t number);
void assay_buffer_release(struct assay_buffer *buffer);

/* Octets to be sent; borrowed. */
struct iovec assay_part_of(struct bytes octets);

/* --- fields.c: fields that are kept ------------------------------------------ */

/* Zero-initialise. The octets of each field are one allocation, at its name. */
struct assay_field_list {
    struct assay_field *items;
    size_t count, size;
};

/* False when memory is short. */
bool assay_field_list_add(struct assay_field_list *list, struct bytes name, struct bytes value);
void assay_field_list_release(struct assay_field_list *list);

struct assay_interim_list {
    struct assay_interim *items;
    size_t count, size;
};

/* Takes the fields over, and empties `fields`. False when memory is short. */
bool assay_interim_list_add(struct assay_interim_list *list, int status,
                            struct assay_field_list *fields);
void assay_interim_list_release(struct assay_interim_list *list);

/* --- socket.c: the system calls ---------------------------------------------- */

/* The earlier of `until_ms` and `timeout_ms` (0: none) from now. Points in time are milliseconds of
 * a clock that never goes back; 0 is never. */
int64_t assay_until_ms(int64_t until_ms, unsigned timeout_ms);

/* A connected, non-blocking socket, or -1 with errno (ETIMEDOUT at `until_ms`). */
int assay_socket_connect(const struct sockaddr *address, socklen_t size, int64_t until_ms);

/* As sendmsg(2), recv(2), and recv(2) with MSG_PEEK; EAGAIN where they would block. */
ssize_t assay_socket_send(int fd, struct iovec *parts, size_t count);
ssize_t assay_socket_receive(int fd, uint8_t *into, size_t size);
ssize_t assay_socket_peek(int fd, uint8_t *into, size_t size);

/* Waits for `events` of poll(2). False with errno (ETIMEDOUT at `until_ms`). */
bool assay_socket_wait(int fd, short events, int64_t until_ms);

/* --- host.c: names and addresses ---------------------------------------------- */

/* Zero-initialise. */
struct assay_host {
    char *name; /* or an address in digits, without brackets; owned; NULL: none is set */
    uint16_t port;
    struct sockaddr_storage address;
    socklen_t address_size; /* 0: `name` has to be looked up */
};

/* False, and nothing changed, when `text` is neither, or memory is short. */
bool assay_host_set(struct assay_host *host, const char *text, uint16_t port);
void assay_host_release(struct assay_host *host);

/* "[::1]:8080"; without the port where that is the default one (0: none is). */
void assay_host_add(struct assay_buffer *buffer, const struct assay_host *host,
                    uint16_t default_port);

/* As assay_socket_connect(), to the first address that takes it, with `timeout_ms` for each. Where
 * there is none, `lookup_error` says why. */
int assay_host_connect(const struct assay_host *host, int64_t until_ms, unsigned timeout_ms,
                       const char **lookup_error);

/* --- connection.c ------------------------------------------------------------ */

enum assay_state { ASSAY_STATE_IDLE, ASSAY_STATE_REQUEST_STARTED, ASSAY_STATE_REQUEST_SENT };

enum assay_request_framing { ASSAY_REQUEST_NONE, ASSAY_REQUEST_LENGTH, ASSAY_REQUEST_CHUNKED };

/* The request on its way. */
struct assay_outgoing {
    struct assay_buffer head;
    struct assay_buffer trailers; /* as they stand behind the last chunk */
    enum http_answers answers;
    enum assay_request_framing framing;
    bool has_length; /* the body is declared as `length` octets */
    uint64_t length;
    uint64_t body_len; /* octets of the body that were sent, or would have been */
    bool is_begun;     /* an octet was sent */
    bool is_whole;     /* nothing is left to be sent */
    bool is_cut;       /* sending stopped: the rest is dropped */
    bool has_host, has_close, has_upgrade, expects_continue;
};

enum assay_stage {
    ASSAY_STAGE_NONE,   /* no request was sent */
    ASSAY_STAGE_TUNNEL, /* the proxy's answer to CONNECT is to come */
    ASSAY_STAGE_HEAD,   /* the head is to come, or not whole */
    ASSAY_STAGE_BODY,
    ASSAY_STAGE_WHOLE,
    ASSAY_STAGE_FAILED,
};

struct assay_response {
    struct assay_connection *connection;
    enum assay_stage stage;
    enum assay_error error; /* with ASSAY_STAGE_FAILED */
    int status;             /* read, though the head may not be whole yet */
    struct assay_buffer reason;
    struct assay_field_list fields, trailers;
    struct assay_interim_list interims;
    size_t fields_size; /* octets of all names and values so far */
    bool has_head, will_close;
    struct bytes data; /* of the body, not handed out yet: a slice of the connection's input */
    uint64_t body_len; /* octets of the body that came */
    bool has_left;
    uint64_t left; /* octets that the length, or the chunk, still wants */
};

/* What is asked of a proxy, and its answer. */
struct assay_tunnel {
    struct assay_host host;   /* no name: no tunnel */
    struct assay_buffer head; /* of the CONNECT */
    int status;
    struct assay_field_list fields;
};

enum { ASSAY_INPUT_SIZE = 16 * 1024 };

struct assay_connection {
    struct assay_host host;
    const struct assay_tls *tls, *proxy_tls; /* borrowed; NULL: none */
    struct assay_tunnel tunnel;
    struct assay_options options;
    enum assay_state state;
    bool is_peer_1_0; /* its last final response was in HTTP/1.0 */
    int64_t until_ms; /* when the exchange has to be over */
    struct assay_outgoing outgoing;
    struct assay_response response;
    struct assay_failure failure;

    int fd;                    /* -1: not connected; what follows is of this socket */
    struct assay_layer *layer; /* TLS that octets go through, the topmost; NULL: none */
    struct http_reader reader;
    struct bytes input; /* received, not read yet: a slice of `store` */
    bool is_ended;      /* FIN, or close_notify, was received */
    bool is_cut;        /* FIN alone, where TLS should have said close_notify */
    bool was_reset;     /* a send met a reset: what looks like FIN after it is none */
    uint8_t store[ASSAY_INPUT_SIZE];
};

/* A socket that can take a request: the one at hand, if nothing was heard on it since, or a new
 * one. */
enum assay_error assay_connection_open(struct assay_connection *connection);

/* ASSAY_CANNOT_SET_UP while it is connected, or a request begun. */
enum assay_error assay_check_unconnected(struct assay_connection *connection);

/* As assay_transport_wait(), for as long as the options allow. */
bool assay_connection_wait(struct assay_connection *connection, short events);

/* Closes the socket; the state stays. */
void assay_connection_disconnect(struct assay_connection *connection);

/* --- tunnel.c ------------------------------------------------------------------ */

/* Asks the proxy at the other end. What came behind its answer stays in `input`. */
enum assay_error assay_tunnel_open(struct assay_connection *connection);
void assay_tunnel_release(struct assay_tunnel *tunnel);

/* --- transport.c: octets through what layers there are -------------------------- */

/* As the calls of socket.c, or of layer.c. */
ssize_t assay_transport_send(struct assay_connection *connection, struct iovec *parts,
                             size_t count);
ssize_t assay_transport_receive(struct assay_connection *connection, uint8_t *into, size_t size);
bool assay_transport_wait(struct assay_connection *connection, short events, int64_t until_ms);

/* Nothing came, and no end. */
bool assay_transport_is_quiet(struct assay_connection *connection);

/* Nothing more is sent; what comes can still be read. */
void assay_transport_end(struct assay_connection *connection);
void assay_transport_close(struct assay_connection *connection);

/* From here on octets go through TLS with `host`: the handshake. */
enum assay_error assay_transport_secure(struct assay_connection *connection,
                                        const struct assay_tls *tls, const char *host);

/* --- error.c: each notes the failure, and returns `error` -------------------- */

enum assay_error assay_fail(struct assay_connection *connection, enum assay_error error,
                            const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same for a system call, by errno: `doing` says what was tried. */
enum assay_error assay_fail_system(struct assay_connection *connection, const char *doing);

/* --- syntax.c ---------------------------------------------------------------- */

bool assay_is_token_octet(uint8_t octet);  /* RFC 9110, section 5.6.2 */
bool assay_is_target_octet(uint8_t octet); /* no blank, no control, nothing outside ASCII */
bool assay_is_value_octet(uint8_t octet);  /* RFC 9110, section 5.5 */

/* Whether all octets of `text` may stand there; notes the first that may not as `error`. */
bool assay_check_octets(struct assay_connection *connection, struct bytes text, const char *what,
                        bool (*is_allowed)(uint8_t octet), enum assay_error error);

/* Puts "?" for what is not printable ASCII. */
void assay_make_printable(char *text);

/* Whether `text` is digits, blanks around them aside, that fit; `number` is set then. */
bool assay_read_number(struct bytes text, uint64_t *number);

/* Takes the first member off a list (RFC 9110, section 5.6.1), without the blanks around it. */
struct bytes assay_take_member(struct bytes *list);

/* How often `member` is in the list, and whether it is the last. */
size_t assay_count_members(struct bytes list, const char *member, bool *is_last);

/* --- request.c --------------------------------------------------------------- */

void assay_add_field(struct assay_buffer *buffer, struct bytes name, struct bytes value);

/* Forgets the request; keeps its memory for the next. */
void assay_outgoing_reset(struct assay_outgoing *outgoing);

/* --- given.c ----------------------------------------------------------------- */

/* Checks the syntax of a field. */
enum assay_error assay_check_field(struct assay_connection *connection, struct bytes name,
                                   struct bytes value);

/* Checks a field that the caller gives, and takes what it means for the request. */
enum assay_error assay_take_given(struct assay_connection *connection, struct bytes name,
                                  struct bytes value);

/* Checks the body against what the fields declared, and takes its trailers. */
enum assay_error assay_check_body(struct assay_connection *connection,
                                  const struct assay_body *body);

/* --- body.c ------------------------------------------------------------------ */

/* Sends the head, and the body if there is one. */
enum assay_error assay_send_request(struct assay_connection *connection,
                                    const struct assay_body *body);

/* What ends the body: the last chunk. An error when a length was declared and not reached. */
enum assay_error assay_end_body(struct assay_connection *connection);

/* --- receive.c --------------------------------------------------------------- */

/* The next event that matters: deviations are taken, or end the response. HTTP_NEED_MORE only where
 * it `may_block` not. */
enum assay_error assay_next_event(struct assay_connection *connection, bool may_block,
                                  enum http_event *event);

/* Ends the response for an event that can be no part of one: the connection's end, mostly. */
enum assay_error assay_fail_event(struct assay_connection *connection, enum http_event event);
enum assay_error assay_fail_no_memory(struct assay_connection *connection);

/* Ends the response with the failure that was noted, and the connection with it. */
enum assay_error assay_break_off_response(struct assay_connection *connection);

/* --- response.c -------------------------------------------------------------- */

/* Reads on to the final response's head. Where it `may_block` not, it stops when nothing more is
 * there; what came, or went wrong, is then in `response.stage`. */
enum assay_error assay_receive_head(struct assay_connection *connection, bool may_block);

void assay_response_reset(struct assay_response *response);

/* --- strictness.c ------------------------------------------------------------ */

/* What a deviation means to this client; ASSAY_OK: it is taken. */
enum assay_error assay_strictness(enum http_deviation_kind kind, enum assay_stage stage);

#endif
