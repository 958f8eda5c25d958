#include "reports/console.h"
#include "reports/json.h"
#include "reports/json_text.h"
#include "reports/wire_text.h"
#include "tests/check.h"
#include "tests/suites.h"
#include "wire/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A command to a terminal, line ends, invalid UTF-8, an override of direction, what JSON escapes.
 */
#define HOSTILE "\x1b[31m\r\n\xff\xc0\x80\xe2\x80\xae\xc2\x9b\x7f\"\\ x"

/* clang-format off */
#define OCTETS(text) {(const uint8_t *)(text), sizeof(text) - 1}
static const struct requirement complete = {.id = "9112-8-1", .level = "MUST",
    .text = "A client that gets a response shorter than the length it announces has to note that the "
            "message is incomplete."};
static const struct requirement *const requirements[] = {&complete};
static const char *const seen_in[] = {"https://example.org/issues/1"};

static const struct case_ cut_case = {.id = "partial-read/length-cut",
    .title = "A short body is reported as incomplete", .file = "cases/partial-read/length-cut.json", .line = 1,
    .requirements = requirements, .requirement_count = 1, .seen_in = seen_in, .seen_in_count = 1};

static const struct piece get_piece = {.data = {(const uint8_t *)"GET", 3}, .times = 1};
static const struct piece target_pieces[] = {{.data = {(const uint8_t *)"/", 1}, .times = 1},
                                             {.times = 1, .hole = HOLE_PORT, .peer = 0}};
static const struct client_step steps[] = {
    {.method = {&get_piece, 1, 3}, .target = {target_pieces, 1, 1}},
    {.method = {&get_piece, 1, 3}, .target = {target_pieces, 2, 6}, .read = READ_MODE_STREAM}};
static const struct step script_steps[] = {{.verb = STEP_READ}, {.verb = STEP_SEND, .name = "cut"}};
static const struct script script = {script_steps, 2};
static const struct peer peers[] = {{"origin", &script, 1}, {"proxy", &script, 1}};
static const struct point cut_point = {.parent = &cut_case, .suffix = "", .client = steps, .client_count = 1,
    .peers = peers, .peer_count = 1};
static const struct point two_point = {.parent = &cut_case, .suffix = "[cut=17]", .client = steps,
    .client_count = 2, .peers = peers, .peer_count = 2};

static const struct behaviour whole = {
    .name = "takes the short body as whole", .verdict = VERDICT_FAIL, .why = "9112-8-1"};
static const struct behaviour leaks = {
    .name = "sends it on", .verdict = VERDICT_FAIL, .why = "leak"};
static const struct field fields[] = {{OCTETS("x-a"), OCTETS("1")}, {OCTETS("X-B"), OCTETS("2")}};
static const struct outcome with_fields = {.status = 204, .has_fields = true, .fields = {fields, 2}};
static const struct outcome *const field_outcomes[] = {&with_fields};
static const struct field_pattern stated_fields[] = {{.name = OCTETS("X-A")}, {.name = OCTETS("X-C")}};
static const struct outcome_pattern stated = {.headers = {stated_fields, 2}};
static const struct behaviour folds = {.name = "folds", .verdict = VERDICT_WARN, .why = "9112-8-1",
    .client = &stated, .client_count = 1};
static const struct behaviour notes = {.name = "keeps the fold", .verdict = VERDICT_INFO};

static const struct field hostile_field = {OCTETS(HOSTILE), OCTETS(HOSTILE)};
static const struct interim hostile_interim = {103, {&hostile_field, 1}};
static const struct outcome ok = {
    .status = 200, .has_body = true, .body = {(const uint8_t *)"hello", 5}, .body_len = 5};
static const struct outcome incomplete = {.error = OUTCOME_INCOMPLETE, .text = "5 of 10 read", .status = 200,
    .has_body = true, .body = {(const uint8_t *)"hello", 5}, .body_len = 5};
static const struct outcome hostile = {.error = OUTCOME_OTHER, .text = HOSTILE, .status = 200, .has_reason = true,
    .reason = OCTETS(HOSTILE), .has_fields = true, .fields = {&hostile_field, 1}, .has_body = true, .body = OCTETS(HOSTILE),
    .body_len = 1000, .has_trailers = true, .trailers = {&hostile_field, 1}, .has_interims = true,
    .interims = &hostile_interim, .interim_count = 1};
