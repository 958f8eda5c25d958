#include "harness/expand.h"

/* Each is compared with each. */
enum { BEHAVIOURS_MAX = 256 };

/* Behaviours that are being put together. */
struct behaviour_builder {
    struct loader *loader;
    size_t client_count;
    struct behaviours *all;
};

/* What each peer saw, by the peer's name. */
static void read_peer_patterns(const struct loader *loader, const struct json *object,
                               struct behaviour *behaviour)
{
    struct peer_pattern *patterns =
        arena_array(loader->arena, loader->peer_count, sizeof(*patterns));
    for (unsigned i = 0; i < loader->peer_count; i++) {
        const struct json *member = json_member(object, loader->peers[i]);
        if (member != NULL)
            patterns[behaviour->peer_count++] = load_peer_pattern(loader, member, i);
    }
    behaviour->peers = patterns;
}

/* `keys` (ended by NULL), and the names of the peers. */
static bool has_keys(const struct loader *loader, const struct json *object,
                     const char *const *keys)
{
    size_t count = 0;
    while (keys[count] != NULL)
        count++;
    const char **all = arena_array(loader->arena, count + loader->peer_count + 1, sizeof(*all));
    memcpy(all, keys, count * sizeof(*all));
    memcpy(all + count, loader->peers, loader->peer_count * sizeof(*all));
    return load_object(loader, object, all);
}

static void read_patterns(const struct loader *loader, const struct json *object,
                          size_t client_count, struct behaviour *behaviour)
{
    static const char *const clean[] = {"clean", NULL};
    const struct json *client = json_member(object, "client");
    const struct json *rules = json_member(object, "rules");
    read_peer_patterns(loader, object, behaviour);
    if (client == NULL && behaviour->peer_count == 0 && rules == NULL)
        load_error(loader, object, "states nothing; want \"client\", \"rules\" or %s",
                   load_words_text(loader, loader->peers));
    if (rules != NULL)
        behaviour->wants_clean = load_word(loader, rules, clean) == 0;
    if (client != NULL && load_is(loader, client, JSON_ARRAY)) {
        struct outcome_pattern *patterns =
            arena_array(loader->arena, client->count, sizeof(*patterns));
        for (const struct json *item = client->items; item != NULL; item = item->next)
            patterns[behaviour->client_count++] = load_outcome_pattern(loader, item);
        behaviour->client = patterns;
        const bool has_steps = client_count > 0; /* else that was told already */
        if (client->count == 0 || (has_steps && client->count > client_count))
            load_error(loader, client, "want 1 to %zu outcomes, one a client step, got %zu",
                       client_count, client->count);
    }
}

static enum verdict read_verdict(const struct loader *loader, const struct json *object)
{
    static const enum verdict verdicts[] = {VERDICT_PASS, VERDICT_INFO, VERDICT_WARN, VERDICT_FAIL,
                                            VERDICT_UNEXERCISED};
    static const char *const words[] = {"pass", "info", "warn", "fail", "unexercised", NULL};
    const struct json *verdict = load_member(loader, object, "verdict");
    const int index = verdict != NULL ? load_word(loader, verdict, words) : -1;
    return index >= 0 ? verdicts[index] : VERDICT_PASS;
}

/* Of a fail: a harm, or what the RFC itself demands by a keyword. */
static void check_fail_why(const struct loader *loader, const struct json *why,
                           const struct requirement *requirement)
{
    const bool is_must =
        strcmp(requirement->level, "MUST") == 0 || strcmp(requirement->level, "MUST NOT") == 0;
    if (!is_must)
        load_error(loader, why, "a fail rests on a MUST or a harm; \"%s\" is of level %s",
                   requirement->id, requirement->level);
    else if (!requirement->has_keyword)
        load_error(loader, why,
                   "a fail rests on a MUST or a harm; \"%s\" is one by our reading only",
                   requirement->id);
}

static const char *suggest_requirement(const struct loader *loader, const char *id)
{
    const struct catalog *catalog = loader->corpus->catalog;
    if (loader->diags->count >= DIAGS_MAX)
        return ""; /* it would not be told */
    const char **ids = arena_array(loader->arena, catalog->count + 1, sizeof(*ids));
    for (size_t i = 0; i < catalog->count; i++)
        ids[i] = catalog->items[i].id;
    return diag_did_you_mean(loader->arena, bytes_of(id), ids);
}

const struct requirement *load_requirement(const struct loader *loader, const struct json *value)
{
    if (!load_is(loader, value, JSON_STRING))
        return NULL;
    const struct requirement *found = catalog_find(loader->corpus->catalog, value->string);
    if (found != NULL)
        return found;
    load_error(loader, value, "no requirement has the id %s%s",
               diag_quote(loader->arena, bytes_of(value->string)),
               suggest_requirement(loader, value->string));
    return NULL;
}

