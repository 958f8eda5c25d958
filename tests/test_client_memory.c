#include "tests/check.h"
#include "tests/client_plays.h"
#include "tests/failing_memory.h"
#include "tests/suites.h"

#include <stdio.h>
#include <unistd.h>

#define CHUNKED  "Transfer-Encoding: chunked\r\n"
#define OK(rest) "HTTP/1.1 200 OK\r\n" rest
#define OK5      OK("Content-Length: 5\r\n\r\nhello")
#define OK5_GOT  "200 OK; ; hello"
/* Folded, so that the reader has to gather it; and more lines than a list first has room for. */
#define FIELDS "A: " LONG_TEXT "\r\n b\r\nA: 2\r\nB:\r\nC:\r\nD:\r\nE:\r\nF:\r\nG:\r\nH:\r\n"
#define RICH                                                                                       \
    "HTTP/1.1 103 Early\r\n" FIELDS "\r\nHTTP/1.1 200 Fine\r\n" FIELDS CHUNKED                     \
    "\r\n6;a=b\r\nhello\n\r\n5\r\nworld\r\n0\r\nT: " LONG_TEXT "\r\n u\r\n\r\n"
#define RICH_GOT          "103 200 Fine; " LONG_TEXT "   b, 2; hello\nworld; " LONG_TEXT "   u"
#define PUT               "PUT / HTTP/1.1\r\nHost: 127.0.0.1:@\r\nAccept-Encoding: identity\r\n"
#define PUT_CHUNKED(rest) PUT CHUNKED rest "\r\n5\r\nhello\r\n0\r\n"

/* Steps and requests. */
/* clang-format off */
#define ACCEPT         {TLS_ACCEPT, NULL, 0}
#define START          {TLS_START, NULL, MINTED_VALID}
#define REFUSED(kind)  {TLS_REFUSED, NULL, MINTED_##kind}
#define WANT(octets)   {TLS_WANT, octets, 0}
#define READ           {TLS_WANT, NULL, 0}
#define SEND(octets)   {TLS_SEND, octets, 0}
#define AGAIN(number)  {TLS_AGAIN, NULL, number}
#define GETS(reply)    {ACCEPT, READ, SEND(reply), AGAIN(1)}
#define PUTS(octets)   {ACCEPT, WANT(octets), SEND(OK5), AGAIN(1)}
#define TEXT(text)     {(const uint8_t *)(text), sizeof(text) - 1}
#define IN(...)        {.method = TEXT("PUT"), .body = {__VA_ARGS__}}
#define IN_CODED(...)  {.method = TEXT("PUT"), .fields = &coding, .field_count = 1, .body = {__VA_ARGS__}}
/* clang-format on */

/* Whose allocation fails, which, and whether all behind it do too. */
struct shortage {
    enum failing_memory_of of;
    size_t nth;
    enum failing_memory_for how;
};

static const char *name_of(const struct shortage *shortage, char into[static 64])
{
    snprintf(into, 64, "without %s allocation %zu%s",
             shortage->of == FAILING_MEMORY_OURS ? "our" : "OpenSSL's", shortage->nth,
             shortage->how == FAILING_MEMORY_ONCE ? "" : " and all behind it");
    return into;
}

/* OpenSSL does not always say that memory is what it lacks. */
static bool is_no_memory(const char *got, enum failing_memory_of of)
{
    return strcmp(got, "MemoryError") == 0 ||
           (of == FAILING_MEMORY_OPENSSL &&
            (strcmp(got, "SSLError") == 0 || strcmp(got, "SSLCertVerificationError") == 0));
}

/* Whether each line of `shown` is a line of `whole`, in their order. */
static bool has_lines(const char *whole, const char *shown)
{
    for (; *shown != '\0'; shown = strchr(shown, '\n') + 1) {
        const size_t len = strcspn(shown, "\n") + 1;
        while (strncmp(whole, shown, len) != 0) {
            whole = strchr(whole, '\n');
            if (whole == NULL)
                return false;
            whole++;
        }
    }
    return true;
}

