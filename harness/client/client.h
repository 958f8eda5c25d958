/*
 * client -- an HTTP/1.1 client (RFC 9112) with the calls of Python's http.client.
 *
 * Blocking, over one connection that is made when it is needed and used again when both sides
 * allow it. What is sent is checked before an octet leaves; what comes is read strictly. Nothing
 * is sent twice unless that is asked for, nothing is followed, nothing is decoded but the chunked
 * coding. docs/client.md tells call by call what http.client does, and where this departs from it.
 *
 *     struct assay_connection *connection = assay_connection_new("127.0.0.1", 8080, NULL);
 *     struct assay_request request = {.target = assay_text("/")};
 *     struct assay_response *response = NULL;
 *     struct assay_bytes body;
 *     if (assay_request(connection, &request) == ASSAY_OK &&
 *         assay_getresponse(connection, &response) == ASSAY_OK &&
 *         assay_read_all(response, &body) == ASSAY_OK)
 *         fwrite(body.at, 1, body.len, stdout);
 *     assay_response_free(response);
 *     assay_connection_free(connection);
 *
 * The library prints nothing unless assay_set_debuglevel() asks for it, keeps no global state,
 * raises and handles no signal, and never ends its caller's process: each call that can fail says
 * so. One connection, and the responses that came by it, belong to one thread at a time.
 */
#ifndef ASSAY_CLIENT_H
#define ASSAY_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ASSAY_CLIENT_VERSION "0.1.0"

#if defined(__GNUC__)
#define ASSAY_API __attribute__((visibility("default")))
#else
#define ASSAY_API
#endif

/* That of the library that is linked: ASSAY_CLIENT_VERSION is that of this header. */
ASSAY_API const char *assay_client_version(void);

/* --- octets and fields -------------------------------------------------------- */

/* Borrowed octets, not terminated; `at` may be NULL where `len` is 0. */
struct assay_bytes {
    const uint8_t *at;
    size_t len;
};

static inline struct assay_bytes assay_text(const char *text)
{
    struct assay_bytes bytes;
    bytes.at = (const uint8_t *)text;
    bytes.len = strlen(text);
    return bytes;
}

/* One field line (RFC 9110, section 5). */
struct assay_field {
    struct assay_bytes name, value;
};

struct assay_fields {
    const struct assay_field *items;
    size_t count;
};

/* --- what may go wrong ------------------------------------------------------ */

/* X(NAME, the name http.client has for it, or would have) */
#define ASSAY_ERRORS(X)                                                                            \
    X(OK, "OK")                                                                                    \
    /* A call in the wrong state; nothing has changed. */                                          \
    X(CANNOT_SEND_REQUEST, "CannotSendRequest")                                                    \
    X(CANNOT_SEND_HEADER, "CannotSendHeader")                                                      \
    X(CANNOT_SEND_BODY, "CannotSendBody")                                                          \
    X(CANNOT_SET_UP, "CannotSetUp")                                                                \
    X(RESPONSE_NOT_READY, "ResponseNotReady")                                                      \
    X(NOT_CONNECTED, "NotConnected") /* and `auto_open` is off */                                  \
    /* The request was refused before an octet of it was sent. */                                  \
    X(INVALID_METHOD, "InvalidMethod")                                                             \
    X(INVALID_URL, "InvalidURL") /* a host, a port, a target */                                    \
    X(INVALID_HEADER, "InvalidHeader")                                                             \
    X(INVALID_BODY, "InvalidBody") /* what is declared does not fit, or does not frame it */       \
    /* The body's source gave more or less than was declared, or broke; the connection is closed   \
     * before the server could take it for whole. */                                               \
    X(BODY_MISMATCH, "BodyMismatch")                                                               \
    /* The connection. */                                                                          \
    X(CONNECTION_REFUSED, "ConnectionRefusedError")                                                \
    X(CANNOT_CONNECT, "CannotConnect")                                                             \
    X(TLS, "SSLError")                         /* the handshake, or what came through TLS */       \
    X(CERTIFICATE, "SSLCertVerificationError") /* the server is not who is wanted */               \
    X(TUNNEL_FAILED, "TunnelFailed")           /* CONNECT was answered by another than 2xx */      \
    X(TIMEOUT, "TimeoutError")                                                                     \
    X(CONNECTION_RESET, "ConnectionResetError")                                                    \
    X(SYSTEM, "OSError")                                                                           \
    X(REMOTE_DISCONNECTED, "RemoteDisconnected") /* the end, before an octet of the response */    \
    X(INCOMPLETE_READ, "IncompleteRead")         /* the end inside its head or body */             \
    /* The response. */                                                                            \
    X(LINE_TOO_LONG, "LineTooLong")                                                                \
    X(TOO_MANY_HEADERS, "TooManyHeaders")                                                          \
    X(TOO_MANY_INTERIMS, "TooManyInterims")                                                        \
    X(BODY_TOO_LARGE, "BodyTooLarge") /* for assay_read_all() or assay_readline() */               \
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