static const char *read_why(const struct loader *loader, const struct json *object,
                            enum verdict verdict)
{
    const struct json *why = json_member(object, "why");
    const bool needs_one = verdict == VERDICT_WARN || verdict == VERDICT_FAIL;
    if (why == NULL) {
        if (needs_one)
            load_error(loader, object, "want \"why\": what a %s breaks", verdict_name(verdict));
        return NULL;
    }
    if (!needs_one)
        load_error(loader, why, "\"why\" goes with warn and fail, not with %s",
                   verdict_name(verdict));
    if (why->type == JSON_STRING && is_harm(why->string))
        return why->string;
    const struct requirement *requirement = load_requirement(loader, why);
    if (requirement == NULL)
        return NULL;
    if (verdict == VERDICT_FAIL)
        check_fail_why(loader, why, requirement);
    return requirement->id;
}

/* In what `when` tells apart one name may stand twice, with another verdict each. */
static void check_name(const struct behaviour_builder *builder, const struct json *name,
                       const struct json *when)
{
    const struct behaviours *all = builder->all;
    for (size_t i = 0; i < all->count; i++)
        if (when == NULL && all->whens[i] == NULL && strcmp(all->items[i].name, name->string) == 0)
            load_error(builder->loader, name, "the behaviour on line %u has this name",
                       all->items[i].line);
}

static void add(struct arena *arena, struct behaviours *all, const struct behaviour *behaviour,
                const struct json *place)
{
    size_t size = all->size;
    all->items = arena_room(arena, all->items, all->count, &size, sizeof(*all->items));
    size = all->size;
    all->places = arena_room(arena, all->places, all->count, &size, sizeof(*all->places));
    all->whens = arena_room(arena, all->whens, all->count, &all->size, sizeof(*all->whens));
    all->items[all->count] = *behaviour;
    all->places[all->count] = place;
    all->whens[all->count++] = json_member(place, "when");
}

static void read_behaviour(struct behaviour_builder *builder, const struct json *object)
{
    static const char *const keys[] = {"name", "verdict", "why", "when", "client", "rules", NULL};
    struct loader *loader = builder->loader;
    if (load_is_use(object)) {
        struct def *def = load_use(loader, object);
        if (def == NULL)
            return;
        read_behaviour(builder, def->value);
        load_use_done(loader, def);
        return;
    }
    if (!has_keys(loader, object, keys))
        return;
    struct behaviour behaviour = {.name = "", .line = object->line};
    const struct json *name = load_member(loader, object, "name");
    const struct json *when = json_member(object, "when");
    if (name != NULL && load_is(loader, name, JSON_STRING)) {
        behaviour.name = load_text(loader, name);
        check_name(builder, name, when);
    }
    const size_t mistakes = loader->diags->count;
    behaviour.verdict = read_verdict(loader, object);
    if (loader->diags->count == mistakes) /* with no verdict there is no saying what it needs */
        behaviour.why = read_why(loader, object, behaviour.verdict);
    read_patterns(loader, object, builder->client_count, &behaviour);
    if (when != NULL)
        expand_check_when(loader, when);
    add(loader->arena, builder->all, &behaviour, object);
}

void load_behaviours(struct loader *loader, const struct json *list, size_t client_count,
                     struct behaviours *behaviours)
{
    struct behaviour_builder builder = {loader, client_count, behaviours};
    if (!load_is(loader, list, JSON_ARRAY))
        return;
    if (list->count > BEHAVIOURS_MAX) {
        load_error(loader, list, "want at most %d behaviours, got %zu", BEHAVIOURS_MAX,
                   list->count);
        return;
    }
    if (list->count == 0)
        load_error(loader, list, "want at least one behaviour");
    const size_t mistakes = loader->diags->count;
    for (const struct json *item = list->items; item != NULL; item = item->next)
        read_behaviour(&builder, item);
    behaviours->has_mistakes = loader->diags->count > mistakes;
}

void load_expect(struct loader *loader, const struct json *object, size_t client_count,
                 struct behaviours *behaviours)
{
    static const char *const keys[] = {"client", "rules", NULL};
    struct behaviour behaviour = {
        .name = "as expected", .line = object->line, .verdict = VERDICT_PASS};
    if (!has_keys(loader, object, keys))
        return;
    read_patterns(loader, object, client_count, &behaviour);
    add(loader->arena, behaviours, &behaviour, object);
}
