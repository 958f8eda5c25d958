/* Scripts played on real sockets: what the client gets, and what the record says. */
#include "server/listener.h"
#include "server/peer.h"
#include "tests/check.h"
#include "tests/suites.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define TEXT(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define ALL        SIZE_MAX
#define GET        "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define GET_CLOSE  "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
#define HEAD_CLOSE "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
#define POST_HEAD  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
#define POST       POST_HEAD "hello"
#define POST_EXPECT_HEAD                                                                           \
    "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
#define REPLY    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
#define CONTINUE "HTTP/1.1 100 Continue\r\n\r\n"

static const struct piece reply_pieces[] = {{.data = TEXT(REPLY), .times = 1}};
static const struct piece head_pieces[] = {
    {.data = TEXT("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), .times = 1}};
static const struct piece large_pieces[] = {{.data = TEXT("0123456789abcdef"), .times = 1 << 20}};

#define READ(what)                                                                                 \
    {                                                                                              \
        .verb = STEP_READ, .read = (what)                                                          \
    }
#define SEND_REPLY                                                                                 \
    {                                                                                              \
        .verb = STEP_SEND, .send = { reply_pieces, 1, sizeof(REPLY) - 1 }                          \
    }
#define SEND_HEAD                                                                                  \
    {                                                                                              \
        .verb = STEP_SEND, .send = { head_pieces, 1, 38 }                                          \
    }
#define SEND_LARGE                                                                                 \
    {                                                                                              \
        .verb = STEP_SEND, .send = { large_pieces, 1, 16 << 20 }                                   \
    }
#define CLOSE(kind)                                                                                \
    {                                                                                              \
        .verb = STEP_CLOSE, .close = (kind)                                                        \
    }

enum { STEPS_MAX = 6 };

static const struct row {
    const char *label;
    struct step steps[STEPS_MAX];
    size_t step_count;
    const char *send; /* what the client sends */
    const char *then; /* and what once it has read `first_len` octets */
    size_t first_len;
    bool resets;         /* it leaves by RST, else by FIN */
    size_t read_len;     /* after having read so many octets in all; ALL: after the peer's end */
    const char *got;     /* what it read; NULL: not compared */
    const char *got_end; /* how that ended: "" when it left first, "eof", "reset" */
    const char *record;
} rows[] = {
    {"answers and lets the client close",
     {READ(READ_REQUEST), SEND_REPLY},
     2,
     GET,
     NULL,
     0,
     false,
     40,
     REPLY,
     "",
     "connect +0 received:27 =0 +1 sent:40 =1 fin-received"},
    {"closes by FIN",
     {READ(READ_REQUEST), SEND_HEAD, CLOSE(CLOSE_FIN)},
     3,
     GET,
     NULL,
     0,
     false,
     ALL,
     NULL,
     "eof",
     "connect +0 received:27 =0 +1 sent:38 =1 +2 fin-sent =2 fin-received"},
    {"closes by RST",
     {READ(READ_REQUEST), CLOSE(CLOSE_RST)},
     2,
     GET,
     NULL,
     0,
     false,
     ALL,
     "",
     "reset",
     "connect +0 received:27 =0 +1 rst-sent =1"},
    {"closes fully",
     {READ(READ_REQUEST), SEND_REPLY, CLOSE(CLOSE_FULL)},
     3,
     GET,
     NULL,
     0,
     false,
     ALL,
     REPLY,
     "eof",
     "connect +0 received:27 =0 +1 sent:40 =1 +2 closed =2"},
    {"a full close with octets unread is RST",
     {READ(READ_HEAD), CLOSE(CLOSE_FULL)},
     2,
     POST,
     NULL,
     0,
     false,
     ALL,
     "",
     "reset",
     "connect +0 received:47 =0 +1 rst-sent =1"},
    {"speaks first",
     {SEND_REPLY, READ(READ_REQUEST)},
     2,
     "",
     GET,
     40,
     false,
     ALL - 1,
     NULL,
     "",
     "connect +0 sent:40 =0 +1 received:27 =1 fin-received"},
    {"reads head, then body",
     {READ(READ_HEAD), READ(READ_BODY), SEND_REPLY},
     3,
     POST,
     NULL,
     0,
     false,
     40,
     REPLY,
     "",
     "connect +0 received:47 =0 +1 received:5 =1 +2 sent:40 =2 fin-received"},
    {"a body that is none",
     {READ(READ_HEAD), READ(READ_BODY), SEND_REPLY},
     3,
     GET,
     NULL,
     0,
     false,
     40,
     REPLY,
     "",
     "connect +0 received:27 =0 +1 =1 +2 sent:40 =2 fin-received"},
    {"reads some octets",
     {{.verb = STEP_READ, .read = READ_COUNT, .count = 3}, SEND_REPLY},
     2,
     GET,
     NULL,
     0,
     false,
     40,
     REPLY,
     "",
     "connect +0 received:3 =0 +1 sent:40 =1 received:24 fin-received"},
    {"reads no octets",
     {{.verb = STEP_READ, .read = READ_COUNT, .count = 0}, SEND_REPLY},
     2,
     GET,
     NULL,
     0,
     false,
     40,
     REPLY,
     "",
     "connect +0 =0 +1 sent:40 =1 received:27 fin-received"},
    {"reads until a text",
     {{.verb = STEP_READ, .read = READ_UNTIL, .until = TEXT("\r\n\r\n")}, SEND_REPLY},
     2,
     POST,
     NULL,
     0,
     false,
     40,
     REPLY,
     "",
     "connect +0 received:47 =0 +1 sent:40 =1 received:5 fin-received"},
    {"reads until a text that overlaps itself",
     {{.verb = STEP_READ, .read = READ_UNTIL, .until = TEXT("aab")}, SEND_REPLY},
     2,
     "xaaabc",
     NULL,
     0,
     false,
     40,
     REPLY,
     "",
     "connect +0 received:5 =0 +1 sent:40 =1 received:1 fin-received"},
    {"reads until the end",
     {READ(READ_EOF), CLOSE(CLOSE_FULL)},
     2,
     GET,
     NULL,
     0,
     false,
     0,
     "",
     "",
     "connect +0 received:27 fin-received =0 +1 closed !1"},
    {"a request that is cut",
     {READ(READ_REQUEST), SEND_REPLY},
     2,
     POST_HEAD "he",
     NULL,
     0,
     false,
     0,
     "",
     "",
     "connect +0 received:49 fin-received !0"},
    {"a client that resets",
     {READ(READ_EOF), SEND_REPLY},
     2,
     GET,
     NULL,
     0,
     true,
     0,
     "",
     "",
     "connect +0 received:27 rst-received !0"},
    {"a connection without an octet takes no script",
     {READ(READ_REQUEST), SEND_REPLY},
     2,
     "",
     NULL,
     0,
     false,
     0,
     "",
     "",
     "connect fin-received"},
    {"manners: FIN where the request asked for it",
     {READ(READ_REQUEST), SEND_REPLY},
     2,
     GET_CLOSE,
     NULL,
     0,
     false,
     ALL,
     REPLY,
     "eof",
     "connect +0 received:46 =0 +1 sent:40 =1 manners fin-sent fin-received"},
    {"manners: no FIN before the response is whole",
     {READ(READ_REQUEST), SEND_HEAD, READ(READ_EOF)},
     3,
     GET_CLOSE,
     NULL,
     0,
     false,
     38,
     NULL,
     "",
     "connect +0 received:46 =0 +1 sent:38 =1 +2 fin-received =2"},
    {"manners: the response to HEAD ends with its head",
     {READ(READ_REQUEST), SEND_HEAD},
     2,
     HEAD_CLOSE,
     NULL,
     0,
     false,
     ALL,
     NULL,
     "eof",
     "connect +0 received:47 =0 +1 sent:38 =1 manners fin-sent fin-received"},
    {"manners: an early response waits for the content",
     {READ(READ_HEAD), SEND_REPLY},
     2,
     "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\n",
     "hello",
     40,
     false,
     ALL,
     REPLY,
     "eof",
     "connect +0 received:66 =0 +1 sent:40 =1 received:5 manners fin-sent fin-received"},
    {"manners: 100 for who waits",
     {READ(READ_REQUEST), SEND_REPLY},
     2,
     POST_EXPECT_HEAD,
     "hello",
     25,
     false,
     65,
     CONTINUE REPLY,
     "",
     "connect +0 received:69 manners sent:25 received:5 =0 +1 sent:40 =1 fin-received"},
    {"manners: no 100 for who does not",
     {READ(READ_REQUEST), SEND_REPLY},
     2,
     POST_EXPECT_HEAD "hello",
     NULL,
     0,
     false,
     40,
     REPLY,
     "",
     "connect +0 received:74 =0 +1 sent:40 =1 fin-received"},
    {"no manners in a head read alone",
     {READ(READ_HEAD), SEND_REPLY},
     2,
     POST_EXPECT_HEAD,
     NULL,
     0,
     false,
     40,
     REPLY,
     "",
     "connect +0 received:69 =0 +1 sent:40 =1 fin-received"},
    {"sends more than any queue holds",
     {READ(READ_REQUEST), SEND_LARGE, CLOSE(CLOSE_FIN)},
     3,
     GET,
     NULL,
     0,
     false,
     ALL,
     NULL,
     "eof",
     "connect +0 received:27 =0 +1 sent:16777216 =1 +2 fin-sent =2 fin-received"},
    {"a client that leaves in the midst",
     {READ(READ_REQUEST), SEND_LARGE},
     2,
     GET,
     NULL,
     0,
     true,
     100,
     NULL,
     "",
     "connect +0 received:27 =0 +1 sent:* =1 rst-received"},
    {"what is not HTTP is read and recorded",
     {READ(READ_REQUEST), SEND_REPLY},
     2,
     "\x16\x03\x01\r\n",
     NULL,
     0,
     false,
     0,
     "",
     "",
     "connect +0 received:5 fin-received !0"},
};

/* --- the client, on a thread of its own ------------------------------------ */

struct client {
    const struct row *row;
    struct endpoint endpoint;
    char *got;
    size_t len, size;
    const char *end;
};

static void read_to(struct client *client, int fd, size_t len)
{
    while (client->len < len) {
        char buffer[4096];
        const size_t want = len - client->len;
        const ssize_t got = recv(fd, buffer, want < sizeof(buffer) ? want : sizeof(buffer), 0);
        if (got <= 0) {
            client->end = got == 0 ? "eof" : errno == ECONNRESET ? "reset" : strerror(errno);
            return;
        }
        if (client->len + (size_t)got <= client->size)
            memcpy(client->got + client->len, buffer, (size_t)got);
        client->len += (size_t)got;
    }
}

static void send_text(int fd, const char *text)
{
    const ssize_t sent = send(fd, text, strlen(text), MSG_NOSIGNAL);
    CHECK_ROW(sent == (ssize_t)strlen(text), "sends %s", text);
}

static void client_main(void *context)
{
    struct client *client = context;
    const struct row *row = client->row;
    struct sockaddr_in address = {.sin_family = AF_INET};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    inet_pton(AF_INET, client->endpoint.host, &address.sin_addr);
    address.sin_port = htons((uint16_t)strtoul(client->endpoint.port, NULL, 10));
    client->end = "";
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        client->end = strerror(errno);
    } else {
        send_text(fd, row->send);
        read_to(client, fd, row->first_len);
        if (row->then != NULL)
            send_text(fd, row->then);
        if (row->read_len != ALL - 1)
            read_to(client, fd, row->read_len);
    }
    const struct linger linger = {.l_onoff = row->resets, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    close(fd);
}

/* --- the record, as one line ----------------------------------------------- */

struct record {
    char text[1024];
    size_t len;
    enum event_kind last;
    uint64_t octet_count; /* of events of one kind that follow each other */
};

__attribute__((format(printf, 2, 3))) static void add(struct record *record, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int len =
        vsnprintf(record->text + record->len, sizeof(record->text) - record->len, fmt, args);
    va_end(args);
    record->len += (size_t)len;
}

/* "fin received" as " fin-received". */
static void add_name(struct record *record, enum event_kind kind)
{
    const size_t from = record->len + 1;
    add(record, " %s", event_kind_name(kind));
    for (size_t at = from; at < record->len; at++)
        if (record->text[at] == ' ')
            record->text[at] = '-';
}

static void flush(struct record *record, const char *want)
{
    const char *star = strstr(want, "sent:*");
    if (record->octet_count == 0)
        return;
    if (record->last == EVENT_SENT && star != NULL)
        add(record, " sent:*");
    else
        add(record, " %s:%llu", event_kind_name(record->last),
            (unsigned long long)record->octet_count);
    record->octet_count = 0;
}

/* "connect +0 received:27 =0": + begun, = done, ! cut. */
/* Adjacent octets of one kind are one entry: how reads cut them is no fact. */
static void write_record(struct record *record, const struct transcript *transcript,
                         const char *want)
{
    for (const struct transcript_node *node = transcript->first; node != NULL; node = node->next) {
        const struct event *event = &node->event;
        if (event->kind != record->last)
            flush(record, want);
        record->last = event->kind;
        if (event->kind == EVENT_RECEIVED || event->kind == EVENT_SENT)
            record->octet_count += event->len;
        else if (event->kind == EVENT_STEP_BEGUN)
            add(record, " +%u", event->step);
        else if (event->kind == EVENT_STEP_DONE)
            add(record, " =%u", event->step);
        else if (event->kind == EVENT_STEP_CUT)
            add(record, " !%u", event->step);
        else
            add_name(record, event->kind);
    }
    flush(record, want);
}

/* --- both together --------------------------------------------------------- */

struct stand {
    uv_loop_t loop;
    struct listener *listener;
    struct lease lease;
    struct peer_run *peer;
    struct peer_host host;
    struct transcript transcript;
    struct arena *arena;
};

static void on_accepted(void *context, int fd)
{
    struct stand *stand = context;
    peer_run_accept(stand->peer, fd);
}

static void on_changed(void *context)
{
    (void)context;
}

static void stand_open(struct stand *stand)
{
    struct diags diags = {.arena = stand->arena = arena_new()};
    uv_loop_init(&stand->loop);
    stand->listener = listener_new(&stand->loop, &diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stand->listener);
    stand->host = (struct peer_host){
        .loop = &stand->loop,
        .transcript = &stand->transcript,
        .scratch = malloc(PEER_SCRATCH_SIZE),
        .changed = on_changed,
    };
    stand->lease.accepted = on_accepted;
    stand->lease.context = stand;
}

static void stand_close(struct stand *stand)
{
    listener_close(stand->listener);
    uv_run(&stand->loop, UV_RUN_DEFAULT);
    CHECK_ROW(uv_loop_close(&stand->loop) == 0, "every handle is closed");
    free(stand->host.scratch);
    arena_free(stand->arena);
}

/* Plays until the client's last connection has come to its end. */
static void play(struct stand *stand, struct client *client)
{
    uv_thread_t thread;
    client->endpoint = stand->lease.endpoint;
    uv_thread_create(&thread, client_main, client);
    do
        uv_run(&stand->loop, UV_RUN_ONCE);
    while (stand->transcript.first == NULL || !peer_run_settle(stand->peer));
    uv_thread_join(&thread);
}

static void check_got(const struct client *client)
{
    const struct row *row = client->row;
    CHECK_ROW(strcmp(client->end, row->got_end) == 0, "%s: ended by \"%s\", want \"%s\"",
              row->label, client->end, row->got_end);
    if (row->got != NULL)
        CHECK_ROW(client->len == strlen(row->got) &&
                      memcmp(client->got, row->got, client->len) == 0,
                  "%s: got %zu octets", row->label, client->len);
}

static void play_row(struct stand *stand, const struct row *row)
{
    const struct script script = {row->steps, row->step_count};
    const struct peer peer = {.name = "origin", .connections = &script, .connection_count = 1};
    char got[256];
    struct client client = {.row = row, .got = got, .size = sizeof(got)};
    struct record record = {.last = EVENT_KIND_COUNT};
    arena_reset(stand->arena);
    transcript_init(&stand->transcript, stand->arena, NULL, NULL);
    stand->host.is_runaway = false;
    CHECK_ROW(listener_lease(stand->listener, &stand->lease), "%s: lease", row->label);
    stand->peer = peer_run_new(&peer, 0, &stand->host);
    play(stand, &client);
    peer_run_end(stand->peer);
    listener_give_back(stand->listener, &stand->lease);
    check_got(&client);
    write_record(&record, &stand->transcript, row->record);
    CHECK_ROW(strcmp(record.text + 1, row->record) == 0, "%s: \"%s\", want \"%s\"", row->label,
              record.text + 1, row->record);
}

static void plays_every_row(void)
{
    struct stand stand = {.arena = NULL};
    stand_open(&stand);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        play_row(&stand, &rows[i]);
    stand_close(&stand);
}

CU_TestInfo peer_tests[] = {
    {"plays every row", plays_every_row},
    CU_TEST_INFO_NULL,
};
