/*
 * load_private -- what the rooms of the loader share; see harness/load.h for the house.
 *
 * In reading order: load.c finds files and suites, load_case.c reads a case,
 * load_client.c its client steps, load_peers.c, load_script.c and load_tls.c what its peers do,
 * load_joints.c what must fit between their steps, load_bytes.c and load_forms.c BYTES,
 * load_behaviour.c and load_pattern.c what is recognised,
 * load_check.c what behaviours may not do to each other, load_value.c the small
 * values of all. harness/expand.h makes many points of one case.
 *
 * A reader that meets a mistake tells it and goes on with something harmless, so
 * that all mistakes of a file are told; whether there was one is seen by the count
 * of diags at the end.
 */
#ifndef HARNESS_LOAD_PRIVATE_H
#define HARNESS_LOAD_PRIVATE_H

#include "harness/load.h"
#include "wire/json.h"

/* A definition, for {"use": NAME}. */
struct def {
    const struct json *source; /* as it stands in the file */
    const struct json *value;  /* with the values of this combination put in, while it is open */
    bool is_used;
    bool is_open; /* it is being read: a use of it now is a circle */
};

struct defs {
    struct def *items;
    size_t count;
    struct defs *outer; /* the suite's, seen from a case */
};

/* A name that stands in `after` or `unless`: what it means is known when all steps are read. */
struct pending_ref {
    struct pending_ref *next;
    const struct json *at;
    struct step_ref *ref;
};

/* A step that has a name. */
struct step_name {
    struct step_name *next;
    unsigned number; /* from 1, in the case */
    const char *name;
    bool is_client;
    struct mark mark; /* of a peer's step; of a client's, `step` alone */
};

/* A peer's step that can be judged when all of them are read. */
struct joint {
    struct joint *next;
    const struct json *at;
    struct mark mark;
};

/* What a file's definitions and generators have made so far. */
struct made {
    uint64_t octets;
    unsigned depth; /* of definitions that are open */
    bool is_spent;  /* a limit was told; nothing more is made */
};

struct loader {
    struct corpus *corpus;
    struct arena *arena;
    struct diags *diags; /* of this file */
    const char *file;
    struct made *made;
    struct defs *defs;
    struct step_name *names; /* of this case */
    struct pending_ref *pending;
    struct joint *joints;
    struct matrix *matrix; /* of this case */
    const struct sweep *sweep;
    bool is_played;           /* what is read now is played, not recognised */
    const char *const *peers; /* of this case: names by index, the origin first; ended by NULL */
    size_t peer_count;
    const struct json **peer_values; /* what they do, by index; NULL: not told */
};

/* --- load_value.c ------------------------------------------------------------ */

