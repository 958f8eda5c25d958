#include "harness/step_url.h"

static const char *scheme_of(const struct driver_session *session, size_t peer)
{
    return session->peers[peer].is_https ? "https" : "http";
}

const char *step_url_of_peer(const struct driver_session *session, size_t peer, struct arena *arena)
{
    return arena_printf(arena, "%s://%s", scheme_of(session, peer),
                        session->endpoints[peer].authority);
}

size_t step_url_proxy(const struct driver_session *session)
{
    for (size_t i = 1; i < session->peer_count; i++)
        if (session->peers[i].is_proxy)
            return i;
    return 0;
}

const char *step_url_base(const struct driver_session *session, size_t step, struct arena *arena)
{
    const struct client_step *asked = &session->steps[step];
    if (asked->authority.len > 0) {
        const struct bytes authority =
            octets_build(&asked->authority, session->endpoints, arena, STEP_URL_AUTHORITY_MAX);
        return arena_printf(arena, "%s://%.*s", scheme_of(session, 0), (int)authority.len,
                            (const char *)authority.at);
    }
    if (asked->proxy == NULL)
        return step_url_of_peer(session, 0, arena);
    return arena_printf(arena, "%s://" STEP_URL_PROXIED_NAME, scheme_of(session, 0));
}
