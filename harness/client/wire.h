/*
 * wire -- a socket and what was read of it, and what stands below: octets that grow (buffer.c),
 * fields that are kept (fields.c), system calls (socket.c), hosts (host.c), failures (error.c).
 * Over it are TLS (transport.c) and what is written out of it (debug.c).
 */
#ifndef HARNESS_CLIENT_WIRE_H
#define HARNESS_CLIENT_WIRE_H

#include "harness/client/client.h"
#include "harness/client/layer.h"

#include "wire/http.h"

#include <netinet/in.h>
#include <sys/types.h>
#include <sys/uio.h>

/* The caller's octets are ours by another name. */
static inline struct bytes bytes_given(struct assay_bytes octets)
{
    return (struct bytes){octets.at, octets.len};
}

static inline struct assay_bytes bytes_lent(struct bytes octets)
{
    return (struct assay_bytes){octets.at, octets.len};
}

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

/* False when memory is short. The octets of the field are copied. */
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

/* That point in time has come; errno is ETIMEDOUT then. */
bool assay_is_over(int64_t until_ms);

struct assay_address {
    struct sockaddr_storage storage;
    socklen_t size; /* 0: none */
};

/* A connected socket, from `source` unless that is none; or -1 with errno (ETIMEDOUT at
 * `until_ms`). */
int assay_socket_connect(const struct sockaddr *address, socklen_t size,
                         const struct assay_address *source, int64_t until_ms);

/* As sendmsg(2), recv(2), and recv(2) with MSG_PEEK; EAGAIN where they would block. */
ssize_t assay_socket_send(int fd, struct iovec *parts, size_t count);
ssize_t assay_socket_receive(int fd, uint8_t *into, size_t size);
ssize_t assay_socket_peek(int fd, uint8_t *into, size_t size);

/* As recv(2): blocks until something is there, or the end. */
ssize_t assay_socket_await(int fd, uint8_t *into, size_t size);

/* Waits for `events` of poll(2). False with errno (ETIMEDOUT at `until_ms`). */
bool assay_socket_wait(int fd, short events, int64_t until_ms);

/* --- host.c: names and addresses ---------------------------------------------- */

/* An address in digits; of IPv6 without brackets. False when `text` is none. */
bool assay_address_set(struct assay_address *address, const char *text, uint16_t port);

/* Zero-initialise. */
struct assay_host {
    char *name;    /* or an address in digits, without brackets; owned; NULL: none is set */
    uint16_t port; /* 0: the default one */
    struct assay_address address; /* its port is not set; none: `name` has to be looked up */
};

/* As assay_connection_new() has them. Where it is an error, nothing has changed. */
enum assay_error assay_host_set(struct assay_host *host, const char *text, int port,
                                struct assay_failure *failure);
void assay_host_release(struct assay_host *host);

/* "[::1]:8080"; without the port where that is `hidden_port` (0: none is). */
void assay_host_add(struct assay_buffer *buffer, const struct assay_host *host, uint16_t port,
                    uint16_t hidden_port);

/* As assay_socket_connect(), to the first address that takes it, with `timeout_ms` for each. Where
 * there is none, `lookup_error` says why. */
int assay_host_connect(const struct assay_host *host, uint16_t port,
                       const struct assay_address *source, int64_t until_ms, unsigned timeout_ms,
                       const char **lookup_error);

/* --- error.c: each notes the failure, and returns `error` -------------------- */

enum assay_error assay_fail(struct assay_failure *failure, enum assay_error error, const char *fmt,
                            ...) __attribute__((format(printf, 3, 4)));

/* --- wire.c: a socket, and what was read of it ---------------------------------- */

/* Large enough that a fast server is read in few calls, and small enough for a cache. Pages that no
 * receive fills are never touched. */
enum { ASSAY_INPUT_SIZE = 128 * 1024 };

