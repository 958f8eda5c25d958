#include "reports/json.h"
#include "reports/read_report.h"
#include "tests/report_fixtures.h"
#include "tests/suites.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A sink to be written to: a JSON report at `path`, or, where there is none, the console. */
struct target {
    const char *path;
    FILE *out;
    struct diags *diags;
};

static struct sink *open_target(const struct target *target)
{
    const struct console_options options = {.out = target->out, .whole = true};
    if (target->path == NULL)
        return console_sink_new(&options);
    struct sink *sink = json_sink_new(target->path, JSON_WIRE_ALL, target->diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sink);
    return sink;
}

/* Counts the results, as the harness does. */
static void write_report(struct report *report, const struct target *target)
{
    struct arena *scratch = arena_new();
    struct sink *sink = open_target(target);
    const struct case_result *result;
    sink->vtable->begin(sink, &report->info);
    while ((result = report_next(report, scratch)) != NULL) {
        report->totals[0].cases[result->verdict]++;
        report->totals[0].stale += result->is_stale;
        for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
            report->totals[0].runs[verdict] += result->verdict_runs[verdict];
        sink->vtable->result(sink, result);
        arena_reset(scratch);
    }
    CU_ASSERT(sink->vtable->end(sink, report->totals, report->duration_ns, report->interrupted,
                                target->diags));
    sink->vtable->free(sink);
    arena_free(scratch);
}

/* What a fixture's result becomes, straight. */
static void write_result(const struct case_result *result, const struct target *target)
{
    struct sink *sink = open_target(target);
    CU_ASSERT(report_play(sink, result, 2, true, target->diags));
    sink->vtable->free(sink);
}

/* report_play() tells of twenty more cases that passed, whose results are not in the report. */
static void add_unseen(struct report *report)
{
    report->totals[0].cases[VERDICT_PASS] += 20;
    report->totals[0].runs[VERDICT_PASS] += 20;
}

static bool open_report(struct report *report, struct diags *diags, struct output text)
{
    const bool is_good = report_open(report, diags->arena, "run.json",
                                     (struct bytes){(uint8_t *)text.at, text.len}, diags);
    CHECK_ROW(is_good, "%s", diags->count > 0 ? diag_text(diags->first, diags->arena) : "");
    return is_good;
}

/* Written, read and written again it is the same. */
static void check_round_trip(const char *label, const struct case_result *result,
                             const char *folder)
{
    struct diags diags = {.arena = arena_new()};
    const struct target first = {.path = arena_printf(diags.arena, "%s/first.json", folder),
                                 .diags = &diags};
    const struct target second = {.path = arena_printf(diags.arena, "%s/second.json", folder),
                                  .diags = &diags};
    write_result(result, &first);
    struct output want = report_read_file(first.path);
    struct report report;
    if (open_report(&report, &diags, want)) {
        add_unseen(&report);
        write_report(&report, &second);
        struct output got = report_read_file(second.path);
        report_check_text(label, got.at, want.at);
        free(got.at);
        unlink(second.path);
    }
    unlink(first.path);
    free(want.at);
    arena_free(diags.arena);
}

/* clang-format off */
static const struct run_finding findings[] = {{{RULE_HOST_MISSING, 17, 3}, 1, 2}};
static const struct event all_events[] = {
    {.kind = EVENT_CONNECT, .ns = 10}, {EVENT_OF(EVENT_RECEIVED, HOSTILE), .tail = OCTETS(HOSTILE), .connection = 1},
    {.kind = EVENT_STEP_BEGUN, .step = 1}, {.kind = EVENT_STEP_CUT, .step = 1, .peer = 1, .connection = 4},
    {.kind = EVENT_STEP_DONE, .step = 7}, {EVENT_OF(EVENT_SENT, "")}, {.kind = EVENT_HEAD, .step = 1},
    {.kind = EVENT_RST_RECEIVED, .error = ECONNRESET}, {.kind = EVENT_MANNERS, .text = "100 (Continue)"},
    {.kind = EVENT_ARRIVED}, {.kind = EVENT_OUTCOME, .outcome = &ok}, {.kind = EVENT_ENDED}, {.kind = EVENT_RUNAWAY},
    {EVENT_OF(EVENT_SENT, "a"), .tail = OCTETS("b"), .digest = UINT64_C(0x0123456789abcdef)},
    {.kind = EVENT_HELLO, .hello = &hostile_hello}};
