#include "harness/load_private.h"

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
            load_error(loader, item, "no rule is called %s%s",
                       diag_quote(loader->arena, bytes_of(item->string)),
                       diag_did_you_mean(loader->arena, bytes_of(item->string), names));
    }
    return rules;
}
