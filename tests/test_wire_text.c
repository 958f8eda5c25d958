#include "reports/record_text.h"
#include "reports/wire_text.h"
#include "tests/report_fixtures.h"
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>

/* The readable form of octets, and the ladder of events. */
static const struct form_row {
    const char *label;
    struct bytes octets;
    const char *want;
} form_rows[] = {
    {"a header line", OCTETS("Host: a\r\n"), "Host: a\\r\\n"},
    {"quotes and backslashes", OCTETS("\"\\n\""), "\"\\\\n\""},
    {"NUL, TAB, ESC, DEL", OCTETS("\0\t\x1b\x7f"), "\\x00\\t\\x1b\\x7f"},
    {"visible UTF-8", OCTETS("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
     "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
    {"UTF-8 that is cut", OCTETS("\xe2\x82"), "\\xe2\\x82"},
    {"UTF-8 that is too long", OCTETS("\xc0\xaf\xe0\x80\xaf"), "\\xc0\\xaf\\xe0\\x80\\xaf"},
    {"a surrogate", OCTETS("\xed\xa0\x80"), "\\xed\\xa0\\x80"},
    {"past the last character", OCTETS("\xf4\x90\x80\x80\xff"), "\\xf4\\x90\\x80\\x80\\xff"},
    {"a control of C1", OCTETS("\xc2\x9b"), "\\xc2\\x9b"},
    {"right to left", OCTETS("\xe2\x80\xae"), "\\xe2\\x80\\xae"},
};

static void shows_octets_readably(void)
{
    for (size_t i = 0; i < COUNT_OF(form_rows); i++) {
        char *exact = malloc(form_rows[i].octets.len); /* ASan sees one octet too far */
        char got[64] = "";
        size_t len = 0;
        if (exact == NULL)
            abort();
        memcpy(exact, form_rows[i].octets.at, form_rows[i].octets.len);
        struct bytes rest = {(const uint8_t *)exact, form_rows[i].octets.len};
        while (rest.len > 0)
            len += wire_text_next(&rest, got + len);
        got[len] = '\0';
        CHECK_ROW(strcmp(got, form_rows[i].want) == 0, "%s: got %s", form_rows[i].label, got);
        free(exact);
    }
}

static void lets_no_octet_through_that_commands(void)
{
    for (unsigned octet = 0; octet <= UINT8_MAX; octet++) {
        const uint8_t one = (uint8_t)octet;
        struct bytes rest = {&one, 1};
        char shown[WIRE_TEXT_SIZE];
        const size_t len = wire_text_next(&rest, shown);
        for (size_t i = 0; i < len; i++)
            CHECK_ROW(shown[i] >= 0x20 && shown[i] < 0x7f, "octet %u", octet);
    }
}

/* clang-format off */
static const struct event piece_events[] = {
    {.kind = EVENT_CONNECT}, {.kind = EVENT_CONNECT, .connection = 1},
    {EVENT_OF(EVENT_SENT, "ab")}, {.kind = EVENT_STEP_DONE}, {EVENT_OF(EVENT_SENT, "c\r")},
    {EVENT_OF(EVENT_SENT, "\nd")}, {.kind = EVENT_STEP_CUT, .step = 1},
    {.kind = EVENT_RST_RECEIVED, .error = EPIPE}, {.kind = EVENT_CLOSED}, {.kind = EVENT_CLOSED, .connection = 1},
};
#define X10 "xxxxxxxxxx"
#define X100 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
static const struct event long_events[] = {
    {EVENT_OF(EVENT_RECEIVED, X100 "yz\n")},
    {.kind = EVENT_RECEIVED, .octets = OCTETS("a\nhead"), .tail = OCTETS("tail\n"), .len = 1000},
    {.kind = EVENT_RECEIVED, .octets = OCTETS("b\n"), .tail = OCTETS("c"), .len = 1000},
    {.kind = EVENT_MANNERS, .text = "FIN after a whole exchange"}, {.kind = EVENT_RUNAWAY},
};
#define HOSTILE_SHOWN "\\x1b[31m\\r\\n\\xff\\xc0\\x80\\xe2\\x80\\xae\\xc2\\x9b\\x7f\"\\\\ x"
static const struct event hostile_manners[] = {{.kind = EVENT_MANNERS, .text = HOSTILE}};
static const struct ladder_row {
    const char *label;
    const struct point *point;
    const struct event *events;
    size_t count;
    const char *want;
} ladder_rows[] = {
    {"pieces, a step cut, errno", &two_point, piece_events, COUNT_OF(piece_events),
     "origin c0 -> [connect]\n"
     "origin c1 -> [connect]\n"
     "origin c0 <- abc\\r\\n   (in 3 pieces)\n"
     "origin c0 <- d\n"
     "origin c0    [the client had left before step 1, send]\n"
     "origin c0 -> [RST: EPIPE]\n"
     "origin c0 <- [close]\n"
     "origin c1 <- [close]\n"},
    {"octets left out", &cut_point, long_events, COUNT_OF(long_events),
     "c0 -> xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...(7 octets)...xxxxxxxxxxxxxxxxxxxxxyz\\n\n"
     "c0 -> a\\n\n"
     "c0 -> head...(989 octets)...tail\\n\n"
     "c0 -> b\\n\n"
     "c0 -> ...(997 octets)...c\n"
     "c0    [a server's manners: FIN after a whole exchange]\n"
     "[more connections or requests than any client should make]\n"},
    {"manners of a report from anywhere", &cut_point, hostile_manners, COUNT_OF(hostile_manners),
     "c0    [a server's manners: \\x1b[31m\\r\\n\\xff\\xc0\\x80\\xe2\\x80\\xae\\xc2\\x9b\\x7f\"\\\\ x]\n"},
    {"two client steps", &two_point, hostile_events + 4, 3,
     "[the client is asked for step 0]\n"
     "[the client has the outcome of step 0]\n"
     "[the run's time is over]\n"},
    {"TLS and relays", &cut_point, tls_events, COUNT_OF(tls_events),
     "c0 -> [ClientHello for localhost, ALPN h2,http/1.1]\n"
     "c0    [secured TLSv1.3 TLS_AES_256_GCM_SHA384]\n"
     "c0 -> GET / HTTP/1.1\\r\\n   [record 1021+40]\n"
     "c0 -> Host: a\\r\\n   (in 2 pieces)\n"
     "c0 -> \\r\\n   [record 1061+31]\n"
     "c0 <- HTTP/1.1 200 OK\\r\\n   [record 7+41]\n"
     "c0 <- \\r\\n\n"
     "c0 <- [close_notify]\n"
     "c0 -> [close_notify]\n"
     "c0 -> [alert: bad_certificate]\n"
     "c0 <- [alert: unexpected_message]\n"
     "c0    [TLS failed: plain HTTP where TLS was due]\n"
     "c0 -> [ClientHello without server_name]\n"
     "c0    [joined to origin]\n"
     "c0    [could not be joined to origin: ECONNREFUSED]\n"
     "c0    [the relay is cut: down]\n"
     "c0    [forwards to origin]\n"},
    {"hellos of a report from anywhere", &two_point, hostile_events + 7, 1,
     "origin c0 -> [ClientHello for " HOSTILE_SHOWN HOSTILE_SHOWN HOSTILE_SHOWN "\\x1b[31m\\r\\n\\xff\\xc0\\x80\\xe2\\x80 and 4294967294 more, ALPN "
     HOSTILE_SHOWN HOSTILE_SHOWN HOSTILE_SHOWN "\\x1b[31m\\r\\n\\xff\\xc0\\x80\\xe2\\x80]\n"},
    {"nothing", &cut_point, NULL, 0, ""},
};
/* clang-format on */

static void append_line(void *context, const char *line)
{
    fprintf(context, "%s\n", line);
}

static void draws_every_ladder(void)
{
    for (size_t i = 0; i < COUNT_OF(ladder_rows); i++) {
        const struct ladder_row *row = &ladder_rows[i];
        struct arena *arena = arena_new();
        struct output output;
        FILE *out = open_memstream(&output.at, &output.len);
        wire_text_ladder(row->point, report_transcript(arena, row->events, row->count), append_line,
                         out);
        fclose(out);
        report_check_text(row->label, output.at, row->want);
        free(output.at);
        arena_free(arena);
    }
}

/* Events of one flow, one after the other; NULL: these octets are no TLS. */
static void names_records(void)
{
    static const struct {
        const char *octets;
        size_t len;
        uint64_t all; /* what there was; 0: as many */
        const char *text;
    } rows[] = {
        {"\x16\x03\x01\x00\x03"
         "abc",
         8, 0, "handshake 8"},
        {"\x14\x03\x03\x00\x01"
         "a\x17\x03\x03\x00\x05"
         "ab",
         13, 0, "change_cipher_spec 6, application data 7 of 10"},
        {"c", 1, 0, "1 more of it"},
        {"de\x15\x03\x03\x00\x00", 7, 0, "2 more of it, alert 5"},
        {"\x17\x03\x03\x00\x00", 5, 100, "100 octets"},
        {"\x17\x03\x03\x00\x00", 5, 0, "5 octets"},
    };
    struct record_text_flows flows = {.count = 0};
    const struct event plain = {.kind = EVENT_RECEIVED, .octets = bytes_of("GET"), .len = 3};
    CU_ASSERT_PTR_NULL(record_text_flow(&flows, &plain));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct bytes octets = {(const uint8_t *)rows[i].octets, rows[i].len};
        const struct event event = {.kind = EVENT_RECEIVED,
                                    .octets = octets,
                                    .len = rows[i].all > 0 ? rows[i].all : rows[i].len};
        char text[RECORD_TEXT_SIZE] = "";
        struct record_text_flow *flow = record_text_flow(&flows, &event);
        CU_ASSERT_PTR_NOT_NULL_FATAL(flow);
        record_text(text, flow, &event);
        CHECK_ROW(strcmp(text, rows[i].text) == 0, "row %zu: %s, want %s", i, text, rows[i].text);
    }
}

CU_TestInfo wire_text_tests[] = {
    {"shows octets readably", shows_octets_readably},
    {"lets no octet through that commands", lets_no_octet_through_that_commands},
    {"draws every ladder", draws_every_ladder},
    {"names records", names_records},
    CU_TEST_INFO_NULL,
};
