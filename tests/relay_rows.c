#include "tests/relay_rows.h"

#include "tests/check.h"

#define TEXT(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define PIECES(name, text)                                                                         \
    static const struct piece name[] = {{.data = TEXT(text), .times = 1}};                         \
    enum { name##_len = sizeof(text) - 1 }
#define SEND(name)                                                                                 \
    {                                                                                              \
        .verb = STEP_SEND, .send = { name, 1, name##_len }                                         \
    }
#define SEND_EACH_BYTE(name)                                                                       \
    {                                                                                              \
        .verb = STEP_SEND, .send = {name, 1, name##_len}, .segmentation = SEGMENTS_EACH_BYTE       \
    }
#define READ(what)                                                                                 \
    {                                                                                              \
        .verb = STEP_READ, .read = (what)                                                          \
    }
#define READ_SOME(len)                                                                             \
    {                                                                                              \
        .verb = STEP_READ, .read = READ_COUNT, .count = (len)                                      \
    }
#define CLOSE(kind)                                                                                \
    {                                                                                              \
        .verb = STEP_CLOSE, .close = (kind)                                                        \
    }
#define RELAY                                                                                      \
    {                                                                                              \
        .verb = STEP_RELAY                                                                         \
    }
#define CUT(way, octets, how)                                                                      \
    {                                                                                              \
        .verb = STEP_RELAY, .way = {.is_set = true, .after = (octets), .end = (how) }              \
    }
#define FORWARD                                                                                    \
    {                                                                                              \
        .verb = STEP_FORWARD                                                                       \
    }

PIECES(pong, "pong");
PIECES(hey, "hey");

#define REPLY_HEAD  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
#define REPLY       REPLY_HEAD "\r\nhi"
#define VIA         "Via: 1.1 assay\r\n"
#define FORWARDED   REPLY_HEAD VIA "\r\nhi"
#define ADDED       VIA "Connection: close\r\n\r\n"
#define GET         "GET http://origin.test/a?b HTTP/1.1\r\nHost: x\r\n\r\n"
#define ORIGIN_GET  "GET /a?b HTTP/1.1\r\nHost: origin.test\r\n" ADDED
#define BAD         "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
#define BAD_GATEWAY "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"

PIECES(reply, REPLY);
PIECES(said_0, "HTTP/1.1 200 OK\r\nConnection: x\r\nX: 1\r\nKeep-Alive: 2\r\nProxy-Authenticate: "
               "Basic\r\nY: 3\r\nContent-Length: 0\r\n\r\n");
PIECES(said_1, "HTTP/1.1 103 Early Hints\r\nL: 1\r\n\r\nHTTP/1.1 102 P\r\n\r\nHTTP/1.1 200 "
               "OK\r\nContent-Length: 2\r\n\r\nhi");
PIECES(said_2,
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nab\r\n0\r\nT: 1\r\n\r\n");
PIECES(said_3, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
PIECES(said_4, "HTTP/1.0 200 OK\r\n\r\nall of it");
PIECES(said_5, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal");
PIECES(said_6, "hello\r\n\r\n");
PIECES(said_7, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi");
PIECES(said_8, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n");
PIECES(said_9, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz");
PIECES(said_10, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");

/* clang-format off */
const struct relay_row relay_rows[] = {
    {.client = {"octets both ways, and the client ends first", {RELAY}, 1, "ping", HALF_CLOSE, 4, false, READ_ALL,
        "pong", "eof", "connect +0 joined received:4 sent:4 fin-received fin-sent =0"},
     .origin = {READ_SOME(4), SEND(pong), READ(READ_EOF), CLOSE(CLOSE_FIN)}, .origin_count = 4,
     .origin_record = "connect +0 received:4 =0 +1 sent:4 =1 +2 fin-received =2 +3 fin-sent =3"},
    {.client = {"the origin ends first", {RELAY}, 1, "", "ping", 5, false, READ_NONE, "pong", "eof",
        "connect +0 joined sent:4 fin-sent received:4 fin-received =0"},
     .origin = {SEND(pong), CLOSE(CLOSE_FIN), READ(READ_EOF)}, .origin_count = 3,
     .origin_record = "connect +0 sent:4 =0 +1 fin-sent =1 +2 received:4 fin-received =2"},
    {.client = {"the origin resets at once", {RELAY}, 1, "", NULL, 0, false, READ_ALL, "", "reset",
        "connect +0 joined rst-sent =0"},
     .origin = {CLOSE(CLOSE_RST)}, .origin_count = 1,
     .origin_record = "connect +0 rst-sent =0"},
    {.client = {"the origin resets behind what it sent", {RELAY}, 1, "ping", NULL, 0, false, READ_ALL, "pong",
        "reset", "connect +0 joined received:4 sent:4 rst-sent =0"},
     .origin = {READ_SOME(4), SEND(pong), CLOSE(CLOSE_RST)}, .origin_count = 3,
     .origin_record = "connect +0 received:4 =0 +1 sent:4 =1 +2 rst-sent =2"},
    {.client = {"the client resets", {RELAY}, 1, "ping", NULL, 0, true, 4, "pong", "",
        "connect +0 joined received:4 sent:4 rst-received =0"},
     .origin = {READ_SOME(4), SEND(pong), READ(READ_EOF)}, .origin_count = 3,
     .origin_record = "connect +0 received:4 =0 +1 sent:4 =1 +2 rst-received !2"},
    {.client = {"nobody listens", {RELAY}, 1, "", NULL, 0, false, READ_ALL, "", "reset",
        "connect +0 join-failed rst-sent =0"},
     .origin = {READ(READ_EOF)}, .origin_count = 1,
     .origin_record = "", .refuses = true},
    {.client = {"down, cut by FIN", {CUT(down, 4, CUT_FIN)}, 1, "", NULL, 0, false, READ_ALL, "HTTP", "eof",
        "connect +0 joined sent:4 relay-cut fin-sent =0 fin-received"},
     .origin = {SEND(reply), READ(READ_EOF)}, .origin_count = 2,
     .origin_record = "connect +0 sent:40 =0 +1 rst-received !1"},
    {.client = {"down, cut by RST", {CUT(down, 4, CUT_RST)}, 1, "", NULL, 0, false, READ_ALL, "HTTP", "reset",
        "connect +0 joined sent:4 relay-cut rst-sent =0"},
     .origin = {SEND(reply), READ(READ_EOF)}, .origin_count = 2,
     .origin_record = "connect +0 sent:40 =0 +1 rst-received !1"},
    {.client = {"down, cut by silence", {CUT(down, 4, CUT_SILENCE)}, 1, "", NULL, 0, false, 4, "HTTP", "",
        "connect +0 joined sent:4 relay-cut =0 fin-received"},
     .origin = {SEND(reply), READ(READ_EOF)}, .origin_count = 2,
     .origin_record = "connect +0 sent:40 =0 +1", .is_silent = true},
    {.client = {"down, cut by FIN at once", {CUT(down, 0, CUT_FIN)}, 1, "", NULL, 0, false, READ_ALL, "", "eof",
        "connect +0 joined relay-cut fin-sent =0 fin-received"},
     .origin = {SEND(reply), READ(READ_EOF)}, .origin_count = 2,
     .origin_record = NULL},
    {.client = {"down, cut by RST at once", {CUT(down, 0, CUT_RST)}, 1, "", NULL, 0, false, READ_ALL, "", "reset",
        "connect +0 joined relay-cut rst-sent =0"},
     .origin = {SEND(reply), READ(READ_EOF)}, .origin_count = 2,
     .origin_record = NULL},
    {.client = {"down, silent at once", {CUT(down, 0, CUT_SILENCE), SEND(hey)}, 2, "", NULL, 0, false, 3, "hey", "",
        "connect +0 joined relay-cut =0 +1 sent:3 =1 fin-received"},
     .origin = {SEND(reply), READ(READ_EOF)}, .origin_count = 2,
     .origin_record = NULL, .is_silent = true},
    {.client = {"up, cut by FIN", {CUT(up, 4, CUT_FIN)}, 1, "pingping", NULL, 0, false, READ_ALL, "", "eof",
        "connect +0 joined received:4 relay-cut fin-sent =0 received:4 fin-received"},
     .origin = {READ(READ_EOF), CLOSE(CLOSE_FIN)}, .origin_count = 2,
     .origin_record = "connect +0 received:4 fin-received =0 +1 fin-sent =1"},
    {.client = {"up, cut by RST", {CUT(up, 4, CUT_RST)}, 1, "pingping", NULL, 0, false, READ_ALL, "", "reset",
        "connect +0 joined received:4 relay-cut rst-sent =0"},
     .origin = {READ(READ_EOF), CLOSE(CLOSE_FIN)}, .origin_count = 2,
     .origin_record = "connect +0 received:4 rst-received !0"},
    {.client = {"up, cut by silence", {CUT(up, 4, CUT_SILENCE), SEND(hey)}, 2, "pingping", NULL, 0, false, 3, "hey",
        "", "connect +0 joined received:4 relay-cut =0 +1 sent:3 =1 received:4 fin-received"},
     .origin = {READ(READ_EOF), CLOSE(CLOSE_FIN)}, .origin_count = 2,
     .origin_record = "connect +0 received:4", .is_silent = true},
    {.client = {"up, cut by FIN at once", {CUT(up, 0, CUT_FIN)}, 1, "pingping", NULL, 0, false, READ_ALL, "pong",
        "eof", "connect +0 joined relay-cut sent:4 fin-sent =0 received:8 fin-received"},
     .origin = {SEND(pong), READ(READ_EOF), CLOSE(CLOSE_FIN)}, .origin_count = 3,
     .origin_record = "connect +0 sent:4 !0 +1 fin-received =1 +2 fin-sent =2"},
    {.client = {"up, cut by RST at once", {CUT(up, 0, CUT_RST)}, 1, "", NULL, 0, false, READ_ALL, "", "reset",
        "connect +0 joined relay-cut rst-sent =0"},
     .origin = {READ(READ_EOF), CLOSE(CLOSE_FIN)}, .origin_count = 2,
     .origin_record = NULL},
    {.client = {"up, silent at once", {CUT(up, 0, CUT_SILENCE), SEND(hey)}, 2, "pingping", NULL, 0, false, 3, "hey",
        "", "connect +0 joined relay-cut =0 +1 sent:3 =1 received:8 fin-received"},
     .origin = {READ(READ_EOF), CLOSE(CLOSE_FIN)}, .origin_count = 2,
     .origin_record = "connect", .is_silent = true},
    {.client = {"silence upwards is silence downwards", {CUT(up, 4, CUT_SILENCE), SEND(hey)}, 2, "ping", NULL, 0,
        false, 3, "hey", "", "connect +0 joined received:4 relay-cut =0 +1 sent:3 =1 fin-received"},
     .origin = {READ_SOME(4), SEND(pong), READ(READ_EOF)}, .origin_count = 3,
     .origin_record = NULL, .is_silent = true},
    {.client = {"segments arrive apart, and drained means read", {RELAY}, 1, "", NULL, 0, false, READ_ALL, "hey",
        "eof", "connect +0 joined sent:3 fin-sent fin-received =0"},
     .origin = {SEND_EACH_BYTE(hey), {.verb = STEP_WAIT, .wait = WAIT_DRAINED}, CLOSE(CLOSE_FIN)}, .origin_count = 3,
     .origin_record = "connect +0 sent:1 proved sent:1 proved sent:1 =0 +1 proved =1 +2 " "fin-sent =2 fin-received",
        .is_by_octet = true},
};
const size_t relay_row_count = COUNT_OF(relay_rows);

const struct relay_row forward_rows[] = {
    {.client = {"a request and its response", {FORWARD}, 1, GET, NULL, 0, false, 56, FORWARDED, "",
        "connect +0 received:48 forwards sent:56 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(reply)}, .origin_count = 2,
     .origin_record = "connect +0 received:75 =0 +1 sent:40 =1 manners fin-sent fin-received", .origin_got =
        ORIGIN_GET},
    {.client = {"an empty path is /", {FORWARD}, 1, "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", NULL, 0, false, 56,
        FORWARDED, "", "connect +0 received:34 forwards sent:56 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(reply)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = "GET / HTTP/1.1\r\nHost: a\r\n" ADDED},
    {.client = {"a query without path", {FORWARD}, 1, "GET HTTP://u:p@a:80?q HTTP/1.1\r\nHost: a\r\n\r\n", NULL, 0,
        false, 56, FORWARDED, "", "connect +0 received:43 forwards sent:56 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(reply)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = "GET /?q HTTP/1.1\r\nHost: a:80\r\n" ADDED},
    {.client = {"OPTIONS without path is *", {FORWARD}, 1,
        "OPTIONS http://a HTTP/1.1\r\nHost: a\r\nMax-Forwards: 2\r\n\r\n", NULL, 0, false, 56, FORWARDED, "",
        "connect +0 received:55 forwards sent:56 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(reply)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = "OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 1\r\n" ADDED},
    {.client = {"fields of the hop stay behind", {FORWARD}, 1,
        "GET http://a/ HTTP/1.1\r\nHost: a\r\nX: 1\r\nConnection: X, keep-alive, , "
        "Host\r\nKeep-Alive: 1\r\nproxy-connection: y\r\nTE: trailers\r\nUpgrade: "
        "h2c\r\nProxy-Authorization: Basic eA==\r\nx: 2\r\nY: 3\r\nVia: 1.1 " "b\r\nMax-Forwards: 0\r\n\r\n", NULL, 0,
        false, 56, FORWARDED, "", "connect +0 received:214 forwards sent:56 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(reply)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = "GET / HTTP/1.1\r\nHost: a\r\nY: 3\r\nVia: 1.1 b\r\nMax-Forwards: 0\r\n"
        ADDED},
    {.client = {"the framing stays, whatever Connection says", {FORWARD}, 1,
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nConnection: " "content-length\r\nContent-Length: 3\r\n\r\nabc", NULL,
        0, false, 56, FORWARDED, "", "connect +0 received:83 forwards received:3 sent:56 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(reply)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nVia: 1.1 "
        "assay\r\nConnection: close\r\n\r\nabc"},
    {.client = {"chunks as they are, without Content-Length", {FORWARD}, 1,
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: "
        "3\r\nTrailer: T\r\n\r\n2;x\r\nab\r\n0\r\nT: 1\r\n\r\n", NULL, 0, false, 56, FORWARDED, "",
        "connect +0 received:95 forwards received:20 sent:56 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(reply)}, .origin_count = 2,
     .origin_record = NULL, .origin_got =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\nVia: 1.1 "
        "assay\r\nConnection: close\r\n\r\n2;x\r\nab\r\n0\r\nT: 1\r\n\r\n"},
    {.client = {"HTTP/1.0 stays it, and ends", {FORWARD}, 1, "GET http://a/ HTTP/1.0\r\n\r\n", NULL, 0, false,
        READ_ALL, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nVia: 1.1 assay\r\nConnection: " "close\r\n\r\nhi", "eof",
        "connect +0 received:26 forwards sent:75 =0 manners fin-sent fin-received"},
     .origin = {READ(READ_REQUEST), SEND(reply)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = "GET / HTTP/1.0\r\nHost: a\r\nVia: 1.0 assay\r\nConnection: close\r\n\r\n"},
    {.client = {"fields of the hop stay in the response", {FORWARD}, 1, GET, NULL, 0, false, 60,
        "HTTP/1.1 200 OK\r\nY: 3\r\nContent-Length: 0\r\nVia: 1.1 assay\r\n\r\n", "",
        "connect +0 received:48 forwards sent:60 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(said_0)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = ORIGIN_GET},
    {.client = {"interim responses", {FORWARD}, 1, GET, NULL, 0, false, 140,
        "HTTP/1.1 103 Early Hints\r\nL: 1\r\nVia: 1.1 assay\r\n\r\nHTTP/1.1 102 P\r\nVia: 1.1 "
        "assay\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nVia: 1.1 assay\r\n\r\nhi", "",
        "connect +0 received:48 forwards sent:140 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(said_1)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = ORIGIN_GET},
    {.client = {"chunks back", {FORWARD}, 1, GET, NULL, 0, false, 83,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nVia: 1.1 " "assay\r\n\r\n2;x\r\nab\r\n0\r\nT: 1\r\n\r\n",
        "", "connect +0 received:48 forwards sent:83 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(said_2)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = ORIGIN_GET},
    {.client = {"a response to HEAD", {FORWARD}, 1, "HEAD http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", NULL, 0, false, 54,
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nVia: 1.1 assay\r\n\r\n", "",
        "connect +0 received:36 forwards sent:54 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(said_3)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = "HEAD / HTTP/1.1\r\nHost: a\r\n" ADDED},
    {.client = {"a response that ends with the connection", {FORWARD}, 1, GET, NULL, 0, false, READ_ALL,
        "HTTP/1.1 200 OK\r\nVia: 1.0 assay\r\nConnection: close\r\n\r\nall of it", "eof",
        "connect +0 received:48 forwards sent:63 fin-sent =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(said_4), CLOSE(CLOSE_FIN)}, .origin_count = 3,
     .origin_record = NULL, .origin_got = ORIGIN_GET},
    {.client = {"a response that ends too early", {FORWARD}, 1, GET, NULL, 0, false, READ_ALL,
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nVia: 1.1 assay\r\n\r\nhal", "eof",
        "connect +0 received:48 forwards sent:57 fin-sent =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(said_5), CLOSE(CLOSE_FULL)}, .origin_count = 3,
     .origin_record = NULL, .origin_got = ORIGIN_GET},
    {.client = {"a response that is reset", {FORWARD}, 1, GET, NULL, 0, false, READ_ALL,
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nVia: 1.1 assay\r\n\r\nhal", "reset",
        "connect +0 received:48 forwards sent:57 rst-sent =0"},
     .origin = {READ(READ_REQUEST), SEND(said_5), CLOSE(CLOSE_RST)}, .origin_count = 3,
     .origin_record = NULL, .origin_got = ORIGIN_GET},
    {.client = {"no response, and FIN", {FORWARD}, 1, GET, NULL, 0, false, READ_ALL, "", "eof",
        "connect +0 received:48 forwards fin-sent =0 fin-received"},
     .origin = {READ(READ_REQUEST), CLOSE(CLOSE_FIN)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = ORIGIN_GET},
    {.client = {"no response, and RST", {FORWARD}, 1, GET, NULL, 0, false, READ_ALL, "", "reset",
        "connect +0 received:48 forwards rst-sent =0"},
     .origin = {CLOSE(CLOSE_RST)}, .origin_count = 1,
     .origin_record = NULL},
    {.client = {"no HTTP back", {FORWARD}, 1, GET, NULL, 0, false, 47, BAD_GATEWAY, "",
        "connect +0 received:48 forwards manners sent:47 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(said_6)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = ORIGIN_GET},
    {.client = {"two lengths back", {FORWARD}, 1, GET, NULL, 0, false, 47, BAD_GATEWAY, "",
        "connect +0 received:48 forwards manners sent:47 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(said_7)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = ORIGIN_GET},
    {.client = {"a protocol that nobody asked for", {FORWARD}, 1, GET, NULL, 0, false, 47, BAD_GATEWAY, "",
        "connect +0 received:48 forwards manners sent:47 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(said_8)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = ORIGIN_GET},
    {.client = {"broken chunks go on as they are", {FORWARD}, 1, GET, NULL, 0, false, READ_ALL,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nVia: 1.1 assay\r\n\r\nxyz", "eof",
        "connect +0 received:48 forwards sent:66 fin-sent =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(said_9), CLOSE(CLOSE_FIN)}, .origin_count = 3,
     .origin_record = NULL, .origin_got = ORIGIN_GET},
    {.client = {"origin-form", {FORWARD}, 1, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", NULL, 0, false, 47, BAD, "",
        "connect +0 received:27 manners sent:47 =0 fin-received"},
     .origin = {READ(READ_REQUEST)}, .origin_count = 1,
     .origin_record = ""},
    {.client = {"CONNECT", {FORWARD}, 1, "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", NULL, 0, false, 47, BAD, "",
        "connect +0 received:37 manners sent:47 =0 fin-received"},
     .origin = {READ(READ_REQUEST)}, .origin_count = 1,
     .origin_record = ""},
    {.client = {"a scheme that is not http", {FORWARD}, 1, "GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n", NULL, 0,
        false, 47, BAD, "", "connect +0 received:36 manners sent:47 =0 fin-received"},
     .origin = {READ(READ_REQUEST)}, .origin_count = 1,
     .origin_record = ""},
    {.client = {"no authority", {FORWARD}, 1, "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n", NULL, 0, false, 47, BAD,
        "", "connect +0 received:35 manners sent:47 =0 fin-received"},
     .origin = {READ(READ_REQUEST)}, .origin_count = 1,
     .origin_record = ""},
    {.client = {"no HTTP", {FORWARD}, 1, "hello\r\n\r\n", NULL, 0, false, READ_ALL, BAD, "eof",
        "connect +0 received:9 manners sent:47 fin-sent !0 fin-received"},
     .origin = {READ(READ_REQUEST)}, .origin_count = 1,
     .origin_record = ""},
    {.client = {"OPTIONS that goes no further", {FORWARD}, 1,
        "OPTIONS http://a/ HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n", NULL, 0, false, 38,
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", "connect +0 received:56 manners sent:38 =0 fin-received"},
     .origin = {READ(READ_REQUEST)}, .origin_count = 1,
     .origin_record = ""},
    {.client = {"TRACE that goes no further", {FORWARD}, 1,
        "TRACE http://a/ HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n", NULL, 0, false, 51,
        "HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n", "",
        "connect +0 received:54 manners sent:51 =0 fin-received"},
     .origin = {READ(READ_REQUEST)}, .origin_count = 1,
     .origin_record = ""},
    {.client = {"nobody listens", {FORWARD}, 1, GET, NULL, 0, false, 47, BAD_GATEWAY, "",
        "connect +0 received:48 join-failed manners sent:47 =0 fin-received"},
     .origin = {READ(READ_REQUEST)}, .origin_count = 1,
     .origin_record = "", .refuses = true},
    {.client = {"two requests, a connection each", {FORWARD, FORWARD}, 2,
        "GET http://origin.test/a?b HTTP/1.1\r\nHost: x\r\n\r\nGET "
        "http://origin.test/a?b HTTP/1.1\r\nHost: x\r\n\r\n", NULL, 0, false, 112,
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nVia: 1.1 assay\r\n\r\nhiHTTP/1.1 200 "
        "OK\r\nContent-Length: 2\r\nVia: 1.1 assay\r\n\r\nhi", "",
        "connect +0 received:48 forwards sent:56 =0 +1 received:48 forwards sent:56 =1 " "fin-received"},
     .origin = {READ(READ_REQUEST), SEND(reply)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = "GET /a?b HTTP/1.1\r\nHost: origin.test\r\nVia: 1.1 assay\r\nConnection: "
        "close\r\n\r\nGET /a?b HTTP/1.1\r\nHost: origin.test\r\n" ADDED},
    {.client = {"FIN where the request asks for it", {FORWARD}, 1,
        "GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", NULL, 0, false, READ_ALL,
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nVia: 1.1 assay\r\nConnection: " "close\r\n\r\nhi", "eof",
        "connect +0 received:54 forwards sent:75 =0 manners fin-sent fin-received"},
     .origin = {READ(READ_REQUEST), SEND(reply)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = "GET / HTTP/1.1\r\nHost: a\r\n" ADDED},
    {.client = {"Expect goes on, and 100 comes back", {FORWARD}, 1,
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: " "3\r\n\r\n", "abc", 41,
        false, 97, "HTTP/1.1 100 Continue\r\nVia: 1.1 assay\r\n\r\nHTTP/1.1 200 "
        "OK\r\nContent-Length: 2\r\nVia: 1.1 assay\r\n\r\nhi", "",
        "connect +0 received:77 forwards sent:41 received:3 sent:56 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(reply)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: "
        "3\r\nVia: 1.1 assay\r\nConnection: close\r\n\r\nabc"},
    {.client = {"a response before the content", {FORWARD}, 1,
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n", "abc", 56, false, 56, FORWARDED, "",
        "connect +0 received:55 forwards sent:56 =0 received:3 fin-received"},
     .origin = {READ(READ_HEAD), SEND(reply)}, .origin_count = 2,
     .origin_record = NULL},
    {.client = {"the client leaves before the response", {FORWARD}, 1, GET, NULL, 0, false, 0, "", "",
        "connect +0 received:48 forwards fin-received =0"},
     .origin = {READ(READ_REQUEST), READ(READ_EOF)}, .origin_count = 2,
     .origin_record = "connect +0 received:75 =0 +1 fin-received =1", .origin_got = ORIGIN_GET},
    {.client = {"the client leaves without a request", {FORWARD}, 1, "GET", NULL, 0, false, 0, "", "",
        "connect +0 received:3 fin-received !0"},
     .origin = {READ(READ_REQUEST)}, .origin_count = 1,
     .origin_record = ""},
    {.client = {"a half-closed client gets its response", {FORWARD}, 1,
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na", HALF_CLOSE, 0, false, 56, FORWARDED, "",
        "connect +0 received:55 forwards received:1 fin-received sent:56 =0"},
     .origin = {READ(READ_EOF), SEND(reply)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nVia: 1.1 "
        "assay\r\nConnection: close\r\n\r\na"},
    {.client = {"content in segments arrives so", {FORWARD}, 1, GET, NULL, 0, false, 57,
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nVia: 1.1 assay\r\n\r\nhey", "",
        "connect +0 received:48 forwards sent:57 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(said_10), {.verb = STEP_WAIT, .wait = WAIT_DRAINED}, SEND_EACH_BYTE(hey)},
        .origin_count = 4,
     .origin_record = "connect +0 received:75 =0 +1 sent:38 =1 +2 proved =2 +3 sent:1 proved "
        "sent:1 proved sent:1 =3 manners fin-sent fin-received"},
    {.client = {"behind a route", {FORWARD}, 1, GET, NULL, 0, false, 56, FORWARDED, "",
        "connect received:48 +0 forwards sent:56 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(reply)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = ORIGIN_GET, .is_routed = true},
    {.client = {"content behind a route", {FORWARD}, 1,
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", NULL, 0, false, 56, FORWARDED, "",
        "connect received:55 +0 forwards received:3 sent:56 =0 fin-received"},
     .origin = {READ(READ_REQUEST), SEND(reply)}, .origin_count = 2,
     .origin_record = NULL, .origin_got = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nVia: 1.1 "
        "assay\r\nConnection: close\r\n\r\nabc", .is_routed = true},
    {.client = {"two lengths", {FORWARD}, 1,
        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", NULL, 0, false,
        READ_ALL, BAD, "eof", "connect +0 received:74 manners sent:47 fin-sent !0 fin-received"},
     .origin = {READ(READ_REQUEST)}, .origin_count = 1,
     .origin_record = ""},
};
/* clang-format on */
const size_t forward_row_count = COUNT_OF(forward_rows);