/* Adds a diag at that value; always returns false. */
bool load_error(const struct loader *loader, const struct json *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether the value is of that type; a mistake else. */
bool load_is(const struct loader *loader, const struct json *value, enum json_type type);

/* Whether it is an object without other keys than `keys` (ended by NULL). */
bool load_object(const struct loader *loader, const struct json *value, const char *const *keys);

/* The member; a mistake when it is missing. */
const struct json *load_member(const struct loader *loader, const struct json *object,
                               const char *key);

/* A whole number from `least` to `most`; `least` after a mistake. */
uint64_t load_number(const struct loader *loader, const struct json *value, uint64_t least,
                     uint64_t most);

/* A number, or [least, most]. */
struct range load_range(const struct loader *loader, const struct json *value);

/* A string that is not empty; "" after a mistake. */
const char *load_text(const struct loader *loader, const struct json *value);

/* Index in `words` (ended by NULL); -1 after a mistake. */
int load_word(const struct loader *loader, const struct json *value, const char *const *words);

/* A list of capabilities. */
can_set load_can(const struct loader *loader, const struct json *list);

/* A kind of error that a client can tell of, which `hung` is not; OUTCOME_NONE after a mistake. */
enum outcome_error load_error_kind(const struct loader *loader, const struct json *value);

/* load_rules.c: a list of names of rules. */
const enum rule *load_rules(const struct loader *loader, const struct json *list, size_t *count);

/* RFC 9110, section 5.6.2: what a field name is. */
bool load_is_token(const char *text);

/* "x", "y" or "z": for messages. */
const char *load_words_text(const struct loader *loader, const char *const *words);

/* What {"use": NAME} stands for, opened; NULL after a mistake. Close it when it has been read. */
struct def *load_use(const struct loader *loader, const struct json *value);
void load_use_done(const struct loader *loader, struct def *def);

/* Whether the file may make so many octets more; told at `at` when it may not, once a file. */
bool load_charge(const struct loader *loader, const struct json *at, uint64_t octets);

/* {"use": ...}? */
bool load_is_use(const struct json *value);

/* --- load_bytes.c, load_forms.c ------------------------------------------------ */

/* BYTES being put together. */
struct octets_builder {
    struct piece *pieces;
    size_t count, size;
    uint64_t len;
};

void load_bytes_into(const struct loader *loader, const struct json *value,
                     struct octets_builder *builder);
/* Where the octet stands twice, from `from` on; `text.len` when it does not. */
size_t load_find_pair(struct bytes text, size_t from, uint8_t octet);
void load_text_into(const struct loader *loader, const struct json *at, struct bytes text,
                    struct octets_builder *builder);
void builder_add(const struct loader *loader, struct octets_builder *builder, struct piece piece);
void builder_add_text(const struct loader *loader, struct octets_builder *builder,
                      const char *text);
/* `at` is where a limit is told. */
struct octets builder_finish(const struct loader *loader, const struct json *at,
                             struct octets_builder *builder);

/* The octets of a string of base64; none after a mistake. */
struct bytes load_base64(const struct loader *loader, const struct json *digits);

/* An object form of BYTES. */
void load_form_into(const struct loader *loader, const struct json *value,
                    struct octets_builder *builder);

struct octets load_bytes(const struct loader *loader, const struct json *value);

/* A string, its templates replaced; `at` is where mistakes are told. */
struct octets load_template(const struct loader *loader, const struct json *at, struct bytes text);

/* Whether some of it is known only in a run. */
bool load_has_hole(const struct octets *octets);

/* BYTES that hold nothing known only in a run, at most `max` octets. */
struct bytes load_plain_bytes(const struct loader *loader, const struct json *value, size_t max);

/* --- load_client.c, load_script.c ------------------------------------------------ */

void load_client(struct loader *loader, const struct json *list, struct point *point,
                 can_set *needs);
struct script load_script(struct loader *loader, const struct json *list, unsigned peer,
                          unsigned script);

/* load_peers.c: notes the names of the case's peers; then, for each combination, what they do.
 * `proxy` and `others` may be NULL. */
void load_peer_names(struct loader *loader, const struct json *object);
void load_peer_values(struct loader *loader, const struct json *origin, const struct json *proxy,
                      const struct json *others);
void load_peers(struct loader *loader, struct point *point);

/* Whether the peer of that index is the case's proxy, and whether it is reached by https. */
bool load_is_proxy(const struct loader *loader, unsigned peer);
bool load_is_https(const struct loader *loader, unsigned peer);

/* load_tls.c: `tls` of a peer, and of a step. */
void load_peer_tls(const struct loader *loader, const struct json *value, struct peer *peer);
const struct tls *load_step_tls(const struct loader *loader, const struct json *value);

/* load_joints.c: notes a step; judges all that were noted: a relay to nobody new, an end of a TLS
 * that cannot be. */
void load_join(struct loader *loader, const struct json *at, struct mark mark);
void load_check_joints(struct loader *loader, const struct point *point);

/* Whether the connection that plays the step may speak TLS then. */
bool load_may_be_tls(const struct peer *peer, unsigned script, unsigned step);

/* load_barrier.c: the names of `after`, one or a list; and the one of `unless`. What they mean is
 * filled in by load_resolve(), which also tells of barriers that wait for each other. */
const struct step_ref *load_after(struct loader *loader, const struct json *value, size_t *count);
const struct step_ref *load_ref(struct loader *loader, const struct json *value);
/* The step of a peer's that the string names, known when all are read; NULL after a mistake. */
const struct mark *load_peer_mark(const struct loader *loader, const struct json *value);
void load_resolve(struct loader *loader, const struct point *point, can_set *needs);

/* The step of this case that has the name; NULL: none has. */
const struct step_name *load_find_name(const struct loader *loader, const char *name);

/* Notes the name `value` of a step; two may not have one. */
const char *load_step_name(struct loader *loader, const struct json *value, struct step_name entry);

/* --- load_behaviour.c, load_pattern.c, load_check.c -------------------------------- */

/* What a case recognises, before `when` has chosen. */
struct behaviours {
    struct behaviour *items;
    const struct json **places; /* in the file, by index */
    const struct json **whens;  /* NULL: admitted everywhere */
    size_t count, size;
    const struct selection *selections; /* that were made of them: harness/expand_when.c */
    bool has_mistakes;                  /* half a pattern might seem to hide another */
};

void load_behaviours(struct loader *loader, const struct json *list, size_t client_count,
                     struct behaviours *behaviours);
void load_expect(struct loader *loader, const struct json *object, size_t client_count,
                 struct behaviours *behaviours);

/* The requirement that the string names; NULL after a mistake. */
const struct requirement *load_requirement(const struct loader *loader, const struct json *value);

struct outcome_pattern load_outcome_pattern(const struct loader *loader, const struct json *value);
struct route load_route(const struct loader *loader, const struct json *when);
struct peer_pattern load_peer_pattern(const struct loader *loader, const struct json *value,
                                      unsigned peer);

/* Finds for each behaviour of a point the earlier one that hides it, or NULL, and tells of verdicts
 * that rest on an error's kind alone. `places[i]` is where the behaviour stands. */
void load_check_behaviours(const struct loader *loader, const struct point *point,
                           const struct json *const *places, const struct behaviour **hiders);

/* What all behaviours of a point rest on, so that a subject must report it. */
can_set load_reported_needs(const struct point *point);

/* --- load_case.c --------------------------------------------------------------------- */

void load_case(struct loader *loader, const struct json *object);

/* The parts of a case that are read again for each combination of a matrix. */
void load_played(struct loader *loader, const struct json *object, struct point *point,
                 can_set *needs);
void load_recognised(struct loader *loader, const struct json *object, size_t client_count,
                     struct behaviours *behaviours);

void load_defs(struct loader *loader, const struct json *value, struct defs *defs);
void load_check_used(const struct loader *loader, const struct defs *defs);

#endif