/* Whether the allocation was there to fail. After it the connection is as good as before. */
static bool play_short(struct stage *stage, const struct client_play *row, uint16_t port,
                       const struct shortage *shortage)
{
    static struct written shown;
    char name[64];
    client_play_connect(stage, row, port);
    failing_memory_arm(shortage->of, shortage->nth, shortage->how);
    const char *got = client_play(stage, row);
    const bool has_failed = failing_memory_disarm();
    CHECK_ROW(strcmp(got, row->wants) == 0 || (has_failed && is_no_memory(got, shortage->of)),
              "%s %s: %s", row->label, name_of(shortage, name), got);
    CHECK_ROW(assay_connection_state(stage->connection) == ASSAY_IDLE, "%s %s: it is idle",
              row->label, name_of(shortage, name));
    shown = stage->shown;
    got = client_play(stage, row);
    CHECK_ROW(strcmp(got, row->wants) == 0, "%s after one %s: %s", row->label,
              name_of(shortage, name), got);
    CHECK_ROW(has_lines(stage->shown.text, shown.text), "%s %s: it shows \"%s\"", row->label,
              name_of(shortage, name), shown.text);
    assay_connection_free(stage->connection);
    return has_failed;
}

/* OpenSSL allocates thousands of times for a handshake, so most tests leave many of these out. */
enum { NONE = 0, EACH = 1, SOME = 11 };

/* Each of ours fails in turn, and each `openssl_step`th of OpenSSL's. */
static void play_row(struct stage *stage, const struct client_play *row, size_t openssl_step)
{
    struct tls_server *server = tls_server_new("127.0.0.1", stage->authority, row->steps);
    CU_ASSERT_FATAL(server != NULL);
    const uint16_t port = tls_server_port(server);
    for (int how = FAILING_MEMORY_ONCE; how <= FAILING_MEMORY_FOR_GOOD; how++) {
        struct shortage ours = {FAILING_MEMORY_OURS, 1, (enum failing_memory_for)how};
        struct shortage openssls = {FAILING_MEMORY_OPENSSL, 1, (enum failing_memory_for)how};
        while (play_short(stage, row, port, &ours))
            ours.nth++;
        while (openssl_step != NONE && play_short(stage, row, port, &openssls))
            openssls.nth += how == FAILING_MEMORY_ONCE ? openssl_step : SOME;
        CHECK_ROW(ours.nth > 1, "%s: there are allocations", row->label);
    }
    char trouble[256], name[64];
    CHECK_ROW(tls_server_end(server, trouble, sizeof(trouble), name, sizeof(name)), "%s: %s",
              row->label, trouble);
}

static void play_rows(const struct client_play *rows, size_t count, size_t openssl_step)
{
    char reason[256] = "";
    FILE *file = tmpfile();
    struct tls_authority *authority = tls_authority_new();
    const struct assay_tls_options options = {.ca_path = tls_authority_path(authority)};
    static struct stage stage;
    stage = (struct stage){.authority = authority,
                           .tls = assay_tls_new(&options, reason, sizeof(reason)),
                           .file = fileno(file)};
    CU_ASSERT(write(stage.file, "hello", 5) == 5);
    CHECK_ROW(stage.tls != NULL, "%s", reason);
    for (size_t i = 0; i < count; i++)
        play_row(&stage, &rows[i], openssl_step);
    assay_tls_free(stage.tls);
    tls_authority_free(authority);
    fclose(file);
}

