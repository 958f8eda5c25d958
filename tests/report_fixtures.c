#include "tests/report_fixtures.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct transcript *report_transcript(struct arena *arena, const struct event *events, size_t count)
{
    struct transcript *transcript = arena_alloc(arena, sizeof(*transcript));
    transcript_init(transcript, arena, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        transcript_add(transcript, &events[i]);
    return transcript;
}

void report_check_text(const char *label, const char *got, const char *want)
{
    size_t same = 0;
    while (got[same] != '\0' && got[same] == want[same])
        same++;
    const bool is_equal = got[same] == want[same];
    while (same > 0 && got[same - 1] != '\n')
        same--;
    CHECK_ROW(is_equal, "%s: got\n%s", label, got + same);
}

static const struct subject_info subjects[] = {
    {.name = "bundled",
     .version = "0.1",
     .client = "assay",
     .can = CAN(SESSION) | CAN(READ_STREAM),
     .patience = 1},
    {.name = "curl", .engine = "libcurl", .patience = 4},
};

bool report_play(struct sink *sink, const struct case_result *result, size_t subject_count,
                 bool interrupted, struct diags *diags)
{
    const struct run_info info = {.version = "0.1",
                                  .started = "2000-01-01T00:00:00Z",
                                  .host = "Linux",
                                  .subjects = subjects,
                                  .subject_count = subject_count,
                                  .case_count = 250};
    struct totals totals[COUNT_OF(subjects)] = {{.requests = 0}, {.requests = 0}};
    totals[0].cases[VERDICT_PASS] = 20;
    totals[0].runs[VERDICT_PASS] = 20;
    sink->vtable->begin(sink, &info);
    if (result != NULL) {
        totals[0].cases[result->verdict]++;
        totals[0].stale += result->is_stale;
        totals[0].runs[result->verdict] += result->run_count;
        sink->vtable->result(sink, result);
    }
    return sink->vtable->end(sink, totals, 1234567890, interrupted, diags);
}

struct case_result report_result(const struct run_result *const *run, enum verdict verdict,
                                 size_t run_count)
{
    static const struct behaviour_count counts[] = {{"takes the short body as whole", 2},
                                                    {"reports it", 60}};
    struct case_result result = {.case_ = &cut_case,
                                 .subject = "bundled",
                                 .verdict = verdict,
                                 .worst = *run,
                                 .run_count = run_count,
                                 .shown = run,
                                 .shown_count = *run != NULL ? 1 : 0,
                                 .behaviours = counts,
                                 .behaviour_count = *run != NULL ? 2 : 0};
    result.verdict_runs[verdict] = run_count;
    return result;
}

struct case_result report_listed(const struct run_result *const *run, enum verdict verdict)
{
    struct case_result result = report_result(run, verdict, 1);
    result.listed = LISTED;
    result.is_stale = verdict != VERDICT_KNOWN;
    return result;
}

struct output report_read_file(const char *path)
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

struct output report_console(const struct case_result *result, struct console_options options,
                             size_t subject_count, bool interrupted)
{
    struct output output;
    options.out = open_memstream(&output.at, &output.len);
    struct sink *sink = console_sink_new(&options);
    CU_ASSERT(report_play(sink, result, subject_count, interrupted, NULL));
    sink->vtable->free(sink);
    fclose(options.out);
    return output;
}

void report_with_folder(void (*test)(const char *folder))
{
    char folder[] = "assay-test-reports-XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    test(folder);
    CHECK_ROW(rmdir(folder) == 0, "%s is not empty", folder);
}

/* Reads the file that the sink has written, and removes it. */
static struct output take_file(struct sink *sink, const char *path)
{
    sink->vtable->free(sink);
    struct output output = report_read_file(path);
    unlink(path);
    return output;
}

static struct sink *open_sink(report_opener *open, const char *path, bool strict,
                              struct diags *diags)
{
    struct sink *sink = open(path, strict, diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sink);
    return sink;
}

static struct sink *open_file(report_opener *open, bool strict, char *path)
{
    struct diags *diags = calloc(1, sizeof(*diags));
    const int fd = mkstemp(path);
    CU_ASSERT_FATAL(diags != NULL && fd >= 0);
    close(fd);
    struct sink *sink = open_sink(open, path, strict, diags);
    free(diags);
    return sink;
}

struct output report_written(report_opener *open, bool strict, const struct case_result *result,
                             size_t subject_count, bool interrupted)
{
    char path[] = "assay-test-report-XXXXXX";
    struct sink *sink = open_file(open, strict, path);
    CU_ASSERT(report_play(sink, result, subject_count, interrupted, NULL));
    return take_file(sink, path);
}

struct output report_written_rule(report_opener *open, enum rule rule)
{
    char path[] = "assay-test-report-XXXXXX";
    const struct run_info info = {
        .version = "0.1", .subjects = subjects, .subject_count = 1, .case_count = 1};
    struct totals totals = {.requests = 9};
    totals.rules[rule] = (struct rule_count){.broken = 2, .first = &two_point};
    struct sink *sink = open_file(open, false, path);
    sink->vtable->begin(sink, &info);
    CU_ASSERT(sink->vtable->end(sink, &totals, 0, false, NULL));
    return take_file(sink, path);
}

void report_check_full_disk(report_opener *open)
{
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    struct sink *sink = open_sink(open, "/dev/full", false, &diags);
    CU_ASSERT(!report_play(sink, NULL, 1, false, &diags));
    CU_ASSERT(diags.count == 1);
    report_check_text("the diag", diag_text(diags.first, arena),
                      "/dev/full: cannot write: No space left on device");
    sink->vtable->free(sink);
    arena_free(arena);
}

void report_check_unfinished(report_opener *open, const char *folder)
{
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    const struct run_info info = {.version = "0.1"};
    const char *path = arena_printf(arena, "%s/report", folder);
    struct sink *sink = open_sink(open, path, false, &diags);
    sink->vtable->begin(sink, &info);
    sink->vtable->free(sink);
    CU_ASSERT(access(path, F_OK) != 0);
    CU_ASSERT(open("/proc/none/report", false, &diags) == NULL);
    CU_ASSERT(diags.count == 1);
    arena_free(arena);
}
