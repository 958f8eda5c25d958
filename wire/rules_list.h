/*
 * rules_list -- the rules of wire/rules.h, and the fields they speak of, as X-macros.
 *
 * RULES(X): X(NAME, name, requirement, level, message). The requirement is an id
 * of the catalog, and the level the one it has there. Names are for good: reports
 * and case files hold them.
 */
#ifndef WIRE_RULES_LIST_H
#define WIRE_RULES_LIST_H

/* clang-format off */
#define RULES(X) \
    RULES_OF_START(X) RULES_OF_HOST(X) RULES_OF_FIELDS(X) RULES_OF_CONNECTION(X) \
    RULES_OF_FRAMING(X) RULES_OF_CONTENT(X) RULES_OF_PROXIES(X) RULES_OF_RUN(X)

/* The request line, and what stands before it. */
#define RULES_OF_START(X) \
    X(EXTRA_LINE, "extra-line", "9112-2.2-5", "MUST NOT", "an empty line before or behind a request") \
    X(SURPLUS, "surplus", "9112-2.1-1", "grammar", "octets behind a request that are no request") \
    X(REQUEST_LINE, "request-line", "9112-3-1", "grammar", "a request line that is not method, SP, target, SP and version") \
    X(BARE_LF, "bare-lf", "9112-2.1-1", "grammar", "a line of the head or the trailers ended by LF without CR") \
    X(BARE_CR, "bare-cr", "9112-2.2-3", "MUST NOT", "CR without LF outside content") \
    X(METHOD, "method", "9112-3.1-2", "grammar", "a method that is no token") \
    X(VERSION, "version", "9112-2.3-1", "grammar", "a malformed HTTP-version") \
    X(VERSION_UNKNOWN, "version-unknown", "9110-6.2-2", "MUST NOT", "a version that no client of this syntax can conform to") \
    X(TARGET_BLANK, "target-blank", "9112-3.2-2", "grammar", "a blank or control octet in the request-target") \
    X(TARGET_OCTET, "target-octet", "9112-3.2.1-3", "grammar", "an octet in path or query that has to be percent-encoded") \
    X(TARGET_FRAGMENT, "target-fragment", "9110-4.2.5-1", "grammar", "a fragment in the request-target") \
    X(TARGET_USERINFO, "target-userinfo", "9110-4.2.4-1", "MUST NOT", "user information in the request-target") \
    X(TARGET_NOT_PATH, "target-not-path", "9112-3.2.1-1", "MUST", "a target to an origin that is more than path and query") \
    X(TARGET_EMPTY_PATH, "target-empty-path", "9112-3.2.1-2", "MUST", "an empty path that is not sent as /") \
    X(TARGET_ASTERISK, "target-asterisk", "9110-7.1-2", "MUST NOT", "the target * with a method that is not OPTIONS") \
    X(TARGET_NOT_ABSOLUTE, "target-not-absolute", "9112-3.2.2-1", "MUST", "a target to a proxy that is not the whole URI") \
    X(CONNECT_TARGET, "connect-target", "9112-3.2.3-1", "MUST", "a target of CONNECT that is not host and port") \
    X(CONNECT_PORT, "connect-port", "9110-9.3.6-1", "MUST", "a target of CONNECT without port") \
    X(AFTER_CLOSE, "after-close", "9112-9.6-2", "MUST NOT", "a request behind one that had the close option")

#define RULES_OF_HOST(X) \
    X(HOST_MISSING, "host-missing", "9112-3.2-3", "MUST", "no Host in an HTTP/1.1 request") \
    X(HOST_REPEATED, "host-repeated", "9110-5.3-3", "MUST NOT", "more than one Host") \
    X(HOST_SYNTAX, "host-syntax", "9110-7.2-3", "grammar", "a Host that is not host and optional port") \
    X(HOST_USERINFO, "host-userinfo", "9112-3.2-4", "MUST", "user information in Host") \
    X(HOST_EMPTY, "host-empty", "9112-3.2-4", "MUST", "a Host without host in a request to an origin") \
    X(HOST_DIFFERS, "host-differs", "9112-3.2-4", "MUST", "a Host that is not the authority of the target") \
    X(CONNECT_HOST, "connect-host", "9112-3.2-4", "MUST", "a Host of CONNECT that is not the destination") \
    X(HOST_NOT_FIRST, "host-not-first", "9110-7.2-2", "SHOULD", "Host is not the first field line")

