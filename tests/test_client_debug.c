#include "tests/check.h"
#include "tests/client_pair.h"
#include "tests/client_server.h"
#include "tests/suites.h"

#include <stdio.h>
#include <unistd.h>

/* Lines, as http.client writes them. */
#define HEAD(start, rest)                                                                          \
    "send: b'" start " HTTP/1.1\\r\\nHost: a.test\\r\\nAccept-Encoding: identity\\r\\n" rest       \
    "\\r\\n'\n"
#define CODED    HEAD("PUT /", "Transfer-Encoding: chunked\\r\\n")
#define REPLY_OK "reply: 'HTTP/1.1 200 OK\\r\\n'\n"
#define LENGTH_0 "header: Content-Length: 0\n"
#define OK(rest) "HTTP/1.1 200 OK\r\n" rest
#define OK0      OK("Content-Length: 0\r\n\r\n")

enum { TEXT_SIZE = 4096, PIECES_MAX = 3 };

struct shown {
    char text[TEXT_SIZE];
    size_t len;
};

static void show(void *context, const char *text, size_t len)
{
    struct shown *shown = context;
    CHECK_ROW(len > 0 && text[len - 1] == '\n', "it comes by lines");
    if (len < TEXT_SIZE - shown->len)
        memcpy(shown->text + shown->len, text, len);
    shown->len += len < TEXT_SIZE - shown->len ? len : 0;
    shown->text[shown->len] = '\0';
}

static void check_shown(const char *label, const struct shown *shown, const char *wants)
{
    CHECK_ROW(strcmp(shown->text, wants) == 0, "%s: \"%s\", want \"%s\"", label, shown->text,
              wants);
}

static struct client_pair pair_that_shows(struct shown *shown)
{
    const struct client_pair pair = client_pair_new();
    struct assay_options *options = assay_connection_options(pair.connection);
    options->debug = show;
    options->debug_context = shown;
    options->block_size = 4;
    assay_set_debuglevel(pair.connection, 1);
    return pair;
}

/* What is given by pieces. */
struct given {
    const char *const *pieces;
    size_t next;
};

static enum assay_piece give_piece(void *context, struct assay_bytes *piece)
{
    struct given *given = context;
    if (given->next == PIECES_MAX || given->pieces[given->next] == NULL)
        return ASSAY_PIECES_END;
    *piece = assay_text(given->pieces[given->next++]);
    return ASSAY_PIECE;
}

static ptrdiff_t give_block(void *context, uint8_t *into, size_t size)
{
    struct assay_bytes piece = {NULL, 0};
    if (give_piece(context, &piece) != ASSAY_PIECE || piece.len > size)
        return 0;
    memcpy(into, piece.at, piece.len);
    return (ptrdiff_t)piece.len;
}

static int file_with(const char *text)
{
    int ends[2];
    CU_ASSERT_FATAL(pipe(ends) == 0);
    CU_ASSERT(write(ends[1], text, strlen(text)) == (ssize_t)strlen(text));
    close(ends[1]);
    return ends[0];
}

struct row {
    const char *label;
    const char *target;
    struct assay_field field; /* no name: none */
    enum assay_body_kind body;
    const char *pieces[PIECES_MAX];
    const char *reply;
    const char *wants;
};

static void play_row(const struct row *row)
{
    struct shown shown = {.text = ""};
    struct client_pair pair = pair_that_shows(&shown);
    struct given given = {row->pieces, 0};
    struct assay_request request = {
        .method = assay_text(row->body == ASSAY_BODY_NONE ? "GET" : "PUT"),
        .target = assay_text(row->target != NULL ? row->target : "/"),
        .fields = &row->field,
        .field_count = row->field.name.len > 0,
        .body = {.kind = row->body, .next = give_piece, .read = give_block, .context = &given},
    };
    struct assay_response *response = NULL;
    struct assay_bytes body;
    if (row->body == ASSAY_BODY_BYTES)
        request.body.bytes = assay_text(row->pieces[0]);
    if (row->body == ASSAY_BODY_FILE)
        request.body.fd = file_with(row->pieces[0]);
    CU_ASSERT(assay_request(pair.connection, &request) == ASSAY_OK);
    if (row->body == ASSAY_BODY_FILE)
        close(request.body.fd);
    client_pair_say_cut(&pair, row->reply, strlen(row->reply) / 2);
    client_pair_fin(&pair);
    if (assay_getresponse(pair.connection, &response) == ASSAY_OK)
        CU_ASSERT(assay_read_all(response, &body) == ASSAY_OK);
    check_shown(row->label, &shown, row->wants);
    assay_response_free(response);
    assay_connection_free(pair.connection);
    client_pair_close(&pair);
}