/* "IncompleteRead"; a static text. */
ASSAY_API const char *assay_error_name(enum assay_error error);

/* The last error of a connection, or of a response, with what is known of it. */
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

/* As `port`: it stands behind the host, "example.org:8080", or is the default one, which is 443
 * once TLS with that host is set (with a proxy: assay_set_proxy_tls()), and else 80. */
#define ASSAY_PORT_IN_HOST (-1)

/* To `host`: a name in ASCII, or an address in digits (of IPv6 with brackets or without; with them
 * where a port may follow). Looks up and connects nothing yet. NULL when `host` or `port` is none
 * (ASSAY_INVALID_URL), or memory is short (ASSAY_NO_MEMORY); `why`, unless NULL, tells which.
 *
 * A name is looked up at each connect, by getaddrinfo(3), which no timeout cuts short; its
 * addresses are tried in their order, each under the connect timeout. */
ASSAY_API struct assay_connection *assay_connection_new(const char *host, int port,
                                                        struct assay_failure *why);

/* Closes as assay_close() does, and frees the connection; its responses are freed apart, before or
 * after. Accepts NULL. */
ASSAY_API void assay_connection_free(struct assay_connection *connection);

/* Connects, through a tunnel and TLS where such are set. A request does so by itself, unless
 * `auto_open` is off. What was connected before is closed, and nothing more is sent of a request
 * that went by it: its answer is lost. */
ASSAY_API enum assay_error assay_connect(struct assay_connection *connection);

/* Back to idle: a request that was begun is dropped, the socket closed, and with it a response that
 * is held (see assay_putrequest()). The next request connects again. Over TLS every close of ours
 * is announced by close_notify (RFC 9112, section 9.8), unless TLS itself has failed; nothing waits
 * for the peer's. */
ASSAY_API void assay_close(struct assay_connection *connection);

/* Of the last call that failed; borrowed, and overwritten by the next that does. */
ASSAY_API const struct assay_failure *
assay_connection_failure(const struct assay_connection *connection);

enum assay_state { ASSAY_IDLE, ASSAY_REQUEST_STARTED, ASSAY_REQUEST_SENT };
ASSAY_API enum assay_state assay_connection_state(const struct assay_connection *connection);

/* As http.client writes them: "Idle", "Request-started", "Request-sent"; a static text. */
ASSAY_API const char *assay_state_name(enum assay_state state);

/* There is a socket, and the next request may go by it. */
ASSAY_API bool assay_is_connected(const struct assay_connection *connection);

/* Whom it connects to: without port, and of IPv6 without brackets; lives as the connection. */
ASSAY_API const char *assay_connection_host(const struct assay_connection *connection);
ASSAY_API uint16_t assay_connection_port(const struct assay_connection *connection);

