#include "harness/load_private.h"

static void unknown_rule(const struct loader *loader, const struct json *item,
                         const char *const *names)
{
    const char *near = diag_suggest(bytes_of(item->string), names);
    const char *quoted = diag_quote(loader->arena, bytes_of(item->string));
    if (near != NULL)
        load_error(loader, item, "no rule is called %s; did you mean \"%s\"?", quoted, near);
    else
        load_error(loader, item, "no rule is called %s", quoted);
}

const enum rule *load_rules(const struct loader *loader, const struct json *list, size_t *count)
{
    const char *names[RULE_COUNT + 1] = {NULL};
    for (int i = 0; i < RULE_COUNT; i++)
        names[i] = rule_name((enum rule)i);
    if (!load_is(loader, list, JSON_ARRAY))
        return NULL;
    enum rule *rules = arena_array(loader->arena, list->count, sizeof(*rules));
    for (const struct json *item = list->items; item != NULL; item = item->next) {
        size_t rule = 0;
        if (!load_is(loader, item, JSON_STRING))
            continue;
        while (rule < RULE_COUNT && strcmp(names[rule], item->string) != 0)
            rule++;
        if (rule < RULE_COUNT)
            rules[(*count)++] = (enum rule)rule;
        else
            unknown_rule(loader, item, names);
    }
    return rules;
}