static const struct run_result runs[] = {
    {.point = &cut_point, .verdict = VERDICT_PASS, .behaviour = &notes, .attempts = 1},
    {.point = &two_point, .verdict = VERDICT_FAIL, .behaviour = &whole, .attempts = 2, .outcomes = ok_outcomes,
     .outcome_count = 2, .duration_ns = 1234000, .repeat = 12, .findings = findings, .finding_count = 1},
    {.point = &cut_point, .verdict = VERDICT_UNRECOGNISED, .reason = "nearest \"x\"\nstatus: want 201, got 200",
     .outcomes = hostile_outcomes, .outcome_count = 1, .attempts = 1},
    {.point = &two_point, .verdict = VERDICT_SKIP, .reason = "it cannot", .outcomes = field_outcomes, .outcome_count = 1},
};
/* clang-format on */

static void check_round_trips(const char *folder)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(runs); i++)
        for (int with_wire = 0; with_wire < 2; with_wire++) {
            struct run_result run = runs[i];
            const struct run_result *worst = &run;
            if (with_wire == 1)
                run.transcript = report_transcript(arena, all_events, COUNT_OF(all_events));
            const struct case_result result = report_result(&worst, run.verdict, 62);
            check_round_trip(verdict_name(run.verdict), &result, folder);
        }
    struct run_result secured = runs[1];
    const struct run_result *listed = &runs[1], *none = NULL, *with_tls = &secured;
    secured.transcript = report_transcript(arena, tls_events, COUNT_OF(tls_events));
    const struct case_result over_tls = report_result(&with_tls, secured.verdict, 1);
    check_round_trip("over TLS", &over_tls, folder);
    const struct case_result known = report_listed(&listed, VERDICT_KNOWN);
    const struct case_result stale = report_listed(&listed, VERDICT_PASS);
    check_round_trip("known", &known, folder);
    check_round_trip("stale", &stale, folder);
    const struct case_result skipped = report_result(&none, VERDICT_SKIP, 0);
    check_round_trip("no run", &skipped, folder);
    check_round_trip("no result", NULL, folder);
    arena_free(arena);
}

static void gives_back_what_was_written(void)
{
    report_with_folder(check_round_trips);
}

/* What people are shown of it is the same, too. */
static void check_blocks(const char *folder)
{
    struct diags diags = {.arena = arena_new()};
    const char *path = arena_printf(diags.arena, "%s/run.json", folder);
    struct run_result run = runs[1];
    run.transcript = report_transcript(diags.arena, cut_events, COUNT_OF(cut_events));
    const struct run_result *worst = &run;
    const struct case_result result = report_result(&worst, VERDICT_FAIL, 62);
    write_result(&result, &(struct target){.path = path, .diags = &diags});
    struct output text = report_read_file(path), want, got;
    FILE *out = open_memstream(&want.at, &want.len);
    write_result(&result, &(struct target){.out = out, .diags = &diags});
    fclose(out);
    out = open_memstream(&got.at, &got.len);
    struct report report;
    if (open_report(&report, &diags, text)) {
        add_unseen(&report);
        write_report(&report, &(struct target){.out = out, .diags = &diags});
    }
    fclose(out);
    report_check_text("the block", got.at, strstr(want.at, "FAIL"));
    free(want.at);
    free(got.at);
    free(text.at);
    unlink(path);
    arena_free(diags.arena);
}

static void shows_what_the_console_showed(void)
{
    report_with_folder(check_blocks);
}

/* --- hostile reports ----------------------------------------------------------------- */

