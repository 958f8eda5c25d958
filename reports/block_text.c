#include "reports/block_text.h"

#include "reports/case_text.h"
#include "reports/label_text.h"
#include "reports/wire_text.h"

enum { WIRE_HEAD = 40, WIRE_TAIL = 12 };

/* A requirement in words; a harm has none. */
static void print_why(FILE *out, const struct case_ *case_, const char *why)
{
    label_text_begin(out, "why");
    for (size_t i = 0; i < case_->requirement_count; i++) {
        if (strcmp(case_->requirements[i]->id, why) != 0)
            continue;
        label_text_requirement(out, case_->requirements[i], LABEL_INDENT);
        putc('\n', out);
        return;
    }
    wire_text_print(out, bytes_of(why));
    putc('\n', out);
}

/* What a person holds an unrecognised behaviour against. */
static void print_requirements(FILE *out, const struct case_ *case_)
{
    for (size_t i = 0; i < case_->requirement_count; i++) {
        label_text_begin(out, i == 0 ? "requires" : "");
        label_text_requirement(out, case_->requirements[i], LABEL_INDENT);
        putc('\n', out);
    }
}

static void print_client(FILE *out, const struct run_result *run)
{
    const struct behaviour *behaviour = run->behaviour;
    for (size_t i = 0; i < run->point->client_count; i++) {
        const struct outcome *outcome = i < run->outcome_count ? run->outcomes[i] : NULL;
        const bool is_stated = behaviour != NULL && i < behaviour->client_count;
        label_text_begin(out, i == 0 ? "client" : "");
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
    bool is_whole; /* none is left out */
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
    const bool is_long = !lines->is_whole && lines->total > WIRE_HEAD + WIRE_TAIL;
    const size_t left_out = is_long ? lines->total - WIRE_HEAD - WIRE_TAIL : 0;
    if (is_long && index == WIRE_HEAD)
        fprintf(lines->out, "%*s... (%zu lines)\n", LABEL_INDENT, "", left_out);
    if (is_long && index >= WIRE_HEAD && index < WIRE_HEAD + left_out)
        return;
    label_text_begin(lines->out, index == 0 ? "wire" : "");
    fprintf(lines->out, "%s\n", line);
}

static void print_wire(FILE *out, const struct run_result *run, bool is_whole)
{
    if (run->transcript == NULL)
        return;
    struct wire_lines lines = {.out = out, .is_whole = is_whole};
    wire_text_ladder(run->point, run->transcript, count_line, &lines);
    wire_text_ladder(run->point, run->transcript, print_line, &lines);
    if (run->transcript->dropped > 0)
        fprintf(out, "%*s... (%zu events more, which were not kept)\n", LABEL_INDENT, "",
                run->transcript->dropped);
}

/* How often each behaviour was seen, when there was more than one run; and which run follows. */
static void print_runs(FILE *out, const struct case_result *result)
{
    if (result->run_count < 2)
        return;
    for (size_t i = 0; i < result->behaviour_count; i++) {
        label_text_begin(out, i == 0 ? "runs" : "");
        fprintf(out, "%zu of %zu  ", result->behaviours[i].count, result->run_count);
        wire_text_print(out, bytes_of(result->behaviours[i].name));
        putc('\n', out);
    }
    if (result->worst->point->suffix[0] != '\0')
        label_text_lines(out, "shown", result->worst->point->suffix);
}

static void print_recognised(FILE *out, const struct case_result *result)
{
    const struct run_result *run = result->worst;
    const struct behaviour *behaviour = run->behaviour;
    if (behaviour != NULL)
        label_text_lines(out, "behaviour", behaviour->name);
    if (run->reason != NULL && (behaviour == NULL || strcmp(run->reason, behaviour->name) != 0))
        label_text_lines(out, "reason", run->reason);
    if (result->listed != NULL)
        label_text_lines(out, "baseline", result->listed);
}

/* What the runner found in its worst run. */
static void print_run(FILE *out, const struct case_result *result, bool is_whole)
{
    const struct run_result *run = result->worst;
    const struct case_ *case_ = result->case_;
    print_recognised(out, result);
    if (run->behaviour != NULL && run->behaviour->why != NULL)
        print_why(out, case_, run->behaviour->why);
    if (result->verdict == VERDICT_UNRECOGNISED)
        print_requirements(out, case_);
    for (size_t i = 0; i < case_->seen_in_count; i++)
        label_text_lines(out, i == 0 ? "seen in" : "", case_->seen_in[i]);
    print_runs(out, result);
    if (run->attempts > 1)
        label_text_lines(out, "played", "again alone, with more time, before it counted");
    print_client(out, run);
    print_wire(out, run, is_whole);
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

void block_text_print(FILE *out, const struct case_result *result, bool is_whole)
{
    if (result->worst != NULL)
        print_run(out, result, is_whole);
    label_text_begin(out, "run it");
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
