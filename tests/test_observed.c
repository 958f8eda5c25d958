#include "harness/read_file.h"
#include "reports/observed.h"
#include "tests/check.h"
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct behaviour bad = {.name = "bad", .verdict = VERDICT_FAIL};
static const struct point point = {.suffix = "", .behaviours = &bad, .behaviour_count = 1};
static const struct case_ case_ = {
    .id = "t/a", .file = "f.json", .hash = 0x1234, .points = &point, .point_count = 1};
static const struct case_ changed = {
    .id = "t/a", .file = "f.json", .hash = 0x1235, .points = &point, .point_count = 1};
static const struct behaviour_count counts[] = {{"bad", 2}};

static void note(struct sink *sink, const struct case_ *one, const char *subject,
                 enum verdict verdict)
{
    const struct run_result run = {.point = &point, .verdict = verdict, .reason = "because"};
    const struct case_result result = {.case_ = one,
                                       .subject = subject,
                                       .verdict = verdict,
                                       .worst = &run,
                                       .behaviours = counts,
                                       .behaviour_count = 1};
    sink->vtable->result(sink, &result);
}

/* What the file holds, nothing where there is none; NULL, with a diag. */
static struct observed *read_observed(const char *path, struct diags *diags)
{
    enum { SIZE_MAX_READ = 1 << 20 };
    struct observed *observed = observed_new(path);
    struct bytes text;
    if (access(path, F_OK) != 0 || (read_file(&text, diags->arena, path, SIZE_MAX_READ, diags) &&
                                    observed_load(observed, text, diags)))
        return observed;
    observed_free(observed);
    return NULL;
}

/* Notes the case for the clients from `first` on, of which the first of all fails, and writes the
 * file. */
static void observe(const char *path, const struct case_ *one, size_t first, struct diags *diags)
{
    static const struct subject_info subjects[] = {{.name = "a", .version = "1"},
                                                   {.name = "b", .version = "2"},
                                                   {.name = "c", .version = "3"}};
    const struct run_info info = {.subjects = subjects, .subject_count = 3};
    struct observed *observed = read_observed(path, diags);
    struct sink *sink = observed_sink_new(observed);
    sink->vtable->begin(sink, &info);
    for (size_t i = first; i < 3; i++)
        note(sink, one, subjects[i].name, i == 0 ? VERDICT_FAIL : VERDICT_PASS);
    sink->vtable->free(sink);
    CHECK_ROW(observed_write(observed, diags), "written");
    observed_free(observed);
}

/* What the check tells, all of it. */
static const char *check(const char *path, const struct case_ *one, struct arena *arena)
{
    struct diags diags = {.arena = arena};
    struct observed *observed = read_observed(path, &diags);
    const char *told = "";
    if (observed != NULL) {
        observed_check(observed, &one, 1, &diags);
        observed_free(observed);
    }
    for (const struct diag *each = diags.first; each != NULL; each = each->next)
        told = arena_printf(arena, "%s%s\n", told, diag_text(each, arena));
    return told;
}

/* As a person does. */
static void judge(const char *path, struct arena *arena)
{
    char text[4096];
    FILE *file = fopen(path, "r");
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    char *at = strstr(text, "\"reason\"");
    const char *judged =
        arena_printf(arena, "%.*s\"judged\": \"it is\", %s", (int)(at - text), text, at);
    file = fopen(path, "w");
    fputs(judged, file);
    fclose(file);
}

static void holds_fails_to_evidence(void)
{
    char folder[] = "/tmp/assay-observed-XXXXXX";
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    CHECK_ROW(mkdtemp(folder) != NULL, "a folder");
    const char *path = arena_printf(arena, "%s/observed.json", folder);
    CHECK_ROW(strstr(check(path, &case_, arena), "0 clients were seen in it: want 3") != NULL,
              "no file");
    observe(path, &case_, 0, &diags);
    CHECK_ROW(strstr(check(path, &case_, arena), "t/a fails a: nobody has judged it") != NULL,
              "not judged");
    judge(path, arena);
    CHECK_ROW(strcmp(check(path, &case_, arena), "") == 0, "judged: %s",
              check(path, &case_, arena));
    observe(path, &case_, 0, &diags);
    CHECK_ROW(strcmp(check(path, &case_, arena), "") == 0, "seen again: what was judged stays");
    CHECK_ROW(strstr(check(path, &changed, arena), "0 clients") != NULL, "the case has changed");
    observe(path, &changed, 1, &diags);
    CHECK_ROW(strstr(check(path, &changed, arena), "2 clients") != NULL,
              "what two have done in its new form stays: %s", check(path, &changed, arena));
    observe(path, &changed, 0, &diags);
    CHECK_ROW(strstr(check(path, &changed, arena), "nobody has judged it") != NULL,
              "and is to be judged anew");
    unlink(path);
    rmdir(folder);
    arena_free(arena);
}

/* clang-format off */
static const struct {
    const char *text, *want;
} bad_files[] = {
    {"[]", "want an object with \"format\""},
    {"{\"format\": \"assay-observed/2\", \"cases\": {}}", "want an object with \"format\": \"assay-observed/1\""},
    {"{\"format\": \"assay-observed/1\", \"cases\": {\"t/a\": 1}}", "/cases/t~1a: want \"hash\""},
    {"{\"format\": \"assay-observed/1\", \"cases\": {\"t/a\": {\"hash\": \"0000000000001234\", \"subjects\": {\"a\": {}}}}}", "want \"hash\""},
    {"{", "want"},
};
/* clang-format on */

static void tells_what_is_wrong(void)
{
    for (size_t i = 0; i < COUNT_OF(bad_files); i++) {
        struct arena *arena = arena_new();
        char path[] = "/tmp/assay-observed-XXXXXX";
        FILE *file = fdopen(mkstemp(path), "w");
        fputs(bad_files[i].text, file);
        fclose(file);
        const char *told = check(path, &case_, arena);
        CHECK_ROW(strstr(told, bad_files[i].want) != NULL, "row %zu: told %s", i, told);
        unlink(path);
        arena_free(arena);
    }
}

CU_TestInfo observed_tests[] = {{"holds fails to evidence", holds_fails_to_evidence},
                                {"tells what is wrong with a file", tells_what_is_wrong},
                                CU_TEST_INFO_NULL};
