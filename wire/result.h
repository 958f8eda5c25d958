/*
 * result -- what the judge found, as data. The sinks in reports/ see only this.
 * What a run_result points to lives in the run's arena, until the sinks have
 * been given its case_result.
 */
#ifndef WIRE_RESULT_H
#define WIRE_RESULT_H

#include "wire/case.h"
#include "wire/rules.h"
#include "wire/transcript.h"

/* A rule that the client broke, and where. */
struct run_finding {
    struct finding finding;
    unsigned peer, connection; /* as the transcript counts them */
};

struct run_result {
    const struct point *point;
    enum verdict verdict;
    const struct behaviour *behaviour; /* NULL: none matched, or the run was not judged */
    enum grade grade;                  /* of the connection, where the case judges it */
    const char *reason; /* why it is not pass; the nearest behaviour and what differed when
                         * unrecognised, in lines; NULL for pass */
    unsigned attempts;  /* 1, or 2 when played again */
    unsigned repeat; /* from 1 where each point is played several times: "#3" of its id; else 0 */
    const struct outcome *const *outcomes; /* one a client step; NULL where none came */
    size_t outcome_count;
    bool hit_deadline;                  /* its time was over before all steps were answered */
    const struct run_finding *findings; /* in the order of connections, then of their octets */
    size_t finding_count;
    size_t request_count; /* that were held to the rules, all peers together */
    uint64_t duration_ns;
    const struct transcript *transcript;
};

/* All runs of one case against one subject. */
struct case_result {
    const struct case_ *case_;
    const char *subject;
    enum verdict verdict;           /* the worst of its runs' */
    const struct run_result *worst; /* the first run of that verdict */
    size_t run_count;
    uint64_t duration_ns;                  /* of all runs together */
    size_t verdict_runs[VERDICT_COUNT];    /* how many runs had each verdict */
    const struct run_result *const *shown; /* runs to be shown: those that did not pass (bounded),
                                            * and one that did; in the order of their points */
    size_t shown_count;
    const struct behaviour_count { /* how often each behaviour was seen, the first seen first */
        const char *name;
        size_t count;
    } * behaviours;
    size_t behaviour_count;
    const char *listed; /* `known`, or stale: the baseline's reason for the deviation; else NULL */
    bool is_stale;      /* the baseline lists the case, and it does not deviate any more */
};

/* A client under test. */
struct subject_info {
    const char *name;    /* what it is asked for by, and named by in all reports */
    const char *client;  /* what it calls itself; NULL where it does not say */
    const char *version; /* the same */
    const char *engine;  /* the HTTP engine beneath, where several clients share one; or NULL */
    can_set can;
    unsigned patience; /* all times that are given to it are so many times longer; at least 1 */
};

struct run_info {
    const char *version; /* of assay */
    const char *started; /* RFC 3339, UTC */
    const char *host;    /* "Linux 6.1 x86_64" */
    const struct subject_info *subjects;
    size_t subject_count;
    size_t case_count;           /* that will be played, for all subjects together */
    unsigned shard, shard_count; /* which of so many parts of the cases this is; 0 of 0: of all */
};

/* How often a rule was broken. */
struct rule_count {
    size_t broken;             /* requests */
    const struct point *first; /* where for the first time; the corpus' */
    unsigned connection;       /* the same */
    uint64_t offset;           /* the same */
    uint64_t place;            /* private to harness/tally.c */
};

/* All that was played against one subject. */
struct totals {
    size_t cases[VERDICT_COUNT];
    size_t runs[VERDICT_COUNT];
    size_t stale;    /* cases that the baseline lists, and that deviate no more */
    size_t requests; /* that were held to the rules */
    struct rule_count rules[RULE_COUNT];
};

#endif
