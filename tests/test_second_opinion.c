/* What is said and read here, and what libmicrohttpd, which shares no line with it, makes of that.
 */
#include "harness/client/client.h"
#include "tests/check.h"
#include "tests/curl_octets.h"
#include "tests/opinion.h"
#include "tests/suites.h"
#include "wire/http.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define MIB (1024 * 1024)

enum { CUSTOM_MAX = 3 };

/* --- the bundled client against libmicrohttpd -------------------------------------------- */

enum sent { SENT_NOTHING, SENT_BYTES, SENT_STREAM, SENT_TRAILER };
enum framing { BY_NOTHING, BY_LENGTH, BY_CHUNKS, BY_CHUNKS_AND_TRAILER };

struct ask {
    const char *method, *target;
    const char *custom[CUSTOM_MAX][2]; /* fields */
    enum sent sent;
    size_t sent_len;
    enum framing framing; /* of the answer */
    size_t len;           /* of its content */
    bool expects;         /* 100-continue */
    bool ends;            /* the connection ends with it */
};

/* clang-format off */
static const struct ask asks[] = {
    {"GET", "/length/5", {{0}}, SENT_NOTHING, 0, BY_LENGTH, .len = 5},
    {"GET", "/length/0", {{0}}, SENT_NOTHING, 0, BY_LENGTH, .len = 0},
    {"HEAD", "/length/70000", {{0}}, SENT_NOTHING, 0, BY_LENGTH, .len = 0},
    {"GET", "/pieces/1", {{0}}, SENT_NOTHING, 0, BY_CHUNKS, .len = 1},
    {"GET", "/pieces/0", {{0}}, SENT_NOTHING, 0, BY_CHUNKS, .len = 0},
    {"GET", "/none", {{0}}, SENT_NOTHING, 0, BY_NOTHING, .len = 0},
    {"GET", "/pieces/100000?a=b&c=%20", {{"A", "b"}, {"a", "c, d"}, {"X-Tab", "e\tf"}}, SENT_NOTHING, 0, BY_CHUNKS, .len = 100000},
    {"GET", "/trailers/3000", {{0}}, SENT_NOTHING, 0, BY_CHUNKS_AND_TRAILER, .len = 3000},
    {"DELETE", "/none", {{0}}, SENT_NOTHING, 0, BY_NOTHING, .len = 0},
    {"POST", "/echo", {{0}}, SENT_NOTHING, 0, BY_LENGTH, .len = 0},
    {"POST", "/echo", {{0}}, SENT_BYTES, 1, BY_LENGTH, .len = 1},
    {"PUT", "/echo", {{"Content-Type", "application/octet-stream"}}, SENT_BYTES, 100000, BY_LENGTH, .len = 100000},
    {"PUT", "/echo-pieces", {{0}}, SENT_BYTES, 100000, BY_CHUNKS, .len = 100000},
    {"POST", "/echo", {{0}}, SENT_STREAM, 0, BY_LENGTH, .len = 0},
    {"POST", "/echo", {{0}}, SENT_STREAM, 17, BY_LENGTH, .len = 17},
    {"PATCH", "/echo-pieces", {{0}}, SENT_STREAM, 100000, BY_CHUNKS, .len = 100000},
    {"POST", "/echo", {{0}}, SENT_TRAILER, 300, BY_LENGTH, .len = 300},
    {"POST", "/echo", {{0}}, SENT_BYTES, 70000, BY_LENGTH, .len = 70000, .expects = true},
    {"POST", "/echo", {{0}}, SENT_STREAM, 70000, BY_LENGTH, .len = 70000, .expects = true},
    {"GET", "/last/9", {{0}}, SENT_NOTHING, 0, BY_LENGTH, .len = 9, .ends = true},
    {"GET", "/length/16777216", {{0}}, SENT_NOTHING, 0, BY_LENGTH, .len = 16 * MIB},
    {"GET", "/pieces/4194304", {{0}}, SENT_NOTHING, 0, BY_CHUNKS, .len = 4 * MIB},
    {"PUT", "/echo", {{0}}, SENT_BYTES, 16 * MIB, BY_LENGTH, .len = 16 * MIB},
    {"PUT", "/echo-pieces", {{0}}, SENT_STREAM, 4 * MIB, BY_CHUNKS, .len = 4 * MIB},
    {"BREW", "*", {{"Connection", "close"}}, SENT_NOTHING, 0, BY_LENGTH, .len = 0, .ends = true},
};
/* clang-format on */

/* A body that is given in pieces of many sizes. */
struct source {
    struct bytes left;
    size_t piece_count;
};

