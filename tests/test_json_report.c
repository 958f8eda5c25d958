#include "reports/json.h"
#include "reports/json_text.h"
#include "reports/junit.h"
#include "reports/tap.h"
#include "reports/wire_text.h"
#include "tests/report_fixtures.h"
#include "tests/suites.h"
#include "wire/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
    report_check_text(
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

/* Writes a report of one result, reads it back, removes it. */
static struct output json_output(const char *folder, const struct case_result *result,
                                 enum json_wire wire, bool interrupted)
{
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    const char *path = arena_printf(arena, "%s/report.json", folder);
    struct sink *sink = json_sink_new(path, wire, &diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sink);
    CU_ASSERT(report_play(sink, result, 2, interrupted, &diags));
    sink->vtable->free(sink);
    struct output output = report_read_file(path);
    CU_ASSERT_PTR_NOT_NULL(
        json_read(arena, &diags, path, (struct bytes){(uint8_t *)output.at, output.len}));
    CHECK_ROW(diags.count == 0, "%s", diags.count > 0 ? diag_text(diags.first, arena) : "");
    unlink(path);
    arena_free(arena);
    return output;
}

/* clang-format off */
#define BEGUN_TEXT "\"started\": \"2000-01-01T00:00:00Z\", \"host\": \"Linux\", \"shard\": null, \"cases\": 250"
static const char whole_report[] =
    "{\n"
    "  \"format\": \"assay-report/1\",\n"
    "  \"assay\": {\"version\": \"0.1\"},\n"
    "  \"begun\": {" BEGUN_TEXT "},\n"
    "  \"subjects\": [\n"
    "    {\"name\": \"bundled\", \"version\": \"0.1\", \"client\": \"assay\", \"engine\": null, "
    "\"patience\": 1, \"can\": [\"session\", \"read.stream\"]},\n"
    "    {\"name\": \"curl\", \"version\": null, \"client\": null, \"engine\": \"libcurl\", "
    "\"patience\": 4, \"can\": []}\n"
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
    "      \"duration_us\": 0,\n"
    "      \"runs\": {\"count\": 62, \"behaviours\": {\"takes the short body as whole\": 2, \"reports it\": 60}, "
    "\"verdicts\": {\"fail\": 62}},\n"
    "      \"shown\": [\n"
    "        {\n"
    "          \"run\": \"partial-read/length-cut[cut=17]\",\n"
    "          \"verdict\": \"fail\",\n"
    "          \"behaviour\": \"takes the short body as whole\",\n"
    "          \"reason\": null,\n"
    "          \"attempts\": 1,\n"
    "          \"asked\": [\"GET /\", \"GET /{{origin.port}}, read piece by piece\"],\n"
    "          \"outcomes\": [\n"
    "            {\"step\": 0, \"error\": \"none\", \"status\": 200, \"body\": {\"len\": 5, \"text\": \"hello\", \"b64\": \"aGVsbG8=\"}},\n"
    "            null\n"
    "          ],\n"
    "          \"findings\": [],\n"
    "          \"duration_us\": 1234,\n"
    "          \"wire\": [\n"
    "            {\"ns\": 30, \"kind\": \"sent\", \"peer\": \"origin\", \"connection\": 0, \"len\": 44, \"text\": \"HTTP/1.1 200 OK\\\\r\\\\nContent-Length: 10\\\\r\\\\n\\\\r\\\\nhello\", \"b64\": \"SFRUUC8xLjEgMjAwIE9LDQpDb250ZW50LUxlbmd0aDogMTANCg0KaGVsbG8=\"},\n"
    "            {\"ns\": 40, \"kind\": \"fin sent\", \"peer\": \"origin\", \"connection\": 0}\n"
    "          ]\n"
    "        }\n"
    "      ]\n"
    "    }\n"
    "  ],\n"
    "  \"rules\": [],\n"
    "  \"catalog\": [\n"
    "    {\"id\": \"9112-8-1\", \"level\": \"MUST\", \"text\": \"A client that gets a response shorter than the "
    "length it announces has to note that the message is incomplete.\"}\n"
    "  ],\n"
    "  \"totals\": {\n"
    "    \"bundled\": {\"cases\": {\"pass\": 20, \"fail\": 1}, \"runs\": {\"pass\": 20, \"fail\": 62}},\n"
    "    \"curl\": {\"cases\": {}, \"runs\": {}}\n"
    "  },\n"
    "  \"run\": {" BEGUN_TEXT ", \"duration_ms\": 1234, \"interrupted\": true}\n"
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
                             .transcript = report_transcript(arena, cut_events + 3, 2)};
    const struct run_result *worst = &run;
    struct case_result result = report_result(&worst, VERDICT_FAIL, 62);
    struct output output = json_output(folder, &result, JSON_WIRE_NOT_PASSED, true);
    report_check_text("fail", output.at, whole_report);
    free(output.at);
    worst = NULL;
    result = report_result(&worst, VERDICT_SKIP, 0);
    output = json_output(folder, &result, JSON_WIRE_ALL, false);
    CHECK_ROW(strstr(output.at,
                     "\"verdict\": \"skip\",\n      \"behaviour\": null,\n      \"reason\": null,\n"
                     "      \"why\": null,\n      \"duration_us\": 0,\n"
                     "      \"runs\": {\"count\": 0, \"behaviours\": {}, \"verdicts\": {}},\n"
                     "      \"shown\": []\n") != NULL,
              "skip: %s", output.at);
    free(output.at);
    arena_free(arena);
}

