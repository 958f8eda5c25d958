#include "harness/expand.h"

/*
 * What changes is copied from the top down, each copy with its place as its
 * parent: so a mistake in it is told where it is used. What does not change is
 * shared with the file's own tree.
 */

enum { WORK_MAX = 20000, WORK_OF_ALL_MAX = 10000000, WORK_OCTETS = 64 };

/* A value with the chosen values put in. */
struct bound {
    struct json *node;
    bool is_reference; /* it was {"value": NAME}, or "{{NAME}}" alone */
    bool is_left_out;  /* as a step, for its verb is null or "close": "none" */
};

/* Where a value will stand. */
struct place {
    const struct json *parent;
    const char *key;
    unsigned line;
};

static struct bound bind(const struct loader *loader, const struct json *value, struct place place);

/* --- texts ------------------------------------------------------------------------------ */

/* A text being put together. */
struct text {
    struct arena *arena;
    char *at;
    size_t len, size;
};

static void add_text(struct text *text, struct bytes more)
{
    if (text->len + more.len + 1 > text->size) {
        text->size = 2 * (text->len + more.len + 1);
        char *at = arena_alloc(text->arena, text->size);
        if (text->len > 0)
            memcpy(at, text->at, text->len);
        text->at = at;
    }
    assert(text->at != NULL);
    if (more.len > 0)
        memcpy(text->at + text->len, more.at, more.len);
    text->len += more.len;
    text->at[text->len] = '\0';
}

/* Who puts CR or LF into a value means it: it goes in as a template, so that it may stand in a
 * line. */
static void escape_line_ends(struct arena *arena, struct json *string)
{
    struct text text = {.arena = arena};
    if (strpbrk(string->string, "\r\n") == NULL)
        return;
    for (const char *at = string->string; *at != '\0'; at++) {
        const struct bytes one = {(const uint8_t *)at, 1};
        add_text(&text, *at == '\r' ? bytes_of("{{CR}}") : *at == '\n' ? bytes_of("{{LF}}") : one);
    }
    string->string = text.at;
    string->len = text.len;
}

/* --- references ------------------------------------------------------------------------- */

/* What a reference means: a variable, and which of its values or members. */
struct meaning {
    struct variable *variable;
    const struct json *value; /* as it stands in the matrix; NULL after a mistake */
};

static struct meaning no_member(const struct loader *loader, const struct json *at,
                                struct bytes name, const struct variable *variable)
{
    load_error(loader, at, "the value \"%s\" of \"%s\" is no %s",
               variable->values[variable->chosen].name, variable->place->key,
               diag_quote(loader->arena, name));
    return (struct meaning){NULL, NULL};
}

static struct meaning look_up(const struct loader *loader, const struct json *at, struct bytes name)
{
    struct bytes key;
    struct variable *variable = expand_find(loader->matrix, name, &key);
    const char *quoted = diag_quote(loader->arena, name);
    if (variable == NULL) {
        load_error(loader, at, "no variable has the name %s", quoted);
        return (struct meaning){NULL, NULL};
    }
    variable->is_used = true;
    if (variable->is_open) {
        load_error(loader, at, "a circle: %s names itself", quoted);
        return (struct meaning){NULL, NULL};
    }
    const struct json *value = variable->values[variable->chosen].value;
    if ((key.len > 0) != (value->type == JSON_OBJECT))
        return no_member(loader, at, name, variable);
    if (key.len > 0)
        value = json_member(value, arena_strndup(loader->arena, (const char *)key.at, key.len));
    return value != NULL ? (struct meaning){variable, value}
                         : no_member(loader, at, name, variable);
}

static struct bound bind_meaning(const struct loader *loader, struct meaning meaning,
                                 const struct json *value, struct place place)
{
    meaning.variable->is_open = true;
    struct bound bound = bind(loader, value, place);
    meaning.variable->is_open = false;
    bound.is_reference = true;
    if (bound.node->type == JSON_STRING)
        escape_line_ends(loader->arena, bound.node);
    return bound;
}