/* Field lines, and what single fields say. */
#define RULES_OF_FIELDS(X) \
    X(BLANK_LED_LINE, "blank-led-line", "9112-2.2-7", "MUST NOT", "a blank between the request line and the first field line") \
    X(FIELD_LINE, "field-line", "9112-5-1", "grammar", "a field line without colon") \
    X(FIELD_NAME, "field-name", "9110-5.1-1", "grammar", "a field name that is no token") \
    X(FIELD_NAME_BLANK, "field-name-blank", "9112-5.1-2", "grammar", "a blank between field name and colon") \
    X(FIELD_VALUE, "field-value", "9110-5.5-2", "grammar", "a control octet in a field value") \
    X(FIELD_FOLDED, "field-folded", "9112-5.2-1", "MUST NOT", "a field value folded over several lines") \
    X(FIELD_REPEATED, "field-repeated", "9110-5.3-2", "MUST NOT", "two lines of a field that is no list") \
    X(EMPTY_MEMBER, "empty-member", "9110-5.6.1.1-1", "MUST NOT", "an empty member in a list") \
    X(DATE_FORMAT, "date-format", "9110-5.6.7-2", "MUST", "a date that is no IMF-fixdate") \
    X(WEIGHT_DIGITS, "weight-digits", "9110-12.4.2-1", "MUST NOT", "a weight with more than three decimals") \
    X(REFERER, "referer", "9110-10.1.3-1", "MUST NOT", "a fragment or user information in Referer") \
    X(IF_RANGE_ALONE, "if-range-alone", "9110-13.1.5-1", "MUST NOT", "If-Range without Range") \
    X(IF_RANGE_WEAK, "if-range-weak", "9110-13.1.5-2", "MUST NOT", "a weak entity tag in If-Range") \
    X(CODING_IDENTITY, "coding-identity", "9110-8.4-2", "SHOULD NOT", "identity in Content-Encoding") \
    X(MAX_FORWARDS, "max-forwards", "9110-7.6.2-1", "grammar", "a Max-Forwards that is not all digits") \
    X(TRACE_SENSITIVE, "trace-sensitive", "9110-9.3.8-1", "MUST NOT", "credentials or cookies in a TRACE request")

#define RULES_OF_CONNECTION(X) \
    X(TE_CHUNKED, "te-chunked", "9112-7.4-1", "MUST NOT", "chunked in TE") \
    X(TE_UNLISTED, "te-unlisted", "9112-7.4-3", "MUST", "TE is not listed in Connection") \
    X(UPGRADE_UNLISTED, "upgrade-unlisted", "9110-7.8-3", "MUST", "Upgrade is not listed in Connection") \
    X(OPTION_UNLISTED, "option-unlisted", "9110-7.6.1-1", "MUST", "a field about the connection is not listed in Connection") \
    X(OPTION_END_TO_END, "option-end-to-end", "9110-7.6.1-2", "MUST NOT", "Connection lists a field meant for all recipients")

#define RULES_OF_FRAMING(X) \
    X(CONTENT_LENGTH, "content-length", "9110-8.6-3", "grammar", "a Content-Length that is not all digits") \
    X(LENGTH_AND_CODING, "length-and-coding", "9112-6.2-1", "MUST NOT", "both Content-Length and Transfer-Encoding") \
    X(LENGTH_MISSING, "length-missing", "9110-8.6-1", "SHOULD", "neither Content-Length nor Transfer-Encoding with a method that has content") \
    X(LENGTH_NEEDLESS, "length-needless", "9110-8.6-2", "SHOULD NOT", "a Content-Length of 0 with a method that has no content") \
    X(CODING_TO_1_0, "coding-to-1.0", "9112-6.1-10", "MUST NOT", "Transfer-Encoding in HTTP/1.0, or to a server that speaks it") \
    X(CODING_NOT_CHUNKED, "coding-not-chunked", "9112-6.1-3", "MUST", "a last transfer coding that is not chunked") \
    X(CHUNKED_TWICE, "chunked-twice", "9112-6.1-2", "MUST NOT", "the chunked coding more than once") \
    X(EXPECT_NO_CONTENT, "expect-no-content", "9110-10.1.1-2", "MUST NOT", "Expect: 100-continue without content")

#define RULES_OF_CONTENT(X) \
    X(CHUNK, "chunk", "9112-7.1-1", "grammar", "malformed chunked coding") \
    X(TRAILER_FORBIDDEN, "trailer-forbidden", "9110-6.5.1-1", "MUST NOT", "a field that may not be a trailer") \
    X(TRAILER_UNANNOUNCED, "trailer-unannounced", "9110-6.6.2-1", "SHOULD", "trailers without Trailer in the head") \
    X(TRACE_CONTENT, "trace-content", "9110-9.3.8-2", "MUST NOT", "content in a TRACE request") \
    X(CONNECT_CONTENT, "connect-content", "9110-9.3.6-6", "grammar", "content in a CONNECT request") \
    X(OPTIONS_CONTENT_TYPE, "options-content-type", "9110-9.3.7-1", "MUST", "OPTIONS with content but no Content-Type") \
    X(HEAD_UNFINISHED, "head-unfinished", "9112-2.1-1", "grammar", "a request left off in its head") \
    X(CONTENT_UNFINISHED, "content-unfinished", "9112-6.2-2", "grammar", "less content than Content-Length says") \
    X(CHUNKED_UNFINISHED, "chunked-unfinished", "9112-7.1-1", "grammar", "chunked content left off before its end")

