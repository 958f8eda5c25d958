#include "harness/expand.h"

static const char *const no_variables[] = {NULL};
static const char *const truncate_variables[] = {"cut", "end", "state", NULL};
static const char *const split_variables[] = {"split", NULL};
static const char *const insert_variables[] = {"octet", "at", "deviation", NULL};

const char *const *sweep_variables(enum sweep_kind kind)
{
    static const char *const *const names[] = {
        [SWEEP_NONE] = no_variables,
        [SWEEP_TRUNCATE] = truncate_variables,
        [SWEEP_SPLIT] = split_variables,
        [SWEEP_INSERT] = insert_variables,
    };
    return names[kind];
}

/* --- what matches --------------------------------------------------------------------- */

static bool scalar_equal(const struct json *one, const struct json *other)
{
    if (one->type != other->type)
        return false;
    switch (one->type) {
    case JSON_NULL:
        return true;
    case JSON_BOOL:
        return one->boolean == other->boolean;
    case JSON_NUMBER:
        return one->is_integer == other->is_integer && one->integer == other->integer &&
               (one->is_integer || one->number == other->number);
    case JSON_STRING:
        return strcmp(one->string, other->string) == 0;
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return false;
}

/* Whether the pattern is the value, or an object's name; with a key, what stands there. */
static bool value_fits(const struct json *pattern, const struct variable_value *value,
                       const char *key)
{
    if (key == NULL)
        return scalar_equal(pattern, value->value) ||
               (value->value->type == JSON_OBJECT && pattern->type == JSON_STRING &&
                strcmp(pattern->string, value->name) == 0);
    const struct json *member =
        value->value->type == JSON_OBJECT ? json_member(value->value, key) : NULL;
    return member != NULL && scalar_equal(pattern, member);
}

static bool setting_fits(const struct json *pattern, const struct setting *setting)
{
    if (setting->text != NULL)
        return pattern->type == JSON_STRING && strcmp(pattern->string, setting->text) == 0;
    return pattern->type == JSON_NUMBER && pattern->is_integer && pattern->integer >= 0 &&
           (uint64_t)pattern->integer == setting->number;
}

/* What stands behind the dot of a condition's name; NULL when there is none. */
static const char *key_of(const struct json *condition)
{
    const char *dot = strchr(condition->key, '.');
    return dot != NULL ? dot + 1 : NULL;
}

static bool pattern_fits(const struct loader *loader, const struct json *condition,
                         const struct json *pattern, const struct settings *settings)
{
    struct bytes key;
    const struct variable *variable = expand_find(loader->matrix, bytes_of(condition->key), &key);
    if (variable != NULL)
        return value_fits(pattern, &variable->values[variable->chosen], key_of(condition));
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->items[i].name, condition->key) == 0)
            return setting_fits(pattern, &settings->items[i]);
    return false;
}

static bool condition_holds(const struct loader *loader, const struct json *condition,
                            const struct settings *settings)
{
    if (condition->type != JSON_ARRAY)
        return pattern_fits(loader, condition, condition, settings);
    for (const struct json *item = condition->items; item != NULL; item = item->next)
        if (pattern_fits(loader, condition, item, settings))
            return true;
    return false;
}

bool expand_admits(const struct loader *loader, const struct json *when,
                   const struct settings *settings)
{
    if (when == NULL || when->type != JSON_OBJECT)
        return true;
    for (const struct json *condition = when->items; condition != NULL; condition = condition->next)
        if (!condition_holds(loader, condition, settings))
            return false;
    return true;
}

/* --- what can never hold -------------------------------------------------------------- */

enum { WORDS_MAX = 100 };

static const char *pattern_text(const struct loader *loader, const struct json *pattern)
{
    if (pattern->type == JSON_STRING)
        return diag_quote(loader->arena, bytes_of(pattern->string));
    if (pattern->type == JSON_NUMBER)
        return arena_printf(loader->arena, "%.17g", pattern->number);
    if (pattern->type == JSON_BOOL)
        return pattern->boolean ? "true" : "false";
    return json_type_name(pattern->type);
}

static void tell_never(const struct loader *loader, const struct json *condition,
                       const struct json *pattern, const char *const *words)
{
    const char *near = pattern->type == JSON_STRING
                           ? diag_did_you_mean(loader->arena, bytes_of(pattern->string), words)
                           : "";
    load_error(loader, pattern, "\"%s\" is never %s%s", condition->key,
               pattern_text(loader, pattern), near);
}