/* Of the connection that goes by it, and of each response that came by it. */
struct assay_wire {
    unsigned ref_count;
    int fd;                    /* -1: closed */
    struct assay_layer *layer; /* TLS that octets go through, the topmost; NULL: none */
    struct http_reader reader;
    struct bytes input; /* received, not read yet: a slice of `store`, or of what a caller reads
                         * into, during that call */
    bool is_ended;      /* FIN, or close_notify, was received */
    bool is_cut;        /* FIN alone, where TLS should have said close_notify */
    bool was_reset;     /* a send met a reset: what looks like FIN after it is none */
    bool was_used;      /* a response came by it, whole */
    unsigned awaited;   /* responses that are not at their end, of requests that were sent */
    struct assay_options options;
    int64_t until_ms; /* when the exchange has to be over that goes by it now */
    int debuglevel;
    struct assay_buffer shown; /* with `debuglevel`: a head's octets, not written out yet */
    char other_end[264];       /* "example.org:80", for people */
    uint8_t store[ASSAY_INPUT_SIZE];
};

/* Not connected, and with one reference. NULL when memory is short. */
struct assay_wire *assay_wire_new(const struct assay_options *options, int debuglevel,
                                  const struct assay_host *host, uint16_t port);
struct assay_wire *assay_wire_ref(struct assay_wire *wire);

/* The last reference closes and frees it. Accepts NULL. */
void assay_wire_release(struct assay_wire *wire);

/* Closes the socket now; what was lent of `store` stays. */
void assay_wire_close(struct assay_wire *wire);
bool assay_wire_is_open(const struct assay_wire *wire); /* accepts NULL */

/* A new reader: what comes next is no part of what came before. */
void assay_wire_start_reader(struct assay_wire *wire);

/* As assay_transport_wait(), for as long as the options allow. */
bool assay_wire_wait(struct assay_wire *wire, short events);

/* Notes the failure of a system call, by errno: `doing` says what was tried. */
enum assay_error assay_wire_fail(const struct assay_wire *wire, struct assay_failure *failure,
                                 const char *doing);

/* --- transport.c: octets through what layers there are -------------------------- */

/* As the calls of socket.c, or of layer.c. */
ssize_t assay_transport_send(struct assay_wire *wire, struct iovec *parts, size_t count);
ssize_t assay_transport_receive(struct assay_wire *wire, uint8_t *into, size_t size);

/* The same for whom nothing is left to do until something comes: blocks, unless a time limits the
 * wait or TLS may have to send meanwhile; EAGAIN then. */
ssize_t assay_transport_await(struct assay_wire *wire, uint8_t *into, size_t size);
bool assay_transport_wait(struct assay_wire *wire, short events, int64_t until_ms);

/* Nothing came, and no end. */
bool assay_transport_is_quiet(struct assay_wire *wire);

/* Nothing more is sent; what comes can still be read. */
void assay_transport_end(struct assay_wire *wire);
void assay_transport_close(struct assay_wire *wire);

/* From here on octets go through TLS with `host`: the handshake. */
enum assay_error assay_transport_secure(struct assay_wire *wire, const struct assay_tls *tls,
                                        const char *host, struct assay_failure *failure);

/* --- debug.c: in the form of http.client; nothing at level 0 --------------------- */

/* What is sent in one piece. */
void assay_debug_send(struct assay_wire *wire, const struct iovec *parts, size_t count);

/* One line. */
void assay_debug_line(const struct assay_options *options, int debuglevel, const char *text);

/* Octets of a head that were read. */
void assay_debug_keep(struct assay_wire *wire, struct bytes octets);

/* These write out what was kept: a start line; the lines of a tunnel's or an interim response's
 * head. */
void assay_debug_reply(struct assay_wire *wire);
void assay_debug_proxy_lines(struct assay_wire *wire);
void assay_debug_interim_lines(struct assay_wire *wire);

void assay_debug_fields(struct assay_wire *wire, const struct assay_field_list *fields);

#endif
