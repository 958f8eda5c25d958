#include "harness/tally.h"

static void add(struct rule_count *count, const struct run_finding *found,
                const struct run_result *run, uint64_t place)
{
    count->broken++;
    if (count->first != NULL && place >= count->place)
        return;
    count->place = place;
    count->first = run->point;
    count->connection = found->connection;
    count->offset = found->finding.offset;
}

void tally_add(struct totals *totals, const struct run_result *run, uint64_t place)
{
    totals->requests += run->request_count;
    for (size_t i = 0; i < run->finding_count; i++)
        add(&totals->rules[run->findings[i].finding.rule], &run->findings[i], run, place);
}

void tally_result(struct totals *totals, const struct case_result *result)
{
    totals->cases[result->verdict]++;
    totals->stale += result->is_stale;
    for (int i = 0; i < VERDICT_COUNT; i++)
        totals->runs[i] += result->verdict_runs[i];
}