#define FIELD(name, value)                                                                         \
    {                                                                                              \
        {(const uint8_t *)(name), sizeof(name) - 1},                                               \
        {                                                                                          \
            (const uint8_t *)(value), sizeof(value) - 1                                            \
        }                                                                                          \
    }
#define NO_FIELD                                                                                   \
    {                                                                                              \
        {NULL, 0},                                                                                 \
        {                                                                                          \
            NULL, 0                                                                                \
        }                                                                                          \
    }
#define HEAD_OF(fields) HEAD("GET /", fields)

static void shows_what_is_sent(void)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"a head", "/a?b", NO_FIELD, ASSAY_BODY_NONE, {NULL}, OK0, HEAD("GET /a?b", "") REPLY_OK LENGTH_0},
        {"bytes", NULL, NO_FIELD, ASSAY_BODY_BYTES, {"abc"}, OK0, HEAD("PUT /", "Content-Length: 3\\r\\n") "send: b'abc'\n" REPLY_OK LENGTH_0},
        {"no bytes", NULL, NO_FIELD, ASSAY_BODY_BYTES, {""}, OK0, HEAD("PUT /", "Content-Length: 0\\r\\n") "Zero length chunk ignored\n" REPLY_OK LENGTH_0},
        {"a stream", NULL, NO_FIELD, ASSAY_BODY_STREAM, {"ab", "", "c"}, OK0, "Unable to determine size of <stream>\n" CODED "send: b'2\\r\\nab\\r\\n'\nZero length chunk ignored\nsend: b'1\\r\\nc\\r\\n'\nsend: b'0\\r\\n\\r\\n'\n" REPLY_OK LENGTH_0},
        {"a reader", NULL, NO_FIELD, ASSAY_BODY_READER, {"ab", "c"}, OK0, "Unable to determine size of <reader>\n" CODED "reading a readable\nsend: b'2\\r\\nab\\r\\n'\nsend: b'1\\r\\nc\\r\\n'\nsend: b'0\\r\\n\\r\\n'\n" REPLY_OK LENGTH_0},
        {"a file", NULL, NO_FIELD, ASSAY_BODY_FILE, {"abcde"}, OK0, "Unable to determine size of <file>\n" CODED "reading a readable\nsend: b'4\\r\\nabcd\\r\\n'\nsend: b'1\\r\\ne\\r\\n'\nsend: b'0\\r\\n\\r\\n'\n" REPLY_OK LENGTH_0},
        {"a length that is given", NULL, FIELD("Content-Length", "3"), ASSAY_BODY_STREAM, {"a", "bc"}, OK0, HEAD("PUT /", "Content-Length: 3\\r\\n") "send: b'a'\nsend: b'bc'\n" REPLY_OK LENGTH_0},
        {"one kind of quotes", NULL, FIELD("A", "it's"), ASSAY_BODY_NONE, {NULL}, OK0, "send: b\"GET / HTTP/1.1\\r\\nHost: a.test\\r\\nAccept-Encoding: identity\\r\\nA: it's\\r\\n\\r\\n\"\n" REPLY_OK LENGTH_0},
        {"the other kind", NULL, FIELD("A", "\"b\""), ASSAY_BODY_NONE, {NULL}, OK0, HEAD_OF("A: \"b\"\\r\\n") REPLY_OK LENGTH_0},
        {"both kinds", NULL, FIELD("A", "'\""), ASSAY_BODY_NONE, {NULL}, OK0, HEAD_OF("A: \\'\"\\r\\n") REPLY_OK LENGTH_0},
        {"octets of no ASCII", NULL, FIELD("A", "\xe9\x80\xff\t\\"), ASSAY_BODY_NONE, {NULL}, OK0, HEAD_OF("A: \\xe9\\x80\\xff\\t\\\\\\r\\n") REPLY_OK LENGTH_0},
        {"controls", NULL, NO_FIELD, ASSAY_BODY_BYTES, {"\x01\n\x1f\x7f\x1b"}, OK0, HEAD("PUT /", "Content-Length: 5\\r\\n") "send: b'\\x01\\n\\x1f\\x7f\\x1b'\n" REPLY_OK LENGTH_0},
        {"quotes in chunks", NULL, NO_FIELD, ASSAY_BODY_STREAM, {"'", "\"'"}, OK0, "Unable to determine size of <stream>\n" CODED "send: b\"1\\r\\n'\\r\\n\"\nsend: b'2\\r\\n\"\\'\\r\\n'\nsend: b'0\\r\\n\\r\\n'\n" REPLY_OK LENGTH_0},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        play_row(&rows[i]);
}