static void ends_an_exchange_where_memory_is_short(void)
{
    static const struct assay_field trailer = {TEXT("T"), TEXT(LONG_TEXT)};
    static const struct assay_field coding = {TEXT("Transfer-Encoding"), TEXT("chunked")};
    static const char coded[] = "00000005;a=" LONG_TEXT "\r\nhello\r\n0\r\n\r\n";
    /* clang-format off */
    static const struct client_play rows[] = {
        {"read", play_exchange, PLAIN, GETS(RICH), .wants = "OK " RICH_GOT, .how = BY_READ},
        {"read1", play_exchange, PLAIN, GETS(RICH), .wants = "OK " RICH_GOT, .how = BY_READ1},
        {"read_piece", play_exchange, PLAIN, GETS(RICH), .wants = "OK " RICH_GOT, .how = BY_PIECE},
        {"peek", play_exchange, PLAIN, GETS(RICH), .wants = "OK " RICH_GOT, .how = BY_PEEK},
        {"readline", play_exchange, PLAIN, GETS(RICH), .wants = "OK " RICH_GOT, .how = BY_LINE},
        {"read_all", play_exchange, PLAIN, GETS(RICH), .wants = "OK " RICH_GOT, .how = BY_ALL},
        {"two", play_two, PLAIN, GETS(OK5), .wants = "OK " OK5_GOT OK5_GOT},
        {"one held", play_held, PLAIN, GETS(RICH), .wants = "OK " RICH_GOT RICH_GOT},
        {"stale", play_two, PLAIN, {ACCEPT, READ, SEND(OK5), READ, AGAIN(0)}, .wants = "OK " OK5_GOT OK5_GOT},
        {"in steps", play_steps, PLAIN, {ACCEPT, READ, WANT("hello"), SEND(OK5), AGAIN(1)}, .wants = "OK " OK5_GOT},
        {"stream", play_exchange, PLAIN, PUTS(PUT_CHUNKED("") "\r\n"), .wants = "OK " OK5_GOT, .request = IN(.kind = ASSAY_BODY_STREAM), .body = "hello"},
        {"reader", play_exchange, PLAIN, PUTS(PUT_CHUNKED("") "\r\n"), .wants = "OK " OK5_GOT, .request = IN(.kind = ASSAY_BODY_READER), .body = "hello"},
        {"file", play_exchange, PLAIN, PUTS(PUT_CHUNKED("") "\r\n"), .wants = "OK " OK5_GOT, .request = IN(.kind = ASSAY_BODY_FILE)},
        {"trailers", play_exchange, PLAIN, PUTS(PUT_CHUNKED("Trailer: T\r\n") "T: " LONG_TEXT "\r\n\r\n"), .wants = "OK " OK5_GOT, .request = IN(.kind = ASSAY_BODY_BYTES, .bytes = TEXT("hello"), .trailers = &trailer, .trailer_count = 1)},
        {"chunks already", play_exchange, PLAIN, {ACCEPT, READ, WANT(coded), SEND(OK5), AGAIN(1)}, .wants = "OK " OK5_GOT, .request = IN_CODED(.kind = ASSAY_BODY_BYTES, .bytes = TEXT(coded))},
        {"chunks already, by a reader", play_exchange, PLAIN, {ACCEPT, READ, WANT(coded), SEND(OK5), AGAIN(1)}, .wants = "OK " OK5_GOT, .request = IN_CODED(.kind = ASSAY_BODY_READER), .body = coded},
        {"expects 100", play_exchange, PLAIN, {ACCEPT, READ, SEND("HTTP/1.1 100 Go\r\nA: b\r\n\r\n"), WANT("hello"), SEND(OK5), AGAIN(1)}, .wants = "OK 100 " OK5_GOT, .request = {.body = {.kind = ASSAY_BODY_BYTES, .bytes = TEXT("hello")}, .expects_continue = true}},
        {"tunnel", play_exchange, TUNNEL, {ACCEPT, READ, SEND("HTTP/1.1 100 Go\r\n" FIELDS "\r\nHTTP/1.1 200 OK\r\n" FIELDS "\r\n"), READ, SEND(RICH), AGAIN(3)}, .wants = "OK " RICH_GOT},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows), NONE);
}

