#include "reports/rules_text.h"

#include "reports/wire_text.h"

/* `subject`: NULL when it is the only one. */
static void print_rules(FILE *out, const char *subject, const struct totals *totals)
{
    for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
        const struct rule_count *count = &totals->rules[rule];
        if (count->broken == 0)
            continue;
        fprintf(out, "rule %s (%s, %s)", rule_name(rule), rule_requirement(rule), rule_level(rule));
        if (subject != NULL) {
            fputs(" by ", out);
            wire_text_print(out, bytes_of(subject));
        }
        fprintf(out, ": %s; %zu of %zu requests, first in ", rule_message(rule), count->broken,
                totals->requests);
        wire_text_print(out, bytes_of(count->first->parent->id));
        wire_text_print(out, bytes_of(count->first->suffix));
        putc('\n', out);
    }
}

void rules_text_print(FILE *out, const char *const *subjects, size_t subject_count,
                      const struct totals *totals)
{
    for (size_t i = 0; i < subject_count; i++)
        print_rules(out, subject_count > 1 ? subjects[i] : NULL, &totals[i]);
}
