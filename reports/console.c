#include "reports/console.h"

#include "reports/block_text.h"
#include "reports/rules_text.h"
#include "reports/verdict_text.h"
#include "reports/wire_text.h"

#include <errno.h>
#include <inttypes.h>

enum {
    PROGRESS_MAX = 60, /* a progress line that wraps cannot be erased */
    NS_PER_CS = 10000000,
    CS_PER_S = 100,
};

struct console {
    struct sink base; /* first: a sink is cast back to what holds it */
    struct console_options options;
    struct arena *arena;         /* holds this struct too */
    const char *const *subjects; /* names */
    size_t subject_count;
    size_t case_count, cases_done;
    unsigned shard, shard_count;
    size_t progress_len; /* of the progress line that stands on the terminal */
};

static void erase_progress(struct console *console)
{
    if (console->progress_len == 0)
        return;
    fprintf(console->options.progress, "\r%*s\r", (int)console->progress_len, "");
    fflush(console->options.progress);
    console->progress_len = 0;
}

static void show_progress(struct console *console, const char *case_id)
{
    FILE *out = console->options.progress;
    if (out == NULL)
        return;
    erase_progress(console);
    struct bytes id = bytes_of(case_id);
    if (id.len > PROGRESS_MAX)
        id.len = PROGRESS_MAX;
    const int len = fprintf(out, "\r[%zu/%zu] ", console->cases_done, console->case_count);
    console->progress_len = wire_text_print(out, id) + (len > 0 ? (size_t)len : 0);
    fflush(out);
}

/* `word` in the verdict's colour; of a warning that counts, in a failure's. */
static void print_word(const struct console *console, enum verdict verdict, const char *word)
{
    const bool is_strict_warn = verdict == VERDICT_WARN && console->options.strict;
    verdict_text_print(console->options.out, is_strict_warn ? VERDICT_FAIL : verdict, word,
                       console->options.color);
}

/* "FAIL  partial-read/length-cut  [bundled]" */
static void print_heading(const struct console *console, const struct case_result *result)
{
    FILE *out = console->options.out;
    char word[sizeof("UNRECOGNISED")] = "";
    const char *name = block_text_word(result);
    for (size_t i = 0; i + 1 < sizeof(word) && name[i] != '\0'; i++)
        word[i] = (char)(name[i] - ('a' - 'A'));
    print_word(console, result->is_stale ? VERDICT_FAIL : result->verdict, word);
    fputs("  ", out);
    wire_text_print(out, bytes_of(result->case_->id));
    fputs("  [", out);
    wire_text_print(out, bytes_of(result->subject));
    putc(']', out);
}

static void print_block(const struct console *console, const struct case_result *result)
{
    FILE *out = console->options.out;
    print_heading(console, result);
    fputs("\n  ", out);
    wire_text_print(out, bytes_of(result->case_->title));
    putc('\n', out);
    block_text_print(out, result, console->options.whole);
    putc('\n', out);
}

/* Why it was not judged, or what was recorded, on the heading's line. */
static void print_note(const struct console *console, const struct case_result *result)
{
    FILE *out = console->options.out;
    const struct bytes note = block_text_note(result);
    print_heading(console, result);
    if (note.len > 0)
        fputs("  ", out);
    wire_text_print(out, note);
    putc('\n', out);
}

static void console_begin(struct sink *base, const struct run_info *info)
{
    struct console *console = (struct console *)base;
    console->case_count = info->case_count;
    console->shard = info->shard;
    console->shard_count = info->shard_count;
    console->subject_count = info->subject_count;
    console->subjects = sink_subject_names(console->arena, info);
}

static void console_result(struct sink *base, const struct case_result *result)
{
    struct console *console = (struct console *)base;
    console->cases_done++;
    if (result->verdict != VERDICT_PASS || result->is_stale || console->options.whole) {
        erase_progress(console);
        if (block_text_is_due(result->verdict) || console->options.whole)
            print_block(console, result);
        else
            print_note(console, result);
        fflush(console->options.out);
    }
    show_progress(console, result->case_->id);
}

static size_t sum(const size_t *counts)
{
    size_t total = 0;
    for (size_t i = 0; i < VERDICT_COUNT; i++)
        total += counts[i];
    return total;
}