struct assay_options {
    unsigned connect_timeout_ms;  /* 0: none */
    unsigned io_timeout_ms;       /* for each wait on the socket, not for the whole; 0: none */
    unsigned exchange_timeout_ms; /* from the first call that sends to the end, also where the
                                   * request is sent again; 0: none */
    unsigned continue_timeout_ms; /* so long a body waits for 100 (Continue): 1000. 0: as long as
                                   * exchange_timeout_ms lets it */
    size_t block_size;            /* in which files and readers are read: 8192 */
    size_t line_size_max;         /* of a response's lines, with their ends: 65536 */
    size_t field_count_max;       /* of each head and trailer section: 100 */
    size_t interim_count_max;     /* interim responses to one request: 99 */
    size_t fields_size_max;       /* all names and values that one request brings: 8 MiB */
    size_t body_size_max;         /* of what assay_read_all() and assay_readline() gather: 1 GiB */
    size_t chunk_overhead_max;    /* so many octets of chunk framing, above all of extensions, may
                                   * stand in a body beyond as many as its content has and 16 for
                                   * each chunk (RFC 9112, section 7.1.1): 16384 */
    bool auto_open;               /* connect when a request needs it: true */
    bool is_http_1_0;             /* send HTTP/1.0: no Host and Accept-Encoding of our own, and no
                                   * chunks (RFC 9112, section 6.1) */
    bool retries_stale;           /* send a request without content once more, by a new connection,
                                   * when its method is idempotent and the connection was used
                                   * before and ended without an octet of the answer (RFC 9110,
                                   * section 9.2.2) */
    /* Takes what assay_set_debuglevel() asks for; NULL: it goes to stdout. Not terminated. */
    void (*debug)(void *context, const char *text, size_t len);
    void *debug_context;
};

/* May be changed through the pointer at any time; what is set holds from the next request on, and a
 * limit of lines and fields from the next connect. */
ASSAY_API struct assay_options *assay_connection_options(struct assay_connection *connection);

/* Any level above 0: what is sent, status lines and field lines are written out in the form that
 * http.client gives them. Field values show as they came. */
ASSAY_API void assay_set_debuglevel(struct assay_connection *connection, int level);

/* --- how it connects ----------------------------------------------------------- */

/*
 * These say what the next connect does, and all that follow. They have to come before it:
 * ASSAY_CANNOT_SET_UP while a socket is open (assay_close() ends it), or a request begun.
 */

/* From this address, in digits, and port (0: any). NULL: as the system likes. An address that is
 * none is ASSAY_INVALID_URL; one that is not ours fails the connect. */
ASSAY_API enum assay_error assay_set_source_address(struct assay_connection *connection,
                                                    const char *address, uint16_t port);

/*
 * What connections trust and show: made once, shared by many, also by those of other threads.
 * TLS 1.2 or later. A certificate is verified, and has to name the host as DNS-ID or IP-ID
 * (RFC 9110, section 4.3.4). NULL, with `reason` for people, when a file cannot be read or does
 * not fit. All zero is the default.
 */
struct assay_tls_options {
    const char *ca_path;          /* certificates in PEM; NULL: those that the system trusts */
    const char *certificate_path; /* a client certificate with its chain, in PEM; NULL: none */
    const char *key_path;         /* its key, in PEM, not encrypted; NULL: in `certificate_path`. It
                                   * goes with a certificate alone */
    bool is_unverified;           /* take any certificate: for tests */
    bool is_any_host;             /* verify the certificate, but not whom it names */
};
struct assay_tls;
ASSAY_API struct assay_tls *assay_tls_new(const struct assay_tls_options *options, char *reason,
                                          size_t reason_size);

/* After the connections and responses that use it. Accepts NULL. */
ASSAY_API void assay_tls_free(struct assay_tls *tls);

/* Set `tls`, and the connection is HTTPS: TLS with the host, or with the tunnel's end. Sends
 * server_name for a name, and offers http/1.1 by ALPN. `tls` is borrowed; NULL: plain again. The
 * response is whole with the last octet of its framing; one that ends with the connection only with
 * the peer's close_notify, and else ASSAY_INCOMPLETE_READ (RFC 9112, section 9.8). */
ASSAY_API enum assay_error assay_set_tls(struct assay_connection *connection,
                                         const struct assay_tls *tls);

