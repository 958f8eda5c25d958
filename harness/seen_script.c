#include "harness/given.h"
#include "harness/seen_private.h"

typedef bool step_test(const struct step *step, unsigned owner, unsigned peer);

static bool any_step(const struct point *point, step_test *is_it, unsigned peer)
{
    for (unsigned i = 0; i < point->peer_count; i++)
        for (size_t j = 0; j < point->peers[i].script_count; j++)
            for (size_t k = 0; k < point->peers[i].scripts[j].count; k++)
                if (is_it(&point->peers[i].scripts[j].steps[k], i, peer))
                    return true;
    return false;
}

static bool is_relay_to(const struct step *step, unsigned owner, unsigned peer)
{
    (void)owner;
    return step->verb == STEP_RELAY && step->target == peer;
}

static bool is_forward_to(const struct step *step, unsigned owner, unsigned peer)
{
    (void)owner;
    return step->verb == STEP_FORWARD && step->target == peer;
}

static bool is_cut(const struct step *step, unsigned owner, unsigned peer)
{
    return step->verb == STEP_RELAY && (step->target == peer || owner == peer) &&
           (step->up.is_set || step->down.is_set);
}

bool seen_has_step_to(const struct point *point, enum step_verb verb, unsigned peer)
{
    return any_step(point, verb == STEP_RELAY ? is_relay_to : is_forward_to, peer);
}

bool seen_is_cut_off(const struct point *point, unsigned peer)
{
    return any_step(point, is_cut, peer);
}

bool seen_abandons(const struct point *point)
{
    for (size_t i = 0; i < point->client_count; i++)
        if (point->client[i].read == READ_MODE_ABANDON)
            return true;
    return false;
}

bool seen_has_authority(const struct point *point)
{
    for (size_t i = 0; i < point->client_count; i++)
        if (point->client[i].authority.len > 0)
            return true;
    return false;
}

bool seen_is_always_proxied(const struct point *point)
{
    for (size_t i = 0; i < point->client_count; i++)
        if (point->client[i].proxy == NULL)
            return false;
    return point->client_count > 0;
}

/* Whether a step has a field line of that name for the proxy, or else for the origin. */
static bool gives_field(const struct seen_run *run, const char *name, bool is_for_proxy)
{
    for (size_t i = 0; i < run->point->client_count; i++) {
        const struct client_step *step = &run->point->client[i];
        const struct client_proxy *proxy = step->proxy;
        if (!is_for_proxy && given_field(step->headers, step->header_count, run->endpoints, name))
            return true;
        if (is_for_proxy && proxy != NULL &&
            given_field(proxy->headers, proxy->header_count, run->endpoints, name))
            return true;
    }
    return false;
}

bool seen_is_asked_for(const struct seen_run *run, enum rule rule)
{
    if (rule == RULE_CREDENTIALS_AT_PROXY)
        return gives_field(run, "Authorization", true);
    if (rule == RULE_PROXY_CREDENTIALS_AT_ORIGIN)
        return gives_field(run, "Proxy-Authorization", false);
    return rule == RULE_SNI_DIFFERS && gives_field(run, "Host", false);
}
