/* read_private -- what the files of read_report.h share: values of a report, each checked. */
#ifndef REPORTS_READ_PRIVATE_H
#define REPORTS_READ_PRIVATE_H

#include "reports/read_report.h"
#include "wire/json.h"

/* A part of the report that is being read. */
struct reading {
    struct report *report;
    struct arena *arena; /* where what is read lives */
    const char *place;   /* JSON Pointer of the part */
    unsigned line;       /* where it begins */
    size_t *step_room;   /* that was made for steps of scripts, in all of the part */
};

/* Tells a mistake at `value`, with its place in the report; always false. */
bool read_error(const struct reading *reading, const struct json *value, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The part, decoded; NULL after telling why not. */
const struct json *read_part(const struct reading *reading, struct bytes text);

/* False after telling that it is of another type. */
bool read_is(const struct reading *reading, const struct json *value, enum json_type type);

/*
 * The members of an object. What is not there or of another type is told; the result is then NULL,
 * "", 0, empty. The optional ones may be absent, or null.
 */
const struct json *read_member(const struct reading *reading, const struct json *object,
                               const char *key, enum json_type type);
const struct json *read_optional(const struct reading *reading, const struct json *object,
                                 const char *key, enum json_type type);
const char *read_text(const struct reading *reading, const struct json *object, const char *key);
const char *read_optional_text(const struct reading *reading, const struct json *object,
                               const char *key);
uint64_t read_count(const struct reading *reading, const struct json *object, const char *key,
                    uint64_t most);
uint64_t read_optional_count(const struct reading *reading, const struct json *object,
                             const char *key, uint64_t most);
struct bytes read_base64(const struct reading *reading, const struct json *object, const char *key);

/* A number from 0 to `most`. */
uint64_t read_number(const struct reading *reading, const struct json *value, uint64_t most);

/* Printable ASCII as it is, or {"b64"}. */
struct bytes read_octets(const struct reading *reading, const struct json *value);

/* The strings of an array. */
const char *const *read_texts(const struct reading *reading, const struct json *object,
                              const char *key, size_t *count);

/* The index in `words`, ended by NULL; `none` when it is none of them. */
int read_find_word(const char *const *words, const char *text, int none);

/* The same of a member that has to be one of them. */
int read_word(const struct reading *reading, const struct json *object, const char *key,
              const char *const *words);

enum verdict read_verdict(const struct reading *reading, const struct json *object,
                          const char *key);

/* How often each verdict came, by its name. */
void read_tally(const struct reading *reading, const struct json *tally,
                size_t counts[VERDICT_COUNT]);

/* RULE_COUNT where this version has no such rule, which is noted in the report. */
enum rule read_rule(const struct reading *reading, const struct json *object);

/* "some/case[cut=17]#3" after its case's id: "[cut=17]", and 3; else 0. */
const char *read_suffix(struct arena *arena, const char *text, unsigned *repeat);

/* The requirement of that id, made when the report has no words for it. */
const struct requirement *read_requirement(struct report *report, const char *id);

/* One run of the case. */
struct run_result *read_run(const struct reading *reading, const struct json *object,
                            const struct case_ *case_);

/* Its transcript, and its findings; `point` gets the peers and scripts that they speak of. */
void read_wire(const struct reading *reading, const struct json *object, struct run_result *run,
               struct point *point);

/* One result. */
struct case_result *read_result(const struct reading *reading, const struct json *object);

#endif
