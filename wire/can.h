/* can -- what a subject may be asked for, and what it can report. */
#ifndef WIRE_CAN_H
#define WIRE_CAN_H

#include "wire/bytes.h"

#define CAPABILITIES(X)                                                                            \
    X(SESSION, "session") /* several requests share connections */                                 \
    X(METHOD_ANY, "method.any")                                                                    \
    X(TARGET_RAW, "target.raw")                                                                    \
    X(HEADERS_ANY, "headers.any") /* not what the client itself reserves */                        \
    X(BODY_BYTES, "body.bytes")                                                                    \
    X(BODY_STREAM, "body.stream")                                                                  \
    X(BODY_STREAM_LENGTH, "body.stream.length")                                                    \
    X(BODY_HOLD, "body.hold") /* a source that stands until it may go on */                        \
    X(BODY_FAIL, "body.fail") /* a source that breaks */                                           \
    X(BODY_FILE, "body.file") /* a file that the client itself reads */                            \
    X(TRAILERS_SEND, "trailers.send")                                                              \
    X(EXPECT_CONTINUE, "expect_continue")                                                          \
    X(TIMEOUT, "timeout")                                                                          \
    X(CONCURRENT, "concurrent")     /* requests under way side by side */                          \
    X(PIPELINE, "pipeline")         /* requests sent before the answer to the one before */        \
    X(REDIRECT, "redirect")         /* follows as many as it is asked to */                        \
    X(AUTH, "auth")                 /* user and password */                                        \
    X(PROXY_HTTP, "proxy.http")     /* an http URL by way of a proxy */                            \
    X(PROXY_TUNNEL, "proxy.tunnel") /* an https URL, through a tunnel: CONNECT */                  \
    X(PROXY_TUNNEL_PLAIN, "proxy.tunnel.plain") /* CONNECT for an http URL too */                  \
    X(PROXY_TLS, "proxy.tls")                   /* a proxy whose own URL is https */               \
    X(PROXY_AUTH, "proxy.auth")                 /* user and password for the proxy */              \
    X(PROXY_HEADERS, "proxy.headers")           /* field lines for the proxy alone */              \
    X(TLS, "tls")                               /* https, with an authority that it is told */     \
    X(EVENT_HEAD, "event.head")                 /* it says so when its caller has the head */      \
    X(READ_STREAM, "read.stream")                                                                  \
    X(READ_AMOUNT, "read.amount")                                                                  \
    X(READ_ABANDON, "read.abandon")                                                                \
    X(REPORT_REASON, "report.reason")                                                              \
    X(REPORT_HEADERS, "report.headers")                                                            \
    X(REPORT_TRAILERS, "report.trailers")                                                          \
    X(REPORT_INTERIM, "report.interim")                                                            \
    X(REPORT_PARTIAL, "report.partial")

enum capability {
#define CAN_ENUM(name, text) CAN_##name,
    CAPABILITIES(CAN_ENUM)
#undef CAN_ENUM
        CAN_COUNT
};

/* A set of capabilities, a bit each. */
typedef uint64_t can_set;

#define CAN(name) ((can_set)1 << CAN_##name)

const char *can_name(enum capability capability);

/* CAN_COUNT when there is no such word. */
enum capability can_find(const char *name);

#endif
