#include "harness/client/private.h"
#include "tests/check.h"
#include "tests/client_pair.h"
#include "tests/suites.h"

#include <inttypes.h>
#include <stdio.h>

#define OK(rest) "HTTP/1.1 200 OK\r\n" rest
#define LENGTH   OK("Content-Length: 9\r\n\r\n")
#define LENGTH12 OK("Content-Length: 12\r\n\r\n")
#define CHUNKED  OK("Transfer-Encoding: chunked\r\n\r\n")
#define TO_CLOSE OK("\r\n")
#define BODY     "hello\nyou"
#define CHUNKS   "3\r\nhel\r\n4;x=y\r\nlo\ny\r\n002\r\nou\r\n"

enum { TEXT_SIZE = 512, AMOUNT_MAX = 16 };
enum how { BY_READ, BY_READ1, BY_PIECE, BY_PEEK, BY_LINE, BY_ALL };

/* What comes of a body, as text. */
struct text {
    char at[TEXT_SIZE];
    size_t len;
};

static void add(struct text *text, struct assay_bytes octets)
{
    const size_t room = TEXT_SIZE - 1 - text->len;
    const size_t len = octets.len < room ? octets.len : room;
    if (len > 0)
        memcpy(text->at + text->len, octets.at, len);
    text->len += len;
    text->at[text->len] = '\0';
}

/* Calls whose pieces depend on what came at once. */
static bool is_piecewise(enum how how)
{
    return how == BY_READ1 || how == BY_PIECE || how == BY_PEEK;
}

static enum assay_error read_once(struct assay_response *response, enum how how, size_t amount,
                                  uint8_t into[static AMOUNT_MAX], struct assay_bytes *octets)
{
    struct assay_bytes ahead;
    *octets = (struct assay_bytes){into, 0};
    switch (how) {
    case BY_READ:
        return assay_read(response, into, amount, &octets->len);
    case BY_READ1:
        return assay_read1(response, into, amount, &octets->len);
    case BY_PIECE:
        return assay_read_piece(response, octets);
    case BY_PEEK:
        break;
    case BY_LINE:
        return assay_readline(response, amount, octets);
    case BY_ALL:
        return assay_read_all(response, octets);
    }
    CU_ASSERT(assay_peek(response, &ahead) == ASSAY_OK);
    const enum assay_error error = assay_read_piece(response, octets);
    CHECK_ROW(ahead.at == octets->at && ahead.len == octets->len, "peek shows what comes");
    return error;
}

/* "hel|lo": the pieces; of piecewise calls, those of the same chunk are one. */
static enum assay_error read_to_end(struct assay_response *response, enum how how, size_t amount,
                                    struct text *text)
{
    uint8_t into[AMOUNT_MAX];
    struct assay_bytes octets;
    struct assay_chunk chunk;
    uint64_t number = UINT64_MAX;
    for (;;) {
        const enum assay_error error = read_once(response, how, amount, into, &octets);
        const uint64_t now = assay_response_chunk(response, &chunk) ? chunk.number : 0;
        if (octets.len > 0 && text->len > 0 && (!is_piecewise(how) || number != now))
            add(text, assay_text("|"));
        number = now;
        add(text, octets);
        if (error != ASSAY_OK || octets.len == 0)
            return error;
    }
}

/* "; IncompleteRead 5": how many octets had come, and how many more were wanted, where that is
 * known. */
static void add_failure(struct text *text, const struct assay_response *response)
{
    char line[128];
    const struct assay_failure *failure = assay_response_failure(response);
    snprintf(line, sizeof(line), "; %s %" PRIu64, assay_error_name(failure->error),
             failure->received);
    add(text, assay_text(line));
    snprintf(line, sizeof(line), ", %" PRIu64, failure->missing);
    add(text, assay_text(failure->has_missing ? line : ""));
}

