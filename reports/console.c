#include "reports/console.h"

#include "reports/case_text.h"
#include "reports/rules_text.h"
#include "reports/wire_text.h"

#include <errno.h>
#include <inttypes.h>

enum {
    LABEL_WIDTH = 9,
    INDENT = LABEL_WIDTH + 4,
    WRAP_AT = 100,
    PROGRESS_MAX = 60, /* a progress line that wraps cannot be erased */
    WIRE_HEAD = 40,
    WIRE_TAIL = 12,
    NS_PER_CS = 10000000,
    CS_PER_S = 100,
};

struct console {
    struct sink base; /* first: a sink is cast back to what holds it */
    struct console_options options;
    struct arena *arena; /* holds this struct too */
    const char **subjects;
    size_t subject_count;
    size_t case_count, cases_done;
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

/* `word` in the verdict's colour. */
static void print_word(const struct console *console, enum verdict verdict, const char *word)
{
    static const char *const sgr[VERDICT_COUNT] = {
        [VERDICT_PASS] = "32",         [VERDICT_INFO] = "36", [VERDICT_SKIP] = "36",
        [VERDICT_UNEXERCISED] = "36",  [VERDICT_WARN] = "33", [VERDICT_KNOWN] = "33",
        [VERDICT_UNRECOGNISED] = "35", [VERDICT_FAIL] = "31", [VERDICT_ERROR] = "1;31",
    };
    const bool is_strict_warn = verdict == VERDICT_WARN && console->options.strict;
    if (console->options.color)
        fprintf(console->options.out, "\x1b[%sm%s\x1b[0m",
                sgr[is_strict_warn ? VERDICT_FAIL : verdict], word);
    else
        fputs(word, console->options.out);
}

/* "FAIL  partial-read/length-cut  [bundled]" */
static void print_heading(const struct console *console, const struct case_result *result)
{
    FILE *out = console->options.out;
    char word[sizeof("UNRECOGNISED")] = "";
    const char *name = verdict_name(result->verdict);
    for (size_t i = 0; i + 1 < sizeof(word) && name[i] != '\0'; i++)
        word[i] = (char)(name[i] - ('a' - 'A'));
    print_word(console, result->verdict, word);
    fputs("  ", out);
    wire_text_print(out, bytes_of(result->case_->id));
    fputs("  [", out);
    wire_text_print(out, bytes_of(result->subject));
    putc(']', out);
}

static void print_label(FILE *out, const char *label)
{
    fprintf(out, "  %-*s  ", LABEL_WIDTH, label);
}

/* The text up to `end` or its own end; moves it past that. */
static struct bytes take_until(struct bytes *text, char end)
{
    const uint8_t *at = text->len > 0 ? memchr(text->at, end, text->len) : NULL;
    const struct bytes front = bytes_take(text, at != NULL ? (size_t)(at - text->at) : text->len);
    if (at != NULL)
        bytes_take(text, 1);
    return front;
}

/* Line by line as it is, each under the first. */
static void print_lines(FILE *out, const char *label, const char *lines)
{
    struct bytes rest = bytes_of(lines);
    print_label(out, label);
    wire_text_print(out, take_until(&rest, '\n'));
    while (rest.len > 0) {
        fprintf(out, "\n%*s", INDENT, "");
        wire_text_print(out, take_until(&rest, '\n'));
    }
    putc('\n', out);
}

/* Wrapped at blanks; `column` is where the line stands. */
static void print_wrapped(FILE *out, const char *text, size_t column)
{
    struct bytes rest = bytes_of(text);
    while (rest.len > 0) {
        const struct bytes word = take_until(&rest, ' ');
        if (column + 1 + word.len > WRAP_AT && column > INDENT) {
            fprintf(out, "\n%*s", INDENT, "");
            column = INDENT;
        } else if (column > INDENT) {
            putc(' ', out);
            column++;
        }
        column += wire_text_print(out, word);
    }
}

/* A requirement in words; a harm has none. */
static void print_why(FILE *out, const struct case_ *case_, const char *why)
{
    print_label(out, "why");
    size_t column = INDENT + wire_text_print(out, bytes_of(why));
    for (size_t i = 0; i < case_->requirement_count; i++) {
        const struct requirement *one = case_->requirements[i];
        if (strcmp(one->id, why) != 0)
            continue;
        fputs(" (", out);
        column += wire_text_print(out, bytes_of(one->level)) + strlen(" ():");
        fputs("):", out);
        print_wrapped(out, one->text, column);
        break;
    }
    putc('\n', out);
}

static void print_client(FILE *out, const struct run_result *run)
{
    const struct behaviour *behaviour = run->behaviour;
    for (size_t i = 0; i < run->point->client_count; i++) {
        const struct outcome *outcome = i < run->outcome_count ? run->outcomes[i] : NULL;
        const bool is_stated = behaviour != NULL && i < behaviour->client_count;
        print_label(out, i == 0 ? "client" : "");
        case_text_request(out, run->point, &run->point->client[i]);
        fputs("  ->  ", out);
        case_text_outcome(out, outcome, is_stated ? &behaviour->client[i] : NULL);
        putc('\n', out);
    }
}

/* The lines of a ladder: counted first, so that of many the middle ones can be left out. */
struct wire_lines {
    FILE *out;
    size_t total, printed;
};

static void count_line(void *context, const char *line)
{
    (void)line;
    ((struct wire_lines *)context)->total++;
}

static void print_line(void *context, const char *line)
{
    struct wire_lines *lines = context;
    const size_t index = lines->printed++;
    const bool is_long = lines->total > WIRE_HEAD + WIRE_TAIL;
    const size_t left_out = is_long ? lines->total - WIRE_HEAD - WIRE_TAIL : 0;
    if (is_long && index == WIRE_HEAD)
        fprintf(lines->out, "%*s... (%zu lines)\n", INDENT, "", left_out);
    if (is_long && index >= WIRE_HEAD && index < WIRE_HEAD + left_out)
        return;
    print_label(lines->out, index == 0 ? "wire" : "");
    fprintf(lines->out, "%s\n", line);
}

static void print_wire(FILE *out, const struct run_result *run)
{
    if (run->transcript == NULL)
        return;
    struct wire_lines lines = {.out = out};
    wire_text_ladder(run->point, run->transcript, count_line, &lines);
    wire_text_ladder(run->point, run->transcript, print_line, &lines);
    if (run->transcript->dropped > 0)
        fprintf(out, "%*s... (%zu events more, which were not kept)\n", INDENT, "",
                run->transcript->dropped);
}

/* How often each behaviour was seen, when there was more than one run; and which run follows. */
static void print_runs(FILE *out, const struct case_result *result)
{
    if (result->run_count < 2)
        return;
    for (size_t i = 0; i < result->behaviour_count; i++) {
        print_label(out, i == 0 ? "runs" : "");
        fprintf(out, "%zu of %zu  ", result->behaviours[i].count, result->run_count);
        wire_text_print(out, bytes_of(result->behaviours[i].name));
        putc('\n', out);
    }
    if (result->worst->point->suffix[0] != '\0')
        print_lines(out, "shown", result->worst->point->suffix);
}

/* What the runner found in its worst run. */
static void print_run(FILE *out, const struct case_result *result)
{
    const struct run_result *run = result->worst;
    const struct behaviour *behaviour = run->behaviour;
    if (behaviour != NULL)
        print_lines(out, "behaviour", behaviour->name);
    if (run->reason != NULL && (behaviour == NULL || strcmp(run->reason, behaviour->name) != 0))
        print_lines(out, "reason", run->reason);
    if (behaviour != NULL && behaviour->why != NULL)
        print_why(out, result->case_, behaviour->why);
    for (size_t i = 0; i < result->case_->seen_in_count; i++)
        print_lines(out, i == 0 ? "seen in" : "", result->case_->seen_in[i]);
    print_runs(out, result);
    if (run->attempts > 1)
        print_lines(out, "played", "again alone, with more time, before it counted");
    print_client(out, run);
    print_wire(out, run);
}

static void print_block(const struct console *console, const struct case_result *result)
{
    FILE *out = console->options.out;
    print_heading(console, result);
    fputs("\n  ", out);
    wire_text_print(out, bytes_of(result->case_->title));
    putc('\n', out);
    if (result->worst != NULL)
        print_run(out, result);
    print_label(out, "run it");
    case_text_command(out, result);
    fputs("\n\n", out);
}

/* Why it was not judged, or what was recorded, on the heading's line. */
static void print_note(const struct console *console, const struct case_result *result)
{
    FILE *out = console->options.out;
    const struct run_result *worst = result->worst;
    const char *note = worst != NULL ? worst->reason : NULL;
    if (note == NULL && worst != NULL && worst->behaviour != NULL)
        note = worst->behaviour->name;
    print_heading(console, result);
    if (note != NULL) {
        struct bytes rest = bytes_of(note);
        fputs("  ", out);
        wire_text_print(out, take_until(&rest, '\n'));
    }
    putc('\n', out);
}

/* What asks nobody to do anything is one line. */
static bool is_note(enum verdict verdict)
{
    return verdict == VERDICT_INFO || verdict == VERDICT_SKIP || verdict == VERDICT_UNEXERCISED ||
           verdict == VERDICT_KNOWN;
}

static void console_begin(struct sink *base, const struct run_info *info)
{
    struct console *console = (struct console *)base;
    console->case_count = info->case_count;
    console->subject_count = info->subject_count;
    console->subjects = arena_array(console->arena, info->subject_count, sizeof(char *));
    for (size_t i = 0; i < info->subject_count; i++)
        console->subjects[i] =
            arena_strndup(console->arena, info->subjects[i].name, strlen(info->subjects[i].name));
}

static void console_result(struct sink *base, const struct case_result *result)
{
    struct console *console = (struct console *)base;
    console->cases_done++;
    if (result->verdict != VERDICT_PASS) {
        erase_progress(console);
        if (is_note(result->verdict))
            print_note(console, result);
        else
            print_block(console, result);
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

/* "22 cases: 20 passed, 1 failed, 1 skipped": what passed, then the worst first. */
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
    for (size_t i = 0; i < console->subject_count; i++)
        rules_text_print(out, console->subject_count > 1 ? console->subjects[i] : NULL, &totals[i]);
    if (interrupted)
        fprintf(out, "interrupted: %zu of %zu cases were played\n", console->cases_done,
                console->case_count);
    print_totals(console, &all);
    fprintf(out, "   (%" PRIu64 ".%02" PRIu64 " s)\n", cs / CS_PER_S, cs % CS_PER_S);
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
