/*
 * client -- an HTTP/1.1 client (RFC 9112) with the calls of Python's http.client.
 *
 * Blocking, one request at a time, over one connection that is made when it is
 * needed and used again when both sides allow it. What is sent is checked before
 * an octet leaves; what comes is read strictly: see harness/client/strictness.c
 * for what is taken and what is refused. Nothing is sent twice, nothing is
 * followed, nothing is decoded but the chunked coding.
 *
 *     struct assay_connection *connection = assay_connection_new("127.0.0.1", 8080);
 *     const struct assay_request request = {.target = bytes_of("/")};
 *     struct assay_response *response;
 *     uint8_t body[1024];
 *     size_t got;
 *     if (assay_request(connection, &request) != ASSAY_OK ||
 *         assay_getresponse(connection, &response) != ASSAY_OK ||
 *         assay_read(response, body, sizeof(body), &got) != ASSAY_OK)
 *         fprintf(stderr, "%s\n", assay_connection_failure(connection)->text);
 *     assay_connection_free(connection);
 *
 * The library prints nothing, keeps no global state, raises and handles no
 * signal, and never ends its caller's process. One connection belongs to one
 * thread at a time.
 */
#ifndef HARNESS_CLIENT_CLIENT_H
#define HARNESS_CLIENT_CLIENT_H

#include "wire/bytes.h"

/* --- what may go wrong ------------------------------------------------------ */

/* X(NAME, the name http.client has for it, or would have) */
#define ASSAY_ERRORS(X)                                                                            \
    X(OK, "OK")                                                                                    \
    /* A call in the wrong state; nothing has changed. */                                          \
    X(CANNOT_SEND_REQUEST, "CannotSendRequest")                                                    \
    X(CANNOT_SEND_HEADER, "CannotSendHeader")                                                      \
    X(CANNOT_SEND_BODY, "CannotSendBody")                                                          \
    X(CANNOT_SET_UP, "RuntimeError")                                                               \
    X(RESPONSE_NOT_READY, "ResponseNotReady")                                                      \
    /* The request was refused before an octet of it was sent. */                                  \
    X(INVALID_METHOD, "InvalidMethod")                                                             \
    X(INVALID_URL, "InvalidURL")                                                                   \
    X(INVALID_HEADER, "InvalidHeader")                                                             \
    X(INVALID_BODY, "InvalidBody")                                                                 \
    /* The body's source gave more or less than was declared, or broke; the connection is closed   \
     * before the server could take it for whole. */                                               \
    X(BODY_MISMATCH, "BodyMismatch")                                                               \
    /* The connection. */                                                                          \
    X(CONNECTION_REFUSED, "ConnectionRefusedError")                                                \
    X(CANNOT_CONNECT, "OSError")                                                                   \
    X(TLS, "SSLError")                         /* the handshake, or what came through TLS */       \
    X(CERTIFICATE, "SSLCertVerificationError") /* the server is not who is wanted */               \
    X(TUNNEL_FAILED, "OSError")                /* CONNECT was answered by another than 2xx */      \
    X(TIMEOUT, "TimeoutError")                                                                     \
    X(CONNECTION_RESET, "ConnectionResetError")                                                    \
    X(SYSTEM, "OSError")                                                                           \
    X(REMOTE_DISCONNECTED, "RemoteDisconnected")                                                   \
    X(INCOMPLETE_READ, "IncompleteRead")                                                           \
    /* The response. */                                                                            \
    X(LINE_TOO_LONG, "LineTooLong")                                                                \
    X(TOO_MANY_HEADERS, "TooManyHeaders")                                                          \
    X(TOO_MANY_INTERIMS, "TooManyInterims")                                                        \
    X(BAD_STATUS_LINE, "BadStatusLine")                                                            \
    X(UNKNOWN_PROTOCOL, "UnknownProtocol")                                                         \
    X(BAD_HEADER, "BadHeader")                                                                     \
    X(BAD_FRAMING, "BadFraming")                                                                   \
    X(UNKNOWN_TRANSFER_ENCODING, "UnknownTransferEncoding")                                        \
    X(BAD_CHUNK, "BadChunk")                                                                       \
    X(UNASKED_SWITCH, "UnaskedSwitch") /* 101 without an Upgrade in the request */                 \
    X(NO_MEMORY, "MemoryError")

enum assay_error {
#define ASSAY_ERROR_ENUM(name, text) ASSAY_##name,
    ASSAY_ERRORS(ASSAY_ERROR_ENUM)
#undef ASSAY_ERROR_ENUM
        ASSAY_ERROR_COUNT
};

const char *assay_error_name(enum assay_error error);

/* The last error of a connection, with what is known of it. */
struct assay_failure {
    enum assay_error error;
    int system_error;  /* errno of the call that failed; 0 when none did */
    uint64_t received; /* octets of the response's body that had come */
    bool has_missing;  /* `missing` is known */
    uint64_t missing;  /* octets that its Content-Length, or its chunk, still wanted */
    bool has_offset;   /* an octet of the response is at fault: the one at `offset` ... */
    uint64_t offset;   /* ... counted from the connection's first */
    char text[256];    /* one line for people; octets of the wire never stand in it raw */
};