/* "22 cases: 20 passed, 1 failed, 1 skipped": what passed, then the worst first; and what is stale
 * besides its verdict. */
static void print_totals(const struct console *console, const struct totals *totals)
{
    static const enum verdict order[VERDICT_COUNT] = {
        VERDICT_PASS, VERDICT_ERROR,       VERDICT_FAIL, VERDICT_UNRECOGNISED, VERDICT_KNOWN,
        VERDICT_WARN, VERDICT_UNEXERCISED, VERDICT_SKIP, VERDICT_INFO,
    };
    static const char *const words[VERDICT_COUNT] = {
        [VERDICT_PASS] = "passed",    [VERDICT_INFO] = "info",
        [VERDICT_SKIP] = "skipped",   [VERDICT_UNEXERCISED] = "unexercised",
        [VERDICT_WARN] = "warned",    [VERDICT_KNOWN] = "known",
        [VERDICT_FAIL] = "failed",    [VERDICT_UNRECOGNISED] = "unrecognised",
        [VERDICT_ERROR] = "in error",
    };
    FILE *out = console->options.out;
    const size_t cases = sum(totals->cases);
    const size_t runs = sum(totals->runs);
    fprintf(out, "%zu case%s", cases, cases == 1 ? "" : "s");
    if (runs > cases)
        fprintf(out, " (%zu runs)", runs);
    const char *separator = ": ";
    for (size_t i = 0; i < VERDICT_COUNT; i++) {
        if (totals->cases[order[i]] == 0)
            continue;
        fprintf(out, "%s%zu ", separator, totals->cases[order[i]]);
        print_word(console, order[i], words[order[i]]);
        separator = ", ";
    }
    if (totals->stale == 0)
        return;
    fprintf(out, ", %zu ", totals->stale);
    print_word(console, VERDICT_FAIL, "stale");
}

static void print_subjects(const struct console *console, const struct totals *totals)
{
    FILE *out = console->options.out;
    for (size_t i = 0; i < console->subject_count; i++) {
        fputs("  ", out);
        wire_text_print(out, bytes_of(console->subjects[i]));
        fputs("  ", out);
        print_totals(console, &totals[i]);
        putc('\n', out);
    }
}

static struct totals add_totals(const struct totals *totals, size_t count)
{
    struct totals all = {.requests = 0};
    for (size_t i = 0; i < count; i++) {
        all.stale += totals[i].stale;
        for (size_t j = 0; j < VERDICT_COUNT; j++) {
            all.cases[j] += totals[i].cases[j];
            all.runs[j] += totals[i].runs[j];
        }
    }
    return all;
}

static bool console_end(struct sink *base, const struct totals *totals, uint64_t duration_ns,
                        bool interrupted, struct diags *diags)
{
    struct console *console = (struct console *)base;
    FILE *out = console->options.out;
    const struct totals all = add_totals(totals, console->subject_count);
    const uint64_t cs = duration_ns / NS_PER_CS;
    erase_progress(console);
    rules_text_print(out, console->subjects, console->subject_count, totals);
    if (interrupted)
        fprintf(out, "interrupted: %zu of %zu cases were played\n", console->cases_done,
                console->case_count);
    print_totals(console, &all);
    fprintf(out, "   (%" PRIu64 ".%02" PRIu64 " s", cs / CS_PER_S, cs % CS_PER_S);
    if (console->shard_count > 0)
        fprintf(out, ", shard %u of %u", console->shard, console->shard_count);
    fputs(")\n", out);
    if (console->subject_count > 1)
        print_subjects(console, totals);
    errno = 0;
    if (fflush(out) == 0 && !ferror(out))
        return true;
    return diag_add(diags, NULL, 0, NULL, "cannot write the report for people: %s",
                    strerror(errno != 0 ? errno : EIO));
}

static void console_free(struct sink *base)
{
    struct console *console = (struct console *)base;
    erase_progress(console);
    arena_free(console->arena); /* `console` lives there */
}

struct sink *console_sink_new(const struct console_options *options)
{
    static const struct sink_vtable vtable = {console_begin, console_result, console_end,
                                              console_free};
    struct arena *arena = arena_new();
    struct console *console = arena_alloc(arena, sizeof(*console));
    console->base.vtable = &vtable;
    console->options = *options;
    console->arena = arena;
    return &console->base;
}