static enum assay_piece next_piece(void *context, struct assay_bytes *piece)
{
    enum { PIECE_STEP = 1931, PIECE_MAX = 40000 };
    struct source *source = context;
    const size_t len = 1 + source->piece_count++ * PIECE_STEP % PIECE_MAX;
    const struct bytes taken =
        bytes_take(&source->left, len < source->left.len ? len : source->left.len);
    *piece = (struct assay_bytes){taken.at, taken.len};
    return piece->len > 0 ? ASSAY_PIECE : ASSAY_PIECES_END;
}

static struct bytes make_octets(struct arena *arena, size_t len)
{
    uint8_t *octets = arena_alloc(arena, len + 1);
    for (size_t i = 0; i < len; i++)
        octets[i] = opinion_octet(i);
    return (struct bytes){octets, len};
}

static enum assay_error send_ask(struct assay_connection *connection, const struct ask *ask,
                                 struct bytes octets)
{
    static const struct assay_field trailer = {{(const uint8_t *)"X", 1},
                                               {(const uint8_t *)"y", 1}};
    struct assay_field fields[CUSTOM_MAX];
    struct source source = {.left = octets};
    struct assay_request request = {
        .method = assay_text(ask->method),
        .target = assay_text(ask->target),
        .fields = fields,
        .body = {.bytes = {octets.at, octets.len}, .next = next_piece, .context = &source},
        .expects_continue = ask->expects,
    };
    for (; request.field_count < CUSTOM_MAX && ask->custom[request.field_count][0] != NULL;
         request.field_count++)
        fields[request.field_count] =
            (struct assay_field){assay_text(ask->custom[request.field_count][0]),
                                 assay_text(ask->custom[request.field_count][1])};
    if (ask->sent != SENT_NOTHING)
        request.body.kind = ask->sent == SENT_BYTES ? ASSAY_BODY_BYTES : ASSAY_BODY_STREAM;
    request.body.trailers = &trailer;
    request.body.trailer_count = ask->sent == SENT_TRAILER;
    return assay_request(connection, &request);
}

/* Whether the content is the first `len` of opinion_octet(). */
static bool read_content(struct assay_response *response, size_t len)
{
    size_t at = 0;
    struct assay_bytes piece;
    do {
        if (assay_read_piece(response, &piece) != ASSAY_OK)
            return false;
        for (size_t i = 0; i < piece.len; i++)
            if (piece.at[i] != opinion_octet(at++))
                return false;
    } while (piece.len > 0);
    return at == len && assay_response_is_whole(response);
}

static bool has_field(struct assay_fields fields, const char *name)
{
    for (size_t i = 0; i < fields.count; i++) {
        const struct assay_bytes found = fields.items[i].name;
        if (bytes_equal_fold((struct bytes){found.at, found.len}, bytes_of(name)))
            return true;
    }
    return false;
}

static void check_answer(struct assay_response *response, const struct ask *ask, size_t row)
{
    const struct assay_fields fields = assay_getheaders(response);
    const size_t trailer_count = assay_response_trailers(response).count;
    CHECK_ROW(assay_response_status(response) == (ask->framing == BY_NOTHING ? 204 : 200),
              "answer %zu: status %d", row, assay_response_status(response));
    CHECK_ROW(read_content(response, ask->len), "answer %zu: other content", row);
    CHECK_ROW(has_field(fields, "Content-Length") == (ask->framing == BY_LENGTH),
              "answer %zu: Content-Length", row);
    CHECK_ROW(has_field(fields, "Transfer-Encoding") == (ask->framing >= BY_CHUNKS),
              "answer %zu: Transfer-Encoding", row);
    CHECK_ROW(assay_response_trailers(response).count == (ask->framing == BY_CHUNKS_AND_TRAILER),
              "answer %zu: %zu trailers", row, trailer_count);
    CHECK_ROW(assay_response_interims(response).count == ask->expects, "answer %zu: interim", row);
    CHECK_ROW(assay_response_will_close(response) == ask->ends, "answer %zu: persistence", row);
}

/* How the request should be understood: RFC 9112, and harness/client/client.h for the order. */
static void expect_fields(struct reading *reading, const struct ask *ask, uint16_t port,
                          struct arena *arena)
{
    struct reading_fields *head = &reading->head;
    const bool is_chunked = ask->sent >= SENT_STREAM;
    const char *host = arena_printf(arena, "127.0.0.1:%u", (unsigned)port);
    const char *length = arena_printf(arena, "%zu", ask->sent_len);
    reading_fields_add(head, arena, bytes_of("Host"), bytes_of(host));
    reading_fields_add(head, arena, bytes_of("Accept-Encoding"), bytes_of("identity"));
    if (is_chunked)
        reading_fields_add(head, arena, bytes_of("Transfer-Encoding"), bytes_of("chunked"));
    else if (ask->sent == SENT_BYTES || strcmp(ask->method, "POST") == 0)
        reading_fields_add(head, arena, bytes_of("Content-Length"), bytes_of(length));
    if (ask->sent == SENT_TRAILER) {
        reading_fields_add(head, arena, bytes_of("Trailer"), bytes_of("X"));
        reading_fields_add(&reading->trailers, arena, bytes_of("X"), bytes_of("y"));
    }
    if (ask->expects)
        reading_fields_add(head, arena, bytes_of("Expect"), bytes_of("100-continue"));
    for (size_t i = 0; i < CUSTOM_MAX && ask->custom[i][0] != NULL; i++)
        reading_fields_add(head, arena, bytes_of(ask->custom[i][0]), bytes_of(ask->custom[i][1]));
}