/* TLS with the connection's own host, which is a proxy. With a tunnel and `tls` too, TLS is in
 * TLS. */
ASSAY_API enum assay_error assay_set_proxy_tls(struct assay_connection *connection,
                                               const struct assay_tls *tls);

/*
 * The connection's host is a proxy, and each connect asks it for a tunnel to `host` and `port` (as
 * for assay_connection_new()): CONNECT with `fields`, which are copied and checked as all are, and
 * Host unless it is given; Proxy-Authorization belongs here. NULL as `host`: no tunnel. Any 2xx
 * opens it at the blank line; another status is ASSAY_TUNNEL_FAILED, and the connection closed.
 * Requests then are of `host`: Host names it, and the proxy sees nothing of them.
 */
ASSAY_API enum assay_error assay_set_tunnel(struct assay_connection *connection, const char *host,
                                            int port, const struct assay_field *fields,
                                            size_t count);

/* What the proxy answered to the last CONNECT, whether or not that opened the tunnel; 0, and none,
 * when no head came whole. Lives until the next connect. */
ASSAY_API int assay_get_proxy_response_status(const struct assay_connection *connection);
ASSAY_API struct assay_fields
assay_get_proxy_response_headers(const struct assay_connection *connection);

/* --- the request ------------------------------------------------------------ */

enum assay_piece { ASSAY_PIECE, ASSAY_PIECES_END, ASSAY_PIECES_BROKEN };

enum assay_body_kind {
    ASSAY_BODY_NONE,
    ASSAY_BODY_BYTES,  /* `bytes` */
    ASSAY_BODY_STREAM, /* the pieces that `next` gives: http.client's iterable */
    ASSAY_BODY_READER, /* what `read` reads, in blocks: http.client's file */
    ASSAY_BODY_FILE,   /* what can be read of `fd`, in blocks; its size is not asked for */
};

struct assay_body {
    enum assay_body_kind kind;
    struct assay_bytes bytes;
    /* Sets `piece`, valid until the next call. Each piece is one chunk; empty ones are left out. */
    enum assay_piece (*next)(void *context, struct assay_bytes *piece);
    /* As read(2), but for errno. Each block that it gives is one chunk. */
    ptrdiff_t (*read)(void *context, uint8_t *into, size_t size);
    void *context;   /* of `next` or `read`, which may not call for the connection that sends */
    int fd;          /* read from where it stands; stays the caller's */
    bool has_length; /* of a stream, reader or file: it will be `length` octets. A stream is asked
                      * whether it ends there; a regular file has to; of a reader, or a file without
                      * a size, nothing is read past them */
    uint64_t length;
    /* Sent behind the last chunk; the body is sent chunked for it. RFC 9110, section 6.5.1: none
     * that frames, routes or controls the message. */
    const struct assay_field *trailers;
    size_t trailer_count;
};

struct assay_request {
    struct assay_bytes method; /* at NULL: GET */
    struct assay_bytes target; /* empty: / */
    const struct assay_field *fields;
    size_t field_count;
    struct assay_body body;
    bool encode_chunked;   /* with a Transfer-Encoding that is given: see assay_endheaders() */
    bool expects_continue; /* adds Expect: 100-continue; see assay_endheaders() */
};

/*
 * The whole request at once. In this order: Host and Accept-Encoding: identity unless they are
 * given, the framing of the body unless it is given, the fields as given. A body of known length
 * gets Content-Length, another Transfer-Encoding: chunked; PATCH, POST and PUT without a body get
 * Content-Length: 0. A given Content-Length has to be the body's; a given Transfer-Encoding has to
 * end in chunked. Trailers are announced by a Trailer field unless that is given. A server whose
 * last response was in HTTP/1.0 is sent no chunks (RFC 9112, section 6.1): ASSAY_INVALID_BODY.
 *
 * A request that is refused leaves the connection as it was, idle. After any error of the wire the
 * connection is closed and idle too: the next request connects again.
 *
 * Also ASSAY_OK when the server answered, or closed, before it had all of the body: sending stops,
 * assay_getresponse() gives the answer, and the connection is not used again.
 */