/* An error is told again, with no octet, by every call. */
static void check_again(const char *label, struct assay_response *response, enum assay_error wants)
{
    for (int how = BY_READ; how <= BY_ALL; how++) {
        uint8_t into[AMOUNT_MAX];
        struct assay_bytes octets;
        const enum assay_error error =
            read_once(response, (enum how)how, AMOUNT_MAX, into, &octets);
        CHECK_ROW(error == wants && octets.len == 0, "%s: behind the end, call %d says %s, %zu",
                  label, how, assay_error_name(error), octets.len);
    }
}

struct row {
    const char *label, *reply;
    enum how how;
    size_t amount;
    const char *wants;
};

static void play_row(const struct row *row, size_t cut)
{
    const struct assay_request request = {.field_count = 0};
    struct client_pair pair = client_pair_new();
    struct assay_response *response = NULL;
    struct text text = {.at = ""};
    CU_ASSERT(assay_request(pair.connection, &request) == ASSAY_OK);
    client_pair_say_cut(&pair, row->reply, cut);
    client_pair_fin(&pair);
    const enum assay_error head = assay_getresponse(pair.connection, &response);
    CHECK_ROW(head == ASSAY_OK, "%s, cut at %zu: %s", row->label, cut, assay_error_name(head));
    const enum assay_error error = read_to_end(response, row->how, row->amount, &text);
    if (error != ASSAY_OK)
        add_failure(&text, response);
    CHECK_ROW(strcmp(text.at, row->wants) == 0, "%s, cut at %zu: \"%s\", want \"%s\"", row->label,
              cut, text.at, row->wants);
    CHECK_ROW(assay_isclosed(response) && assay_response_is_whole(response) == (error == ASSAY_OK),
              "%s, cut at %zu: its end", row->label, cut);
    check_again(row->label, response, error);
    assay_response_free(response);
    assay_connection_free(pair.connection);
    client_pair_close(&pair);
}

static void play_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t cut = 0; cut < strlen(rows[i].reply); cut++)
            play_row(&rows[i], cut);
}

static void reads_whole_bodies_by_every_call_at_every_cut(void)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"length, read", LENGTH BODY, BY_READ, 4, "hell|o\nyo|u"},
        {"length, read exactly", LENGTH BODY, BY_READ, 9, BODY},
        {"length, read more", LENGTH BODY, BY_READ, 16, BODY},
        {"length, read1", LENGTH BODY, BY_READ1, 16, BODY},
        {"length, read1 by ones", LENGTH BODY, BY_READ1, 1, BODY},
        {"length, pieces", LENGTH BODY, BY_PIECE, 0, BODY},
        {"length, peeks", LENGTH BODY, BY_PEEK, 0, BODY},
        {"length, lines", LENGTH BODY, BY_LINE, 0, "hello\n|you"},
        {"length, lines of 3", LENGTH BODY, BY_LINE, 3, "hel|lo\n|you"},
        {"length, lines of 6", LENGTH BODY, BY_LINE, 6, "hello\n|you"},
        {"length, all", LENGTH BODY, BY_ALL, 0, BODY},
        {"length of nothing", OK("Content-Length: 0\r\n\r\n"), BY_ALL, 0, ""},
        {"surplus behind the length", LENGTH BODY "more", BY_READ, 16, BODY},
        {"chunked, read", CHUNKED CHUNKS "0\r\nT: u\r\n\r\n", BY_READ, 4, "hell|o\nyo|u"},
        {"chunked, read exactly", CHUNKED CHUNKS "0\r\n\r\n", BY_READ, 9, BODY},
        {"chunked, read1", CHUNKED CHUNKS "0\r\n\r\n", BY_READ1, 16, "hel|lo\ny|ou"},
        {"chunked, read1 by twos", CHUNKED CHUNKS "0\r\n\r\n", BY_READ1, 2, "hel|lo\ny|ou"},
        {"chunked, pieces", CHUNKED CHUNKS "0\r\n\r\n", BY_PIECE, 0, "hel|lo\ny|ou"},
        {"chunked, peeks", CHUNKED CHUNKS "0\r\n\r\n", BY_PEEK, 0, "hel|lo\ny|ou"},
        {"chunked, lines", CHUNKED CHUNKS "0\r\n\r\n", BY_LINE, 0, "hello\n|you"},
        {"chunked, lines of 5", CHUNKED CHUNKS "0\r\n\r\n", BY_LINE, 5, "hello|\n|you"},
        {"chunked, all", CHUNKED CHUNKS "0;z\r\nT: u\r\n\r\n", BY_ALL, 0, BODY},
        {"chunks of nothing", CHUNKED "0\r\n\r\n", BY_ALL, 0, ""},
        {"to close, read", TO_CLOSE BODY, BY_READ, 4, "hell|o\nyo|u"},
        {"to close, read1", TO_CLOSE BODY, BY_READ1, 16, BODY},
        {"to close, pieces", TO_CLOSE BODY, BY_PIECE, 0, BODY},
        {"to close, peeks", TO_CLOSE BODY, BY_PEEK, 0, BODY},
        {"to close, lines", TO_CLOSE BODY, BY_LINE, 0, "hello\n|you"},
        {"to close, all", TO_CLOSE BODY, BY_ALL, 0, BODY},
        {"to close, nothing", TO_CLOSE, BY_ALL, 0, ""},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

