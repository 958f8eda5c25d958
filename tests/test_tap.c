#include "reports/tap.h"
#include "tests/report_fixtures.h"
#include "tests/suites.h"

#include <errno.h>
#include <stdlib.h>

/* clang-format off */
static const struct case_ awkward_case = {.id = "partial-read/a#b\\c", .title = "it's # \\ 'a'\n---",
    .file = "my cases/a'b.json", .line = 7};
static const struct behaviour warns = {.name = "a: 'b' # \\ \x01\xff", .verdict = VERDICT_WARN, .why = "leak"};

#define ID "partial-read/length-cut [bundled]"
#define YAML(verdict, message) \
     "  ---\n" \
     "  verdict: '" verdict "'\n" \
     "  title: 'A short body is reported as incomplete'\n" message \
     "  file: 'cases/partial-read/length-cut.json'\n" \
     "  line: 1\n"
#define RUN_IT "      run it     assay run partial-read/length-cut --subject bundled\n"

static const struct tap_row {
    const char *label;
    struct run_result run;
    size_t run_count; /* 0: there was none */
    const char *want; /* behind the plan */
    const struct case_ *case_; /* NULL: that of the fixtures */
    enum verdict verdict;
    bool has_wire, strict;
} rows[] = {
    {"pass", {.behaviour = &whole}, 1, "ok 1 - " ID "\n", NULL, VERDICT_PASS, true, false},
    {"pass, awkward", {.behaviour = &whole}, 1, "ok 1 - partial-read/a\\#b\\\\c [bundled]\n",
     &awkward_case, VERDICT_PASS, false, false},
    {"info", {.behaviour = &notes}, 1,
     "ok 1 - " ID "\n" YAML("info", "  message: 'keeps the fold'\n") "  ...\n", NULL, VERDICT_INFO, true, false},
    {"skip", {.reason = "no # \\ \x01\nnot shown"}, 1, "ok 1 - " ID " # SKIP no \\# \\\\ \\\\x01\n", NULL,
     VERDICT_SKIP, false, false},
    {"unexercised", {.reason = "the mark"}, 1, "ok 1 - " ID " # SKIP unexercised: the mark\n", NULL,
     VERDICT_UNEXERCISED, true, false},
    {"warn, awkward", {.behaviour = &warns}, 1,
     "ok 1 - partial-read/a\\#b\\\\c [bundled]\n"
     "  ---\n"
     "  verdict: 'warn'\n"
     "  title: 'it''s # \\ ''a''\\n---'\n"
     "  message: 'a: ''b'' # \\ \\x01\\xff'\n"
     "  file: 'my cases/a''b.json'\n"
     "  line: 7\n"
     "  report: |\n"
     "      behaviour  a: 'b' # \\ \\x01\\xff\n"
     "      why        leak\n"
     "      client     GET /  ->  no outcome\n"
     "      run it     assay run 'my cases/a'\\''b.json' --subject bundled\n"
     "  ...\n", &awkward_case, VERDICT_WARN, false, false},
    {"warn, strict", {.behaviour = &leaks}, 1,
     "not ok 1 - " ID "\n" YAML("warn", "  message: 'sends it on'\n")
     "  report: |\n"
     "      behaviour  sends it on\n"
     "      why        leak\n"
     "      seen in    https://example.org/issues/1\n"
     "      client     GET /  ->  no outcome\n"
     RUN_IT "  ...\n", NULL, VERDICT_WARN, false, true},
    {"fail", {.behaviour = &whole, .outcomes = ok_outcomes, .outcome_count = 1}, 1,
     "not ok 1 - " ID "\n" YAML("fail", "  message: 'takes the short body as whole'\n")
     "  report: |\n"
     "      behaviour  takes the short body as whole\n"
     "      why        9112-8-1 (MUST): A client that gets a response shorter than the length it announces has\n"
     "                 to note that the message is incomplete.\n"
     "      seen in    https://example.org/issues/1\n"
     "      client     GET /  ->  200, body \"hello\" (5)\n"
     "      wire       c0 -> GET / HTTP/1.1\\r\\n\n"
     "                 c0 -> Host: 127.100.100.100:34567\\r\\n\n"
     "                 c0 -> \\r\\n\n"
     "                 c0 <- HTTP/1.1 200 OK\\r\\n\n"
     "                 c0 <- Content-Length: 10\\r\\n\n"
     "                 c0 <- \\r\\n\n"
     "                 c0 <- hello\n"
     "                 c0 <- [FIN]\n"
     RUN_IT "  ...\n", NULL, VERDICT_FAIL, true, false},
    {"unrecognised", {.reason = "nearest \"x\"\n\nstatus: want 201, got 200"}, 1,
     "not ok 1 - " ID "\n" YAML("unrecognised", "  message: 'nearest \"x\"'\n")
     "  report: |\n"
     "      reason     nearest \"x\"\n"
     "                 \n"
     "                 status: want 201, got 200\n"
     "      requires   9112-8-1 (MUST): A client that gets a response shorter than the length it announces has\n"
     "                 to note that the message is incomplete.\n"
     "      seen in    https://example.org/issues/1\n"
     "      client     GET /  ->  no outcome\n"
     RUN_IT "  ...\n", NULL, VERDICT_UNRECOGNISED, false, false},
    {"error, no run", {.behaviour = NULL}, 0,
     "not ok 1 - " ID "\n" YAML("error", "") "  report: |\n" RUN_IT "  ...\n", NULL, VERDICT_ERROR, false, false},
};
/* clang-format on */