/* What a proxy, and what an origin may be told. */
#define RULES_OF_PROXIES(X) \
    X(CONNECT_FRAMING, "connect-framing", "9110-9.3.6-6", "grammar", "Transfer-Encoding, or a Content-Length other than 0, in a CONNECT request") \
    X(CREDENTIALS_AT_PROXY, "credentials-at-proxy", "9110-11.5-3", "grammar", "Authorization, which is for the origin, in a CONNECT request") \
    X(PROXY_CREDENTIALS_AT_ORIGIN, "proxy-credentials-at-origin", "9110-11.7.2-1", "grammar", "Proxy-Authorization in a request to an origin") \
    X(PROXY_CONNECTION, "proxy-connection", "9112-C.2.2-1", "SHOULD NOT", "Proxy-Connection, which no standard knows") \
    X(KEEP_ALIVE_TO_PROXY, "keep-alive-to-proxy", "9112-C.2.2-2", "SHOULD NOT", "the connection option keep-alive in a request to a proxy")

/* What the events of a run tell, and requests alone do not: harness/judge.h finds it. */
#define RULES_OF_RUN(X) \
    X(BODY_AS_GIVEN, "body-as-given", "9112-B.2-1", "grammar", "other content than the caller gave") \
    X(TUNNEL_EARLY, "tunnel-early", "9110-9.3.6-6", "grammar", "octets for the destination before CONNECT was answered") \
    X(TUNNEL_REFUSED, "tunnel-refused", "9110-9.3.6-3", "grammar", "octets for the destination though CONNECT was not answered by 2xx") \
    X(PLAIN_OCTETS_TO_TLS, "plain-octets-to-tls", "9112-9.7-2", "MUST", "HTTP without TLS where the URL is https") \
    X(SNI_MISSING, "sni-missing", "6066-3-1", "SHOULD", "no server_name in the ClientHello to a host that has a name") \
    X(SNI_ADDRESS, "sni-address", "6066-3-2", "MUST NOT", "an IP address as server_name") \
    X(SNI_TWICE, "sni-twice", "6066-3-4", "MUST NOT", "more than one server_name") \
    X(SNI_DIFFERS, "sni-differs", "6066-3-5", "SHOULD NOT", "a Host that is not the server_name of the connection") \
    X(ALPN, "alpn", "9112-12.4-1", "grammar", "HTTP/1.1 over TLS whose offered protocols do not name it") \
    X(TLS_CLOSE, "tls-close", "9112-9.8-4", "MUST", "FIN without close_notify before it")

/* X(NAME, name, kinds), of the kinds of wire/rules_private.h: what may stand once only, what is a
 * list, and so on. Whoever adds one has its definition at hand. */
#define RULES_FIELDS(X) \
    X(HOST, "host", END_TO_END) \
    X(ACCEPT, "accept", LIST | WEIGHTED | END_TO_END) \
    X(ACCEPT_CHARSET, "accept-charset", LIST | WEIGHTED | END_TO_END) \
    X(ACCEPT_ENCODING, "accept-encoding", LIST | WEIGHTED | END_TO_END) \
    X(ACCEPT_LANGUAGE, "accept-language", LIST | WEIGHTED | END_TO_END) \
    X(AUTHORIZATION, "authorization", SINGLE | END_TO_END) \
    X(CACHE_CONTROL, "cache-control", LIST | END_TO_END) \
    X(CONNECTION, "connection", LIST) \
    X(CONTENT_ENCODING, "content-encoding", LIST | END_TO_END) \
    X(CONTENT_LENGTH, "content-length", SINGLE | END_TO_END) \
    X(CONTENT_LOCATION, "content-location", SINGLE | END_TO_END) \
    X(CONTENT_RANGE, "content-range", SINGLE | END_TO_END) \
    X(CONTENT_TYPE, "content-type", SINGLE | END_TO_END) \
    X(COOKIE, "cookie", SINGLE | END_TO_END) \
    X(DATE, "date", SINGLE | DATE | END_TO_END) \
    X(EXPECT, "expect", LIST | END_TO_END) \
    X(FROM, "from", SINGLE | END_TO_END) \
    X(HTTP2_SETTINGS, "http2-settings", HOP) \
    X(IF_MODIFIED_SINCE, "if-modified-since", SINGLE | DATE | END_TO_END) \
    X(IF_RANGE, "if-range", SINGLE | END_TO_END) \
    X(IF_UNMODIFIED_SINCE, "if-unmodified-since", SINGLE | DATE | END_TO_END) \
    X(KEEP_ALIVE, "keep-alive", HOP) \
    X(MAX_FORWARDS, "max-forwards", SINGLE) \
    X(PROXY_AUTHORIZATION, "proxy-authorization", SINGLE) \
    X(PROXY_CONNECTION, "proxy-connection", 0) \
    X(RANGE, "range", SINGLE | END_TO_END) \
    X(REFERER, "referer", SINGLE | END_TO_END) \
    X(TE, "te", LIST | WEIGHTED | HOP) \
    X(TRAILER, "trailer", LIST) \
    X(TRANSFER_ENCODING, "transfer-encoding", LIST) \
    X(UPGRADE, "upgrade", LIST | HOP) \
    X(USER_AGENT, "user-agent", SINGLE | END_TO_END)
/* clang-format on */

#endif