/* clang-format off */
#define HEAD "{\"format\": \"assay-report/1\", \"assay\": {\"version\": \"9\"}, \"subjects\": [{\"name\": \"a\", \"can\": []}],\n"
#define TAIL "\"rules\": [], \"totals\": {}, \"run\": {\"started\": \"\", \"duration_ms\": 1, \"host\": \"\", \"interrupted\": false}}"
#define CASE "\"case\": \"x/y\", \"title\": \"\", \"file\": \"\", \"line\": 1, \"requirements\": [], \"seen_in\": [], \"subject\": \"a\", " \
             "\"verdict\": \"pass\", \"runs\": {\"count\": 1, \"behaviours\": {}}"
#define RESULT(shown) HEAD "\"results\": [\n{" CASE ", \"shown\": [" shown "]}], " TAIL
#define RUN "\"run\": \"x/y\", \"verdict\": \"pass\", \"attempts\": 1, \"duration_us\": 1"
#define OUTCOME(members) RESULT("{" RUN ", \"findings\": [], \"outcomes\": [{" members "}]}")
#define EVENT(members) RESULT("{" RUN ", \"findings\": [], \"outcomes\": [], \"wire\": [{" members "}]}")

static const struct bad_row {
    const char *text;
    const char *want; /* NULL: nothing is wrong with it */
} bad_rows[] = {
    {RESULT(""), NULL},
    {RESULT("{" RUN ", \"findings\": [], \"outcomes\": []}"), NULL},
    {OUTCOME("\"step\": 0, \"error\": \"none\""), NULL},
    {EVENT("\"ns\": 1, \"kind\": \"danced\""), NULL},
    {"", "run.json:1: want an array or an object"},
    {"nonsense", "run.json:1: want an array or an object"},
    {"{}", "run.json:1: is no report of assay: lacks the member \"format\""},
    {HEAD "\"results\": []}", "run.json:1: is no report of assay: lacks the member \"rules\""},
    {HEAD "\"results\": [],\n\"results\": []}", "run.json:3: duplicate key \"results\", first at line 2"},
    {HEAD "\"results\": [], " TAIL "}", "run.json:2: want the end of the text"},
    {HEAD "\"results\": {}, " TAIL, "run.json:2: /results: want an array"},
    {HEAD "\"results\": 7, " TAIL, "run.json:2: /results: want an array"},
    {HEAD "\"results\": [\n7], " TAIL, "run.json:3: /results/0: want an object, got a number"},
    {HEAD "\"results\": [\n{]], " TAIL, "run.json:3: /results/0: want a key in double quotes, got \"]\""},
    {HEAD "\"results\": [{\"case\": \"a\",\n\"case\": 1}], " TAIL, "run.json:3: /results/0/case: duplicate key \"case\", first at line 1"},
    {"{\"format\": 7, \"assay\": {}, \"subjects\": [], \"results\": [], " TAIL, "run.json:1: /format: want a string, got a number"},
    {"{\"format\": \"assay-report/2\", \"assay\": 1, \"subjects\": 1, \"results\": 1, " TAIL,
     "run.json:1: /format: want the format \"assay-report/1\", got \"assay-report/2\""},
    {"{\"format\": \"assay-report/1\", \"assay\": {\"version\": \"\"}, \"subjects\": [{\"name\": \"a\", \"can\": []}, {\"name\": \"a\", "
     "\"can\": []}], \"results\": [], " TAIL, "run.json:1: /subjects/1: a second subject is called \"a\""},
    {HEAD "\"results\": [{\"case\": \"x\", \"\\u001b\\u009b\": 1,\n\"\\u001b\\u009b\": 2}], " TAIL,
     "run.json:3: /results/0/\\x1b\\xc2\\x9b: duplicate key \"\\x1b\\xc2\\x9b\", first at line 1"},
    {RESULT("7"), "run.json:3: /results/0/shown/0: want an object, got a number"},
    {RESULT("{}"), "run.json:3: /results/0/shown/0: lacks the member \"verdict\""},
    {RESULT("{\"run\": \"x/z\", \"verdict\": \"pass\", \"attempts\": 1, \"duration_us\": 1, \"outcomes\": [], \"findings\": []}"),
     "run.json:3: /results/0/shown/0/run: want a run of \"x/y\", got \"x/z\""},
    {OUTCOME("\"step\": 0, \"error\": \"tired\""),
     "run.json:3: /results/0/shown/0/outcomes/0/error: want one of none, invalid_request, refused, tls, tunnel, timeout, reset, closed, "
     "incomplete, too_large, malformed, other, hung, runaway, got \"tired\""},
    {OUTCOME("\"error\": \"none\", \"status\": -1"),
     "run.json:3: /results/0/shown/0/outcomes/0/status: want a whole number from 0 to 2147483647, got -1"},
    {OUTCOME("\"error\": \"none\", \"status\": 1.5"),
     "run.json:3: /results/0/shown/0/outcomes/0/status: want a whole number from 0 to 2147483647, got 1.5"},
    {OUTCOME("\"error\": \"none\", \"body\": {\"len\": 1, \"b64\": \"?\"}"),
     "run.json:3: /results/0/shown/0/outcomes/0/body/b64: want base64, got \"?\""},
    {OUTCOME("\"error\": \"none\", \"headers\": [[\"a\"]]"),
     "run.json:3: /results/0/shown/0/outcomes/0/headers/0: want a name and a value, got 1 elements"},
    {OUTCOME("\"error\": \"none\", \"headers\": [[\"a\", 7]]"),
     "run.json:3: /results/0/shown/0/outcomes/0/headers/0/1: want a string or {\"b64\"}, got a number"},
    {EVENT("\"ns\": 1, \"kind\": \"sent\""), "run.json:3: /results/0/shown/0/wire/0: lacks the member \"b64\""},
    {EVENT("\"ns\": 1, \"kind\": \"step done\", \"peer\": \"a\", \"script\": 4294967295, \"step\": 0, \"verb\": \"send\""),
     "run.json:3: /results/0/shown/0/wire/0: want at most 100000 steps of scripts, got more"},
    {EVENT("\"ns\": 1, \"kind\": \"step done\", \"peer\": \"a\", \"script\": 0, \"step\": 4294967295, \"verb\": \"send\""),
     "run.json:3: /results/0/shown/0/wire/0: want at most 100000 steps of scripts, got more"},
    {EVENT("\"ns\": 1, \"kind\": \"sent\", \"len\": 9, \"b64\": \"\", \"tail_b64\": \"\", \"digest\": \"012345678\""),
     "run.json:3: /results/0/shown/0/wire/0/digest: want 16 hexadecimal digits"},
    {EVENT("\"ns\": 1, \"kind\": \"sent\", \"len\": 9, \"b64\": \"\", \"tail_b64\": \"\", \"digest\": \"0123456789abcdeg\""),
     "run.json:3: /results/0/shown/0/wire/0/digest: want 16 hexadecimal digits"},
    {EVENT("\"ns\": 1, \"kind\": \"client hello\", \"hello\": {\"names\": 1, \"name\": 7}"),
     "run.json:3: /results/0/shown/0/wire/0/hello/name: want a string or {\"b64\"}, got a number"},
    {EVENT("\"ns\": 1, \"kind\": \"client hello\", \"hello\": {}"),
     "run.json:3: /results/0/shown/0/wire/0/hello: lacks the member \"names\""},
    {EVENT("\"ns\": 9007199254740993, \"kind\": \"sent\""),
     "run.json:3: /results/0: want an integer from -9007199254740991 to 9007199254740991, got \"9007199254740993\""},
};
/* clang-format on */