static void check_understood(const struct readings *understood, uint16_t port, struct arena *arena)
{
    CHECK_ROW(understood->count == COUNT_OF(asks), "%zu requests were understood",
              understood->count);
    for (size_t i = 0; i < COUNT_OF(asks) && i < understood->count; i++) {
        struct reading *want = arena_alloc(arena, sizeof(*want));
        want->method = bytes_of(asks[i].method);
        want->target = bytes_of(asks[i].target);
        want->body = make_octets(arena, asks[i].sent_len);
        expect_fields(want, &asks[i], port, arena);
        const char *difference = reading_difference(want, &understood->items[i], arena);
        CHECK_ROW(difference == NULL, "request %zu: %s", i, difference);
    }
}

static void the_bundled_client_is_understood_and_understands(void)
{
    struct arena *arena = arena_new();
    struct opinion *opinion = opinion_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(opinion);
    const uint16_t port = opinion_port(opinion);
    struct assay_connection *connection = assay_connection_new("127.0.0.1", port, NULL);
    size_t connection_count = 1;
    for (size_t i = 0; i < COUNT_OF(asks); i++) {
        struct assay_response *response = NULL;
        const bool is_answered =
            send_ask(connection, &asks[i], make_octets(arena, asks[i].sent_len)) == ASSAY_OK &&
            assay_getresponse(connection, &response) == ASSAY_OK;
        CHECK_ROW(is_answered, "answer %zu: %s", i, assay_connection_failure(connection)->text);
        if (is_answered)
            check_answer(response, &asks[i], i);
        assay_response_free(response);
        connection_count += asks[i].ends && i + 1 < COUNT_OF(asks);
    }
    assay_connection_free(connection);
    check_understood(opinion_end(opinion), port, arena);
    CHECK_ROW(opinion_connection_count(opinion) == connection_count, "%zu connections, want %zu",
              opinion_connection_count(opinion), connection_count);
    opinion_free(opinion);
    arena_free(arena);
}

/* --- curl's octets, read here and by libmicrohttpd ----------------------------------------- */

enum { ARGS_MAX = 12 };

struct curl_row {
    const char *args[ARGS_MAX];
    size_t count;     /* of the requests; 0: one */
    size_t input_len; /* of the standard input, which is opinion_octet()s */
};

/* clang-format off */
static const struct curl_row curl_rows[] = {
    {.args = {"URL/"}},
    {.args = {"URL/a/b%20c?d=e&f=%00#g"}},
    {.args = {"--path-as-is", "URL/a/../b/./c//d"}},
    {.args = {"--request-target", "*", "-X", "OPTIONS", "URL/"}},
    {.args = {"-I", "URL/head"}},
    {.args = {"--http1.0", "URL/"}},
    {.args = {"-X", "DELETE", "URL/x"}},
    {.args = {"-X", "M-SEARCH", "URL/x"}},
    {.args = {"-u", "user:pass word", "-b", "a=b; c=d", "-e", "http://a.test/", "-A", "agent/1 (x)", "URL/"}},
    {.args = {"-H", "A: 1", "-H", "a:2", "-H", "X-Empty;", "-H", "B: x, y;  z=\"q, r\"", "URL/"}},
    {.args = {"-H", "Accept:", "-H", "User-Agent:", "URL/"}},
    {.args = {"-H", "X: \xc3\xa9\xff", "URL/"}},
    {.args = {"--compressed", "-r", "0-99,200-", "-z", "2020-01-01", "URL/"}},
    {.args = {"-x", "URL", "--noproxy", "", "http://a.test/x?y"}},
    {.args = {"-d", "a=b&c=d", "URL/form"}},
    {.args = {"-d", "", "URL/form"}},
    {.args = {"--json", "{\"a\": 1}", "URL/json"}},
    {.args = {"-F", "a=b", "-F", "file=@-;filename=x", "URL/parts"}, .input_len = 5000},
    {.args = {"-G", "--data-urlencode", "a=b c&d", "URL/query"}},
    {.args = {"--data-binary", "@-", "URL/"}, .input_len = 200000},
    {.args = {"--data-binary", "@-", "URL/waits"}, .input_len = 3 * MIB},
    {.args = {"-T", "-", "URL/streamed"}, .input_len = 0},
    {.args = {"-T", "-", "URL/streamed"}, .input_len = 1},
    {.args = {"-T", "-", "URL/streamed"}, .input_len = 300000},
    {.args = {"-H", "Transfer-Encoding: chunked", "--data-binary", "@-", "URL/chunked"}, .input_len = 3 * MIB},
    {.args = {"URL/1", "URL/2", "URL/3"}, .count = 3},
    {.args = {"-d", "a", "URL/1", "--next", "-I", "URL/2", "--next", "-T", "-", "URL/3"}, .count = 3, .input_len = 100},
};
/* clang-format on */

