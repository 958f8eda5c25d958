#include "tests/rules_rows.h"

/* clang-format off */
const struct rules_near_row rules_near_rows[] = {
    {RULE_EXTRA_LINE, PEER_ORIGIN, OCTETS(POST "Content-Length: 4\r\n\r\nab\r\n")},
    {RULE_SURPLUS, PEER_ORIGIN, OCTETS(POST "Content-Length: 1\r\n\r\na" GET "\r\n")},
    {RULE_REQUEST_LINE, PEER_ORIGIN, OCTETS(GET "\r\n")},
    {RULE_BARE_LF, PEER_ORIGIN, OCTETS(POST "Content-Length: 2\r\n\r\n\n\n")},
    {RULE_BARE_CR, PEER_ORIGIN, OCTETS(POST "Content-Length: 2\r\n\r\n\r\r")},
    {RULE_METHOD, PEER_ORIGIN, OCTETS("m-s!#$%&'*+.^_`|~1 / HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_VERSION, PEER_ORIGIN, OCTETS("GET / HTTP/1.0\r\n\r\n")},
    {RULE_VERSION_UNKNOWN, PEER_ORIGIN, OCTETS("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")},
    {RULE_TARGET_BLANK, PEER_ORIGIN, OCTETS("GET /a%20b+c HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_TARGET_OCTET, PEER_ORIGIN, OCTETS("GET //a;b=c:@!$&'()*+,~-._%e9/?/?:@ HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_TARGET_FRAGMENT, PEER_ORIGIN, OCTETS("GET /%23 HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_TARGET_USERINFO, PEER_PROXY, OCTETS("GET http://a/@ HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_TARGET_NOT_PATH, PEER_ORIGIN, OCTETS("GET /http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_TARGET_EMPTY_PATH, PEER_ORIGIN, OCTETS("GET /?q HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_TARGET_ASTERISK, PEER_ORIGIN, OCTETS("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_TARGET_ASTERISK, PEER_ORIGIN, OCTETS("GET /* HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_TARGET_NOT_ABSOLUTE, PEER_PROXY, OCTETS("GET urn:a HTTP/1.1\r\nHost:\r\n\r\n")},
    {RULE_CONNECT_TARGET, PEER_PROXY, OCTETS("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n")},
    {RULE_CONNECT_PORT, PEER_PROXY, OCTETS("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_AFTER_CLOSE, PEER_ORIGIN, OCTETS(GET "Connection: keep-alive\r\n\r\n" GET "Connection: close\r\n\r\n")},
    {RULE_HOST_MISSING, PEER_ORIGIN, OCTETS("GET / HTTP/1.0\r\nA: b\r\n\r\n")},
    {RULE_HOST_REPEATED, PEER_ORIGIN, OCTETS(GET "X-Host: a\r\n\r\n")},
    {RULE_HOST_SYNTAX, PEER_ORIGIN, OCTETS("GET / HTTP/1.1\r\nHost: [fe80::1%25a]:\r\n\r\n")},
    {RULE_HOST_SYNTAX, PEER_ORIGIN, OCTETS("GET / HTTP/1.1\r\nHost: a_b.%C3%A9.:8080\r\n\r\n")},
    {RULE_HOST_USERINFO, PEER_ORIGIN, OCTETS("GET / HTTP/1.1\r\nHost: a%40b\r\n\r\n")},
    {RULE_HOST_EMPTY, PEER_ORIGIN, OCTETS("GET / HTTP/1.0\r\nHost:\r\n\r\n")},
    {RULE_HOST_DIFFERS, PEER_PROXY, OCTETS("GET http://A:80/ HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_HOST_DIFFERS, PEER_ORIGIN, OCTETS("GET /http://b/ HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_CONNECT_HOST, PEER_PROXY, OCTETS("CONNECT a:443 HTTP/1.1\r\nHost: A:443\r\n\r\n")},
    {RULE_CONNECT_HOST, PEER_PROXY, OCTETS("CONNECT a:8443 HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_CONNECT_HOST, PEER_PROXY, OCTETS("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]\r\n\r\n")},
    {RULE_HOST_NOT_FIRST, PEER_ORIGIN, OCTETS("GET / HTTP/1.0\r\nA: b\r\nHost: a\r\n\r\n")},
    {RULE_BLANK_LED_LINE, PEER_ORIGIN, OCTETS(GET "A: \t b \r\n\r\n")},
    {RULE_FIELD_LINE, PEER_ORIGIN, OCTETS(GET "A:\r\n\r\n")},
    {RULE_FIELD_NAME, PEER_ORIGIN, OCTETS(GET "!#$%&'*+-.^_`|~1: b\r\n\r\n")},
    {RULE_FIELD_NAME_BLANK, PEER_ORIGIN, OCTETS(GET "A:b\r\n\r\n")},
    {RULE_FIELD_VALUE, PEER_ORIGIN, OCTETS(GET "A: b\t\xC3\xA9\r\n\r\n")},
    {RULE_FIELD_FOLDED, PEER_ORIGIN, OCTETS("GET / HTTP/1.0\r\nA: b\r\n c\r\n\r\n")},
    {RULE_FIELD_REPEATED, PEER_ORIGIN, OCTETS(GET "Accept: a/b\r\nAccept: c/d\r\nX: 1\r\nX: 1\r\n\r\n")},
    {RULE_EMPTY_MEMBER, PEER_ORIGIN, OCTETS(GET "Accept:\r\nCache-Control: a=\",,\"\r\nUser-Agent: a,,b\r\n\r\n")},
    {RULE_EMPTY_MEMBER, PEER_ORIGIN, OCTETS("GET / HTTP/1.0\r\nAccept: a/b,\r\n\r\n")},
    {RULE_DATE_FORMAT, PEER_ORIGIN, OCTETS(GET "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n")},
    {RULE_WEIGHT_DIGITS, PEER_ORIGIN, OCTETS(GET "Accept: a/b;q=0.123, c/d;qs=0.1234;x=\"q=0.1234\"\r\n\r\n")},
    {RULE_REFERER, PEER_ORIGIN, OCTETS(GET "Referer: http://a/@b?c@d\r\n\r\n")},
    {RULE_IF_RANGE_ALONE, PEER_ORIGIN, OCTETS(GET "If-Range: \"a\"\r\nRange: bytes=1-\r\n\r\n")},
    {RULE_IF_RANGE_WEAK, PEER_ORIGIN, OCTETS(GET "Range: bytes=1-\r\nIf-Range: Wed, 06 Nov 1994 08:49:37 GMT\r\n\r\n")},
    {RULE_CODING_IDENTITY, PEER_ORIGIN, OCTETS(GET "Accept-Encoding: identity\r\n\r\n")},
    {RULE_MAX_FORWARDS, PEER_ORIGIN, OCTETS("OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n")},
    {RULE_TRACE_SENSITIVE, PEER_ORIGIN, OCTETS("TRACE / HTTP/1.1\r\nHost: a\r\nUser-Agent: a\r\n\r\n")},
    {RULE_TE_CHUNKED, PEER_ORIGIN, OCTETS(GET "Connection: te\r\nTE: trailers, gzip;q=0.5\r\n\r\n")},
    {RULE_TE_UNLISTED, PEER_ORIGIN, OCTETS(GET "TE:\r\nConnection: close\r\nConnection: te\r\n\r\n")},
    {RULE_UPGRADE_UNLISTED, PEER_ORIGIN, OCTETS(GET "Upgrade: h2c\r\nConnection: upgrade\r\n\r\n")},
    {RULE_OPTION_UNLISTED, PEER_ORIGIN, OCTETS(GET "Connection: keep-alive\r\nKeep-Alive: 300\r\n\r\n")},
    {RULE_OPTION_END_TO_END, PEER_ORIGIN, OCTETS(GET "Connection: x-cache-control, trailer\r\n\r\n")},
    {RULE_CONTENT_LENGTH, PEER_ORIGIN, OCTETS(POST "Content-Length:  0001 \r\n\r\na")},
    {RULE_LENGTH_AND_CODING, PEER_ORIGIN, OCTETS(CHUNKED_POST "X-Content-Length: 1\r\n\r\n0\r\n\r\n")},
    {RULE_LENGTH_MISSING, PEER_ORIGIN, OCTETS("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_LENGTH_MISSING, PEER_ORIGIN, OCTETS(POST "Content-Length: 0\r\n\r\n")},
    {RULE_LENGTH_NEEDLESS, PEER_ORIGIN, OCTETS(GET "Content-Length: 1\r\n\r\na")},
    {RULE_CODING_TO_1_0, PEER_ORIGIN, OCTETS(CHUNKED_POST "\r\n0\r\n\r\n")},
    {RULE_CODING_NOT_CHUNKED, PEER_ORIGIN, OCTETS(POST "Transfer-Encoding: gzip, Chunked\r\n\r\n0\r\n\r\n")},
    {RULE_CODING_NOT_CHUNKED, PEER_ORIGIN, OCTETS(POST "Transfer-Encoding:\r\n\r\n")},
    {RULE_CHUNKED_TWICE, PEER_ORIGIN, OCTETS(POST "Transfer-Encoding: x-chunked, chunked\r\n\r\n0\r\n\r\n")},
    {RULE_EXPECT_NO_CONTENT, PEER_ORIGIN, OCTETS(POST "Content-Length: 1\r\nExpect: 100-continue\r\n\r\na")},
    {RULE_EXPECT_NO_CONTENT, PEER_ORIGIN, OCTETS(CHUNKED_POST "Expect: 100-continue\r\n\r\n0\r\n\r\n")},
    {RULE_CHUNK, PEER_ORIGIN, OCTETS(CHUNKED_POST "\r\n00A;b;c=\"d\";e=f\r\n0123456789\r\n000\r\n\r\n")},
    {RULE_TRAILER_FORBIDDEN, PEER_ORIGIN, OCTETS(CHUNKED_POST "Trailer: x-sum\r\n\r\n0\r\nX-Sum: a\r\n\r\n")},
    {RULE_TRAILER_UNANNOUNCED, PEER_ORIGIN, OCTETS(CHUNKED_POST "Trailer: a, b\r\n\r\n0\r\nB: a\r\n\r\n")},
    {RULE_TRACE_CONTENT, PEER_ORIGIN, OCTETS("TRACE / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {RULE_CONNECT_CONTENT, PEER_PROXY, OCTETS("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n")},
    {RULE_CONNECT_FRAMING, PEER_PROXY, OCTETS("CONNECT a:1 HTTP/1.1\r\nHost: a\r\nX-Content-Length: 5\r\n\r\n")},
    {RULE_CREDENTIALS_AT_PROXY, PEER_PROXY, OCTETS("CONNECT a:1 HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic YTpi\r\n\r\n")},
    {RULE_CREDENTIALS_AT_PROXY, PEER_PROXY, OCTETS("GET http://a/ HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\n\r\n")},
    {RULE_PROXY_CREDENTIALS_AT_ORIGIN, PEER_PROXY, OCTETS("GET http://a/ HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic YTpi\r\n\r\n")},
    {RULE_PROXY_CREDENTIALS_AT_ORIGIN, PEER_ORIGIN, OCTETS(GET "Authorization: Basic YTpi\r\n\r\n")},
    {RULE_PROXY_CONNECTION, PEER_PROXY, OCTETS("GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: Proxy-Connection\r\n\r\n")},
    {RULE_KEEP_ALIVE_TO_PROXY, PEER_PROXY, OCTETS("GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")},
    {RULE_KEEP_ALIVE_TO_PROXY, PEER_ORIGIN, OCTETS(GET "Connection: keep-alive\r\n\r\n")},
    {RULE_OPTIONS_CONTENT_TYPE, PEER_ORIGIN, OCTETS("OPTIONS / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 1\r\n\r\na")},
    {RULE_HEAD_UNFINISHED, PEER_ANSWERED, OCTETS(GET)},
    {RULE_HEAD_UNFINISHED, PEER_ANSWERED, OCTETS(GET "\r\nGET / HT")},
    {RULE_CONTENT_UNFINISHED, PEER_STOPPED, OCTETS(POST "Content-Length: 2\r\n\r\na")},
    {RULE_CHUNKED_UNFINISHED, PEER_ANSWERED, OCTETS(CHUNKED_POST "\r\n1\r\na\r\n")},
};

/* What clients send by themselves. */
const struct rules_real_row rules_real_rows[] = {
    {"curl",
     OCTETS("GET / HTTP/1.1\r\n"
            "Host: 127.0.0.1:8080\r\n"
            "User-Agent: curl/7.88.1\r\n"
            "Accept: */*\r\n"
            "\r\n"),
     ""},
    {"curl, a large upload",
     OCTETS("POST /up HTTP/1.1\r\n"
            "Host: 127.0.0.1:8080\r\n"
            "User-Agent: curl/7.88.1\r\n"
            "Accept: */*\r\n"
            "Content-Length: 5\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            "Expect: 100-continue\r\n"
            "\r\n"
            "hello"),
     ""},
    {"curl, an upgrade",
     OCTETS("GET / HTTP/1.1\r\n"
            "Host: 127.0.0.1:8080\r\n"
            "User-Agent: curl/7.88.1\r\n"
            "Accept: */*\r\n"
            "Connection: Upgrade, HTTP2-Settings\r\n"
            "Upgrade: h2c\r\n"
            "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
            "\r\n"),
     ""},
    {"Python http.client",
     OCTETS("GET / HTTP/1.1\r\n"
            "Host: 127.0.0.1:8080\r\n"
            "Accept-Encoding: identity\r\n"
            "\r\n"),
     ""},
    {"Python urllib.request",
     OCTETS("POST / HTTP/1.1\r\n"
            "Accept-Encoding: identity\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: 3\r\n"
            "Host: 127.0.0.1:8080\r\n"
            "User-Agent: Python-urllib/3.11\r\n"
            "Connection: close\r\n"
            "\r\n"
            "a=b"),
     "host-not-first@112"},
    {"requests",
     OCTETS("GET /a?b=c%20d HTTP/1.1\r\n"
            "Host: 127.0.0.1:8080\r\n"
            "User-Agent: python-requests/2.31.0\r\n"
            "Accept-Encoding: gzip, deflate\r\n"
            "Accept: */*\r\n"
            "Connection: keep-alive\r\n"
            "\r\n"),
     ""},
    {"undici fetch",
     OCTETS("GET / HTTP/1.1\r\n"
            "host: 127.0.0.1:8080\r\n"
            "connection: keep-alive\r\n"
            "accept: */*\r\n"
            "accept-language: *\r\n"
            "sec-fetch-mode: cors\r\n"
            "user-agent: node\r\n"
            "accept-encoding: gzip, deflate\r\n"
            "\r\n"),
     ""},
    {"Node.js http",
     OCTETS("GET / HTTP/1.1\r\n"
            "Host: localhost:8080\r\n"
            "Connection: keep-alive\r\n"
            "\r\n"),
     ""},
    {"Go net/http, a stream",
     OCTETS("POST / HTTP/1.1\r\n"
            "Host: 127.0.0.1:8080\r\n"
            "User-Agent: Go-http-client/1.1\r\n"
            "Transfer-Encoding: chunked\r\n"
            "Accept-Encoding: gzip\r\n"
            "\r\n"
            "5\r\n"
            "hello\r\n"
            "0\r\n"
            "\r\n"),
     ""},
    {"Java HttpClient",
     OCTETS("GET / HTTP/1.1\r\n"
            "Connection: Upgrade, HTTP2-Settings\r\n"
            "Host: 127.0.0.1:8080\r\n"
            "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"
            "Upgrade: h2c\r\n"
            "User-Agent: Java-http-client/21.0.1\r\n"
            "\r\n"),
     "host-not-first@53"},
    {"wget",
     OCTETS("GET / HTTP/1.1\r\n"
            "Host: 127.0.0.1:8080\r\n"
            "User-Agent: Wget/1.21.3\r\n"
            "Accept: */*\r\n"
            "Accept-Encoding: identity\r\n"
            "Connection: Keep-Alive\r\n"
            "\r\n"),
     ""},
    {"libwww-perl",
     OCTETS("GET / HTTP/1.1\r\n"
            "TE: deflate,gzip;q=0.3\r\n"
            "Connection: TE, close\r\n"
            "Host: 127.0.0.1:8080\r\n"
            "User-Agent: libwww-perl/6.67\r\n"
            "\r\n"),
     "host-not-first@63"},
    {"Chromium fetch",
     OCTETS("POST /a HTTP/1.1\r\n"
            "Host: localhost:8080\r\n"
            "Connection: keep-alive\r\n"
            "Content-Length: 2\r\n"
            "sec-ch-ua: \"Chromium\";v=\"120\", \"Not?A_Brand\";v=\"8\"\r\n"
            "sec-ch-ua-mobile: ?0\r\n"
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36\r\n"
            "Content-Type: application/json\r\n"
            "Accept: */*\r\n"
            "Origin: http://localhost:8080\r\n"
            "Referer: http://localhost:8080/\r\n"
            "Accept-Encoding: gzip, deflate, br\r\n"
            "Accept-Language: en-US,en;q=0.9\r\n"
            "\r\n"
            "{}"),
     ""},
    {"Firefox",
     OCTETS("GET / HTTP/1.1\r\n"
            "Host: localhost:8080\r\n"
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0\r\n"
            "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
            "Accept-Language: en-US,en;q=0.5\r\n"
            "Accept-Encoding: gzip, deflate, br\r\n"
            "DNT: 1\r\n"
            "Connection: keep-alive\r\n"
            "Upgrade-Insecure-Requests: 1\r\n"
            "\r\n"),
     ""},
    {"ApacheBench",
     OCTETS("GET / HTTP/1.0\r\n"
            "Host: 127.0.0.1:8080\r\n"
            "User-Agent: ApacheBench/2.3\r\n"
            "Accept: */*\r\n"
            "\r\n"),
     ""},
};
/* clang-format on */

const size_t rules_near_row_count = COUNT_OF(rules_near_rows);
const size_t rules_real_row_count = COUNT_OF(rules_real_rows);