static const struct outcome *const ok_outcomes[] = {&ok, NULL};
static const struct outcome *const hostile_outcomes[] = {&hostile};
static const struct outcome *const bad_outcomes[] = {&incomplete, &ok};

#define EVENT_OF(kind_, text) .kind = (kind_), .octets = OCTETS(text), .len = sizeof(text) - 1

static const struct event cut_events[] = {
    {.kind = EVENT_CONNECT, .ns = 10},
    {EVENT_OF(EVENT_RECEIVED, "GET / HTTP/1.1\r\nHost: 127.100.100.100:34567\r\n\r\n"), .ns = 20},
    {.kind = EVENT_STEP_DONE, .ns = 21},
    {EVENT_OF(EVENT_SENT, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"), .ns = 30,
     .step = 1},
    {.kind = EVENT_FIN_SENT, .ns = 40},
    {.kind = EVENT_CLOSED, .ns = 50},
};
static const struct event hostile_events[] = {
    {EVENT_OF(EVENT_RECEIVED, HOSTILE)},
    {EVENT_OF(EVENT_SENT, HOSTILE), .tail = OCTETS(HOSTILE)},
    {.kind = EVENT_MANNERS, .text = "100 (Continue)"},
    {.kind = EVENT_RST_RECEIVED, .error = ECONNRESET},
    {.kind = EVENT_ASKED}, {.kind = EVENT_OUTCOME, .outcome = &ok}, {.kind = EVENT_DEADLINE},
};
/* clang-format on */

static struct transcript *transcript_of(struct arena *arena, const struct event *events,
                                        size_t count)
{
    struct transcript *transcript = arena_alloc(arena, sizeof(*transcript));
    transcript_init(transcript, arena, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        transcript_add(transcript, &events[i]);
    return transcript;
}

struct output {
    char *at; /* freed by whoever asked for it */
    size_t len;
};

/* On a difference the text is shown from the line on that holds the first one. */
static void check_text(const char *label, const char *got, const char *want)
{
    size_t same = 0;
    while (got[same] != '\0' && got[same] == want[same])
        same++;
    const bool is_equal = got[same] == want[same];
    while (same > 0 && got[same - 1] != '\n')
        same--;
    CHECK_ROW(is_equal, "%s: got\n%s", label, got + same);
}

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
    {"two client steps", &two_point, hostile_events + 4, 3,
     "[the client is asked for step 0]\n"
     "[the client has the outcome of step 0]\n"
     "[the run's time is over]\n"},
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
        wire_text_ladder(row->point, transcript_of(arena, row->events, row->count), append_line,
                         out);
        fclose(out);
        check_text(row->label, output.at, row->want);
        free(output.at);
        arena_free(arena);
    }
}

static const struct subject_info subjects[] = {{"bundled", "0.1", CAN(SESSION) | CAN(READ_STREAM)},
                                               {"curl", NULL, 0}};

/* Gives one result, or none, to the sink, after 20 cases that passed. */
static bool play(struct sink *sink, const struct case_result *result, size_t subject_count,
                 bool interrupted, struct diags *diags)
{
    const struct run_info info = {.version = "0.1",
                                  .started = "2000-01-01T00:00:00Z",
                                  .host = "Linux",
                                  .subjects = subjects,
                                  .subject_count = subject_count,
                                  .case_count = 250};
    struct totals totals[COUNT_OF(subjects)] = {{{0}, {0}}, {{0}, {0}}};
    totals[0].cases[VERDICT_PASS] = 20;
    totals[0].runs[VERDICT_PASS] = 20;
    sink->vtable->begin(sink, &info);
    if (result != NULL) {
        totals[0].cases[result->verdict]++;
        totals[0].runs[result->verdict] += result->run_count;
        sink->vtable->result(sink, result);
    }
    return sink->vtable->end(sink, totals, 1234567890, interrupted, diags);
}

/* The case's result, of which `run` is the worst (NULL: no run). */
static struct case_result result_of(const struct run_result *const *run, enum verdict verdict,
                                    size_t run_count)
{
    static const struct behaviour_count counts[] = {{"takes the short body as whole", 2},
                                                    {"reports it", 60}};
    return (struct case_result){.case_ = &cut_case,
                                .subject = "bundled",
                                .verdict = verdict,
                                .worst = *run,
                                .run_count = run_count,
                                .shown = run,
                                .shown_count = *run != NULL ? 1 : 0,
                                .behaviours = counts,
                                .behaviour_count = *run != NULL ? 2 : 0};
}