static struct json *copy_to(const struct loader *loader, const struct json *value,
                            struct place place)
{
    struct json *node = arena_alloc(loader->arena, sizeof(*node));
    *node = *value;
    node->parent = place.parent;
    node->key = place.key;
    node->line = place.line;
    node->next = NULL;
    return node;
}

/* The name of a reference, and where it is told; false when the value is none. */
static bool is_reference(const struct loader *loader, const struct json *value,
                         const struct json **at, struct bytes *name)
{
    size_t from = 0;
    *at = expand_reference(value);
    if (*at == NULL && value->type == JSON_STRING) {
        *at = value;
        return expand_next_template(loader->matrix, expand_text(value), &from, name) && from == 0 &&
               name->len + strlen("{{}}") == value->len;
    }
    if (*at == NULL || !load_is(loader, *at, JSON_STRING))
        return false;
    *name = expand_text(*at);
    return true;
}

/* --- strings ------------------------------------------------------------------------------ */

static void add_value(const struct loader *loader, const struct json *at, struct bytes name,
                      struct text *text)
{
    const struct meaning meaning = look_up(loader, at, name);
    const struct place place = {at->parent, at->key, at->line};
    if (meaning.value == NULL)
        return;
    const struct json *value = bind_meaning(loader, meaning, meaning.value, place).node;
    if (value->type == JSON_STRING)
        add_text(text, expand_text(value));
    else if (value->type == JSON_NUMBER && value->is_integer)
        add_text(text, bytes_of(arena_printf(loader->arena, "%lld", (long long)value->integer)));
    else
        load_error(loader, at, "want a string or a whole number for %s inside a text, got %s",
                   diag_quote(loader->arena, name), json_type_name(value->type));
}

static struct bound bind_string(const struct loader *loader, const struct json *value,
                                struct place place)
{
    struct bytes name;
    const struct bytes all = expand_text(value);
    struct text text = {.arena = loader->arena};
    size_t done = 0;
    for (size_t at = 0; expand_next_template(loader->matrix, all, &at, &name);
         done = at = at + name.len + strlen("{{}}")) {
        add_text(&text, (struct bytes){all.at + done, at - done});
        add_value(loader, value, name, &text);
    }
    add_text(&text, (struct bytes){all.at + done, all.len - done});
    struct json *node = copy_to(loader, value, place);
    node->string = text.at;
    node->len = text.len;
    return (struct bound){.node = node};
}

/* --- lists and objects --------------------------------------------------------------------------
 */

static bool has_key(const struct json *value, const char *key)
{
    return value->key != NULL && strcmp(value->key, key) == 0;
}

static bool is_step_list(const struct json *list);

/* BYTES may be repeated too. */
static bool has_verb(const struct json *value)
{
    for (int i = 0; value->type == JSON_OBJECT && i < STEP_VERB_COUNT; i++) {
        const struct json *member = json_member(value, step_verb_name((enum step_verb)i));
        if (member != NULL)
            return i != STEP_REPEAT || is_step_list(member);
    }
    return false;
}

/* A list of a peer's steps, known by where it stands or, in "defs", by what is in it. */
static bool is_step_list(const struct json *list)
{
    if (list->type != JSON_ARRAY)
        return false;
    if (has_key(list, "origin") || has_key(list, "proxy") || has_key(list, "steps") ||
        (list->parent != NULL &&
         (has_key(list->parent, "connections") || has_key(list->parent, "peers"))))
        return true;
    for (const struct json *item = list->items; item != NULL; item = item->next)
        if (has_verb(item))
            return true;
    return false;
}

/* "close": "none", or a verb without a value: then the step is none. */
static bool leaves_out_step(const struct json *member)
{
    if (has_key(member, "close") && member->type == JSON_STRING)
        return strcmp(member->string, "none") == 0;
    for (int i = 0; member->type == JSON_NULL && i < STEP_VERB_COUNT; i++)
        if (has_key(member, step_verb_name((enum step_verb)i)))
            return true;
    return false;
}