static void hands_out_all_that_came_before_an_error(void)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"length, read", LENGTH12 BODY, BY_READ, 4, "hell|o\nyo|u; IncompleteRead 9, 3"},
        {"length, read more", LENGTH12 BODY, BY_READ, 16, BODY "; IncompleteRead 9, 3"},
        {"length, read1", LENGTH12 BODY, BY_READ1, 16, BODY "; IncompleteRead 9, 3"},
        {"length, pieces", LENGTH12 BODY, BY_PIECE, 0, BODY "; IncompleteRead 9, 3"},
        {"length, peeks", LENGTH12 BODY, BY_PEEK, 0, BODY "; IncompleteRead 9, 3"},
        {"length, lines", LENGTH12 BODY, BY_LINE, 0, "hello\n|you; IncompleteRead 9, 3"},
        {"length, lines of 3", LENGTH12 BODY, BY_LINE, 3, "hel|lo\n|you; IncompleteRead 9, 3"},
        {"length, all", LENGTH12 BODY, BY_ALL, 0, BODY "; IncompleteRead 9, 3"},
        {"length, nothing came", LENGTH, BY_ALL, 0, "; IncompleteRead 0, 9"},
        {"in a chunk, read", CHUNKED "3\r\nhel\r\n9\r\nlo\n", BY_READ, 4, "hell|o\n; IncompleteRead 6, 6"},
        {"in a chunk, read1", CHUNKED "3\r\nhel\r\n9\r\nlo\n", BY_READ1, 16, "hel|lo\n; IncompleteRead 6, 6"},
        {"in a chunk, pieces", CHUNKED "3\r\nhel\r\n9\r\nlo\n", BY_PIECE, 0, "hel|lo\n; IncompleteRead 6, 6"},
        {"in a chunk, peeks", CHUNKED "3\r\nhel\r\n9\r\nlo\n", BY_PEEK, 0, "hel|lo\n; IncompleteRead 6, 6"},
        {"in a chunk, lines", CHUNKED "3\r\nhel\r\n9\r\nlo\n!", BY_LINE, 0, "hello\n|!; IncompleteRead 7, 5"},
        {"in a chunk, all", CHUNKED "3\r\nhel\r\n9\r\nlo\n", BY_ALL, 0, "hello\n; IncompleteRead 6, 6"},
        {"behind a chunk's data", CHUNKED "3\r\nhel", BY_ALL, 0, "hel; IncompleteRead 3"},
        {"in a chunk's end", CHUNKED "3\r\nhel\r", BY_READ, 16, "hel; IncompleteRead 3"},
        {"before a size", CHUNKED "3\r\nhel\r\n", BY_LINE, 0, "hel; IncompleteRead 3"},
        {"in a size", CHUNKED "3\r\nhel\r\n1", BY_PIECE, 0, "hel; IncompleteRead 3"},
        {"in an extension", CHUNKED "3\r\nhel\r\n1;a", BY_READ1, 2, "hel; IncompleteRead 3"},
        {"behind the last size", CHUNKED "3\r\nhel\r\n0", BY_PEEK, 0, "hel; IncompleteRead 3"},
        {"behind the last size line", CHUNKED "3\r\nhel\r\n0\r\n", BY_READ, 3, "hel; IncompleteRead 3"},
        {"in the trailers", CHUNKED "3\r\nhel\r\n0\r\nT: u\r\n", BY_ALL, 0, "hel; IncompleteRead 3"},
        {"before all chunks", CHUNKED, BY_LINE, 0, "; IncompleteRead 0"},
        {"no size", CHUNKED "3\r\nhel\r\nx\r\n", BY_READ, 2, "he|l; BadChunk 3"},
        {"no end of a chunk", CHUNKED "3\r\nhello", BY_READ1, 16, "hel; BadChunk 3"},
        {"no trailer", CHUNKED "3\r\nhel\r\n0\r\nT\r\n\r\n", BY_LINE, 0, "hel; BadHeader 3"},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