static void check_value(const struct loader *loader, const struct variable *variable,
                        const struct json *condition, const struct json *pattern)
{
    const char *names[WORDS_MAX + 1] = {NULL};
    for (size_t i = 0; i < variable->count; i++)
        if (value_fits(pattern, &variable->values[i], key_of(condition)))
            return;
    for (size_t i = 0; key_of(condition) == NULL && i < variable->count && i < WORDS_MAX; i++)
        names[i] = variable->values[i].name;
    tell_never(loader, condition, pattern, names);
}

/* The words that a variable of the sweep may be, ended by NULL; none where it is a number. */
static void gather_words(const struct sweep *sweep, const char *name, const char **words)
{
    size_t count = 0;
    if (strcmp(name, "split") == 0) {
        words[count++] = "whole";
        words[count++] = "each byte";
    } else if (strcmp(name, "end") == 0) {
        for (size_t i = 0; i < sweep->end_count; i++)
            words[count++] = expand_end_name(sweep->ends[i]);
    } else if (strcmp(name, "state") == 0) {
        for (int i = 0; i < CUT_STATE_COUNT; i++)
            words[count++] = cut_state_name((enum cut_state)i);
    } else if (strcmp(name, "octet") == 0) {
        for (size_t i = 0; i < sweep->octet_count && i < WORDS_MAX; i++)
            words[count++] = sweep->octets[i].name;
    } else if (strcmp(name, "deviation") == 0) {
        for (size_t i = 0; i < WORDS_MAX && sweep->deviations[i] != NULL; i++)
            words[count++] = sweep->deviations[i];
    }
}

static void check_setting(const struct loader *loader, const struct json *condition,
                          const struct json *pattern)
{
    const char *words[WORDS_MAX + 1] = {NULL};
    const char *name = condition->key;
    const bool may_be_number =
        strcmp(name, "cut") == 0 || strcmp(name, "at") == 0 || strcmp(name, "split") == 0;
    gather_words(loader->sweep, name, words);
    if (pattern->type == JSON_NUMBER && may_be_number) {
        load_number(loader, pattern, 0, POINTS_MAX);
        return;
    }
    for (size_t i = 0; words[i] != NULL; i++)
        if (pattern->type == JSON_STRING && strcmp(words[i], pattern->string) == 0)
            return;
    tell_never(loader, condition, pattern, words);
}

static void check_pattern(const struct loader *loader, const struct json *condition,
                          const struct json *pattern)
{
    struct bytes key;
    const struct variable *variable = expand_find(loader->matrix, bytes_of(condition->key), &key);
    if (variable != NULL)
        check_value(loader, variable, condition, pattern);
    else
        check_setting(loader, condition, pattern);
}

static bool has_variable(const struct loader *loader, const struct json *condition)
{
    struct bytes key;
    const char *const *names = sweep_variables(loader->sweep->kind);
    if (expand_find(loader->matrix, bytes_of(condition->key), &key) != NULL)
        return true;
    for (size_t i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], condition->key) == 0)
            return true;
    return false;
}

static void unknown_variable(const struct loader *loader, const struct json *condition)
{
    enum { NAMES_MAX = VARIABLES_MAX + SETTINGS_MAX };
    const char *names[NAMES_MAX + 1] = {NULL};
    const char *const *own = sweep_variables(loader->sweep->kind);
    size_t count = 0;
    for (; own[count] != NULL; count++)
        names[count] = own[count];
    for (size_t i = 0; i < loader->matrix->count; i++)
        names[count++] = loader->matrix->items[i].place->key;
    const char *quoted = diag_quote(loader->arena, bytes_of(condition->key));
    const char *near = diag_suggest(bytes_of(condition->key), names);
    if (count == 0)
        load_error(loader, condition, "this case has no variables");
    else if (near != NULL)
        load_error(loader, condition, "unknown variable %s; did you mean \"%s\"?", quoted, near);
    else
        load_error(loader, condition, "unknown variable %s; want %s", quoted,
                   load_words_text(loader, names));
}

void expand_check_when(const struct loader *loader, const struct json *when)
{
    if (!load_is(loader, when, JSON_OBJECT))
        return;
    if (when->count == 0)
        load_error(loader, when, "want at least one variable");
    for (const struct json *one = when->items; one != NULL; one = one->next) {
        if (!has_variable(loader, one)) {
            unknown_variable(loader, one);
            continue;
        }
        if (one->type != JSON_ARRAY)
            check_pattern(loader, one, one);
        else if (one->count == 0)
            load_error(loader, one, "want at least one value");
        else
            for (const struct json *item = one->items; item != NULL; item = item->next)
                check_pattern(loader, one, item);
    }
}
