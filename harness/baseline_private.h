/* baseline_private -- shared by the files of harness/baseline.h: baseline.c applies one,
 * baseline_read.c and baseline_write.c are the file. */
#ifndef HARNESS_BASELINE_PRIVATE_H
#define HARNESS_BASELINE_PRIVATE_H

#include "harness/baseline.h"
#include "wire/json.h"

#define BASELINE_FORMAT "assay-baseline/1"

/* A pattern over case ids, and why these deviate. */
struct entry {
    const char *pattern;
    const char *reason;
    const struct json *at; /* where it stands; NULL: it does not yet */
    bool is_dead;          /* means no case that was loaded */
    bool is_stale;         /* means one that deviates no more */
};

/* What is known of one subject. */
struct listing {
    const char *subject;
    const struct json *at; /* the count in the file; NULL: there is none yet */
    uint64_t case_count;   /* that ran when the file was written */
    struct entry *entries;
    size_t count, size;
    bool is_played;
    size_t ran_count;            /* cases that ran now */
    const struct case_ **mended; /* that an entry means, and that deviate no more */
    size_t mended_count, mended_size;
};

struct baseline {
    struct baseline_options options;
    struct arena *arena; /* the diags' */
    struct diags *diags;
    const char *schema; /* the file's "$schema"; NULL: none */
    struct listing *listings;
    size_t count, size;
};

/* The listing of that name, made where there is none. Its place changes when another is made. */
struct listing *baseline_listing(struct baseline *baseline, const char *subject);

/* Adds one to the listing. */
struct entry *baseline_add(const struct baseline *baseline, struct listing *listing,
                           struct entry entry);

/* Of the entries that mean the case: the one that names it, else the first. NULL: none does. */
struct entry *baseline_find(const struct listing *listing, const char *id);

/* Whether nothing was left out, so that the numbers of cases can be compared. */
bool baseline_is_whole(const struct baseline *baseline);

/* baseline_read.c: fills in the listings; false, with diags, after a mistake. */
bool baseline_read(struct baseline *baseline);

/* baseline_write.c: writes the file anew; false, with a diag, when that fails. */
bool baseline_write(struct baseline *baseline, FILE *out);

#endif