static void check_bad_row(const struct bad_row *row)
{
    struct diags diags = {.arena = arena_new()};
    struct report report;
    const bool is_good = report_open(&report, diags.arena, "run.json", bytes_of(row->text), &diags);
    const char *got = diags.count > 0 ? diag_text(diags.first, diags.arena) : "nothing";
    CHECK_ROW(is_good == (row->want == NULL), "%s: told %s", row->text, got);
    CHECK_ROW(is_good == (diags.count == 0), "%s: %zu mistakes", row->text, diags.count);
    if (row->want != NULL)
        CHECK_ROW(strcmp(got, row->want) == 0, "got %s, want %s", got, row->want);
    arena_free(diags.arena);
}

static void tells_what_is_wrong(void)
{
    for (size_t i = 0; i < COUNT_OF(bad_rows); i++)
        check_bad_row(&bad_rows[i]);
}

/* A copy of exact size, so that an octet too far is seen. */
static bool opens(const char *text, size_t len)
{
    struct diags diags = {.arena = arena_new()};
    struct report report;
    uint8_t *copy = malloc(len > 0 ? len : 1);
    memcpy(copy, text, len);
    const bool is_good =
        report_open(&report, diags.arena, "run.json", (struct bytes){copy, len}, &diags);
    CHECK_ROW(is_good == (diags.count == 0), "%zu octets: %zu mistakes", len, diags.count);
    free(copy);
    arena_free(diags.arena);
    return is_good;
}