static struct output console_output(const struct case_result *result,
                                    struct console_options options, size_t subject_count,
                                    bool interrupted)
{
    struct output output;
    options.out = open_memstream(&output.at, &output.len);
    struct sink *sink = console_sink_new(&options);
    CU_ASSERT(play(sink, result, subject_count, interrupted, NULL));
    sink->vtable->free(sink);
    fclose(options.out);
    return output;
}

/* clang-format off */
static const struct console_row {
    const char *label;
    const struct run_result *run; /* NULL: none */
    size_t run_count;
    const char *want;
    enum verdict verdict;
    bool has_wire;
} console_rows[] = {
    {"fail", &(const struct run_result){.point = &cut_point, .behaviour = &whole,
      .outcomes = ok_outcomes, .outcome_count = 1}, 1,
     "FAIL  partial-read/length-cut  [bundled]\n"
     "  A short body is reported as incomplete\n"
     "  behaviour  takes the short body as whole\n"
     "  why        9112-8-1 (MUST): A client that gets a response shorter than the length it announces has\n"
     "             to note that the message is incomplete.\n"
     "  seen in    https://example.org/issues/1\n"
     "  client     GET /  ->  200, body \"hello\" (5)\n"
     "  wire       c0 -> GET / HTTP/1.1\\r\\n\n"
     "             c0 -> Host: 127.100.100.100:34567\\r\\n\n"
     "             c0 -> \\r\\n\n"
     "             c0 <- HTTP/1.1 200 OK\\r\\n\n"
     "             c0 <- Content-Length: 10\\r\\n\n"
     "             c0 <- \\r\\n\n"
     "             c0 <- hello\n"
     "             c0 <- [FIN]\n"
     "  run it     assay run partial-read/length-cut --subject bundled\n"
     "\n"
     "21 cases: 20 passed, 1 failed   (1.23 s)\n",
     VERDICT_FAIL, true},
    {"unrecognised, played again", &(const struct run_result){.point = &two_point,
      .reason = "nearest \"x\"\nstatus: want 201, got 200",
      .outcomes = bad_outcomes, .outcome_count = 2, .attempts = 2}, 62,
     "UNRECOGNISED  partial-read/length-cut  [bundled]\n"
     "  A short body is reported as incomplete\n"
     "  reason     nearest \"x\"\n"
     "             status: want 201, got 200\n"
     "  seen in    https://example.org/issues/1\n"
     "  runs       2 of 62  takes the short body as whole\n"
     "             60 of 62  reports it\n"
     "  shown      [cut=17]\n"
     "  played     again alone, with more time, before it counted\n"
     "  client     GET /  ->  error incomplete, status 200, partial \"hello\" (5), says: 5 of 10 read\n"
     "             GET /{{origin.port}}, read piece by piece  ->  200, body \"hello\" (5)\n"
     "  run it     assay run 'partial-read/length-cut[cut=17]' --subject bundled\n"
     "\n"
     "21 cases (82 runs): 20 passed, 1 unrecognised   (1.23 s)\n",
     VERDICT_UNRECOGNISED, false},
    {"a harm, no outcome", &(const struct run_result){.point = &cut_point, .behaviour = &leaks,
      .reason = "sends it on"}, 1,
     "FAIL  partial-read/length-cut  [bundled]\n"
     "  A short body is reported as incomplete\n"
     "  behaviour  sends it on\n"
     "  why        leak\n"
     "  seen in    https://example.org/issues/1\n"
     "  client     GET /  ->  no outcome\n"
     "  run it     assay run partial-read/length-cut --subject bundled\n"
     "\n"
     "21 cases: 20 passed, 1 failed   (1.23 s)\n",
     VERDICT_FAIL, false},
    {"fields that the behaviour states", &(const struct run_result){.point = &cut_point, .behaviour = &folds,
      .outcomes = field_outcomes, .outcome_count = 1}, 1,
     "WARN  partial-read/length-cut  [bundled]\n"
     "  A short body is reported as incomplete\n"
     "  behaviour  folds\n"
     "  why        9112-8-1 (MUST): A client that gets a response shorter than the length it announces has\n"
     "             to note that the message is incomplete.\n"
     "  seen in    https://example.org/issues/1\n"
     "  client     GET /  ->  204, x-a: \"1\" (1), no X-C\n"
     "  run it     assay run partial-read/length-cut --subject bundled\n"
     "\n"
     "21 cases: 20 passed, 1 warned   (1.23 s)\n",
     VERDICT_WARN, false},
    {"pass", &(const struct run_result){.point = &cut_point, .outcomes = ok_outcomes}, 1,
     "21 cases: 21 passed   (1.23 s)\n",
     VERDICT_PASS, false},
    {"skip without runs", NULL, 0,
     "SKIP  partial-read/length-cut  [bundled]\n"
     "21 cases: 20 passed, 1 skipped   (1.23 s)\n",
     VERDICT_SKIP, false},
    {"info", &(const struct run_result){.point = &cut_point, .behaviour = &notes}, 1,
     "INFO  partial-read/length-cut  [bundled]  keeps the fold\n"
     "21 cases: 20 passed, 1 info   (1.23 s)\n",
     VERDICT_INFO, false},
    {"unexercised", &(const struct run_result){.point = &cut_point, .reason = "the mark\nnot shown"}, 1,
     "UNEXERCISED  partial-read/length-cut  [bundled]  the mark\n"
     "21 cases: 20 passed, 1 unexercised   (1.23 s)\n",
     VERDICT_UNEXERCISED, false},
    {"error without runs", NULL, 0,
     "ERROR  partial-read/length-cut  [bundled]\n"
     "  A short body is reported as incomplete\n"
     "  run it     assay run partial-read/length-cut --subject bundled\n"
     "\n"
     "21 cases: 20 passed, 1 in error   (1.23 s)\n",
     VERDICT_ERROR, false},
};
/* clang-format on */

