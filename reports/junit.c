#include "reports/junit.h"

#include "reports/block_text.h"
#include "reports/kept_text.h"
#include "reports/rules_text.h"
#include "reports/whole_file.h"
#include "reports/wire_text.h"

#include <errno.h>
#include <inttypes.h>

enum { NS_PER_US = 1000, US_PER_S = 1000000, COPY_SIZE = 16 * 1024 };

enum kind { KIND_PASSED, KIND_FAILED, KIND_SKIPPED, KIND_IN_ERROR, KIND_COUNT };

struct junit {
    struct sink base;    /* first: a sink is cast back to what holds it */
    struct arena *arena; /* holds this struct too */
    bool strict;
    struct whole_file file;
    FILE *cases; /* all that stands between the suite's tags */
    struct bytes started;
    const char *const *subjects; /* names */
    size_t subject_count, case_count;
    size_t counts[KIND_COUNT];
};

static enum kind kind_of(const struct case_result *result, bool strict)
{
    const enum verdict verdict = result->verdict;
    if (result->is_stale)
        return KIND_FAILED;
    if (verdict == VERDICT_ERROR)
        return KIND_IN_ERROR;
    if (verdict == VERDICT_SKIP || verdict == VERDICT_UNEXERCISED)
        return KIND_SKIPPED;
    return verdict_is_deviation(verdict, strict) ? KIND_FAILED : KIND_PASSED;
}

/* --- XML ---------------------------------------------------------------------- */

/* Stands as well in a tag's quotes as between tags. "[[" is broken up: some readers attach the file
 * that [[ATTACHMENT|PATH]] names, and a client's octets may not choose it. */
static void put(FILE *out, struct bytes text)
{
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
    static const char marks[] = "&<>\"";
    char before = '\0';
    while (text.len > 0) {
        char shown[WIRE_TEXT_SIZE];
        const size_t len = wire_text_next_plain(&text, shown);
        const char *mark = memchr(marks, shown[0], sizeof(marks) - 1);
        if (mark != NULL)
            fputs(entities[mark - marks], out);
        else if (shown[0] == '[' && before == '[')
            fputs("\\x5b", out);
        else
            fwrite(shown, 1, len, out);
        before = shown[0];
    }
}

static void put_lines(FILE *out, struct bytes text)
{
    while (text.len > 0) {
        put(out, bytes_take_until(&text, '\n'));
        putc('\n', out);
    }
}

static void put_attribute(FILE *out, const char *name, struct bytes value)
{
    fprintf(out, " %s=\"", name);
    put(out, value);
    putc('"', out);
}

static void put_seconds(FILE *out, uint64_t ns)
{
    const uint64_t us = ns / NS_PER_US;
    fprintf(out, " time=\"%" PRIu64 ".%06" PRIu64 "\"", us / US_PER_S, us % US_PER_S);
}

static void put_property(FILE *out, const char *name, const char *value, const char *version)
{
    fputs("      <property", out);
    put_attribute(out, "name", bytes_of(name));
    fputs(" value=\"", out);
    put(out, bytes_of(value));
    fputs(version != NULL ? " " : "", out);
    put(out, bytes_of(version));
    fputs("\"/>\n", out);
}

/* --- the cases ------------------------------------------------------------------ */

static void junit_begin(struct sink *base, const struct run_info *info)
{
    struct junit *junit = (struct junit *)base;
    FILE *out = junit->cases;
    junit->started = arena_bytes(junit->arena, bytes_of(info->started));
    junit->case_count = info->case_count;
    junit->subject_count = info->subject_count;
    junit->subjects = sink_subject_names(junit->arena, info);
    fputs("    <properties>\n", out);
    put_property(out, "assay", info->version, NULL);
    put_property(out, "host", info->host, NULL);
    for (size_t i = 0; i < info->subject_count; i++)
        put_property(out, "subject", info->subjects[i].name, info->subjects[i].version);
    fputs("    </properties>\n", out);
}

static void put_class(FILE *out, const struct case_result *result)
{
    struct bytes id = bytes_of(result->case_->id);
    fputs(" classname=\"", out);
    put(out, bytes_of(result->subject));
    putc('.', out);
    put(out, bytes_take_until(&id, '/'));
    putc('"', out);
}

static void put_case_tag(FILE *out, const struct case_result *result)
{
    fputs("    <testcase", out);
    put_class(out, result);
    put_attribute(out, "name", bytes_of(result->case_->id));
    put_attribute(out, "file", bytes_of(result->case_->file));
    fprintf(out, " line=\"%u\"", result->case_->line);
    put_seconds(out, result->duration_ns);
    fputs(">\n", out);
}

