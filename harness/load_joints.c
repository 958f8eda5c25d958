#include "harness/load_private.h"

void load_join(struct loader *loader, const struct json *at, struct mark mark)
{
    struct joint *joint = arena_alloc(loader->arena, sizeof(*joint));
    *joint = (struct joint){loader->joints, at, mark};
    loader->joints = joint;
}

/* --- TLS that may be ---------------------------------------------------------------- */

/* With routes a connection plays several scripts, in any order. */
bool load_may_be_tls(const struct peer *peer, unsigned script, unsigned step)
{
    if (peer->tls != NULL || script_starts_tls(&peer->scripts[script], step))
        return true;
    for (size_t i = 0; peer->routes != NULL && i < peer->script_count; i++)
        if (i != script && script_starts_tls(&peer->scripts[i], peer->scripts[i].count))
            return true;
    return false;
}

/* --- circles ------------------------------------------------------------------------ */

static bool is_join(const struct step *step)
{
    return step->verb == STEP_RELAY || step->verb == STEP_FORWARD;
}

static const struct step *step_of(const struct point *point, const struct joint *joint)
{
    return &point->peers[joint->mark.peer]
                .scripts[joint->mark.connection_script]
                .steps[joint->mark.step];
}

/* Told at one of the steps. */
static void check_circles(const struct loader *loader, const struct point *point)
{
    uint32_t *reached = arena_array(loader->arena, loader->peer_count, sizeof(*reached));
    for (size_t round = 0; round < loader->peer_count; round++)
        for (const struct joint *one = loader->joints; one != NULL; one = one->next) {
            const struct step *step = step_of(point, one);
            if (is_join(step))
                reached[one->mark.peer] |= (uint32_t)1 << step->target | reached[step->target];
        }
    for (const struct joint *one = loader->joints; one != NULL; one = one->next) {
        const struct step *step = step_of(point, one);
        if (!is_join(step) || (reached[step->target] & (uint32_t)1 << one->mark.peer) == 0)
            continue;
        load_error(loader, one->at, "a circle: from \"%s\" it comes back to \"%s\"",
                   loader->peers[step->target], loader->peers[one->mark.peer]);
        return;
    }
}

void load_check_joints(struct loader *loader, const struct point *point)
{
    check_circles(loader, point);
    for (const struct joint *one = loader->joints; one != NULL; one = one->next)
        if (step_of(point, one)->verb == STEP_CLOSE &&
            !load_may_be_tls(&point->peers[one->mark.peer], one->mark.connection_script,
                             one->mark.step))
            load_error(loader, one->at,
                       "there is no TLS to end: want \"tls\" or a \"start_tls\" before");
}