/* What a limit cuts short ends as any other error does: an early version gave what was left. */
static void gathers_no_more_than_it_may(void)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"length, all", LENGTH BODY, BY_ALL, 0, "hell; BodyTooLarge 9"},
        {"length, lines", LENGTH BODY, BY_LINE, 0, "hell; BodyTooLarge 9"},
        {"length, lines of 4", LENGTH BODY, BY_LINE, 4, "hell|o\n|you"},
        {"chunked, all", CHUNKED CHUNKS "0\r\n\r\n", BY_ALL, 0, "hell; BodyTooLarge 7"},
        {"to close, all", TO_CLOSE BODY, BY_ALL, 0, "hell; BodyTooLarge 9"},
        {"as large as it may be", OK("Content-Length: 4\r\n\r\nhell"), BY_ALL, 0, "hell"},
        {"other calls gather nothing", LENGTH BODY, BY_READ, 9, BODY},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct assay_request request = {.field_count = 0};
        struct client_pair pair = client_pair_new();
        struct assay_response *response = NULL;
        struct text text = {.at = ""};
        assay_connection_options(pair.connection)->body_size_max = 4;
        CU_ASSERT(assay_request(pair.connection, &request) == ASSAY_OK);
        client_pair_say_cut(&pair, rows[i].reply, 0);
        client_pair_fin(&pair);
        CU_ASSERT(assay_getresponse(pair.connection, &response) == ASSAY_OK);
        const enum assay_error error = read_to_end(response, rows[i].how, rows[i].amount, &text);
        if (error != ASSAY_OK)
            add_failure(&text, response);
        CHECK_ROW(strcmp(text.at, rows[i].wants) == 0, "%s: \"%s\", want \"%s\"", rows[i].label,
                  text.at, rows[i].wants);
        CHECK_ROW(assay_isclosed(response), "%s: something is left", rows[i].label);
        check_again(rows[i].label, response, error);
        assay_connection_free(pair.connection); /* before the response, which it holds no more */
        assay_response_free(response);
        client_pair_close(&pair);
    }
}

CU_TestInfo client_reads_tests[] = {
    {"reads whole bodies by every call, at every cut",
     reads_whole_bodies_by_every_call_at_every_cut},
    {"hands out all that came before an error", hands_out_all_that_came_before_an_error},
    {"gathers no more than it may", gathers_no_more_than_it_may},
    CU_TEST_INFO_NULL,
};
