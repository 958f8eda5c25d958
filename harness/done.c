#include "harness/done.h"

static bool script_has_barriers(const struct script *script)
{
    for (size_t i = 0; i < script->count; i++)
        if (script->steps[i].after_count > 0 || script->steps[i].unless != NULL)
            return true;
    return false;
}

static bool has_holds(const struct body *body)
{
    for (size_t i = 0; i < body->piece_count; i++)
        if (body->pieces[i].kind == SOURCE_HOLD)
            return true;
    return false;
}

static bool has_barriers(const struct point *point)
{
    for (size_t i = 0; i < point->client_count; i++)
        if (point->client[i].after_count > 0 || has_holds(&point->client[i].body))
            return true;
    for (size_t i = 0; i < point->peer_count; i++)
        for (size_t j = 0; j < point->peers[i].script_count; j++)
            if (script_has_barriers(&point->peers[i].scripts[j]))
                return true;
    return false;
}

static bool **new_scripts(const struct peer *peer, struct arena *arena)
{
    bool **scripts = arena_array(arena, peer->script_count, sizeof(*scripts));
    for (size_t i = 0; i < peer->script_count; i++)
        scripts[i] = arena_array(arena, peer->scripts[i].count, sizeof(bool));
    return scripts;
}

void done_init(struct done *done, const struct point *point, struct arena *arena)
{
    *done = (struct done){.point = point, .has_barriers = has_barriers(point)};
    if (!done->has_barriers)
        return;
    done->client = arena_array(arena, point->client_count, sizeof(bool));
    done->head = arena_array(arena, point->client_count, sizeof(bool));
    done->peer = arena_array(arena, point->peer_count, sizeof(*done->peer));
    for (size_t i = 0; i < point->peer_count; i++)
        done->peer[i] = new_scripts(&point->peers[i], arena);
}

bool done_note(struct done *done, const struct event *event)
{
    const bool is_clients = event->kind == EVENT_OUTCOME || event->kind == EVENT_HEAD;
    if (!done->has_barriers)
        return false;
    if (event->kind == EVENT_STEP_DONE) {
        done->peer[event->peer][event->script][event->step] = true;
        return true;
    }
    if (!is_clients || event->step >= done->point->client_count)
        return false; /* behind the client's steps stands the canary: nothing waits for it */
    (event->kind == EVENT_HEAD ? done->head : done->client)[event->step] = true;
    return true;
}

bool done_is(const struct done *done, const struct step_ref *ref)
{
    if (!ref->is_client)
        return done->peer[ref->peer][ref->script][ref->step];
    return done->client[ref->step] || (ref->is_head && done->head[ref->step]);
}

bool done_are_all(const struct done *done, const struct client_step *step)
{
    for (size_t i = 0; i < step->after_count; i++)
        if (!done_is(done, &step->after[i]))
            return false;
    return true;
}

/* Whether a behaviour speaks of when news came. */
static bool asks_when(const struct point *point)
{
    for (size_t i = 0; i < point->behaviour_count; i++)
        for (size_t j = 0; j < point->behaviours[i].client_count; j++)
            if (point->behaviours[i].client[j].before != NULL)
                return true;
    return false;
}

bool done_wants_heads(const struct done *done)
{
    return done->has_barriers || asks_when(done->point);
}