/* --- the connection --------------------------------------------------------- */

struct assay_connection;
struct assay_response;

/* To `host`: a name in ASCII, or an address in digits (of IPv6 with brackets or without). Looks up
 * and connects nothing yet. NULL when `host` is none, or memory is short.
 *
 * A name is looked up at each connect, by getaddrinfo(3), which no timeout cuts short; its
 * addresses are tried in their order, each under the connect timeout. */
struct assay_connection *assay_connection_new(const char *host, uint16_t port);

/* Closes, and frees the connection and its response. Accepts NULL. Over TLS every close of ours is
 * announced by close_notify (RFC 9112, section 9.8), unless TLS itself has failed; nothing waits
 * for the peer's. */
void assay_connection_free(struct assay_connection *connection);

/* Back to idle: what was begun is dropped, the socket closed. The next request connects again. */
void assay_connection_close(struct assay_connection *connection);

/* Of the last call that failed; borrowed, and overwritten by the next that does. */
const struct assay_failure *assay_connection_failure(const struct assay_connection *connection);

struct assay_options {
    unsigned connect_timeout_ms;  /* 0: none */
    unsigned io_timeout_ms;       /* for each wait on the socket, not for the whole; 0: none */
    unsigned exchange_timeout_ms; /* from the first call that sends to the end; 0: none */
    unsigned continue_timeout_ms; /* so long a body waits for 100 (Continue): 1000 */
    size_t line_size_max;         /* of a response's lines, with their ends: 65536 */
    size_t field_count_max;       /* of each head and trailer section: 100 */
    size_t interim_count_max;     /* interim responses to one request: 99 */
    size_t fields_size_max;       /* all names and values that one request brings: 8 MiB */
};

/* May be changed through the pointer at any time; limits hold from the next connect on. */
struct assay_options *assay_connection_options(struct assay_connection *connection);

/* --- field lines ------------------------------------------------------------ */

struct assay_field {
    struct bytes name, value;
};

/* --- TLS and proxies ---------------------------------------------------------- */

/*
 * What connections trust: made once, shared by many, also by those of other threads. TLS 1.2 or
 * later; a certificate is always verified, and has to name the host as DNS-ID or IP-ID
 * (RFC 9110, section 4.3.4). `ca_path` is a file of certificates in PEM; NULL: those that the
 * system trusts. NULL, with `reason` for people, when there is none that can be read.
 */
struct assay_tls;
struct assay_tls *assay_tls_new(const char *ca_path, char *reason, size_t reason_size);

/* After the connections that use it. Accepts NULL. */
void assay_tls_free(struct assay_tls *tls);

/*
 * These three say what the next connect does, and all that follow. They have to come before it:
 * ASSAY_CANNOT_SET_UP while a socket is open (assay_connection_close() ends it), or a request
 * begun. `tls` is borrowed until the connection is freed; NULL: plain again.
 *
 * Set `tls`, and the connection is HTTPS: TLS with the host, or with the tunnel's end. Sends
 * server_name for a name, and offers http/1.1 by ALPN. The response is whole with the last octet of
 * its framing; one that ends with the connection only with the peer's close_notify, and else
 * ASSAY_INCOMPLETE_READ (RFC 9112, section 9.8).
 */
enum assay_error assay_connection_set_tls(struct assay_connection *connection,
                                          const struct assay_tls *tls);

/* TLS with the connection's own host, which is a proxy. With a tunnel and `tls` too, TLS is in TLS.
 */
enum assay_error assay_set_proxy_tls(struct assay_connection *connection,
                                     const struct assay_tls *tls);

/*
 * The connection's host is a proxy, and each connect asks it for a tunnel to `host` (as for
 * assay_connection_new()) and `port`: CONNECT, with Host unless it is given, and with `fields`,
 * which are copied and checked as all are: Proxy-Authorization belongs here. NULL as `host`: no
 * tunnel. Any 2xx opens it at the blank line; another status is ASSAY_TUNNEL_FAILED, and the
 * connection closed. Requests then are of `host`: Host names it, and the proxy sees nothing of
 * them.
 */
enum assay_error assay_set_tunnel(struct assay_connection *connection, const char *host,
                                  uint16_t port, const struct assay_field *fields, size_t count);

/* --- the request ------------------------------------------------------------ */

enum assay_piece { ASSAY_PIECE, ASSAY_PIECES_END, ASSAY_PIECES_BROKEN };

enum assay_body_kind {
    ASSAY_BODY_NONE,
    ASSAY_BODY_BYTES,  /* `bytes` */
    ASSAY_BODY_STREAM, /* the pieces that `next` gives */
    ASSAY_BODY_FILE,   /* what can be read of `fd`, in blocks of 8192; its size is not asked for */
};