/* Behind this a report that is cut can be read: with no result, at the worst. */
#define RESULTS_BEGIN "\n  \"results\": ["

static void check_spoiled(const char *folder)
{
    struct diags diags = {.arena = arena_new()};
    const char *path = arena_printf(diags.arena, "%s/run.json", folder);
    struct run_result run = runs[1];
    run.transcript = report_transcript(diags.arena, all_events, COUNT_OF(all_events));
    const struct run_result *worst = &run;
    const struct case_result result = report_result(&worst, VERDICT_FAIL, 62);
    write_result(&result, &(struct target){.path = path, .diags = &diags});
    struct output text = report_read_file(path);
    unlink(path);
    const size_t len = strlen(text.at) - 1; /* without the line end */
    CU_ASSERT(opens(text.at, len));
    const size_t begun = (size_t)(strstr(text.at, RESULTS_BEGIN) - text.at) + strlen(RESULTS_BEGIN);
    for (size_t cut = 0; cut < len; cut++)
        CHECK_ROW(opens(text.at, cut) == (cut >= begun), "cut at %zu", cut);
    static const char octets[] = "\"{]0\\,";
    for (size_t at = 0; at < len; at++) {
        const char was = text.at[at];
        text.at[at] = octets[at % (sizeof(octets) - 1)];
        opens(text.at, len); /* good or not, it says so */
        text.at[at] = was;
    }
    free(text.at);
    arena_free(diags.arena);
}

/* How many results are read of the text's first `len` octets; -1: it is no report. */
static int results_of(const char *text, size_t len)
{
    struct diags diags = {.arena = arena_new()};
    struct report report;
    const bool is_good = report_open(&report, diags.arena, "run.json",
                                     (struct bytes){(const uint8_t *)text, len}, &diags);
    const int count = is_good ? (int)report.result_count : -1;
    if (is_good)
        CHECK_ROW(report.is_cut && report.interrupted && report.info.case_count == 3,
                  "%zu octets: taken for a whole report", len);
    arena_free(diags.arena);
    return count;
}