ASSAY_API enum assay_error assay_request(struct assay_connection *connection,
                                         const struct assay_request *request);

/*
 * The same in steps. `skip` leaves out what assay_putrequest() adds by itself. A refused call drops
 * the request; the next assay_putrequest() begins anew.
 *
 * Another request may be sent while the last response is held, that is, not read whole: its own
 * response then has to wait until that is done (ASSAY_RESPONSE_NOT_READY). Where such a request
 * fails, and the connection with it, what had come of the response that is held stays readable.
 */
enum assay_skip { ASSAY_SKIP_NOTHING = 0, ASSAY_SKIP_HOST = 1, ASSAY_SKIP_ACCEPT_ENCODING = 2 };
ASSAY_API enum assay_error assay_putrequest(struct assay_connection *connection,
                                            struct assay_bytes method, struct assay_bytes target,
                                            unsigned skip);

/* One field line; the values are joined by ", " (RFC 9110, section 5.3). */
ASSAY_API enum assay_error assay_putheader(struct assay_connection *connection,
                                           struct assay_bytes name, struct assay_bytes value);
ASSAY_API enum assay_error assay_putheader_values(struct assay_connection *connection,
                                                  struct assay_bytes name,
                                                  const struct assay_bytes *values, size_t count);

/*
 * Ends the head and sends it, with the body when one is given: NULL leaves it to assay_send(). Adds
 * no field: what assay_putheader() declared is what the body is sent in. With Transfer-Encoding:
 * `encode_chunked` puts the chunked coding on here; without it the body has to be chunked already,
 * and is checked as it passes (ASSAY_BODY_MISMATCH, or ASSAY_INVALID_BODY for bytes).
 *
 * With Expect: 100-continue (RFC 9110, section 10.1.1) the body waits until the server has said
 * 100, or `continue_timeout_ms`; a final response in its place ends the request without it, and the
 * connection is not used again. There has to be a body.
 */
ASSAY_API enum assay_error assay_endheaders(struct assay_connection *connection,
                                            const struct assay_body *body, bool encode_chunked);

/* More of the body: what the head declared, and nothing else (ASSAY_CANNOT_SEND_BODY). Its trailers
 * and length are not looked at. The last chunk is sent by assay_getresponse(). */
ASSAY_API enum assay_error assay_send(struct assay_connection *connection,
                                      const struct assay_body *body);

/* --- the response ----------------------------------------------------------- */

struct assay_interim {
    int status;
    struct assay_fields fields;
};

struct assay_interims {
    const struct assay_interim *items;
    size_t count;
};

/*
 * Waits for the final response's head. Interim responses are kept (101 is final, and has to be
 * asked for by Upgrade). `response` is set whatever comes: after an error it shows what had come
 * before, perhaps no more than interim responses. It is NULL where the call stood in the wrong
 * state, or the request could not be ended, or not be sent once more. It is the caller's, and may
 * outlive the connection, whose socket it goes on to read where the response ends with that.
 */
ASSAY_API enum assay_error assay_getresponse(struct assay_connection *connection,
                                             struct assay_response **response);

/* Closes it, and frees it with all that it has lent. Accepts NULL. */
ASSAY_API void assay_response_free(struct assay_response *response);

/* Ends reading: what is left unread of the body is lost, and the connection with it, for the next
 * response would stand behind that. Every read gives nothing from then on. */
ASSAY_API void assay_response_close(struct assay_response *response);

/* Of the last read, or the assay_getresponse(), that failed; borrowed. */
ASSAY_API const struct assay_failure *assay_response_failure(const struct assay_response *response);

/*
 * Reading the body, in any mix. An error comes after all the octets that came before it: they are
 * what http.client calls `partial`. It ends the response and the connection, and every later read
 * says the same. What is lent is valid until the next call that reads this response, or that sends
 * or reads anything else by the same connection: it may be sent by another connection, but not by
 * this one, which takes note of early answers while it sends.
 *
 * Content-Length is whole with its last octet; the chunked coding only with what stands behind its
 * last chunk, so a read that ends with the data leaves the response held until one more.
 */