struct assay_body {
    enum assay_body_kind kind;
    struct bytes bytes;
    /* Sets `piece`, valid until the next call. Each piece is one chunk; empty ones are left out. */
    enum assay_piece (*next)(void *context, struct bytes *piece);
    void *context;
    int fd;          /* from where it stands; stays the caller's */
    bool has_length; /* of a stream or file: it will be `length` octets */
    uint64_t length;
    /* Sent behind the last chunk; the body is sent chunked for it. RFC 9110, section 6.5.1: none
     * that frames, routes or controls the message. */
    const struct assay_field *trailers;
    size_t trailer_count;
};

struct assay_request {
    struct bytes method; /* NULL: GET */
    struct bytes target; /* empty: / */
    const struct assay_field *fields;
    size_t field_count;
    struct assay_body body;
    bool expects_continue; /* adds Expect: 100-continue; see assay_endheaders() */
};

/*
 * The whole request at once. In this order: Host and Accept-Encoding: identity unless they are
 * given, the framing of the body unless it is given, the fields as given. A body of known length
 * gets Content-Length, another Transfer-Encoding: chunked; PATCH, POST and PUT without a body get
 * Content-Length: 0. A given Transfer-Encoding has to end in chunked; it is put on here. Trailers
 * are announced by a Trailer field unless that is given. A server whose last response was in
 * HTTP/1.0 is sent no chunks (RFC 9112, section 6.1): ASSAY_INVALID_BODY.
 *
 * Also ASSAY_OK when the server answered, or closed, before it had all of the body: sending stops,
 * assay_getresponse() gives the answer, and the connection is not used again.
 */
enum assay_error assay_request(struct assay_connection *connection,
                               const struct assay_request *request);

/* The same in steps. `skip` leaves out what assay_putrequest() adds by itself. A refused call drops
 * the request; the next assay_putrequest() begins anew. It also drops a response that was not read
 * whole, and its connection: requests are not pipelined. */
enum assay_skip { ASSAY_SKIP_NOTHING = 0, ASSAY_SKIP_HOST = 1, ASSAY_SKIP_ACCEPT_ENCODING = 2 };
enum assay_error assay_putrequest(struct assay_connection *connection, struct bytes method,
                                  struct bytes target, unsigned skip);
enum assay_error assay_putheader(struct assay_connection *connection, struct bytes name,
                                 struct bytes value);

/* Ends the head and sends it, with the body when one is given: NULL leaves it to assay_send().
 * Adds no field: what assay_putheader() declared is what the body is sent in.
 *
 * With Expect: 100-continue (RFC 9110, section 10.1.1) the body waits until the server has said
 * 100, or `continue_timeout_ms`; a final response in its place ends the request without it, and the
 * connection is not used again. There has to be a body. */
enum assay_error assay_endheaders(struct assay_connection *connection,
                                  const struct assay_body *body);

/* A piece of the body. It counts against the Content-Length, or is one chunk; the last chunk is
 * sent by assay_getresponse(). */
enum assay_error assay_send(struct assay_connection *connection, struct bytes piece);

/* --- the response ----------------------------------------------------------- */

struct assay_fields {
    const struct assay_field *items;
    size_t count;
};

struct assay_interim {
    int status;
    struct assay_fields fields;
};

struct assay_interims {
    const struct assay_interim *items;
    size_t count;
};

/*
 * Waits for the final response's head. `response` is set whatever comes, but where the call stood
 * in the wrong state: after an error it shows what had come before, perhaps no more than interim
 * responses. It is the connection's, and lives until the next assay_putrequest() or
 * assay_connection_free(). After any error of the wire the connection is closed and idle.
 */
enum assay_error assay_getresponse(struct assay_connection *connection,
                                   struct assay_response **response);

/* Fills `into` with `amount` octets of the body, or all that are left: `got` is less only at the
 * end, or with an error, which comes after all the octets that came before it. */
enum assay_error assay_read(struct assay_response *response, uint8_t *into, size_t amount,
                            size_t *got);

/* The next octets of the body as they come, without a copy: valid until the next call. Empty at the
 * end. */
enum assay_error assay_read_piece(struct assay_response *response, struct bytes *piece);

int assay_response_status(const struct assay_response *response); /* 0: no head came whole */
struct bytes assay_response_reason(const struct assay_response *response);
struct assay_fields assay_response_fields(const struct assay_response *response);
struct assay_fields assay_response_trailers(const struct assay_response *response);
struct assay_interims assay_response_interims(const struct assay_response *response);

/* What the proxy answered to the last CONNECT, whether or not that opened the tunnel; 0, and none,
 * when no head came whole. Lives until the next connect. */
int assay_proxy_response_status(const struct assay_connection *connection);
struct assay_fields assay_proxy_response_fields(const struct assay_connection *connection);

/* The body was read to its end. */
bool assay_response_is_whole(const struct assay_response *response);

/* The connection ends with this response: it is not used again. */
bool assay_response_will_close(const struct assay_response *response);

#endif