/* What a run that was killed leaves: the results that it had finished, and where it stands. */
static void reads_what_a_killed_run_has_left(void)
{
    static const char begun[] =
        "{\n  \"format\": \"assay-report/1\",\n  \"assay\": {\"version\": \"0.1\"},\n"
        "  \"begun\": {\"started\": \"2000-01-01T00:00:00Z\", \"host\": \"Linux\", \"cases\": 3},\n"
        "  \"subjects\": [\n    {\"name\": \"a\", \"can\": []}\n  ],\n  \"results\": [";
    static const char first[] = "\n    {\n      " CASE ", \"shown\": []\n    }";
    static const char second[] = ",\n    {\n      \"case\": \"b\", ";
    struct arena *arena = arena_new();
    const char *text = arena_printf(arena, "%s%s%s", begun, first, second);
    for (size_t len = 0; len <= strlen(text); len++) {
        const size_t one = sizeof(begun) - 1 + sizeof(first) - 1;
        const int want = len < sizeof(begun) - 1 ? -1 : len < one ? 0 : 1;
        const int got = results_of(text, len);
        CHECK_ROW(got == want, "%zu octets: %d results, want %d", len, got, want);
    }
    struct diags diags = {.arena = arena};
    struct report report;
    text = arena_printf(
        arena,
        "%s%s\n  ],\n  \"rules\": [],\n  \"run\": {\"started\": \"2000-01-01T00:00:00Z\", "
        "\"duration_ms\": 1, \"host\": \"\", \"interrupted\": false}\n}\n \n",
        begun, first);
    CHECK_ROW(report_open(&report, arena, "run.json", bytes_of(text), &diags) && !report.is_cut,
              "with a blank line behind its end it is whole");
    arena_free(arena);
}

static void stands_cut_and_spoiled_reports(void)
{
    report_with_folder(check_spoiled);
}

/* Larger than one JSON text may be: read in parts. */
static void reads_large_reports(void)
{
    enum { RESULTS = 200, TITLE_LEN = 100 * 1000 };
    struct output text;
    FILE *out = open_memstream(&text.at, &text.len);
    struct diags diags = {.arena = arena_new()};
    struct report report;
    fputs(HEAD "\"results\": [", out);
    for (int i = 0; i < RESULTS; i++) {
        fprintf(out, "%s{" CASE ", \"why\": \"", i > 0 ? ",\n" : "");
        for (int j = 0; j < TITLE_LEN; j++)
            putc('x', out);
        fputs("\", \"shown\": []}", out);
    }
    fputs("], " TAIL, out);
    fclose(out);
    if (open_report(&report, &diags, text))
        CU_ASSERT(report.result_count == RESULTS && report.info.case_count == RESULTS);
    free(text.at);
    arena_free(diags.arena);
}

/* What a later version may add is left out, and counted. */
static void leaves_out_what_it_does_not_know(void)
{
    static const char text[] =
        HEAD "\"new\": {\"a\": [1]}, \"results\": [{" CASE ", \"new\": 7, \"shown\": [{" RUN
             ", \"outcomes\": [], \"findings\": [{\"rule\": \"new\", \"peer\": \"o\", "
             "\"connection\": 0, \"request\": 0, \"offset\": 0}], \"wire\": [{\"ns\": 1, "
             "\"kind\": \"danced\"}, {\"ns\": 2, \"kind\": \"ended\"}]}]}], " TAIL;
    struct diags diags = {.arena = arena_new()};
    struct arena *scratch = arena_new();
    struct report report;
    CU_ASSERT_FATAL(report_open(&report, diags.arena, "run.json", bytes_of(text), &diags));
    const struct case_result *result = report_next(&report, scratch);
    CU_ASSERT_FATAL(result != NULL && result->shown_count == 1);
    const struct run_result *run = result != NULL ? result->shown[0] : NULL;
    CU_ASSERT(run != NULL && run->finding_count == 0 && run->transcript->count == 1);
    CU_ASSERT(report.unknown_count == 2);
    CU_ASSERT(report_next(&report, scratch) == NULL);
    report_rewind(&report);
    CU_ASSERT(report_next(&report, scratch) != NULL);
    CU_ASSERT(report.unknown_count == 2);
    arena_free(scratch);
    arena_free(diags.arena);
}

CU_TestInfo read_report_tests[] = {
    {"gives back what was written", gives_back_what_was_written},
    {"shows what the console showed", shows_what_the_console_showed},
    {"tells what is wrong", tells_what_is_wrong},
    {"reads what a killed run has left", reads_what_a_killed_run_has_left},
    {"stands cut and spoiled reports", stands_cut_and_spoiled_reports},
    {"reads large reports", reads_large_reports},
    {"leaves out what it does not know", leaves_out_what_it_does_not_know},
    CU_TEST_INFO_NULL,
};
