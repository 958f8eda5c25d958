#include "reports/junit.h"
#include "tests/report_fixtures.h"
#include "tests/suites.h"

#include <errno.h>
#include <stdlib.h>

/* clang-format off */
static const struct behaviour keeps = {.name = "keeps <it> & \"goes on\"", .verdict = VERDICT_PASS};
static const struct behaviour warns = {.name = "a [[A|/]]> \x01\xff b", .verdict = VERDICT_WARN, .why = "9112-8-1"};

#define CASE_TAG \
     "    <testcase classname=\"bundled.partial-read\" name=\"partial-read/length-cut\" " \
     "file=\"cases/partial-read/length-cut.json\" line=\"1\" time=\"1.500000\">\n"
#define TITLE "A short body is reported as incomplete\n"
#define RUN_IT "  run it     assay run partial-read/length-cut --subject bundled\n"
#define WARNS_BLOCK \
     "  behaviour  a [\\x5bA|/]]&gt; \\x01\\xff b\n" \
     "  why        9112-8-1 (MUST): A client that gets a response shorter than the length it announces has\n" \
     "             to note that the message is incomplete.\n" \
     "  seen in    https://example.org/issues/1\n" \
     "  client     GET /  -&gt;  no outcome\n" RUN_IT

static const struct junit_row {
    const char *label;
    struct run_result run;
    size_t run_count; /* 0: there was none */
    const char *want; /* inside of the case's tags */
    enum verdict verdict;
    bool has_wire, strict;
} rows[] = {
    {"pass", {.behaviour = &keeps}, 1,
     "      <system-out>pass: " TITLE
     "  behaviour  keeps &lt;it&gt; &amp; &quot;goes on&quot;\n"
     "</system-out>\n", VERDICT_PASS, false, false},
    {"pass, no run", {.behaviour = NULL}, 0,
     "      <system-out>pass: " TITLE "</system-out>\n", VERDICT_PASS, false, false},
    {"info of several runs", {.behaviour = &notes}, 62,
     "      <system-out>info: " TITLE
     "  behaviour  keeps the fold\n"
     "  runs       2 of 62  takes the short body as whole\n"
     "             60 of 62  reports it\n"
     "</system-out>\n", VERDICT_INFO, false, false},
    {"warn", {.behaviour = &warns}, 1,
     "      <system-out>warn: " TITLE WARNS_BLOCK "</system-out>\n", VERDICT_WARN, false, false},
    {"warn, strict", {.behaviour = &warns}, 1,
     "      <failure type=\"warn\" message=\"a [\\x5bA|/]]&gt; \\x01\\xff b\">warn: " TITLE WARNS_BLOCK "</failure>\n",
     VERDICT_WARN, false, true},
    {"skip", {.reason = "the subject cannot \"stream\"\nnot shown first"}, 1,
     "      <skipped type=\"skip\" message=\"the subject cannot &quot;stream&quot;\">skip: " TITLE
     "  reason     the subject cannot &quot;stream&quot;\n"
     "             not shown first\n"
     "</skipped>\n", VERDICT_SKIP, false, false},
    {"unexercised", {.reason = "the mark was not reached"}, 1,
     "      <skipped type=\"unexercised\" message=\"the mark was not reached\">unexercised: " TITLE
     "  reason     the mark was not reached\n"
     "</skipped>\n", VERDICT_UNEXERCISED, true, false},
    {"error", {.reason = "no memory"}, 0,
     "      <error type=\"error\" message=\"\">error: " TITLE RUN_IT "</error>\n", VERDICT_ERROR, false, false},
    {"fail", {.behaviour = &whole, .outcomes = ok_outcomes, .outcome_count = 1}, 1,
     "      <failure type=\"fail\" message=\"takes the short body as whole\">fail: " TITLE
     "  behaviour  takes the short body as whole\n"
     "  why        9112-8-1 (MUST): A client that gets a response shorter than the length it announces has\n"
     "             to note that the message is incomplete.\n"
     "  seen in    https://example.org/issues/1\n"
     "  client     GET /  -&gt;  200, body &quot;hello&quot; (5)\n"
     "  wire       c0 -&gt; GET / HTTP/1.1\\r\\n\n"
     "             c0 -&gt; Host: 127.100.100.100:34567\\r\\n\n"
     "             c0 -&gt; \\r\\n\n"
     "             c0 &lt;- HTTP/1.1 200 OK\\r\\n\n"
     "             c0 &lt;- Content-Length: 10\\r\\n\n"
     "             c0 &lt;- \\r\\n\n"
     "             c0 &lt;- hello\n"
     "             c0 &lt;- [FIN]\n"
     RUN_IT "</failure>\n", VERDICT_FAIL, true, false},
    {"unrecognised", {.reason = "nearest \"x\"\nstatus: want 201, got 200"}, 1,
     "      <failure type=\"unrecognised\" message=\"nearest &quot;x&quot;\">unrecognised: " TITLE
     "  reason     nearest &quot;x&quot;\n"
     "             status: want 201, got 200\n"
     "  requires   9112-8-1 (MUST): A client that gets a response shorter than the length it announces has\n"
     "             to note that the message is incomplete.\n"
     "  seen in    https://example.org/issues/1\n"
     "  client     GET /  -&gt;  no outcome\n"
     RUN_IT "</failure>\n", VERDICT_UNRECOGNISED, false, false},
};
/* clang-format on */

static struct output written(const struct junit_row *row, struct arena *arena)
{
    struct run_result run = row->run;
    run.point = &cut_point;
    run.verdict = row->verdict;
    if (row->has_wire)
        run.transcript = report_transcript(arena, cut_events, COUNT_OF(cut_events));
    const struct run_result *worst = row->run_count > 0 ? &run : NULL;
    struct case_result result = report_result(&worst, row->verdict, row->run_count);
    result.duration_ns = 1500000000;
    return report_written(junit_sink_new, row->strict, &result, 1, false);
}

