/*
 * expand -- one case, many points: what `matrix`, `truncate`, `split` and
 * `insert` make of it.
 *
 * A matrix changes what the JSON of a case means: the case is read once for
 * each combination of values, and expand_bind() puts the values in. The sweeps
 * (the other three) work on what was read: one point becomes many, each with a
 * cut or an octet of its own. `when` chooses the behaviours of each point.
 *
 * In reading order: load_sweep.c reads the keys, expand.c goes through the
 * combinations, expand_names.c and expand_bind.c put values in, expand_sweep.c
 * makes the points of expand_octets.c's parts, expand_reader.c asks wire/http.h what
 * octets are, expand_when.c chooses.
 */
#ifndef HARNESS_EXPAND_H
#define HARNESS_EXPAND_H

#include "harness/load_private.h"
#include "wire/http.h"

enum { POINTS_MAX = 100000, VARIABLES_MAX = 32 };

/* --- matrix ----------------------------------------------------------------- */

struct variable_value {
    const struct json *value;
    const char *name; /* in the points' ids and in `when` */
    bool is_control;
};

struct variable {
    const struct json *place; /* its key is the variable's name */
    struct variable_value *values;
    size_t count;
    size_t chosen;    /* the value of this combination */
    uint32_t depends; /* a bit for each variable that its values name, and its own */
    bool is_used;
    bool is_open; /* a value of it is being put in: to name it now is a circle */
};

struct matrix {
    struct variable items[VARIABLES_MAX];
    size_t count;
    size_t work, work_of_all; /* values put in: in this combination, in all so far */
    bool is_broken;           /* after a mistake in it: nothing can be read by it */
};

/* --- sweeps ------------------------------------------------------------------- */

enum sweep_kind { SWEEP_NONE, SWEEP_TRUNCATE, SWEEP_SPLIT, SWEEP_INSERT };

/* What follows the octets of a truncated send. */
enum end { END_FIN, END_FULL, END_RST, END_NO_NOTIFY, END_COUNT };

/* Where octets are inserted. */
enum insert_range { INSERT_HEAD, INSERT_BODY, INSERT_ALL, INSERT_LISTED };

struct inserted {
    const char *name;
    struct bytes octets;
};

struct sweep {
    enum sweep_kind kind;
    const struct json *place;
    const struct json *send; /* the name of the step; NULL after a mistake */
    enum end ends[END_COUNT];
    size_t end_count;
    const struct json *states; /* NULL: not pinned */
    const struct inserted *octets;
    size_t octet_count;
    const char *const *deviations; /* expand_deviation_names() */
    enum insert_range range;
    const uint64_t *positions; /* INSERT_LISTED */
    size_t position_count;
};

/* The matrix and the sweep of a case; both are empty where it has none. */
void load_matrix(const struct loader *loader, const struct json *object, struct matrix *matrix);
void load_sweep(const struct loader *loader, const struct json *object, struct sweep *sweep);

/* "fin", "full", "rst" or "no close_notify". */
const char *expand_end_name(enum end end);

/* --- values put in --------------------------------------------------------------- */

/* "size.text": the variable, NULL when there is none, and the key, empty when none is named. */
struct variable *expand_find(struct matrix *matrix, struct bytes name, struct bytes *key);

/* Finds the next {{NAME}}, from `*at` on, whose NAME is a variable's. `*at` is then where it
 * begins. */
bool expand_next_template(struct matrix *matrix, struct bytes text, size_t *at, struct bytes *name);

/* NAME of {"value": NAME}; NULL when the value is none, and for the `when` of a behaviour. */
const struct json *expand_reference(const struct json *value);

/* The variables that the value depends on, a bit for each; it may be NULL. */
uint32_t expand_mentions(struct matrix *matrix, const struct json *value);

/* Whether expand_bind() makes another value of it. */
bool expand_changes(struct matrix *matrix, const struct json *value);

/* The octets of a string. */
struct bytes expand_text(const struct json *string);

/*
 * `value` with the chosen values in place of {"value": NAME} and {{NAME}}; itself where there is
 * none. In what is played (`loader->is_played`) a list of steps is spliced in, and null leaves out
 * the member or the step.
 */
const struct json *expand_bind(const struct loader *loader, const struct json *value);