/* The verdict is told, for a pass may be a warning, and a failure something unrecognised. */
static void put_block(FILE *out, const struct case_result *result)
{
    struct kept_text kept;
    FILE *block = kept_text_open(&kept);
    fprintf(block, "%s: ", block_text_word(result));
    wire_text_print(block, bytes_of(result->case_->title));
    putc('\n', block);
    if (block_text_is_due(result->verdict))
        block_text_print(block, result, false);
    else
        block_text_summary(block, result);
    put_lines(out, kept_text_close(&kept));
    kept_text_free(&kept);
}

static void junit_result(struct sink *base, const struct case_result *result)
{
    static const char *const tags[KIND_COUNT] = {[KIND_PASSED] = "system-out",
                                                 [KIND_FAILED] = "failure",
                                                 [KIND_SKIPPED] = "skipped",
                                                 [KIND_IN_ERROR] = "error"};
    struct junit *junit = (struct junit *)base;
    FILE *out = junit->cases;
    const enum kind kind = kind_of(result, junit->strict);
    junit->counts[kind]++;
    put_case_tag(out, result);
    fprintf(out, "      <%s", tags[kind]);
    if (kind != KIND_PASSED) {
        put_attribute(out, "type", bytes_of(block_text_word(result)));
        put_attribute(out, "message", block_text_note(result));
    }
    putc('>', out);
    put_block(out, result);
    fprintf(out, "</%s>\n    </testcase>\n", tags[kind]);
    whole_file_note(&junit->file, out);
}

/* --- the whole ------------------------------------------------------------------ */

static void put_rules(struct junit *junit, const struct totals *totals)
{
    struct kept_text kept;
    rules_text_print(kept_text_open(&kept), junit->subjects, junit->subject_count, totals);
    const struct bytes text = kept_text_close(&kept);
    if (text.len > 0) {
        fputs("    <system-out>", junit->cases);
        put_lines(junit->cases, text);
        fputs("</system-out>\n", junit->cases);
    }
    kept_text_free(&kept);
}

static size_t played(const struct junit *junit)
{
    size_t count = 0;
    for (enum kind kind = 0; kind < KIND_COUNT; kind++)
        count += junit->counts[kind];
    return count;
}

/* Of the suites, and of the one suite. */
static void put_suite_tag(const struct junit *junit, const char *tag, uint64_t duration_ns)
{
    FILE *out = junit->file.out;
    fprintf(out, "<%s name=\"assay\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
            tag, played(junit), junit->counts[KIND_FAILED], junit->counts[KIND_IN_ERROR],
            junit->counts[KIND_SKIPPED]);
    put_seconds(out, duration_ns);
    put_attribute(out, "timestamp", junit->started);
    fputs(">\n", out);
}

static void copy_cases(struct junit *junit)
{
    char octets[COPY_SIZE];
    rewind(junit->cases);
    size_t len = 0;
    do {
        len = fread(octets, 1, sizeof(octets), junit->cases);
        fwrite(octets, 1, len, junit->file.out);
        whole_file_note(&junit->file, junit->file.out);
    } while (len > 0);
    whole_file_note(&junit->file, junit->cases);
}

static bool junit_end(struct sink *base, const struct totals *totals, uint64_t duration_ns,
                      bool interrupted, struct diags *diags)
{
    struct junit *junit = (struct junit *)base;
    FILE *out = junit->file.out;
    put_rules(junit, totals);
    if (interrupted)
        fprintf(junit->cases,
                "    <system-err>interrupted: %zu of %zu cases were played</system-err>\n",
                played(junit), junit->case_count);
    fflush(junit->cases);
    whole_file_note(&junit->file, junit->cases);
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", out);
    put_suite_tag(junit, "testsuites", duration_ns);
    fputs("  ", out);
    put_suite_tag(junit, "testsuite", duration_ns);
    copy_cases(junit);
    fputs("  </testsuite>\n</testsuites>\n", out);
    return whole_file_finish(&junit->file, diags);
}

static void junit_free(struct sink *base)
{
    struct junit *junit = (struct junit *)base;
    whole_file_abandon(&junit->file);
    if (junit->cases != NULL)
        fclose(junit->cases);
    arena_free(junit->arena); /* `junit` lives there */
}

struct sink *junit_sink_new(const char *path, bool strict, struct diags *diags)
{
    static const struct sink_vtable vtable = {junit_begin, junit_result, junit_end, junit_free};
    struct arena *arena = arena_new();
    struct junit *junit = arena_alloc(arena, sizeof(*junit));
    junit->base.vtable = &vtable;
    junit->arena = arena;
    junit->strict = strict;
    if (whole_file_create(&junit->file, arena, path, diags)) {
        junit->cases = tmpfile();
        if (junit->cases != NULL)
            return &junit->base;
        diag_add(diags, NULL, 0, NULL, "cannot make a temporary file: %s", strerror(errno));
    }
    junit_free(&junit->base);
    return NULL;
}
