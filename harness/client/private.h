/*
 * private -- what the rooms of the client share; see harness/client/client.h for the house.
 *
 * In reading order: connection.c owns the socket; whole.c makes a request in one
 * call, request.c builds its head, with given.c for the fields that mean something
 * to the client itself, and body.c sends it; response.c reads what comes back,
 * through receive.c, strictness.c says what of it is refused, and shown.c what the
 * caller sees of it. Below them all stand syntax.c, fields.c, buffer.c, socket.c
 * and error.c.
 */
#ifndef HARNESS_CLIENT_PRIVATE_H
#define HARNESS_CLIENT_PRIVATE_H

#include "harness/client/client.h"

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
int assay_socket_connect(const struct sockaddr_in *address, int64_t until_ms);

/* As sendmsg(2), recv(2), and recv(2) with MSG_PEEK; EAGAIN where they would block. */
ssize_t assay_socket_send(int fd, struct iovec *parts, size_t count);
ssize_t assay_socket_receive(int fd, uint8_t *into, size_t size);
ssize_t assay_socket_peek(int fd, uint8_t *into, size_t size);

/* Waits for `events` of poll(2). False with errno (ETIMEDOUT at `until_ms`). */
bool assay_socket_wait(int fd, short events, int64_t until_ms);

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
    ASSAY_STAGE_NONE, /* no request was sent */
    ASSAY_STAGE_HEAD, /* the head is to come, or not whole */
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

enum { ASSAY_INPUT_SIZE = 16 * 1024 };

struct assay_connection {
    char host[INET_ADDRSTRLEN];
    uint16_t port;
    struct assay_options options;
    struct sockaddr_in address;
    enum assay_state state;
    bool is_peer_1_0; /* its last final response was in HTTP/1.0 */
    int64_t until_ms; /* when the exchange has to be over */
    struct assay_outgoing outgoing;
    struct assay_response response;
    struct assay_failure failure;

    int fd; /* -1: not connected; what follows is of this socket */
    struct http_reader reader;
    struct bytes input; /* received, not read yet: a slice of `store` */
    bool is_ended;      /* FIN was received */
    bool was_reset;     /* a send met a reset: what looks like FIN after it is none */
    uint8_t store[ASSAY_INPUT_SIZE];
};

/* A socket that can take a request: the one at hand, if nothing was heard on it since, or a new
 * one. */
enum assay_error assay_connection_open(struct assay_connection *connection);

/* As assay_socket_wait(), for as long as the options allow. */
bool assay_connection_wait(struct assay_connection *connection, short events);

/* Closes the socket; the state stays. */
void assay_connection_disconnect(struct assay_connection *connection);

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