static void console_shows_every_row(void)
{
    for (size_t i = 0; i < COUNT_OF(console_rows); i++) {
        const struct console_row *row = &console_rows[i];
        struct arena *arena = arena_new();
        struct run_result run = {.verdict = VERDICT_PASS};
        if (row->run != NULL)
            run = *row->run;
        run.verdict = row->verdict;
        if (row->has_wire)
            run.transcript = transcript_of(arena, cut_events, COUNT_OF(cut_events));
        const struct run_result *worst = row->run != NULL ? &run : NULL;
        const struct case_result result = result_of(&worst, row->verdict, row->run_count);
        struct output output = console_output(&result, (struct console_options){0}, 1, false);
        check_text(row->label, output.at, row->want);
        free(output.at);
        arena_free(arena);
    }
}

static struct output read_file(const char *path)
{
    struct output output;
    FILE *out = open_memstream(&output.at, &output.len);
    FILE *in = fopen(path, "rb");
    CHECK_ROW(in != NULL, "%s is not there", path);
    for (int octet = in != NULL ? getc(in) : EOF; octet != EOF; octet = getc(in))
        putc(octet, out);
    if (in != NULL)
        fclose(in);
    fclose(out);
    return output;
}

static void console_shows_colour_progress_and_subjects(void)
{
    struct output progress;
    FILE *out = open_memstream(&progress.at, &progress.len);
    const struct run_result *worst = NULL;
    const struct case_result result = result_of(&worst, VERDICT_SKIP, 0);
    struct output output =
        console_output(&result, (struct console_options){.progress = out, .color = true}, 2, true);
    fclose(out);
    check_text("the report", output.at,
               "\x1b[36mSKIP\x1b[0m  partial-read/length-cut  [bundled]\n"
               "interrupted: 1 of 250 cases were played\n"
               "21 cases: 20 \x1b[32mpassed\x1b[0m, 1 \x1b[36mskipped\x1b[0m   (1.23 s)\n"
               "  bundled  21 cases: 20 \x1b[32mpassed\x1b[0m, 1 \x1b[36mskipped\x1b[0m\n"
               "  curl  0 cases\n");
    check_text("the progress line", progress.at,
               "\r[1/250] partial-read/length-cut\r                                \r");
    free(output.at);
    free(progress.at);
}

