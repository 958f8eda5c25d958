#include "harness/expand.h"

#include <stdarg.h>
#include <stdio.h>

/* Deeper, a circle of circles of readers would need more stack than there is. */
enum { USE_DEPTH_MAX = 64 };

/* A few short definitions that use each other twice could else fill any memory. */
#define MADE_MAX ((uint64_t)256 << 20)

/* A pointer costs a walk over all elements before `at`, so none is made for what diags only count.
 */
bool load_error(const struct loader *loader, const struct json *at, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    const bool is_told = loader->diags->count < DIAGS_MAX;
    return diag_add(loader->diags, loader->file, at->line,
                    is_told ? json_pointer(at, loader->arena) : NULL, "%s", text);
}

bool load_is(const struct loader *loader, const struct json *value, enum json_type type)
{
    return value->type == type || load_error(loader, value, "want %s, got %s", json_type_name(type),
                                             json_type_name(value->type));
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

bool load_object(const struct loader *loader, const struct json *value, const char *const *keys)
{
    if (!load_is(loader, value, JSON_OBJECT))
        return false;
    for (const struct json *member = value->items; member != NULL; member = member->next) {
        if (is_one_of(member->key, keys))
            continue;
        const char *near = diag_suggest(bytes_of(member->key), keys);
        const char *quoted = diag_quote(loader->arena, bytes_of(member->key));
        if (near != NULL)
            load_error(loader, member, "unknown key %s; did you mean \"%s\"?", quoted, near);
        else
            load_error(loader, member, "unknown key %s; want %s", quoted,
                       load_words_text(loader, keys));
    }
    return true;
}

const struct json *load_member(const struct loader *loader, const struct json *object,
                               const char *key)
{
    const struct json *member = json_member(object, key);
    if (member == NULL)
        load_error(loader, object, "want a member \"%s\", got none", key);
    return member;
}

uint64_t load_number(const struct loader *loader, const struct json *value, uint64_t least,
                     uint64_t most)
{
    if (value->type != JSON_NUMBER) {
        load_error(loader, value, "want a number, got %s", json_type_name(value->type));
        return least;
    }
    if (value->is_integer && value->integer >= 0 && (uint64_t)value->integer >= least &&
        (uint64_t)value->integer <= most)
        return (uint64_t)value->integer;
    load_error(loader, value, "want a whole number from %llu to %llu, got %.17g",
               (unsigned long long)least, (unsigned long long)most, value->number);
    return least;
}

struct range load_range(const struct loader *loader, const struct json *value)
{
    const uint64_t max = (uint64_t)JSON_INTEGER_MAX;
    struct range range = {0, 0};
    if (value->type == JSON_ARRAY && value->count == 2) {
        range.least = load_number(loader, value->items, 0, max);
        range.most = load_number(loader, value->items->next, 0, max);
        if (range.least > range.most)
            load_error(loader, value, "want the least number first");
    } else if (value->type == JSON_NUMBER) {
        range.least = range.most = load_number(loader, value, 0, max);
    } else {
        load_error(loader, value, "want a number or [least, most], got %s",
                   json_type_name(value->type));
    }
    return range;
}

const char *load_text(const struct loader *loader, const struct json *value)
{
    if (!load_is(loader, value, JSON_STRING))
        return "";
    if (value->len == 0)
        load_error(loader, value, "want a text, got an empty string");
    return value->string;
}

bool load_is_token(const char *text)
{
    static const char octets[] = "!#$%&'*+-.^_`|~0123456789"
                                 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return text[0] != '\0' && text[strspn(text, octets)] == '\0';
}

const char *load_words_text(const struct loader *loader, const char *const *words)
{
    const char *text = "";
    for (size_t i = 0; words[i] != NULL; i++) {
        const char *joint = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";
        text = arena_printf(loader->arena, "%s%s\"%s\"", text, joint, words[i]);
    }
    return text;
}

int load_word(const struct loader *loader, const struct json *value, const char *const *words)
{
    if (!load_is(loader, value, JSON_STRING))
        return -1;
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], value->string) == 0)
            return i;
    load_error(loader, value, "want %s, got %s", load_words_text(loader, words),
               diag_quote(loader->arena, bytes_of(value->string)));
    return -1;
}

