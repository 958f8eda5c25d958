#include "harness/baseline.h"
#include "tests/check.h"
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* --- a corpus, and what came of it ------------------------------------------------------- */

static const struct case_ cases[] = {
    {.id = "a/one", .point_count = 1},   {.id = "a/two", .point_count = 2},
    {.id = "a/three", .point_count = 1}, {.id = "b/one", .point_count = 1},
    {.id = "b/slow", .point_count = 1},
};
static const struct case_ *const all[] = {&cases[0], &cases[1], &cases[2], &cases[3], &cases[4]};
enum { CASE_COUNT = COUNT_OF(cases) };

static const struct behaviour cuts = {.name = "cuts \"it\""};
static const struct run_result recognised = {.behaviour = &cuts}, unrecognised = {.attempts = 1};

struct fixture {
    struct arena *arena;
    struct diags diags;
    struct selected selected;
    struct baseline_options options;
    char path[sizeof("assay-test-baseline-XXXXXX")];
};

static void fixture_begin(struct fixture *fixture, const char *text)
{
    struct arena *arena = arena_new();
    *fixture = (struct fixture){
        .arena = arena,
        .diags = {.arena = arena},
        .selected = {.loaded = all, .loaded_count = CASE_COUNT, .is_whole = true},
        .path = "assay-test-baseline-XXXXXX",
    };
    const int fd = mkstemp(fixture->path);
    CU_ASSERT_FATAL(fd >= 0);
    FILE *file = fdopen(fd, "w");
    fputs(text, file);
    fclose(file);
    fixture->options = (struct baseline_options){
        .path = fixture->path, .selected = &fixture->selected, .repeat = 1};
}

static void fixture_end(struct fixture *fixture)
{
    unlink(fixture->path);
    arena_free(fixture->arena);
}

/* The diags, one a line, without the name of the file. */
static const char *told(struct fixture *fixture)
{
    const char *text = "";
    for (const struct diag *one = fixture->diags.first; one != NULL; one = one->next) {
        const char *line = diag_text(one, fixture->arena);
        const size_t name = strlen(fixture->path);
        line += strncmp(line, fixture->path, name) == 0 ? name : 0;
        text = arena_printf(fixture->arena, "%s%s\n", text, line);
    }
    return text;
}

static void check_text(const char *label, const char *got, const char *want)
{
    CHECK_ROW(strcmp(got, want) == 0, "%s: got\n%swant\n%s", label, got, want);
}

/* Runs of these verdicts, a letter a point: p pass, i info, s skip, x unexercised, w warn,
 * u unrecognised, f fail, e error. */
static struct case_result result_of(const struct case_ *case_, const char *letters)
{
    static const char by_verdict[VERDICT_COUNT + 1] = "pisxwkufe";
    struct case_result result = {.case_ = case_, .subject = "client"};
    for (; *letters != '\0'; letters++) {
        const enum verdict verdict = (enum verdict)(strchr(by_verdict, *letters) - by_verdict);
        result.verdict_runs[verdict]++;
        result.run_count++;
        if (verdict >= result.verdict)
            result.verdict = verdict;
    }
    result.worst = result.verdict == VERDICT_UNRECOGNISED ? &unrecognised : &recognised;
    return result;
}

/* --- files with mistakes ------------------------------------------------------------------- */

#define FILE_OF(subjects)   "{\"format\": \"assay-baseline/1\",\n \"subjects\": {" subjects "}}\n"
#define CLIENT(known)       FILE_OF("\"client\": {\"cases\": 4, \"known\": [" known "]}")
#define ENTRY(case, reason) "\n  {\"case\": \"" case "\", \"reason\": \"" reason "\"}"

