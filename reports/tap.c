#include "reports/tap.h"

#include "reports/block_text.h"
#include "reports/kept_text.h"
#include "reports/rules_text.h"
#include "reports/whole_file.h"
#include "reports/wire_text.h"

struct tap {
    struct sink base;    /* first: a sink is cast back to what holds it */
    struct arena *arena; /* holds this struct too */
    bool strict;
    struct whole_file file;
    const char *const *subjects; /* names */
    size_t subject_count, case_count;
    size_t told; /* test points */
};

/* In a description, or behind a directive: where `#` begins a directive. */
static void put(FILE *out, struct bytes text)
{
    while (text.len > 0) {
        char shown[WIRE_TEXT_SIZE];
        const size_t len = wire_text_next_plain(&text, shown);
        for (size_t i = 0; i < len; i++) {
            if (shown[i] == '#' || shown[i] == '\\')
                putc('\\', out);
            putc(shown[i], out);
        }
    }
}

/* Each line behind `margin`. */
static void put_lines(FILE *out, const char *margin, struct bytes text)
{
    while (text.len > 0) {
        fputs(margin, out);
        wire_text_print(out, bytes_take_until(&text, '\n'));
        putc('\n', out);
    }
}

/* A member of the YAML block; in single quotes only these themselves are escaped. */
static void put_member(FILE *out, const char *key, struct bytes value)
{
    fprintf(out, "  %s: '", key);
    while (value.len > 0) {
        char shown[WIRE_TEXT_SIZE];
        const size_t len = wire_text_next_plain(&value, shown);
        fwrite(shown, 1, len, out);
        if (shown[0] == '\'')
            putc('\'', out);
    }
    fputs("'\n", out);
}

static void tap_begin(struct sink *base, const struct run_info *info)
{
    struct tap *tap = (struct tap *)base;
    tap->case_count = info->case_count;
    tap->subject_count = info->subject_count;
    tap->subjects = sink_subject_names(tap->arena, info);
    fprintf(tap->file.out, "TAP version 14\n1..%zu\n", info->case_count);
}

/* What is known to fail is "todo": not ok, and nobody's failure. */
static bool is_ok(const struct case_result *result, bool strict)
{
    return result->verdict != VERDICT_ERROR && result->verdict != VERDICT_KNOWN &&
           !result->is_stale && !verdict_is_deviation(result->verdict, strict);
}

static void put_directive(FILE *out, const struct case_result *result)
{
    static const char *const directives[VERDICT_COUNT] = {
        [VERDICT_SKIP] = " # SKIP ",
        [VERDICT_UNEXERCISED] = " # SKIP unexercised: ",
        [VERDICT_KNOWN] = " # TODO ",
    };
    if (directives[result->verdict] == NULL)
        return;
    fputs(directives[result->verdict], out);
    put(out, block_text_note(result));
}

static void put_point(struct tap *tap, const struct case_result *result)
{
    FILE *out = tap->file.out;
    fprintf(out, "%s %zu - ", is_ok(result, tap->strict) ? "ok" : "not ok", ++tap->told);
    put(out, bytes_of(result->case_->id));
    fputs(" [", out);
    put(out, bytes_of(result->subject));
    putc(']', out);
    put_directive(out, result);
    putc('\n', out);
}

static void put_report(FILE *out, const struct case_result *result)
{
    struct kept_text kept;
    block_text_print(kept_text_open(&kept), result, false);
    fputs("  report: |\n", out);
    put_lines(out, "    ", kept_text_close(&kept));
    kept_text_free(&kept);
}

static void put_yaml(FILE *out, const struct case_result *result)
{
    const struct bytes note = block_text_note(result);
    fputs("  ---\n", out);
    put_member(out, "verdict", bytes_of(block_text_word(result)));
    put_member(out, "title", bytes_of(result->case_->title));
    if (note.len > 0)
        put_member(out, "message", note);
    put_member(out, "file", bytes_of(result->case_->file));
    fprintf(out, "  line: %u\n", result->case_->line);
    if (block_text_is_due(result->verdict))
        put_report(out, result);
    fputs("  ...\n", out);
}

/* Flushed, for TAP is read while it is written. */
static void tap_result(struct sink *base, const struct case_result *result)
{
    struct tap *tap = (struct tap *)base;
    const bool is_plain = result->verdict == VERDICT_PASS || result->verdict == VERDICT_SKIP ||
                          result->verdict == VERDICT_UNEXERCISED;
    put_point(tap, result);
    if (!is_plain || result->is_stale)
        put_yaml(tap->file.out, result);
    fflush(tap->file.out);
    whole_file_note(&tap->file, tap->file.out);
}

static bool tap_end(struct sink *base, const struct totals *totals, uint64_t duration_ns,
                    bool interrupted, struct diags *diags)
{
    struct tap *tap = (struct tap *)base;
    FILE *out = tap->file.out;
    struct kept_text kept;
    (void)duration_ns;
    rules_text_print(kept_text_open(&kept), tap->subjects, tap->subject_count, totals);
    put_lines(out, "# ", kept_text_close(&kept));
    kept_text_free(&kept);
    if (interrupted)
        fprintf(out, "# interrupted: %zu of %zu cases were played\n", tap->told, tap->case_count);
    return whole_file_finish(&tap->file, diags);
}

static void tap_free(struct sink *base)
{
    struct tap *tap = (struct tap *)base;
    whole_file_abandon(&tap->file);
    arena_free(tap->arena); /* `tap` lives there */
}

struct sink *tap_sink_new(const char *path, bool strict, struct diags *diags)
{
    static const struct sink_vtable vtable = {tap_begin, tap_result, tap_end, tap_free};
    struct arena *arena = arena_new();
    struct tap *tap = arena_alloc(arena, sizeof(*tap));
    tap->base.vtable = &vtable;
    tap->arena = arena;
    tap->strict = strict;
    if (whole_file_create(&tap->file, arena, path, diags))
        return &tap->base;
    tap_free(&tap->base);
    return NULL;
}
