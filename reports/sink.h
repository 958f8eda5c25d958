/*
 * sink -- one form of report. The runner tells every sink the same three
 * things; a sink keeps what it needs of them (copies: nothing borrowed outlives
 * its call, but what belongs to the corpus).
 */
#ifndef REPORTS_SINK_H
#define REPORTS_SINK_H

#include "wire/diag.h"
#include "wire/result.h"

struct sink {
    const struct sink_vtable {
        void (*begin)(struct sink *sink, const struct run_info *info);
        void (*result)(struct sink *sink, const struct case_result *result);
        /* `totals`: one a subject, in the order of info->subjects. `interrupted`: not all was
         * played. Returns false after writing to `diags` what went wrong (a full disk ...). */
        bool (*end)(struct sink *sink, const struct totals *totals, uint64_t duration_ns,
                    bool interrupted, struct diags *diags);
        void (*free)(struct sink *sink);
    } * vtable;
};

/* The names of the run's subjects, in the arena: most sinks speak of them once more at the end. */
const char *const *sink_subject_names(struct arena *arena, const struct run_info *info);

#endif