/* --- limits ------------------------------------------------------------------ */

bool load_charge(const struct loader *loader, const struct json *at, uint64_t octets)
{
    struct made *made = loader->made;
    if (made->is_spent)
        return false;
    if (octets <= MADE_MAX - made->octets) {
        made->octets += octets;
        return true;
    }
    made->is_spent = true;
    return load_error(loader, at,
                      "this file's definitions and generators make more than %llu octets",
                      (unsigned long long)MADE_MAX);
}

/* What is made each time that the value is read: a struct for each value in it, and its text. */
static uint64_t cost_of(const struct json *value)
{
    enum { VALUE_COST = 128 };
    uint64_t cost = VALUE_COST + value->len;
    for (const struct json *item = value->items; item != NULL; item = item->next)
        cost += cost_of(item);
    return cost;
}

/* --- definitions ------------------------------------------------------------- */

bool load_is_use(const struct json *value)
{
    return value->type == JSON_OBJECT && json_member(value, "use") != NULL;
}

static struct def *find_def(struct defs *defs, const char *name)
{
    for (; defs != NULL; defs = defs->outer)
        for (size_t i = 0; i < defs->count; i++)
            if (strcmp(defs->items[i].source->key, name) == 0)
                return &defs->items[i];
    return NULL;
}

struct def *load_use(const struct loader *loader, const struct json *value)
{
    static const char *const keys[] = {"use", NULL};
    const struct json *name = json_member(value, "use");
    load_object(loader, value, keys);
    if (!load_is(loader, name, JSON_STRING))
        return NULL;
    struct def *def = find_def(loader->defs, name->string);
    const char *quoted = diag_quote(loader->arena, bytes_of(name->string));
    if (def == NULL || def->is_open) {
        if (def == NULL)
            load_error(loader, name, "there is no %s in \"defs\"", quoted);
        else
            load_error(loader, name, "a circle: %s uses itself", quoted);
        return NULL;
    }
    def->is_used = true;
    if (loader->made->is_spent)
        return NULL;
    if (loader->made->depth == USE_DEPTH_MAX) {
        loader->made->is_spent = true;
        load_error(loader, name, "definitions use each other more than %d deep", USE_DEPTH_MAX);
        return NULL;
    }
    if (!load_charge(loader, name, cost_of(def->source)))
        return NULL;
    def->is_open = true;
    loader->made->depth++;
    def->value = expand_bind(loader, def->source);
    return def;
}

void load_use_done(const struct loader *loader, struct def *def)
{
    def->is_open = false;
    loader->made->depth--;
}

can_set load_can(const struct loader *loader, const struct json *list)
{
    const char *words[CAN_COUNT + 1] = {NULL};
    can_set can = 0;
    for (int i = 0; i < CAN_COUNT; i++)
        words[i] = can_name((enum capability)i);
    if (!load_is(loader, list, JSON_ARRAY))
        return 0;
    for (const struct json *item = list->items; item != NULL; item = item->next) {
        if (!load_is(loader, item, JSON_STRING))
            continue;
        const enum capability capability = can_find(item->string);
        if (capability < CAN_COUNT)
            can |= (can_set)1 << capability;
        else
            load_error(loader, item, "no subject can do %s%s",
                       diag_quote(loader->arena, bytes_of(item->string)),
                       diag_did_you_mean(loader->arena, bytes_of(item->string), words));
    }
    return can;
}

enum outcome_error load_error_kind(const struct loader *loader, const struct json *value)
{
    const char *words[OUTCOME_ERROR_COUNT + 1] = {NULL};
    for (int i = OUTCOME_NONE + 1; i <= OUTCOME_OTHER; i++)
        words[i - OUTCOME_NONE - 1] = outcome_error_name((enum outcome_error)i);
    return (enum outcome_error)(OUTCOME_NONE + 1 + load_word(loader, value, words));
}