static void junit_shows_every_row(void)
{
    static const char end[] = "    </testcase>\n  </testsuite>\n</testsuites>\n";
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *arena = arena_new();
        struct output output = written(&rows[i], arena);
        const char *from = strstr(output.at, "    <testcase");
        const char *want = arena_printf(arena, "%s%s%s", CASE_TAG, rows[i].want, end);
        report_check_text(rows[i].label, from != NULL ? from : output.at, want);
        free(output.at);
        arena_free(arena);
    }
}

static void junit_shows_what_the_baseline_lists(void)
{
    static const struct {
        enum verdict verdict;
        const char *want;
    } listed[] = {
        {VERDICT_KNOWN,
         "      <system-out>known: " TITLE "  behaviour  takes the short body as whole\n"
         "  baseline   ticket #7, \\x1b\n"
         "             since May\n"
         "</system-out>\n"},
        {VERDICT_PASS, "      <failure type=\"stale\" message=\"ticket #7, \\x1b\">stale: " TITLE
                       "  behaviour  takes the short body as whole\n"
                       "  baseline   ticket #7, \\x1b\n"
                       "             since May\n"
                       "</failure>\n"},
    };
    const struct run_result run = {.point = &cut_point, .behaviour = &whole};
    const struct run_result *worst = &run;
    for (size_t i = 0; i < COUNT_OF(listed); i++) {
        const struct case_result result = report_listed(&worst, listed[i].verdict);
        struct output output = report_written(junit_sink_new, false, &result, 1, false);
        const char *from = strstr(output.at, "      <system-out>");
        if (from == NULL)
            from = strstr(output.at, "      <failure");
        CHECK_ROW(from != NULL && strncmp(from, listed[i].want, strlen(listed[i].want)) == 0,
                  "%s: %s", verdict_name(listed[i].verdict), output.at);
        free(output.at);
    }
}

/* Each row stands in one of the counts, or in none of them. */
static void junit_counts_every_row(void)
{
    size_t failures = 0, errors = 0, skipped = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *arena = arena_new();
        struct output output = written(&rows[i], arena);
        const char *tag = strstr(output.at, "<testsuite ");
        const char *line = tag != NULL ? tag : output.at;
        CHECK_ROW(strstr(line, "tests=\"1\"") != NULL, "%s: %s", rows[i].label, line);
        failures += strstr(line, "failures=\"1\"") != NULL;
        errors += strstr(line, "errors=\"1\"") != NULL;
        skipped += strstr(line, "skipped=\"1\"") != NULL;
        free(output.at);
        arena_free(arena);
    }
    CHECK_ROW(failures == 3 && errors == 1 && skipped == 2, "%zu failures, %zu errors, %zu skipped",
              failures, errors, skipped);
}

static void junit_writes_whole_reports(void)
{
    const struct run_result *worst = NULL;
    const struct case_result result = report_result(&worst, VERDICT_SKIP, 0);
    struct output output = report_written(junit_sink_new, false, &result, 2, true);
    report_check_text(
        "interrupted", output.at,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"assay\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\" "
        "time=\"1.234567\" timestamp=\"2000-01-01T00:00:00Z\">\n"
        "  <testsuite name=\"assay\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\" "
        "time=\"1.234567\" timestamp=\"2000-01-01T00:00:00Z\">\n"
        "    <properties>\n"
        "      <property name=\"assay\" value=\"0.1\"/>\n"
        "      <property name=\"host\" value=\"Linux\"/>\n"
        "      <property name=\"subject\" value=\"bundled 0.1\"/>\n"
        "      <property name=\"subject\" value=\"curl\"/>\n"
        "    </properties>\n"
        "    <testcase classname=\"bundled.partial-read\" name=\"partial-read/length-cut\" "
        "file=\"cases/partial-read/length-cut.json\" line=\"1\" time=\"0.000000\">\n"
        "      <skipped type=\"skip\" message=\"\">skip: " TITLE "</skipped>\n"
        "    </testcase>\n"
        "    <system-err>interrupted: 1 of 250 cases were played</system-err>\n"
        "  </testsuite>\n"
        "</testsuites>\n");
    free(output.at);
}

static void junit_tells_the_rules_that_were_broken(void)
{
    struct output output = report_written_rule(junit_sink_new, RULE_HOST_MISSING);
    const char *from = strstr(output.at, "    <system-out>");
    report_check_text(
        "rule", from != NULL ? from : output.at,
        "    <system-out>rule host-missing (9112-3.2-3, MUST): no Host in an "
        "HTTP/1.1 request; 2 of 9 requests, first in partial-read/length-cut[cut=17]\n"
        "</system-out>\n  </testsuite>\n</testsuites>\n");
    free(output.at);
}

static void junit_tells_a_full_disk(void)
{
    report_check_full_disk(junit_sink_new);
}

static void check_unfinished(const char *folder)
{
    report_check_unfinished(junit_sink_new, folder);
}

static void junit_leaves_no_unfinished_file(void)
{
    report_with_folder(check_unfinished);
}

CU_TestInfo junit_tests[] = {
    {"junit shows every row", junit_shows_every_row},
    {"junit shows what the baseline lists", junit_shows_what_the_baseline_lists},
    {"junit counts every row", junit_counts_every_row},
    {"junit writes whole reports", junit_writes_whole_reports},
    {"junit tells the rules that were broken", junit_tells_the_rules_that_were_broken},
    {"junit tells a full disk", junit_tells_a_full_disk},
    {"junit leaves no unfinished file", junit_leaves_no_unfinished_file},
    CU_TEST_INFO_NULL,
};