static struct output written(const struct tap_row *row, struct arena *arena)
{
    struct run_result run = row->run;
    run.point = &cut_point;
    run.verdict = row->verdict;
    if (row->has_wire)
        run.transcript = report_transcript(arena, cut_events, COUNT_OF(cut_events));
    const struct run_result *worst = row->run_count > 0 ? &run : NULL;
    struct case_result result = report_result(&worst, row->verdict, row->run_count);
    if (row->case_ != NULL)
        result.case_ = row->case_;
    return report_written(tap_sink_new, row->strict, &result, 1, false);
}

static void tap_shows_what_the_baseline_lists(void)
{
    static const struct {
        enum verdict verdict;
        const char *want;
    } listed[] = {
        {VERDICT_KNOWN, "not ok 1 - " ID " # TODO ticket \\#7, \\\\x1b\n" YAML(
                            "known", "  message: 'ticket #7, \\x1b'\n") "  ...\n"},
        {VERDICT_PASS,
         "not ok 1 - " ID "\n" YAML("stale", "  message: 'ticket #7, \\x1b'\n") "  ...\n"},
    };
    const struct run_result run = {.point = &cut_point, .behaviour = &whole};
    const struct run_result *worst = &run;
    for (size_t i = 0; i < COUNT_OF(listed); i++) {
        const struct case_result result = report_listed(&worst, listed[i].verdict);
        struct output output = report_written(tap_sink_new, false, &result, 1, false);
        const char *from = strstr(output.at, "not ok");
        report_check_text(verdict_name(listed[i].verdict), from != NULL ? from : output.at,
                          listed[i].want);
        free(output.at);
    }
}

static void tap_shows_every_row(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *arena = arena_new();
        struct output output = written(&rows[i], arena);
        report_check_text(rows[i].label, output.at,
                          arena_printf(arena, "TAP version 14\n1..250\n%s", rows[i].want));
        free(output.at);
        arena_free(arena);
    }
}

static void tap_tells_rules_and_interrupts(void)
{
    const struct run_result *worst = NULL;
    const struct case_result result = report_result(&worst, VERDICT_PASS, 0);
    struct output output = report_written(tap_sink_new, false, &result, 2, true);
    report_check_text("interrupted", output.at,
                      "TAP version 14\n1..250\nok 1 - " ID
                      "\n# interrupted: 1 of 250 cases were played\n");
    free(output.at);
    output = report_written_rule(tap_sink_new, RULE_HOST_MISSING);
    report_check_text("rule", output.at,
                      "TAP version 14\n1..1\n"
                      "# rule host-missing (9112-3.2-3, MUST): no Host in an HTTP/1.1 request; "
                      "2 of 9 requests, first in partial-read/length-cut[cut=17]\n");
    free(output.at);
}

static void tap_tells_a_full_disk(void)
{
    report_check_full_disk(tap_sink_new);
}

static void check_unfinished(const char *folder)
{
    report_check_unfinished(tap_sink_new, folder);
}

static void tap_leaves_no_unfinished_file(void)
{
    report_with_folder(check_unfinished);
}

CU_TestInfo tap_tests[] = {
    {"tap shows what the baseline lists", tap_shows_what_the_baseline_lists},
    {"tap shows every row", tap_shows_every_row},
    {"tap tells rules and interrupts", tap_tells_rules_and_interrupts},
    {"tap tells a full disk", tap_tells_a_full_disk},
    {"tap leaves no unfinished file", tap_leaves_no_unfinished_file},
    CU_TEST_INFO_NULL,
};