static void console_leaves_out_the_middle_of_a_long_wire(void)
{
    enum { LINES = 200 };
    struct arena *arena = arena_new();
    uint8_t *octets = arena_alloc(arena, LINES);
    memset(octets, '\n', LINES);
    const struct event event = {.kind = EVENT_SENT, .octets = {octets, LINES}, .len = LINES};
    struct transcript *transcript = transcript_of(arena, &event, 1);
    transcript->dropped = 7;
    const struct run_result run = {.point = &cut_point, .transcript = transcript};
    const struct run_result *worst = &run;
    const struct case_result result = result_of(&worst, VERDICT_WARN, 1);
    struct output output = console_output(&result, (struct console_options){0}, 1, false);
    size_t lines = 0;
    for (const char *at = strstr(output.at, "c0"); at != NULL; at = strstr(at + 1, "c0"))
        lines++;
    CHECK_ROW(lines == 52, "%zu lines", lines);
    CU_ASSERT_PTR_NOT_NULL(strstr(output.at, "... (148 lines)\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(output.at, "... (7 events more, which were not kept)\n"));
    free(output.at);
    arena_free(arena);
}

static void console_tells_a_full_disk(void)
{
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    const struct console_options options = {.out = fopen("/dev/full", "w")};
    CU_ASSERT_PTR_NOT_NULL_FATAL(options.out);
    struct sink *sink = console_sink_new(&options);
    CU_ASSERT(!play(sink, NULL, 1, false, &diags));
    CU_ASSERT(diags.count == 1);
    check_text("the diag", diag_text(diags.first, arena),
               "cannot write the report for people: No space left on device");
    sink->vtable->free(sink);
    fclose(options.out);
    arena_free(arena);
}

static void write_strings_and_others(struct json_text *text)
{
    json_text_array(text, "strings", JSON_LINES);
    json_text_string(text, NULL, "\xc3\xa9 \b\f\n\r\t\x01\x7f \"\\");
    json_text_string(text, NULL, HOSTILE);
    json_text_readable(text, NULL, (struct bytes)OCTETS("\r\n\\\"\0"));
    json_text_string(text, NULL, NULL);
    json_text_close(text);
    json_text_array(text, "others", JSON_FLAT);
    json_text_number(text, NULL, 0);
    json_text_number(text, NULL, UINT64_MAX);
    json_text_bool(text, NULL, true);
    json_text_bool(text, NULL, false);
    json_text_close(text);
}

static void json_text_writes_every_value(void)
{
    struct output output;
    struct json_text text = {.out = open_memstream(&output.at, &output.len)};
    json_text_object(&text, NULL, JSON_LINES);
    json_text_array(&text, "empty", JSON_LINES);
    json_text_close(&text);
    json_text_array(&text, "b64", JSON_FLAT);
    static const struct bytes rows[] = {OCTETS(""),    OCTETS("f"),    OCTETS("fo"),
                                        OCTETS("foo"), OCTETS("foob"), OCTETS("\xff\xfe\xfb")};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        json_text_base64(&text, NULL, rows[i]);
    json_text_close(&text);
    json_text_array(&text, "octets", JSON_FLAT);
    json_text_octets(&text, NULL, (struct bytes)OCTETS(" ~\"\\"));
    json_text_octets(&text, NULL, (struct bytes)OCTETS("a\0b"));
    json_text_octets(&text, NULL, (struct bytes)OCTETS("\xc3\xa9"));
    json_text_octets(&text, NULL, (struct bytes){NULL, 0});
    json_text_close(&text);
    write_strings_and_others(&text);
    json_text_close(&text);
    fclose(text.out);
    check_text(
        "all values", output.at,
        "{\n"
        "  \"empty\": [],\n"
        "  \"b64\": [\"\", \"Zg==\", \"Zm8=\", \"Zm9v\", \"Zm9vYg==\", \"//77\"],\n"
        "  \"octets\": [\" ~\\\"\\\\\", {\"b64\": \"YQBi\"}, {\"b64\": \"w6k=\"}, \"\"],\n"
        "  \"strings\": [\n"
        "    \"\xc3\xa9 \\b\\f\\n\\r\\t\\u0001\\u007f \\\"\\\\\",\n"
        "    "
        "\"\\u001b["
        "31m\\r\\n\\\\xff\\\\xc0\\\\x80\\\\xe2\\\\x80\\\\xae\\\\xc2\\\\x9b\\u007f\\\"\\\\ x\",\n"
        "    \"\\\\r\\\\n\\\\\\\\\\\"\\\\x00\",\n"
        "    null\n"
        "  ],\n"
        "  \"others\": [0, 9007199254740991, true, false]\n"
        "}\n");
    free(output.at);
}

/* A folder that is removed again; that fails when a report has left anything behind. */
static void with_folder(void (*test)(const char *folder))
{
    char folder[] = "assay-test-reports-XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    test(folder);
    CHECK_ROW(rmdir(folder) == 0, "%s is not empty", folder);
}

/* Writes a report of one result, reads it back, removes it. */
static struct output json_output(const char *folder, const struct case_result *result,
                                 enum json_wire wire, bool interrupted)
{
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    const char *path = arena_printf(arena, "%s/report.json", folder);
    struct sink *sink = json_sink_new(path, wire, &diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sink);
    CU_ASSERT(play(sink, result, 2, interrupted, &diags));
    sink->vtable->free(sink);
    struct output output = read_file(path);
    CU_ASSERT_PTR_NOT_NULL(
        json_read(arena, &diags, path, (struct bytes){(uint8_t *)output.at, output.len}));
    CHECK_ROW(diags.count == 0, "%s", diags.count > 0 ? diag_text(diags.first, arena) : "");
    unlink(path);
    arena_free(arena);
    return output;
}

/* clang-format off */
static const char whole_report[] =
    "{\n"
    "  \"format\": \"assay-report/1\",\n"
    "  \"assay\": {\"version\": \"0.1\"},\n"
    "  \"subjects\": [\n"
    "    {\"name\": \"bundled\", \"version\": \"0.1\", \"can\": [\"session\", \"read.stream\"]},\n"
    "    {\"name\": \"curl\", \"version\": null, \"can\": []}\n"
    "  ],\n"
    "  \"results\": [\n"
    "    {\n"
    "      \"case\": \"partial-read/length-cut\",\n"
    "      \"title\": \"A short body is reported as incomplete\",\n"
    "      \"file\": \"cases/partial-read/length-cut.json\",\n"
    "      \"line\": 1,\n"
    "      \"requirements\": [\"9112-8-1\"],\n"
    "      \"seen_in\": [\"https://example.org/issues/1\"],\n"
    "      \"subject\": \"bundled\",\n"
    "      \"verdict\": \"fail\",\n"
    "      \"behaviour\": \"takes the short body as whole\",\n"
    "      \"reason\": null,\n"
    "      \"why\": \"9112-8-1\",\n"
    "      \"runs\": {\"count\": 62, \"behaviours\": {\"takes the short body as whole\": 2, \"reports it\": 60}},\n"
    "      \"shown\": [\n"
    "        {\n"
    "          \"run\": \"partial-read/length-cut[cut=17]\",\n"
    "          \"verdict\": \"fail\",\n"
    "          \"behaviour\": \"takes the short body as whole\",\n"
    "          \"reason\": null,\n"
    "          \"attempts\": 1,\n"
    "          \"outcomes\": [\n"
    "            {\"step\": 0, \"error\": \"none\", \"status\": 200, \"body\": {\"len\": 5, \"text\": \"hello\", \"b64\": \"aGVsbG8=\"}},\n"
    "            null\n"
    "          ],\n"
    "          \"duration_us\": 1234,\n"
    "          \"wire\": [\n"
    "            {\"ns\": 30, \"kind\": \"sent\", \"peer\": \"origin\", \"connection\": 0, \"len\": 44, \"text\": \"HTTP/1.1 200 OK\\\\r\\\\nContent-Length: 10\\\\r\\\\n\\\\r\\\\nhello\", \"b64\": \"SFRUUC8xLjEgMjAwIE9LDQpDb250ZW50LUxlbmd0aDogMTANCg0KaGVsbG8=\"},\n"
    "            {\"ns\": 40, \"kind\": \"fin sent\", \"peer\": \"origin\", \"connection\": 0}\n"
    "          ]\n"
    "        }\n"
    "      ]\n"
    "    }\n"
    "  ],\n"
    "  \"totals\": {\n"
    "    \"bundled\": {\"cases\": {\"pass\": 20, \"fail\": 1}, \"runs\": {\"pass\": 20, \"fail\": 62}},\n"
    "    \"curl\": {\"cases\": {}, \"runs\": {}}\n"
    "  },\n"
    "  \"run\": {\"started\": \"2000-01-01T00:00:00Z\", \"duration_ms\": 1234, \"host\": \"Linux\", \"interrupted\": true}\n"
    "}\n";
/* clang-format on */

static void check_whole_reports(const char *folder)
{
    struct arena *arena = arena_new();
    struct run_result run = {.point = &two_point,
                             .verdict = VERDICT_FAIL,
                             .behaviour = &whole,
                             .attempts = 1,
                             .outcomes = ok_outcomes,
                             .outcome_count = 2,
                             .duration_ns = 1234567,
                             .transcript = transcript_of(arena, cut_events + 3, 2)};
    const struct run_result *worst = &run;
    struct case_result result = result_of(&worst, VERDICT_FAIL, 62);
    struct output output = json_output(folder, &result, JSON_WIRE_NOT_PASSED, true);
    check_text("fail", output.at, whole_report);
    free(output.at);
    worst = NULL;
    result = result_of(&worst, VERDICT_SKIP, 0);
    output = json_output(folder, &result, JSON_WIRE_ALL, false);
    CHECK_ROW(strstr(output.at,
                     "\"verdict\": \"skip\",\n      \"behaviour\": null,\n      \"reason\": null,\n"
                     "      \"why\": null,\n      \"runs\": {\"count\": 0, \"behaviours\": {}},\n"
                     "      \"shown\": []\n") != NULL,
              "skip: %s", output.at);
    free(output.at);
    arena_free(arena);
}

static void json_writes_whole_reports(void)
{
    with_folder(check_whole_reports);
}

static void check_wire(const char *folder)
{
    struct arena *arena = arena_new();
    struct run_result run = {.point = &cut_point,
                             .transcript = transcript_of(arena, cut_events, 2)};
    const struct run_result *worst = &run;
    for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        run.verdict = verdict;
        const struct case_result result = result_of(&worst, verdict, 1);
        for (enum json_wire wire = JSON_WIRE_NOT_PASSED; wire <= JSON_WIRE_ALL; wire++) {
            struct output output = json_output(folder, &result, wire, false);
            const bool want = wire == JSON_WIRE_ALL || verdict != VERDICT_PASS;
            CHECK_ROW((strstr(output.at, "\"wire\"") != NULL) == want, "%s, wire %d",
                      verdict_name(verdict), (int)wire);
            free(output.at);
        }
    }
    arena_free(arena);
}

static void json_holds_the_wire_that_is_asked_for(void)
{
    with_folder(check_wire);
}

/* No octet of a report may be a command to a terminal. */
static void check_harmless(const char *label, struct output output)
{
    struct bytes rest = {(uint8_t *)output.at, output.len};
    while (rest.len > 0) {
        char shown[WIRE_TEXT_SIZE];
        const struct bytes at = rest;
        const size_t len = wire_text_next_plain(&rest, shown);
        const bool is_itself = memcmp(at.at, shown, len < at.len ? len : at.len) == 0;
        CHECK_ROW(at.at[0] == '\n' || is_itself, "%s: octet %zu", label, output.len - at.len);
    }
    free(output.at);
}

/* clang-format off */
static const struct requirement hostile_requirement = {.id = HOSTILE, .level = HOSTILE, .text = HOSTILE};
static const struct requirement *const hostile_requirements[] = {&hostile_requirement};
static const char *const hostile_texts[] = {HOSTILE};
static const struct case_ hostile_case = {.id = HOSTILE, .title = HOSTILE, .file = HOSTILE,
    .requirements = hostile_requirements, .requirement_count = 1, .seen_in = hostile_texts, .seen_in_count = 1};
static const struct field_pattern hostile_fields = {.name = OCTETS(HOSTILE)};
static const struct outcome_pattern hostile_pattern = {.headers = {&hostile_fields, 1},
    .trailers = {&hostile_fields, 1}};
static const struct behaviour hostile_behaviour = {.name = HOSTILE, .why = HOSTILE, .client = &hostile_pattern,
    .client_count = 1};
static const struct behaviour_count hostile_count = {HOSTILE, 1};
static const struct piece endless = {.data = OCTETS(HOSTILE), .times = UINT64_MAX};
static const struct client_step hostile_step = {.method = {&endless, 1, UINT64_MAX},
    .target = {&endless, 1, UINT64_MAX}};
static const struct peer hostile_peers[] = {{HOSTILE, &script, 1}, {HOSTILE, &script, 1}};
static const struct point hostile_point = {.parent = &hostile_case, .suffix = "'" HOSTILE, .client = &hostile_step,
    .client_count = 1, .peers = hostile_peers, .peer_count = 2};
/* clang-format on */

static void check_hostile(const char *folder)
{
    struct arena *arena = arena_new();
    const struct run_result run = {
        .verdict = VERDICT_FAIL,
        .point = &hostile_point,
        .behaviour = &hostile_behaviour,
        .reason = HOSTILE HOSTILE,
        .attempts = 2,
        .outcomes = hostile_outcomes,
        .outcome_count = 1,
        .transcript = transcript_of(arena, hostile_events, COUNT_OF(hostile_events))};
    const struct run_result *const shown[] = {&run};
    const struct case_result result = {.case_ = &hostile_case,
                                       .subject = HOSTILE,
                                       .verdict = VERDICT_FAIL,
                                       .worst = &run,
                                       .run_count = 2,
                                       .shown = shown,
                                       .shown_count = 1,
                                       .behaviours = &hostile_count,
                                       .behaviour_count = 1};
    check_harmless("console", console_output(&result, (struct console_options){0}, 1, false));
    check_harmless("json", json_output(folder, &result, JSON_WIRE_ALL, false));
    arena_free(arena);
}

static void escapes_hostile_octets_everywhere(void)
{
    with_folder(check_hostile);
}

static void check_places(const char *folder)
{
    static const struct place_row {
        const char *path; /* in the folder, unless it is absolute */
        const char *want; /* NULL: it is written */
    } rows[] = {
        {"a/b/c.json", NULL},
        {"file", NULL},
        {"file/c.json", "cannot write the report: Not a directory"},
        {".", "cannot write the report: Is a directory"},
        {"/dev/full", "cannot write the report: No space left on device"},
        {"/dev/null", NULL},
        {"/proc/none/c.json", "cannot write the report: No such file or directory"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct diags diags = {.arena = arena};
        const char *path = rows[i].path[0] == '/'
                               ? rows[i].path
                               : arena_printf(arena, "%s/%s", folder, rows[i].path);
        struct sink *sink = json_sink_new(path, JSON_WIRE_ALL, &diags);
        const bool is_written = sink != NULL && play(sink, NULL, 1, false, &diags);
        CHECK_ROW(is_written == (rows[i].want == NULL), "%s", rows[i].path);
        if (rows[i].want != NULL && diags.count == 1)
            check_text(rows[i].path, diags.first->message, rows[i].want);
        CHECK_ROW(diags.count == (rows[i].want != NULL), "%s: %zu diags", rows[i].path,
                  diags.count);
        if (sink != NULL)
            sink->vtable->free(sink);
    }
    static const char *const made[] = {"a/b/c.json", "file"};
    for (size_t i = 0; i < COUNT_OF(made); i++)
        CHECK_ROW(unlink(arena_printf(arena, "%s/%s", folder, made[i])) == 0, "%s", made[i]);
    rmdir(arena_printf(arena, "%s/a/b", folder));
    rmdir(arena_printf(arena, "%s/a", folder));
    arena_free(arena);
}

static void json_tells_where_it_cannot_write(void)
{
    with_folder(check_places);
}

static void check_unfinished(const char *folder)
{
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    const char *path = arena_printf(arena, "%s/report.json", folder);
    const struct run_info info = {.version = "0.1"};
    struct sink *one = json_sink_new(path, JSON_WIRE_ALL, &diags);
    struct sink *other = json_sink_new(path, JSON_WIRE_ALL, &diags);
    CHECK_ROW(one != NULL && other != NULL, "two reports are begun at one path");
    if (one != NULL) {
        one->vtable->begin(one, &info);
        one->vtable->free(one);
    }
    if (other != NULL)
        other->vtable->free(other);
    CU_ASSERT(access(path, F_OK) != 0);
    arena_free(arena);
}

static void json_leaves_no_unfinished_file(void)
{
    with_folder(check_unfinished);
}

CU_TestInfo reports_tests[] = {
    {"shows octets readably", shows_octets_readably},
    {"lets no octet through that commands", lets_no_octet_through_that_commands},
    {"draws every ladder", draws_every_ladder},
    {"console shows every row", console_shows_every_row},
    {"console shows colour, progress and subjects", console_shows_colour_progress_and_subjects},
    {"console leaves out the middle of a long wire", console_leaves_out_the_middle_of_a_long_wire},
    {"console tells a full disk", console_tells_a_full_disk},
    {"json text writes every value", json_text_writes_every_value},
    {"json writes whole reports", json_writes_whole_reports},
    {"json holds the wire that is asked for", json_holds_the_wire_that_is_asked_for},
    {"escapes hostile octets everywhere", escapes_hostile_octets_everywhere},
    {"json tells where it cannot write", json_tells_where_it_cannot_write},
    {"json leaves no unfinished file", json_leaves_no_unfinished_file},
    CU_TEST_INFO_NULL,
};