static void check_listed(const char *folder)
{
    static const struct {
        enum verdict verdict;
        const char *want;
    } rows[] = {
        {VERDICT_KNOWN, "\"baseline\": {\"reason\": \"ticket #7, \\u001b\\nsince May\", "
                        "\"stale\": false},\n"},
        {VERDICT_PASS, "\"baseline\": {\"reason\": \"ticket #7, \\u001b\\nsince May\", "
                       "\"stale\": true},\n"},
    };
    const struct run_result run = {.point = &cut_point, .verdict = VERDICT_FAIL};
    const struct run_result *worst = &run;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct case_result result = report_listed(&worst, rows[i].verdict);
        struct output output = json_output(folder, &result, JSON_WIRE_NOT_PASSED, false);
        CHECK_ROW(strstr(output.at, rows[i].want) != NULL, "row %zu: %s", i, output.at);
        free(output.at);
    }
}

static void json_tells_what_the_baseline_lists(void)
{
    report_with_folder(check_listed);
}

static void json_writes_whole_reports(void)
{
    report_with_folder(check_whole_reports);
}

static void check_wire(const char *folder)
{
    struct arena *arena = arena_new();
    struct run_result run = {.point = &cut_point,
                             .transcript = report_transcript(arena, cut_events, 2)};
    const struct run_result *worst = &run;
    for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        run.verdict = verdict;
        const struct case_result result = report_result(&worst, verdict, 1);
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
    report_with_folder(check_wire);
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
static const struct peer hostile_peers[] = {{.name = HOSTILE, .scripts = &script, .script_count = 1},
    {.name = HOSTILE, .scripts = &script, .script_count = 1}};
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
        .transcript = report_transcript(arena, hostile_events, COUNT_OF(hostile_events))};
    const struct run_result *const shown[] = {&run};
    const struct case_result result = {.case_ = &hostile_case,
                                       .subject = HOSTILE,
                                       .verdict = VERDICT_FAIL,
                                       .worst = &run,
                                       .run_count = 2,
                                       .shown = shown,
                                       .shown_count = 1,
                                       .listed = HOSTILE,
                                       .behaviours = &hostile_count,
                                       .behaviour_count = 1};
    check_harmless("console", report_console(&result, (struct console_options){0}, 1, false));
    check_harmless("json", json_output(folder, &result, JSON_WIRE_ALL, false));
    check_harmless("junit", report_written(junit_sink_new, false, &result, 2, true));
    check_harmless("tap", report_written(tap_sink_new, false, &result, 2, true));
    arena_free(arena);
}

static void escapes_hostile_octets_everywhere(void)
{
    report_with_folder(check_hostile);
}

static void check_places(const char *folder)
{
    static const struct place_row {
        const char *path; /* in the folder, unless it is absolute */
        const char *want; /* NULL: it is written */
    } rows[] = {
        {"a/b/c.json", NULL},
        {"file", NULL},
        {"file/c.json", "cannot write: Not a directory"},
        {".", "cannot write: Is a directory"},
        {"/dev/full", "cannot write: No space left on device"},
        {"/dev/null", NULL},
        {"/proc/none/c.json", "cannot write: No such file or directory"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct diags diags = {.arena = arena};
        const char *path = rows[i].path[0] == '/'
                               ? rows[i].path
                               : arena_printf(arena, "%s/%s", folder, rows[i].path);
        struct sink *sink = json_sink_new(path, JSON_WIRE_ALL, &diags);
        const bool is_written = sink != NULL && report_play(sink, NULL, 1, false, &diags);
        CHECK_ROW(is_written == (rows[i].want == NULL), "%s", rows[i].path);
        if (rows[i].want != NULL && diags.count == 1)
            report_check_text(rows[i].path, diags.first->message, rows[i].want);
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
    report_with_folder(check_places);
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
    report_with_folder(check_unfinished);
}

CU_TestInfo json_report_tests[] = {
    {"json text writes every value", json_text_writes_every_value},
    {"json writes whole reports", json_writes_whole_reports},
    {"json tells what the baseline lists", json_tells_what_the_baseline_lists},
    {"json holds the wire that is asked for", json_holds_the_wire_that_is_asked_for},
    {"escapes hostile octets everywhere", escapes_hostile_octets_everywhere},
    {"json tells where it cannot write", json_tells_where_it_cannot_write},
    {"json leaves no unfinished file", json_leaves_no_unfinished_file},
    CU_TEST_INFO_NULL,
};