/* Fills `into` with `amount` octets, or all that are left: `got` is less only at the end, or with
 * an error. */
ASSAY_API enum assay_error assay_read(struct assay_response *response, void *into, size_t amount,
                                      size_t *got);

/* All that is left, in memory of the response's; with an error, all that came, and no more than
 * `body_size_max`. */
ASSAY_API enum assay_error assay_read_all(struct assay_response *response,
                                          struct assay_bytes *octets);

/* At most `size` octets, by one receive at most where some are to come: 0 is the end. Never goes
 * over the end of a chunk, nor does assay_read_piece(). */
ASSAY_API enum assay_error assay_read1(struct assay_response *response, void *into, size_t size,
                                       size_t *got);

/* The same without a copy: the next octets as they come. Empty at the end. */
ASSAY_API enum assay_error assay_read_piece(struct assay_response *response,
                                            struct assay_bytes *piece);

/* What assay_read_piece() would give, which stays to be read. An error is told by the next read. */
ASSAY_API enum assay_error assay_peek(struct assay_response *response, struct assay_bytes *octets);

/* Up to and with the next LF, the end, or `limit` octets (0: none). Empty at the end. */
ASSAY_API enum assay_error assay_readline(struct assay_response *response, size_t limit,
                                          struct assay_bytes *line);

/* The chunk that the octets last read, or peeked at, stand in. False: none was begun. */
struct assay_chunk {
    uint64_t number;              /* from 0 */
    uint64_t size;                /* as its size line says; 0: the last chunk */
    uint64_t left;                /* octets of it that were not read yet */
    struct assay_bytes extension; /* as it stands behind the size, from ";" on; perhaps empty */
};
ASSAY_API bool assay_response_chunk(const struct assay_response *response,
                                    struct assay_chunk *chunk);

/* Nothing is left to be read: the body is whole, or failed, or was closed. */
ASSAY_API bool assay_isclosed(const struct assay_response *response);

/* The body was read to its end. */
ASSAY_API bool assay_response_is_whole(const struct assay_response *response);

/* The connection ends with this response: it is not used again. */
ASSAY_API bool assay_response_will_close(const struct assay_response *response);

ASSAY_API int assay_response_status(const struct assay_response *response);  /* 0: no head came */
ASSAY_API int assay_response_version(const struct assay_response *response); /* 10, 11; 0 */
ASSAY_API struct assay_bytes assay_response_reason(const struct assay_response *response);

/* The target of the request as a URI, "http://example.org/a": http.client's geturl(). Empty where
 * the target is neither a path nor a URI, and where no memory was left for it. */
ASSAY_API const char *assay_response_url(const struct assay_response *response);

/* Octets of the body that are left to be read, where its length is known. */
ASSAY_API bool assay_response_length(const struct assay_response *response, uint64_t *length);

/* Transfer-Encoding says so, whether or not the response has a body. */
ASSAY_API bool assay_response_is_chunked(const struct assay_response *response);

/* The field lines in their order; those of the trailer section apart, once the body is whole. */
ASSAY_API struct assay_fields assay_getheaders(const struct assay_response *response);
ASSAY_API struct assay_fields assay_response_trailers(const struct assay_response *response);
ASSAY_API struct assay_interims assay_response_interims(const struct assay_response *response);

/* The first line of this name, whatever its case; NULL: there is none. Lives as the response. */
ASSAY_API const struct assay_field *assay_response_field(const struct assay_response *response,
                                                         const char *name);

/* The values of all lines of this name, joined by ", " (RFC 9110, section 5.3), in memory of the
 * response's: valid until the next call of this function. `at` is NULL: there is none, or
 * (ASSAY_NO_MEMORY) no memory. */
ASSAY_API enum assay_error assay_getheader(struct assay_response *response, const char *name,
                                           struct assay_bytes *value);

#ifdef __cplusplus
}
#endif

#endif