/* --- what octets are ---------------------------------------------------------------- */

/* The states of a message that is cut, in the order in which they come. */
#define CUT_STATES(X)                                                                              \
    X(NOTHING, "nothing") X(HEAD, "head") X(BODY, "body") X(EDGE, "edge") X(WHOLE, "whole")

enum cut_state {
#define CUT_STATE_ENUM(name, text) CUT_##name,
    CUT_STATES(CUT_STATE_ENUM)
#undef CUT_STATE_ENUM
        CUT_STATE_COUNT
};

const char *cut_state_name(enum cut_state state);

/* The send that a sweep works on, and what the reader has to know of what stands around it. */
struct swept {
    const struct point *point;
    unsigned peer, script, step;
    const struct step *send;
    const struct endpoint *endpoints; /* anywhere */
    enum http_answers answers;
};

/* After so many octets of the send, when nothing but an end follows. */
struct cut_facts {
    enum cut_state state; /* of a message that has a length of its own */
    bool is_to_close;     /* it ends with the connection: see cut_state_at_end() */
};

/* One for each cut from 0 to the length of the send. */
const struct cut_facts *expand_cuts(struct arena *arena, const struct swept *swept);

/* A body that ends with the connection is whole after FIN, over TLS behind close_notify; after RST
 * that is open. */
enum cut_state cut_state_at_end(struct cut_facts facts, enum end end);

/* What the reader calls the answer when `octets` go out in place of the send's, an index of the
 * names below: the deviation that loses the framing, else the first; "cut" when nothing but its end
 * lacks; "none". */
size_t expand_deviation(const struct swept *swept, const struct octets *octets);

/* "value bare cr" for HTTP_DEVIATION_VALUE_BARE_CR ...; ended by NULL. */
const char *const *expand_deviation_names(struct arena *arena);

/* --- parts of octets ------------------------------------------------------------------- */

/* Those from `from` to `to`, and all with some put in. No octet is copied; there are no holes. */
struct octets expand_slice(struct arena *arena, const struct octets *all, uint64_t from,
                           uint64_t to);
struct octets expand_insert(struct arena *arena, const struct octets *all, uint64_t at,
                            struct bytes inserted);

/* --- when ------------------------------------------------------------------------------ */

/* A variable of a sweep, as a point has it. */
struct setting {
    const char *name;
    const char *text; /* NULL: a number */
    uint64_t number;
};

enum { SETTINGS_MAX = 3 };

struct settings {
    struct setting items[SETTINGS_MAX];
    size_t count;
};

/* The behaviours that some points have in common: those that their `when` admits. */
struct selection {
    const struct selection *next;
    const bool *admitted;
    const struct behaviour *items;
    size_t count;
    can_set needs;
};

/* The variable names that the sweep has, ended by NULL. */
const char *const *sweep_variables(enum sweep_kind kind);

/* Tells what is wrong with a behaviour's `when`. */
void expand_check_when(const struct loader *loader, const struct json *when);

bool expand_admits(const struct loader *loader, const struct json *when,
                   const struct settings *settings);

/* --- the points ---------------------------------------------------------------------------- */

/* What is made of a case while it is read. */
struct expansion {
    struct loader *loader;
    struct case_ *case_;
    const struct json *object;
    size_t mistakes;   /* that were told before; with more, nothing is swept */
    struct point base; /* of this combination */
    struct behaviours behaviours;
    struct point *points;
    size_t count, size;
    size_t split_count; /* groups */
    bool is_full;       /* too many points; told */
    bool is_unadmitted; /* a point without behaviours; told */
    /* By the behaviour's index: in some point it is admitted; it can match there; what hides it. */
    bool *is_admitted, *is_free;
    const struct behaviour **hiders;
    size_t behaviour_count;
};

/* Appends a point with the behaviours that its `when` admits. `id` stands in brackets. */
void expand_add(struct expansion *expansion, const struct point *point, const char *id,
                const struct settings *settings);

/* Makes the points of this combination by the sweep; `id` is the combination's, "" for none. */
void expand_sweep(struct expansion *expansion, const char *id);

/* Reads what is played and recognised, and makes all points of the case. */
void expand_case(struct loader *loader, const struct json *object, struct case_ *case_);

#endif