static int connect_to(uint16_t port)
{
    enum { PATIENCE_S = 20 };
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Waits for the final answer to each of the requests; how many came. */
static size_t read_answers(int fd, const struct readings *requests)
{
    uint8_t received[16 * 1024];
    struct bytes input = {received, 0};
    struct http_reader reader;
    size_t count = 0;
    http_reader_init(&reader, HTTP_RESPONSES);
    while (count < requests->count) {
        const bool is_head = bytes_equal(requests->items[count].method, bytes_of("HEAD"));
        reader.answers = is_head ? HTTP_ANSWERS_HEAD : HTTP_ANSWERS_OTHER;
        const enum http_event event = http_reader_next(&reader, &input);
        if (event == HTTP_END && !reader.message.is_interim)
            count++;
        if (event == HTTP_LOST)
            break;
        if (event != HTTP_NEED_MORE)
            continue;
        const ssize_t got = recv(fd, received, sizeof(received), 0);
        if (got <= 0)
            break;
        input = (struct bytes){received, (size_t)got};
    }
    http_reader_release(&reader);
    return count;
}

static bool send_all(int fd, struct bytes octets)
{
    while (octets.len > 0) {
        const ssize_t sent = send(fd, octets.at, octets.len, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes_take(&octets, (size_t)sent);
    }
    return true;
}

/* The same octets to libmicrohttpd, and what differs in its reading. */
static void ask_for_opinion(struct bytes octets, const struct readings *ours, const char *label,
                            struct arena *arena)
{
    struct opinion *opinion = opinion_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(opinion);
    const int fd = connect_to(opinion_port(opinion));
    const bool is_sent = fd >= 0 && send_all(fd, octets);
    const size_t answered = is_sent ? read_answers(fd, ours) : 0;
    if (fd >= 0)
        close(fd);
    const struct readings *theirs = opinion_end(opinion);
    CHECK_ROW(answered == ours->count && theirs->count == ours->count,
              "%s: %zu requests, and for libmicrohttpd %zu", label, ours->count, theirs->count);
    for (size_t i = 0; i < ours->count && i < theirs->count; i++) {
        const char *difference = reading_difference(&ours->items[i], &theirs->items[i], arena);
        CHECK_ROW(difference == NULL, "%s: request %zu: %s", label, i, difference);
    }
    opinion_free(opinion);
}

/* False where there is no curl. */
static bool compare_curl(const struct curl_row *row, struct arena *arena)
{
    const char *label = "curl";
    for (size_t i = 0; row->args[i] != NULL; i++)
        label = arena_printf(arena, "%s %s", label, row->args[i]);
    struct bytes octets = {NULL, 0};
    const enum curl_result result =
        curl_octets(row->args, make_octets(arena, row->input_len), arena, &octets);
    if (result == CURL_MISSING)
        return false;
    struct readings ours = readings_new(arena);
    const bool is_clean = readings_of(&ours, arena, octets);
    const size_t want = row->count > 0 ? row->count : 1;
    CHECK_ROW(result == CURL_OK && is_clean && ours.count == want,
              "%s: %zu requests, want %zu, whole and without deviation", label, ours.count, want);
    ask_for_opinion(octets, &ours, label, arena);
    return true;
}

static void curl_is_read_alike(void)
{
    for (size_t i = 0; i < COUNT_OF(curl_rows); i++) {
        struct arena *arena = arena_new();
        const bool is_there = compare_curl(&curl_rows[i], arena);
        arena_free(arena);
        if (!is_there) {
            printf("    (left out: there is no curl) ");
            return;
        }
    }
}

CU_TestInfo second_opinion_tests[] = {
    {"the bundled client is understood, and understands",
     the_bundled_client_is_understood_and_understands},
    {"curl's octets are read alike", curl_is_read_alike},
    CU_TEST_INFO_NULL,
};