static void shows_no_half_lines_where_memory_is_short(void)
{
    /* clang-format off */
    static const struct client_play rows[] = {
        {"an exchange", play_exchange, DEBUG, GETS(RICH), .wants = "OK " RICH_GOT},
        {"a stream", play_exchange, DEBUG, PUTS(PUT_CHUNKED("") "\r\n"), .wants = "OK " OK5_GOT, .request = IN(.kind = ASSAY_BODY_STREAM), .body = "hello"},
        {"a tunnel", play_exchange, DEBUG | TUNNEL, {ACCEPT, READ, SEND("HTTP/1.1 100 Go\r\n" FIELDS "\r\nHTTP/1.1 200 OK\r\n" FIELDS "\r\n"), READ, SEND(OK5), AGAIN(0)}, .wants = "OK " OK5_GOT},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows), NONE);
}

static void ends_tls_where_memory_is_short(void)
{
    /* clang-format off */
    static const struct client_play rows[] = {
        {"TLS", play_exchange, TLS, {ACCEPT, START, READ, SEND(RICH), AGAIN(2)}, .wants = "OK " RICH_GOT},
        {"TLS in TLS", play_exchange, TLS | PROXY_TLS | TUNNEL, {ACCEPT, START, READ, SEND(OK("\r\n")), START, READ, SEND(RICH), AGAIN(5)}, .wants = "OK " RICH_GOT},
        {"set up", play_setup, PLAIN, {ACCEPT, AGAIN(0)}, .wants = "OK "},
    }, refused[] = {
        {"another host's certificate", play_exchange, TLS, {ACCEPT, REFUSED(OTHER_HOST), AGAIN(0)}, .wants = "SSLCertVerificationError"},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows), SOME);
    play_rows(refused, COUNT_OF(refused), EACH);
}

/* assay_getheader() fails for itself alone. */
static void keeps_the_error_of_a_response(void)
{
    static const struct client_play row = {
        .way = PLAIN,
        .steps = {ACCEPT,
                  READ,
                  SEND(OK("A: 1\r\nA: 2\r\nContent-Length: 9\r\n\r\nhello")),
                  {TLS_FIN, NULL, 0}},
        .request = {.field_count = 0}};
    static struct stage stage;
    struct assay_response *response = NULL;
    struct assay_bytes octets;
    struct tls_server *server = tls_server_new("127.0.0.1", NULL, row.steps);
    client_play_connect(&stage, &row, tls_server_port(server));
    CU_ASSERT(assay_request(stage.connection, &row.request) == ASSAY_OK);
    CU_ASSERT(assay_getresponse(stage.connection, &response) == ASSAY_OK);
    CU_ASSERT(assay_read_all(response, &octets) == ASSAY_INCOMPLETE_READ);
    failing_memory_arm(FAILING_MEMORY_OURS, 1, FAILING_MEMORY_FOR_GOOD);
    CU_ASSERT(assay_getheader(response, "A", &octets) == ASSAY_NO_MEMORY && octets.at == NULL);
    failing_memory_disarm();
    CU_ASSERT(assay_read_all(response, &octets) == ASSAY_INCOMPLETE_READ);
    CU_ASSERT(assay_response_failure(response)->missing == 4);
    CU_ASSERT(assay_getheader(response, "A", &octets) == ASSAY_OK && octets.len == 4);
    assay_response_free(response);
    assay_connection_free(stage.connection);
    char trouble[256], name[64];
    CU_ASSERT(tls_server_end(server, trouble, sizeof(trouble), name, sizeof(name)));
}

CU_TestInfo client_memory_tests[] = {
    {"ends an exchange where memory is short", ends_an_exchange_where_memory_is_short},
    {"shows no half lines where memory is short", shows_no_half_lines_where_memory_is_short},
    {"ends TLS where memory is short", ends_tls_where_memory_is_short},
    {"keeps the error of a response", keeps_the_error_of_a_response},
    CU_TEST_INFO_NULL,
};