static void shows_what_comes(void)
{
    /* clang-format off */
    static const struct { const char *label, *reply, *wants; } rows[] = {
        {"fields, and no body", OK("A: b\r\na:  c d \r\nB:\r\nContent-Length: 2\r\n\r\nhi"), REPLY_OK "header: A: b\nheader: a: c d\nheader: B: \nheader: Content-Length: 2\n"},
        {"nothing", "", "reply: ''\n"},
        {"a part of the first line", "HTTP/1.1 2", "reply: 'HTTP/1.1 2'\n"},
        {"no HTTP", "hello\r\n\r\n", "reply: 'hello\\r\\n'\n"},
        {"a part of the fields", OK("A: b\r\nC"), REPLY_OK},
        {"LF alone", "HTTP/1.1 204 A\nB: c\n\n", "reply: 'HTTP/1.1 204 A\\n'\nheader: B: c\n"},
        {"interims", "HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 103 It's\r\n\r\n" OK0, "reply: 'HTTP/1.1 100 Continue\\r\\n'\nheaders: [b'A: b\\r\\n', b'\\r\\n']\nreply: \"HTTP/1.1 103 It's\\r\\n\"\nheaders: [b'\\r\\n']\n" REPLY_OK LENGTH_0},
        {"quotes in interims", "HTTP/1.1 103 A\r\nB: '\r\nC: '\"\r\nD: \xe9\r\n\r\n" OK0, "reply: 'HTTP/1.1 103 A\\r\\n'\nheaders: [b\"B: '\\r\\n\", b'C: \\'\"\\r\\n', b'D: \\xe9\\r\\n', b'\\r\\n']\n" REPLY_OK LENGTH_0},
        {"an end behind an interim", "HTTP/1.1 100 A\r\n\r\n", "reply: 'HTTP/1.1 100 A\\r\\n'\nheaders: [b'\\r\\n']\nreply: ''\n"},
        {"Latin-1 is a str", "HTTP/1.1 204 \xe9\xa0\xa1\xad\xff\x80\t\\\r\nA: \xe9\x80\r\n\r\n", "reply: 'HTTP/1.1 204 \xc3\xa9\\xa0\xc2\xa1\\xad\xc3\xbf\\x80\\t\\\\\\r\\n'\nheader: A: \xc3\xa9\xc2\x80\n"},
        {"chunks and trailers are none of it", OK("Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: u\r\n\r\n"), REPLY_OK "header: Transfer-Encoding: chunked\n"},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char wants[TEXT_SIZE];
        snprintf(wants, sizeof(wants), "%s%s", HEAD("GET /", ""), rows[i].wants);
        const struct row row = {.label = rows[i].label, .reply = rows[i].reply, .wants = wants};
        play_row(&row);
    }
}

static void shows_what_is_sent_by_hand(void)
{
    struct shown shown = {.text = ""};
    struct client_pair pair = pair_that_shows(&shown);
    static const char *const pieces[PIECES_MAX] = {"ab", "", "c"};
    struct given streamed = {pieces, 0}, read = {pieces, 2};
    const int file = file_with("de");
    const struct assay_body bodies[] = {
        {.kind = ASSAY_BODY_BYTES, .bytes = assay_text("x")},
        {.kind = ASSAY_BODY_BYTES, .bytes = assay_text("")},
        {.kind = ASSAY_BODY_STREAM, .next = give_piece, .context = &streamed},
        {.kind = ASSAY_BODY_READER, .read = give_block, .context = &read},
        {.kind = ASSAY_BODY_FILE, .fd = file},
        {.kind = ASSAY_BODY_NONE},
    };
    struct assay_response *response = NULL;
    CU_ASSERT(assay_putrequest(pair.connection, assay_text("PUT"), assay_text("/"), 0) == ASSAY_OK);
    CU_ASSERT(assay_putheader(pair.connection, assay_text("Transfer-Encoding"),
                              assay_text("chunked")) == ASSAY_OK);
    CU_ASSERT(assay_endheaders(pair.connection, NULL, true) == ASSAY_OK);
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        CU_ASSERT(assay_send(pair.connection, &bodies[i]) == ASSAY_OK);
    close(file);
    client_pair_say_cut(&pair, OK0, 0);
    CU_ASSERT(assay_getresponse(pair.connection, &response) == ASSAY_OK);
    check_shown("by hand", &shown,
                CODED
                "send: b'1\\r\\nx\\r\\n'\nsend: b''\nsend: <stream>\nsend: b'2\\r\\nab\\r\\n'\n"
                "send: b'1\\r\\nc\\r\\n'\nsend: <reader>\nsending a readable\n"
                "send: b'1\\r\\nc\\r\\n'\nsend: <file>\nsending a readable\n"
                "send: b'2\\r\\nde\\r\\n'\nsend: b'0\\r\\n\\r\\n'\n" REPLY_OK LENGTH_0);
    assay_response_free(response);
    assay_connection_free(pair.connection);
    client_pair_close(&pair);
}

