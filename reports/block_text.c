#include "reports/block_text.h"

#include "reports/case_text.h"
#include "reports/wire_text.h"

enum {
    LABEL_WIDTH = 9,
    INDENT = LABEL_WIDTH + 4,
    WRAP_AT = 100,
    WIRE_HEAD = 40,
    WIRE_TAIL = 12,
};

static void print_label(FILE *out, const char *label)
{
    fprintf(out, "  %-*s  ", LABEL_WIDTH, label);
}

/* Line by line as it is, each under the first. */
static void print_lines(FILE *out, const char *label, const char *lines)
{
    struct bytes rest = bytes_of(lines);
    print_label(out, label);
    wire_text_print(out, bytes_take_until(&rest, '\n'));
    while (rest.len > 0) {
        fprintf(out, "\n%*s", INDENT, "");
        wire_text_print(out, bytes_take_until(&rest, '\n'));
    }
    putc('\n', out);
}

/* Wrapped at blanks; `column` is where the line stands. */
static void print_wrapped(FILE *out, const char *text, size_t column)
{
    struct bytes rest = bytes_of(text);
    while (rest.len > 0) {
        const struct bytes word = bytes_take_until(&rest, ' ');
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

/* "9112-8-1 (MUST): A client that ..." */
static void print_requirement(FILE *out, const struct requirement *one)
{
    size_t column = INDENT + wire_text_print(out, bytes_of(one->id));
    fputs(" (", out);
    column += wire_text_print(out, bytes_of(one->level)) + strlen(" ():");
    fputs("):", out);
    print_wrapped(out, one->text, column);
    putc('\n', out);
}

/* A requirement in words; a harm has none. */
static void print_why(FILE *out, const struct case_ *case_, const char *why)
{
    print_label(out, "why");
    for (size_t i = 0; i < case_->requirement_count; i++) {
        if (strcmp(case_->requirements[i]->id, why) != 0)
            continue;
        print_requirement(out, case_->requirements[i]);
        return;
    }
    wire_text_print(out, bytes_of(why));
    putc('\n', out);
}

/* What a person holds an unrecognised behaviour against. */
static void print_requirements(FILE *out, const struct case_ *case_)
{
    for (size_t i = 0; i < case_->requirement_count; i++) {
        print_label(out, i == 0 ? "requires" : "");
        print_requirement(out, case_->requirements[i]);
    }
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

static void print_recognised(FILE *out, const struct case_result *result)
{
    const struct run_result *run = result->worst;
    const struct behaviour *behaviour = run->behaviour;
    if (behaviour != NULL)
        print_lines(out, "behaviour", behaviour->name);
    if (run->reason != NULL && (behaviour == NULL || strcmp(run->reason, behaviour->name) != 0))
        print_lines(out, "reason", run->reason);
    if (result->listed != NULL)
        print_lines(out, "baseline", result->listed);
}

/* What the runner found in its worst run. */
static void print_run(FILE *out, const struct case_result *result)
{
    const struct run_result *run = result->worst;
    const struct case_ *case_ = result->case_;
    print_recognised(out, result);
    if (run->behaviour != NULL && run->behaviour->why != NULL)
        print_why(out, case_, run->behaviour->why);
    if (result->verdict == VERDICT_UNRECOGNISED)
        print_requirements(out, case_);
    for (size_t i = 0; i < case_->seen_in_count; i++)
        print_lines(out, i == 0 ? "seen in" : "", case_->seen_in[i]);
    print_runs(out, result);
    if (run->attempts > 1)
        print_lines(out, "played", "again alone, with more time, before it counted");
    print_client(out, run);
    print_wire(out, run);
}

const char *block_text_word(const struct case_result *result)
{
    return result->is_stale ? "stale" : verdict_name(result->verdict);
}

bool block_text_is_due(enum verdict verdict)
{
    return verdict == VERDICT_WARN || verdict == VERDICT_UNRECOGNISED || verdict == VERDICT_FAIL ||
           verdict == VERDICT_ERROR;
}

void block_text_print(FILE *out, const struct case_result *result)
{
    if (result->worst != NULL)
        print_run(out, result);
    print_label(out, "run it");
    case_text_command(out, result);
    putc('\n', out);
}

void block_text_summary(FILE *out, const struct case_result *result)
{
    if (result->worst == NULL)
        return;
    print_recognised(out, result);
    print_runs(out, result);
}

struct bytes block_text_note(const struct case_result *result)
{
    const struct run_result *worst = result->worst;
    const char *note = result->listed;
    if (note == NULL && worst != NULL)
        note = worst->reason;
    if (note == NULL && worst != NULL && worst->behaviour != NULL)
        note = worst->behaviour->name;
    struct bytes rest = bytes_of(note);
    return bytes_take_until(&rest, '\n');
}
