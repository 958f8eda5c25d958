#include "reports/console.h"
#include "tests/report_fixtures.h"
#include "tests/suites.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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
     "  requires   9112-8-1 (MUST): A client that gets a response shorter than the length it announces has\n"
     "             to note that the message is incomplete.\n"
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
            run.transcript = report_transcript(arena, cut_events, COUNT_OF(cut_events));
        const struct run_result *worst = row->run != NULL ? &run : NULL;
        const struct case_result result = report_result(&worst, row->verdict, row->run_count);
        struct output output = report_console(&result, (struct console_options){0}, 1, false);
        report_check_text(row->label, output.at, row->want);
        free(output.at);
        arena_free(arena);
    }
}

static void console_shows_what_the_baseline_lists(void)
{
    static const struct {
        enum verdict verdict;
        const char *want;
    } rows[] = {
        {VERDICT_KNOWN, "KNOWN  partial-read/length-cut  [bundled]  ticket #7, \\x1b\n"
                        "21 cases: 20 passed, 1 known   (1.23 s)\n"},
        {VERDICT_PASS, "STALE  partial-read/length-cut  [bundled]  ticket #7, \\x1b\n"
                       "21 cases: 21 passed, 1 stale   (1.23 s)\n"},
        {VERDICT_WARN, "STALE  partial-read/length-cut  [bundled]\n"
                       "  A short body is reported as incomplete\n"
                       "  behaviour  keeps the fold\n"
                       "  baseline   ticket #7, \\x1b\n"
                       "             since May\n"
                       "  seen in    https://example.org/issues/1\n"
                       "  client     GET /  ->  no outcome\n"
                       "  run it     assay run partial-read/length-cut --subject bundled\n"
                       "\n"
                       "21 cases: 20 passed, 1 warned, 1 stale   (1.23 s)\n"},
    };
    const struct run_result run = {.point = &cut_point, .behaviour = &notes};
    const struct run_result *worst = &run;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct case_result result = report_listed(&worst, rows[i].verdict);
        struct output output = report_console(&result, (struct console_options){0}, 1, false);
        report_check_text(verdict_name(rows[i].verdict), output.at, rows[i].want);
        free(output.at);
    }
}

static void console_shows_colour_progress_and_subjects(void)
{
    struct output progress;
    FILE *out = open_memstream(&progress.at, &progress.len);
    const struct run_result *worst = NULL;
    const struct case_result result = report_result(&worst, VERDICT_SKIP, 0);
    struct output output =
        report_console(&result, (struct console_options){.progress = out, .color = true}, 2, true);
    fclose(out);
    report_check_text("the report", output.at,
                      "\x1b[36mSKIP\x1b[0m  partial-read/length-cut  [bundled]\n"
                      "interrupted: 1 of 250 cases were played\n"
                      "21 cases: 20 \x1b[32mpassed\x1b[0m, 1 \x1b[36mskipped\x1b[0m   (1.23 s)\n"
                      "  bundled  21 cases: 20 \x1b[32mpassed\x1b[0m, 1 \x1b[36mskipped\x1b[0m\n"
                      "  curl  0 cases\n");
    report_check_text("the progress line", progress.at,
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
    struct transcript *transcript = report_transcript(arena, &event, 1);
    transcript->dropped = 7;
    const struct run_result run = {.point = &cut_point, .transcript = transcript};
    const struct run_result *worst = &run;
    const struct case_result result = report_result(&worst, VERDICT_WARN, 1);
    struct output output = report_console(&result, (struct console_options){0}, 1, false);
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
    CU_ASSERT(!report_play(sink, NULL, 1, false, &diags));
    CU_ASSERT(diags.count == 1);
    report_check_text("the diag", diag_text(diags.first, arena),
                      "cannot write the report for people: No space left on device");
    sink->vtable->free(sink);
    fclose(options.out);
    arena_free(arena);
}

CU_TestInfo console_tests[] = {
    {"console shows every row", console_shows_every_row},
    {"console shows what the baseline lists", console_shows_what_the_baseline_lists},
    {"console shows colour, progress and subjects", console_shows_colour_progress_and_subjects},
    {"console leaves out the middle of a long wire", console_leaves_out_the_middle_of_a_long_wire},
    {"console tells a full disk", console_tells_a_full_disk},
    CU_TEST_INFO_NULL,
};