/* The end of a list or object that is being made. */
struct tail {
    const struct loader *loader;
    struct json *whole;
    struct json *last;
    bool is_steps;
    bool is_left_out;
};

static void append(struct tail *tail, struct bound bound)
{
    struct json *node = bound.node;
    const bool is_put_in = tail->loader->is_played && bound.is_reference;
    if (is_put_in && leaves_out_step(node))
        tail->is_left_out = true;
    if (is_put_in && node->type == JSON_NULL && (node->key != NULL || tail->is_steps))
        return;
    if (bound.is_left_out && tail->is_steps)
        return;
    if (tail->last != NULL)
        tail->last->next = node;
    else
        tail->whole->items = node;
    tail->last = node;
    tail->whole->count++;
}

/* Steps that are put into a list of steps stand there each; false when the item is none of that. */
static bool splice(struct tail *tail, const struct json *item)
{
    const struct json *at;
    struct bytes name;
    if (!tail->is_steps || !tail->loader->is_played ||
        !is_reference(tail->loader, item, &at, &name))
        return false;
    const struct meaning meaning = look_up(tail->loader, at, name);
    if (meaning.value == NULL || meaning.value->type != JSON_ARRAY)
        return meaning.value == NULL;
    for (const struct json *one = meaning.value->items; one != NULL; one = one->next) {
        const struct place place = {tail->whole, NULL, item->line};
        struct bound bound = bind_meaning(tail->loader, meaning, one, place);
        bound.is_reference = false;
        append(tail, bound);
    }
    return true;
}

static struct bound bind_items(const struct loader *loader, const struct json *value,
                               struct place place)
{
    struct json *node = copy_to(loader, value, place);
    struct tail tail = {.loader = loader, .whole = node, .is_steps = is_step_list(value)};
    node->items = NULL;
    node->count = 0;
    for (const struct json *item = value->items; item != NULL; item = item->next) {
        const struct place inner = {node, item->key, item->line};
        if (!splice(&tail, item))
            append(&tail, bind(loader, item, inner));
    }
    return (struct bound){.node = node, .is_left_out = tail.is_left_out};
}

/* Values that name each other could double at every step: the work is bounded. */
static bool has_work_left(const struct loader *loader, const struct json *value)
{
    struct matrix *matrix = loader->matrix;
    const size_t work = 1 + (value->type == JSON_STRING ? value->len / WORK_OCTETS : 0);
    matrix->work += work;
    matrix->work_of_all += work;
    if (matrix->work <= WORK_MAX && matrix->work_of_all <= WORK_OF_ALL_MAX)
        return true;
    return load_error(loader, value,
                      "too much to put in: want at most %d values in a combination, %d in all",
                      WORK_MAX, WORK_OF_ALL_MAX);
}

static struct bound bind(const struct loader *loader, const struct json *value, struct place place)
{
    static const struct json nothing = {.type = JSON_STRING, .string = ""};
    const struct json *at;
    struct bytes name;
    if (!has_work_left(loader, value) || !expand_changes(loader->matrix, value))
        return (struct bound){.node = copy_to(loader, value, place)};
    if (is_reference(loader, value, &at, &name)) {
        const struct meaning meaning = look_up(loader, at, name);
        if (meaning.value == NULL)
            return (struct bound){.node = copy_to(loader, &nothing, place)};
        return bind_meaning(loader, meaning, meaning.value, place);
    }
    return value->type == JSON_STRING ? bind_string(loader, value, place)
                                      : bind_items(loader, value, place);
}

const struct json *expand_bind(const struct loader *loader, const struct json *value)
{
    const struct place place = {value->parent, value->key, value->line};
    if (loader->matrix->count == 0 || !expand_changes(loader->matrix, value))
        return value;
    return bind(loader, value, place).node;
}