static const struct bad_row {
    const char *text, *want;
} bad_rows[] = {
    {"", ":1: want a JSON value, got the end of the text\n"},
    {"[]", ":1: want an object, got an array\n"},
    {"{}", ":1: want a member \"format\", got none\n:1: want a member \"subjects\", got none\n"},
    {"{\"format\": \"assay-baseline/2\", \"subjects\": {}}",
     ":1: /format: want \"assay-baseline/1\", got \"assay-baseline/2\"\n"},
    {"{\"format\": \"assay-baseline/1\", \"subject\": {}, \"subjects\": []}",
     ":1: /subject: unknown key \"subject\"; did you mean \"subjects\"?\n"
     ":1: /subjects: want an object, got an array\n"},
    {FILE_OF("\"client\": []"), ":2: /subjects/client: want an object, got an array\n"},
    {FILE_OF("\"client\": {}"), ":2: /subjects/client: want a member \"known\", got none\n"
                                ":2: /subjects/client: want a member \"cases\", got none\n"},
    {FILE_OF("\"client\": {\"cases\": -1, \"known\": {}}"),
     ":2: /subjects/client/cases: want a whole number from 0 to 9007199254740991, got -1\n"
     ":2: /subjects/client/known: want an array, got an object\n"},
    {CLIENT("\"a/one\""), ":2: /subjects/client/known/0: want an object, got a string\n"},
    {CLIENT("{\"case\": \"a/one\"}"),
     ":2: /subjects/client/known/0: want a member \"reason\", got none\n"},
    {CLIENT(ENTRY("a/one", "")),
     ":3: /subjects/client/known/0/reason: want a text, got an empty string\n"},
    {CLIENT(ENTRY("", "x")),
     ":3: /subjects/client/known/0/case: want a text, got an empty string\n"},
    {CLIENT(ENTRY("a/two[cut=1]", "x")),
     ":3: /subjects/client/known/0/case: want a case, for points cannot be listed alone; got "
     "\"a/two[cut=1]\"\n"},
    {CLIENT(ENTRY("a/b**", "x")),
     ":3: /subjects/client/known/0/case: want a case's id, in which \"*\" is some of a part, "
     "and a part \"**\" many parts; got \"a/b**\"\n"},
    {CLIENT(ENTRY("a/one", "x") "," ENTRY("b/*", "x") "," ENTRY("a/one", "y")),
     ":5: /subjects/client/known/2: \"a/one\" stands here before, at line 3\n"},
    {CLIENT(ENTRY("a/oen", "x") "," ENTRY("c/**", "x")),
     ":3: /subjects/client/known/0: no case matches \"a/oen\"; did you mean \"a/one\"?\n"
     ":4: /subjects/client/known/1: no case matches \"c/**\"\n"},
    {CLIENT("") "x", ":3: want the end of the text, got \"x\"\n"},
};

static void tells_every_mistake(void)
{
    for (size_t i = 0; i < COUNT_OF(bad_rows); i++) {
        struct fixture fixture;
        fixture_begin(&fixture, bad_rows[i].text);
        CU_ASSERT_PTR_NULL(baseline_open(&fixture.options, &fixture.diags));
        check_text(bad_rows[i].text, told(&fixture), bad_rows[i].want);
        fixture_end(&fixture);
    }
}

/* --- results -------------------------------------------------------------------------------- */

