/*
 * tls -- TLS (RFC 8446, RFC 5246) as data: what a peer shows of itself, and what a client said
 * first.
 */
#ifndef WIRE_TLS_H
#define WIRE_TLS_H

#include "wire/bytes.h"

/* What a peer presents. All are signed by the run's own authority, but for those whose fault that
 * is, and all have the same key. The names of a good one are localhost, origin.test,
 * 127.0.0.1 to 127.0.0.201 and ::1 (server/mint.h). */
#define CERTIFICATES(X)                                                                            \
    X(VALID, "valid")                                                                              \
    X(EXPIRED, "expired")             /* until yesterday */                                        \
    X(NOT_YET_VALID, "not yet valid") /* from tomorrow on */                                       \
    X(WRONG_HOST, "wrong host")       /* of other.test */                                          \
    X(SELF_SIGNED, "self-signed")                                                                  \
    X(UNKNOWN_AUTHORITY, "unknown authority") /* signed by one that nobody was told of */          \
    X(NAMES_ONLY, "names only")               /* no address among its names */                     \
    X(ADDRESSES_ONLY, "addresses only")       /* and no name */                                    \
    X(COMMON_NAME, "common name")             /* localhost as its subject, and other.test named */ \
    X(ADDRESS_AS_NAME, "address as name")     /* 127.0.0.1 as a DNS name */                        \
    X(WILDCARD, "wildcard")                   /* *.origin.test */

enum certificate {
#define CERTIFICATE_ENUM(name, text) CERTIFICATE_##name,
    CERTIFICATES(CERTIFICATE_ENUM)
#undef CERTIFICATE_ENUM
        CERTIFICATE_COUNT
};

/* "valid", as case files spell it. */
const char *certificate_name(enum certificate certificate);

enum tls_version { TLS_1_2, TLS_1_3 };

struct tls {
    enum certificate certificate;
    enum tls_version least, most;
    bool sends_tickets; /* TLS 1.3: two session tickets behind the handshake */
};

/* The text of EVENT_TLS_FAILED where a client sent HTTP in place of a handshake. */
#define TLS_PLAIN_HTTP_TEXT "plain HTTP where TLS was due"

/* What a ClientHello asks for. */
struct tls_hello {
    unsigned name_count; /* of server_name's list (RFC 6066, section 3); 0: none was sent */
    struct bytes name;   /* the first */
    struct bytes alpn;   /* the protocols offered (RFC 7301), "," between; empty: none */
};

#endif
