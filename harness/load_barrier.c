#include "harness/load_private.h"

enum { AFTER_MAX = 100 };

static void pend(struct loader *loader, const struct json *at, struct step_ref *ref)
{
    struct pending_ref *pending = arena_alloc(loader->arena, sizeof(*pending));
    *pending = (struct pending_ref){loader->pending, at, ref};
    loader->pending = pending;
}

const struct step_ref *load_ref(struct loader *loader, const struct json *value)
{
    struct step_ref *ref = arena_alloc(loader->arena, sizeof(*ref));
    if (load_is(loader, value, JSON_STRING))
        pend(loader, value, ref);
    return ref;
}

const struct step_ref *load_after(struct loader *loader, const struct json *value, size_t *count)
{
    if (value->type != JSON_ARRAY) {
        *count = 1;
        return load_ref(loader, value);
    }
    if (value->count == 0 || value->count > AFTER_MAX)
        load_error(loader, value, "want 1 to %d names", AFTER_MAX);
    struct step_ref *refs = arena_array(loader->arena, value->count, sizeof(*refs));
    for (const struct json *item = value->items; item != NULL; item = item->next)
        if (load_is(loader, item, JSON_STRING))
            pend(loader, item, &refs[(*count)++]);
    return refs;
}

/* "NAME.head", of a client's step: its caller has the head. */
static bool is_head_of(const char *text, const char *name)
{
    const size_t len = strlen(name);
    return strncmp(text, name, len) == 0 && strcmp(text + len, ".head") == 0;
}

/* What a subject needs for it. */
static can_set resolve_ref(const struct loader *loader, const struct pending_ref *pending)
{
    const char *text = pending->at->string;
    for (const struct step_name *one = loader->names; one != NULL; one = one->next) {
        const bool is_head = one->is_client && is_head_of(text, one->name);
        if (!is_head && strcmp(text, one->name) != 0)
            continue;
        *pending->ref = (struct step_ref){.is_client = one->is_client,
                                          .is_head = is_head,
                                          .peer = one->mark.peer,
                                          .script = one->mark.connection_script,
                                          .step = one->mark.step};
        return is_head ? CAN(EVENT_HEAD) : 0;
    }
    load_error(loader, pending->at, "no step has the name %s",
               diag_quote(loader->arena, bytes_of(text)));
    return 0;
}

/* --- barriers that wait for each other ------------------------------------------- */

/* How far each side comes when nothing but barriers holds it: `scripts[i]` steps of the peer's
 * script `i`, `client` steps of the client's. */
struct progress {
    const struct point *point;
    size_t *scripts;
    size_t client;
};

static bool is_done(const struct progress *progress, const struct step_ref *ref)
{
    return ref->is_client ? ref->step < progress->client
                          : ref->step < progress->scripts[ref->script];
}

static bool are_done(const struct progress *progress, const struct step_ref *refs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_done(progress, &refs[i]))
            return false;
    return true;
}

/* One step further wherever that can be; false when nowhere. */
static bool advance(struct progress *progress)
{
    const struct point *point = progress->point;
    const struct peer *peer = &point->peers[0];
    bool has_moved = false;
    while (progress->client < point->client_count &&
           are_done(progress, point->client[progress->client].after,
                    point->client[progress->client].after_count)) {
        progress->client++;
        has_moved = true;
    }
    for (size_t i = 0; i < peer->connection_count; i++) {
        size_t *at = &progress->scripts[i];
        while (*at < peer->connections[i].count &&
               are_done(progress, peer->connections[i].steps[*at].after,
                        peer->connections[i].steps[*at].after_count)) {
            (*at)++;
            has_moved = true;
        }
    }
    return has_moved;
}

static bool is_at_end(const struct progress *progress)
{
    const struct peer *peer = &progress->point->peers[0];
    for (size_t i = 0; i < peer->connection_count; i++)
        if (progress->scripts[i] < peer->connections[i].count)
            return false;
    return progress->client == progress->point->client_count;
}

void load_resolve(struct loader *loader, const struct point *point, can_set *needs)
{
    const size_t mistakes = loader->diags->count;
    const struct pending_ref *first = loader->pending;
    for (const struct pending_ref *one = first; one != NULL; one = one->next)
        *needs |= resolve_ref(loader, one);
    loader->pending = NULL;
    if (first == NULL || loader->diags->count > mistakes || point->peers[0].connections == NULL)
        return;
    struct progress progress = {
        .point = point,
        .scripts = arena_array(loader->arena, point->peers[0].connection_count, sizeof(size_t)),
    };
    while (advance(&progress))
        ;
    if (!is_at_end(&progress))
        load_error(loader, first->at,
                   "barriers wait for each other: no order of steps passes them");
}