static void applies_every_row(void)
{
    static const char text[] =
        CLIENT(ENTRY("a/*", "theme") "," ENTRY("a/one", "this") "," ENTRY("**/slow", "slow"));
    static const struct {
        const char *letters;
        const char *listed; /* NULL: the result stays as it is */
        unsigned repeat;
        unsigned case_; /* index */
        bool strict, is_stale;
    } rows[] = {
        {"f", "this", 1, 0, false, false},   {"u", "this", 1, 0, false, false},
        {"f", "theme", 1, 2, false, false},  {"pf", "theme", 1, 1, false, false},
        {"f", NULL, 1, 3, false, false},     {"p", NULL, 1, 3, false, false},
        {"w", "this", 1, 0, true, false},    {"w", "this", 1, 0, false, true},
        {"p", "this", 1, 0, false, true},    {"i", "this", 1, 0, true, true},
        {"", NULL, 1, 0, false, false},      {"x", NULL, 1, 0, false, false},
        {"e", NULL, 1, 0, false, false},     {"fe", NULL, 1, 1, false, false},
        {"pp", "theme", 1, 1, false, true},  {"p", NULL, 1, 1, false, false},
        {"px", NULL, 1, 1, false, false},    {"wx", NULL, 1, 1, false, false},
        {"ppp", "theme", 3, 2, false, true}, {"ppf", "theme", 3, 2, false, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fixture fixture;
        fixture_begin(&fixture, text);
        fixture.options.repeat = rows[i].repeat;
        fixture.options.strict = rows[i].strict;
        struct baseline *baseline = baseline_open(&fixture.options, &fixture.diags);
        CU_ASSERT_PTR_NOT_NULL_FATAL(baseline);
        const struct case_result before = result_of(&cases[rows[i].case_], rows[i].letters);
        struct case_result result = before;
        baseline_apply(baseline, &result);
        const bool is_known = rows[i].listed != NULL && !rows[i].is_stale;
        CHECK_ROW(result.verdict == (is_known ? VERDICT_KNOWN : before.verdict), "row %zu: %s", i,
                  verdict_name(result.verdict));
        CHECK_ROW(result.is_stale == rows[i].is_stale, "row %zu: stale %d", i, result.is_stale);
        CHECK_ROW(fixture.diags.count == (rows[i].is_stale ? 1 : 0), "row %zu: told", i);
        check_text("listed", result.listed != NULL ? result.listed : "none",
                   rows[i].listed != NULL ? rows[i].listed : "none");
        fixture_end(&fixture);
    }
}

/* What was played: letters by case, NULL where it was not. */
struct play {
    const char *letters[CASE_COUNT];
    enum exit_status status;
    bool is_part, thin;
};

static enum exit_status play(struct fixture *fixture, const struct play *play, FILE *out)
{
    fixture->selected.is_whole = !play->is_part;
    fixture->options.thin = play->thin;
    struct baseline *baseline = baseline_open(&fixture->options, &fixture->diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(baseline);
    for (size_t i = 0; i < CASE_COUNT; i++) {
        if (play->letters[i] == NULL)
            continue;
        struct case_result result = result_of(&cases[i], play->letters[i]);
        baseline_apply(baseline, &result);
    }
    return baseline_finish(baseline, play->status, out);
}

#define FEWER                                                                                      \
    ":2: /subjects/client/cases: want so many cases to run as when this was written, 4; 3 did\n"
#define STALE_TWO                                                                                  \
    ":3: /subjects/client/known/0: \"a/two\" deviates no more: take it out, or run with "          \
    "--update-baseline\n"

static void compares_what_ran(void)
{
    static const struct {
        const char *label;
        struct play play;
        enum exit_status want;
        const char *told;
    } rows[] = {
        {"all", {.letters = {"f", "ff", "f", "p", NULL}}, STATUS_OK, ""},
        {"more", {.letters = {"f", "ff", "f", "p", "p"}}, STATUS_OK, ""},
        {"not all", {.letters = {"f", "ff", "f", NULL, NULL}}, STATUS_DEVIATION, FEWER},
        {"skipped", {.letters = {"f", "ff", "f", "", NULL}}, STATUS_DEVIATION, FEWER},
        {"unexercised", {.letters = {"f", "ff", "f", "x", NULL}}, STATUS_DEVIATION, FEWER},
        {"a part", {.letters = {"f", "ff", "f", NULL, NULL}, .is_part = true}, STATUS_OK, ""},
        {"thin", {.letters = {"f", "f", "f", NULL, NULL}, .thin = true}, STATUS_OK, ""},
        {"nothing", {.letters = {NULL}}, STATUS_OK, ""},
        {"interrupted", {.letters = {"f"}, .status = STATUS_INTERRUPTED}, STATUS_INTERRUPTED, ""},
        {"broken", {.letters = {"f"}, .status = STATUS_BROKEN}, STATUS_BROKEN, ""},
        {"stale",
         {.letters = {"f", "pp", "f", "p"}, .status = STATUS_DEVIATION},
         STATUS_DEVIATION,
         STALE_TWO},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fixture fixture;
        fixture_begin(&fixture, CLIENT(ENTRY("a/*", "theme")));
        const enum exit_status got = play(&fixture, &rows[i].play, NULL);
        CHECK_ROW(got == rows[i].want, "%s: status %d", rows[i].label, (int)got);
        check_text(rows[i].label, told(&fixture), rows[i].told);
        fixture_end(&fixture);
    }
}

/* --- updates ---------------------------------------------------------------------------------- */

#define WRITTEN_HEAD "{\n  \"format\": \"assay-baseline/1\",\n  \"subjects\": {\n"
#define WRITTEN(count, known)                                                                      \
    WRITTEN_HEAD "    \"client\": {\n      \"cases\": " count ",\n      \"known\": [" known        \
                 "]\n    }\n  }\n}\n"
#define LINE(case, reason) "\n        {\"case\": \"" case "\", \"reason\": \"" reason "\"}"
#define END                "\n      "

static const struct update_row {
    const char *label;
    const char *text;
    struct play play;
    const char *want;
} update_rows[] = {
    {"nothing known yet",
     FILE_OF(""),
     {.letters = {"f", "pp", "u", "p"}},
     WRITTEN("4", LINE("a/one", "to be filled in (cuts \\\"it\\\")") "," LINE(
                      "a/three", "to be filled in (unrecognised)") END)},
    {"nothing deviates", FILE_OF(""), {.letters = {"p", "pp", "p", ""}}, WRITTEN("3", "")},
    {"a reason is kept, new ones are sorted in",
     CLIENT(ENTRY("b/one", "why")),
     {.letters = {"f", "pp", "p", "f"}},
     WRITTEN("4", LINE("a/one", "to be filled in (cuts \\\"it\\\")") "," LINE("b/one", "why") END)},
    {"what is mended goes, and what means nothing",
     CLIENT(ENTRY("a/one", "x") "," ENTRY("b/one", "y") "," ENTRY("z/*", "z")),
     {.letters = {"p", "pp", "p", "f"}},
     WRITTEN("4", LINE("b/one", "y") END)},
    {"what was not judged stays",
     CLIENT(ENTRY("a/one", "x") "," ENTRY("a/two", "y") "," ENTRY("b/slow", "z")),
     {.letters = {"x", "p", "p", "p", NULL}},
     WRITTEN("3", LINE("a/one", "x") "," LINE("a/two", "y") "," LINE("b/slow", "z") END)},
    {"a pattern that holds stays",
     CLIENT(ENTRY("a/*", "x")),
     {.letters = {"f", "ff", "f", "p"}},
     WRITTEN("4", LINE("a/*", "x") END)},
    {"one that does not is taken apart",
     CLIENT(ENTRY("**", "x") "," ENTRY("a/one", "y")),
     {.letters = {"f", "pf", "p", "p", NULL}},
     WRITTEN("4", LINE("a/one", "y") "," LINE("a/two", "x") "," LINE("b/slow", "x") END)},
    {"a part of the corpus keeps the number",
     CLIENT(ENTRY("a/one", "x") "," ENTRY("b/one", "y")),
     {.letters = {"p", NULL, "f"}, .is_part = true},
     WRITTEN("4", LINE("a/three", "to be filled in (cuts \\\"it\\\")") "," LINE("b/one", "y") END)},
    {"or makes it larger",
     FILE_OF("\"client\": {\"cases\": 1, \"known\": []}"),
     {.letters = {"p", "p"}, .thin = true},
     WRITTEN("2", "")},
    {"other subjects stay, sorted",
     "{\"$schema\": \"x\", \"format\": \"assay-baseline/1\", \"subjects\": {"
     "\"z\": {\"cases\": 7, \"known\": [{\"case\": \"a/one\", \"reason\": \"r\"}]}}}",
     {.letters = {"p"}},
     "{\n  \"$schema\": \"x\",\n  \"format\": \"assay-baseline/1\",\n  \"subjects\": {\n"
     "    \"client\": {\n      \"cases\": 1,\n      \"known\": []\n    },\n"
     "    \"z\": {\n      \"cases\": 7,\n      \"known\": [" LINE("a/one", "r") END "]\n    }\n"
                                                                                    "  }\n}\n"},
};

static const char *read_back(struct fixture *fixture)
{
    char text[4096];
    FILE *file = fopen(fixture->path, "r");
    if (file == NULL)
        return "no file";
    const size_t len = fread(text, 1, sizeof(text), file);
    fclose(file);
    return arena_strndup(fixture->arena, text, len);
}

static FILE *open_nowhere(void)
{
    FILE *out = fopen("/dev/null", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    return out;
}

static void updates_every_row(void)
{
    FILE *out = open_nowhere();
    for (size_t i = 0; i < COUNT_OF(update_rows); i++) {
        const struct update_row *row = &update_rows[i];
        struct fixture fixture;
        fixture_begin(&fixture, row->text);
        fixture.options.update = true;
        CHECK_ROW(play(&fixture, &row->play, out) == STATUS_OK, "%s: status", row->label);
        check_text(row->label, told(&fixture), "");
        check_text(row->label, read_back(&fixture), row->want);
        fixture_end(&fixture);
    }
    fclose(out);
}

/* What an update wrote, a second one with the same results leaves as it is, to the octet. */
static void updates_to_the_same_twice(void)
{
    FILE *out = open_nowhere();
    for (size_t i = 0; i < COUNT_OF(update_rows); i++) {
        struct fixture fixture;
        fixture_begin(&fixture, update_rows[i].want);
        fixture.options.update = true;
        CU_ASSERT_EQUAL(play(&fixture, &update_rows[i].play, out), STATUS_OK);
        check_text(update_rows[i].label, read_back(&fixture), update_rows[i].want);
        fixture_end(&fixture);
    }
    fclose(out);
}

static void leaves_the_file_where_the_run_broke(void)
{
    static const enum exit_status statuses[] = {STATUS_BROKEN, STATUS_INTERRUPTED};
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        struct fixture fixture;
        fixture_begin(&fixture, FILE_OF(""));
        fixture.options.update = true;
        const struct play one = {.letters = {"f"}, .status = statuses[i]};
        CU_ASSERT_EQUAL(play(&fixture, &one, NULL), statuses[i]);
        check_text("told", told(&fixture), ": not updated, for the run did not end as it should\n");
        check_text("the file", read_back(&fixture), FILE_OF(""));
        fixture_end(&fixture);
    }
}

CU_TestInfo baseline_tests[] = {
    {"tells every mistake of a file", tells_every_mistake},
    {"applies every row", applies_every_row},
    {"compares what ran", compares_what_ran},
    {"updates every row", updates_every_row},
    {"updates to the same twice", updates_to_the_same_twice},
    {"leaves the file where the run broke", leaves_the_file_where_the_run_broke},
    CU_TEST_INFO_NULL,
};