static void shows_what_a_proxy_says(void)
{
    /* clang-format off */
    static const struct { const char *reply, *wants; enum assay_error error; } rows[] = {
        {"HTTP/1.1 200 Fine\r\nX-P: q\r\nY: \xe9\r\n\r\n", "reply: 'HTTP/1.1 200 Fine\\r\\n'\nheader: X-P: q\r\n\nheader: Y: \xc3\xa9\r\n\nheader: \r\n\n", ASSAY_OK},
        {"HTTP/1.1 407 No\r\nX-P: q\r\n\r\n", "reply: 'HTTP/1.1 407 No\\r\\n'\nheader: X-P: q\r\n\nheader: \r\n\n", ASSAY_TUNNEL_FAILED},
        {"HTTP/1.1 100 A\r\n\r\nHTTP/1.1 200 B\r\n\r\n", "reply: 'HTTP/1.1 100 A\\r\\n'\nheaders: [b'\\r\\n']\nreply: 'HTTP/1.1 200 B\\r\\n'\nheader: \r\n\n", ASSAY_OK},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct exchange exchange = {.reply = rows[i].reply};
        struct client_server *server = client_server_new();
        client_server_play(server, &exchange, 1);
        struct assay_connection *connection =
            assay_connection_new("127.0.0.1", client_server_port(server), NULL);
        struct shown shown = {.text = ""};
        char wants[TEXT_SIZE], trouble[256];
        *assay_connection_options(connection) = (struct assay_options){.line_size_max = 1000,
                                                                       .field_count_max = 9,
                                                                       .interim_count_max = 9,
                                                                       .fields_size_max = 1000,
                                                                       .debug = show,
                                                                       .debug_context = &shown};
        assay_set_debuglevel(connection, 2);
        CU_ASSERT(assay_set_tunnel(connection, "b.test", 443, NULL, 0) == ASSAY_OK);
        CU_ASSERT(assay_connect(connection) == rows[i].error);
        snprintf(wants, sizeof(wants),
                 "send: b'CONNECT b.test:443 HTTP/1.1\\r\\nHost: b.test:443\\r\\n\\r\\n'\n%s",
                 rows[i].wants);
        check_shown(rows[i].reply, &shown, wants);
        assay_connection_free(connection);
        CHECK_ROW(client_server_end(server, trouble, sizeof(trouble)), "%s", trouble);
    }
}

/* Where nobody takes it, it goes to standard output; at level 0 nothing does. */
static void writes_where_it_is_told(void)
{
    static const char *const wants[] = {"", HEAD("GET /", "")};
    const struct assay_request request = {.field_count = 0};
    for (int level = 0; level < 2; level++) {
        char got[TEXT_SIZE] = "";
        FILE *output = tmpfile();
        struct client_pair pair = client_pair_new();
        CU_ASSERT_FATAL(output != NULL);
        assay_set_debuglevel(pair.connection, level);
        fflush(stdout);
        const int kept = dup(STDOUT_FILENO);
        dup2(fileno(output), STDOUT_FILENO);
        const enum assay_error error = assay_request(pair.connection, &request);
        fflush(stdout);
        dup2(kept, STDOUT_FILENO);
        close(kept);
        rewind(output);
        got[fread(got, 1, sizeof(got) - 1, output)] = '\0';
        CHECK_ROW(error == ASSAY_OK && strcmp(got, wants[level]) == 0, "level %d: \"%s\"", level,
                  got);
        fclose(output);
        assay_connection_free(pair.connection);
        client_pair_close(&pair);
    }
}

CU_TestInfo client_debug_tests[] = {
    {"shows what is sent", shows_what_is_sent},
    {"shows what comes", shows_what_comes},
    {"shows what is sent by hand", shows_what_is_sent_by_hand},
    {"shows what a proxy says", shows_what_a_proxy_says},
    {"writes where it is told", writes_where_it_is_told},
    CU_TEST_INFO_NULL,
};
