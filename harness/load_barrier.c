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

const struct mark *load_peer_mark(const struct loader *loader, const struct json *value)
{
    if (!load_is(loader, value, JSON_STRING))
        return NULL;
    const struct step_name *found = load_find_name(loader, value->string);
    if (found != NULL && !found->is_client)
        return &found->mark;
    load_error(loader, value, "no step of a peer's has the name %s",
               diag_quote(loader->arena, bytes_of(value->string)));
    return NULL;
}

/* --- barriers that wait for each other ------------------------------------------- */

/* How far each side comes when nothing but barriers holds it: `peers[i][j]` steps of the script `j`
 * of that peer, and each of the client's steps. */
struct progress {
    const struct point *point;
    size_t **peers;
    struct client_progress {
        bool is_begun; /* its response may come before its request has ended */
        bool is_done;
    } * client;
};

static bool is_done(const struct progress *progress, const struct step_ref *ref)
{
    if (!ref->is_client)
        return ref->step < progress->peers[ref->peer][ref->script];
    const struct client_progress *step = &progress->client[ref->step];
    return ref->is_head ? step->is_begun : step->is_done;
}

static bool are_done(const struct progress *progress, const struct step_ref *refs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_done(progress, &refs[i]))
            return false;
    return true;
}

static bool are_holds_done(const struct progress *progress, const struct body *body)
{
    for (size_t i = 0; i < body->piece_count; i++)
        if (body->pieces[i].kind == SOURCE_HOLD && !is_done(progress, body->pieces[i].until))
            return false;
    return true;
}

/* Begins when the one before is done, or plays in the background. */
static bool advance_client(struct progress *progress, size_t index)
{
    const struct client_step *step = &progress->point->client[index];
    struct client_progress *at = &progress->client[index];
    if (!at->is_begun) {
        const bool is_next =
            index == 0 || at[-1].is_done || (at[-1].is_begun && step[-1].is_background);
        at->is_begun = is_next && are_done(progress, step->after, step->after_count);
        return at->is_begun;
    }
    if (at->is_done)
        return false;
    at->is_done = are_holds_done(progress, &step->body);
    return at->is_done;
}

static bool advance_script(struct progress *progress, size_t peer, size_t index)
{
    const struct script *script = &progress->point->peers[peer].scripts[index];
    size_t *at = &progress->peers[peer][index];
    if (*at == script->count ||
        !are_done(progress, script->steps[*at].after, script->steps[*at].after_count))
        return false;
    ++*at;
    return true;
}

/* One step further wherever that can be; false when nowhere. */
static bool advance(struct progress *progress)
{
    const struct point *point = progress->point;
    bool has_moved = false;
    for (size_t i = 0; i < point->client_count; i++)
        while (advance_client(progress, i))
            has_moved = true;
    for (size_t i = 0; i < point->peer_count; i++)
        for (size_t j = 0; j < point->peers[i].script_count; j++)
            while (advance_script(progress, i, j))
                has_moved = true;
    return has_moved;
}

static bool is_at_end(const struct progress *progress)
{
    const struct point *point = progress->point;
    for (size_t i = 0; i < point->client_count; i++)
        if (!progress->client[i].is_done)
            return false;
    for (size_t i = 0; i < point->peer_count; i++)
        for (size_t j = 0; j < point->peers[i].script_count; j++)
            if (progress->peers[i][j] < point->peers[i].scripts[j].count)
                return false;
    return true;
}

void load_resolve(struct loader *loader, const struct point *point, can_set *needs)
{
    const size_t mistakes = loader->diags->count;
    const struct pending_ref *first = loader->pending;
    for (const struct pending_ref *one = first; one != NULL; one = one->next)
        *needs |= resolve_ref(loader, one);
    loader->pending = NULL;
    if (first == NULL || loader->diags->count > mistakes || point->peers[0].scripts == NULL)
        return;
    struct progress progress = {
        .point = point,
        .peers = arena_array(loader->arena, point->peer_count, sizeof(size_t *)),
        .client = arena_array(loader->arena, point->client_count, sizeof(struct client_progress)),
    };
    for (size_t i = 0; i < point->peer_count; i++)
        progress.peers[i] =
            arena_array(loader->arena, point->peers[i].script_count, sizeof(size_t));
    while (advance(&progress))
        ;
    if (!is_at_end(&progress))
        load_error(loader, first->at,
                   "barriers wait for each other: no order of steps passes them");
}
