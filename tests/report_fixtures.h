/* report_fixtures -- a case, its runs and their transcripts, and ways to give them to a sink: for
 * the tests of reports/. */
#ifndef TESTS_REPORT_FIXTURES_H
#define TESTS_REPORT_FIXTURES_H

#include "reports/console.h"
#include "tests/check.h"

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
static const struct peer peers[] = {{.name = "origin", .scripts = &script, .script_count = 1},
    {.name = "proxy", .scripts = &script, .script_count = 1}};
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
static const struct tls_hello hostile_hello = {.name_count = UINT32_MAX, .name = OCTETS(HOSTILE HOSTILE HOSTILE HOSTILE),
    .alpn = OCTETS(HOSTILE HOSTILE HOSTILE HOSTILE)};
static const struct tls_hello hello = {.name_count = 1, .name = OCTETS("localhost"), .alpn = OCTETS("h2,http/1.1")};
static const struct tls_hello no_name = {.name_count = 0};
static const struct event tls_events[] = {
    {.kind = EVENT_CONNECT}, {.kind = EVENT_HELLO, .hello = &hello},
    {.kind = EVENT_SECURED, .text = "TLSv1.3 TLS_AES_256_GCM_SHA384"},
    {EVENT_OF(EVENT_RECEIVED, "GET / HTTP/1.1\r\nHo"), .record_offset = 1021, .record_len = 40},
    {EVENT_OF(EVENT_RECEIVED, "st: a\r\n\r\n"), .record_offset = 1061, .record_len = 31},
    {EVENT_OF(EVENT_SENT, "HTTP/1.1 200 OK\r\n\r\n"), .record_offset = 7, .record_len = 41},
    {.kind = EVENT_NOTIFY_SENT}, {.kind = EVENT_NOTIFY_RECEIVED}, {.kind = EVENT_ALERT_RECEIVED, .text = "bad_certificate"},
    {.kind = EVENT_ALERT_SENT, .text = "unexpected_message"}, {.kind = EVENT_TLS_FAILED, .text = TLS_PLAIN_HTTP_TEXT},
    {.kind = EVENT_HELLO, .hello = &no_name}, {.kind = EVENT_JOINED, .text = "origin"},
    {.kind = EVENT_JOIN_FAILED, .text = "origin", .error = ECONNREFUSED}, {.kind = EVENT_RELAY_CUT, .text = "down"},
    {.kind = EVENT_FORWARDS, .text = "origin"},
};
static const struct event hostile_events[] = {
    {EVENT_OF(EVENT_RECEIVED, HOSTILE)},
    {EVENT_OF(EVENT_SENT, HOSTILE), .tail = OCTETS(HOSTILE)},
    {.kind = EVENT_MANNERS, .text = "100 (Continue)"},
    {.kind = EVENT_RST_RECEIVED, .error = ECONNRESET},
    {.kind = EVENT_ASKED}, {.kind = EVENT_OUTCOME, .outcome = &ok}, {.kind = EVENT_DEADLINE},
    {.kind = EVENT_HELLO, .hello = &hostile_hello}, {.kind = EVENT_TLS_FAILED, .text = HOSTILE},
    {.kind = EVENT_JOINED, .text = HOSTILE},
};
/* clang-format on */

struct output {
    char *at; /* freed by whoever asked for it */
    size_t len;
};

/* Of these events, in the arena. */
struct transcript *report_transcript(struct arena *arena, const struct event *events, size_t count);

/* On a difference the text is shown from the line on that holds the first one. */
void report_check_text(const char *label, const char *got, const char *want);

/* Gives one result, or none, to the sink, after 20 cases that passed. */
bool report_play(struct sink *sink, const struct case_result *result, size_t subject_count,
                 bool interrupted, struct diags *diags);

/* The case's result, of which `run` is the worst (NULL: no run). */
struct case_result report_result(const struct run_result *const *run, enum verdict verdict,
                                 size_t run_count);

/* The same of one run, listed in a baseline with the reason LISTED: stale, but for the verdict
 * `known`. */
#define LISTED "ticket #7, \x1b\nsince May"
struct case_result report_listed(const struct run_result *const *run, enum verdict verdict);

/* What the console shows of the result. */
struct output report_console(const struct case_result *result, struct console_options options,
                             size_t subject_count, bool interrupted);

struct output report_read_file(const char *path);

/* A folder that is removed again; that fails when a report has left anything behind. */
void report_with_folder(void (*test)(const char *folder));

typedef struct sink *report_opener(const char *path, bool strict, struct diags *diags);

/* What such a sink writes to a file: of one result; of a run without any, in which 2 of 9 requests
 * broke a rule. */
struct output report_written(report_opener *open, bool strict, const struct case_result *result,
                             size_t subject_count, bool interrupted);
struct output report_written_rule(report_opener *open, enum rule rule);

/* A full disk is told; a report that is not ended leaves nothing in the folder. */
void report_check_full_disk(report_opener *open);
void report_check_unfinished(report_opener *open, const char *folder);

#endif
