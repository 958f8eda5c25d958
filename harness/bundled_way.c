#include "harness/bundled_private.h"

#include "harness/client_way.h"
#include "harness/step_url.h"

/* Requests that go the same way share the connection. */
struct way {
    struct way *next;
    struct client_way goes;
    struct assay_connection *connection;
};

/* False when one is too long. */
static bool set_told(struct bundled *bundled, const struct client_proxy *proxy,
                     struct client_way *way)
{
    const size_t auth_count = proxy->auth != NULL;
    const struct assay_field *given =
        bundled_build_fields(bundled, proxy->headers, proxy->header_count);
    if (given == NULL)
        return false;
    way->told_count = auth_count + proxy->header_count;
    struct assay_field *told = arena_array(bundled->arena, way->told_count, sizeof(*told));
    if (proxy->auth != NULL)
        told[0] = client_way_authorization(bundled->arena, proxy->auth);
    for (size_t i = 0; i < proxy->header_count; i++)
        told[auth_count + i] = given[i];
    way->told = told;
    return true;
}

static bool are_told_the_same(const struct client_way *one, const struct client_way *other)
{
    if (one->told_count != other->told_count)
        return false;
    for (size_t i = 0; i < one->told_count; i++)
        if (!bytes_equal(bundled_take(one->told[i].name), bundled_take(other->told[i].name)) ||
            !bytes_equal(bundled_take(one->told[i].value), bundled_take(other->told[i].value)))
            return false;
    return true;
}

/* A proxy that reads the requests is told with each of them. */
static struct way *find(const struct bundled *bundled, const struct client_way *wanted)
{
    struct way *way = bundled->ways;
    while (way != NULL &&
           (strcmp(way->goes.url.base, wanted->url.base) != 0 ||
            way->goes.is_proxied != wanted->is_proxied || way->goes.tunnels != wanted->tunnels ||
            (wanted->tunnels && !are_told_the_same(&way->goes, wanted))))
        way = way->next;
    return way;
}

/* NULL, with what troubles, when there is none. */
static const struct assay_tls *tls_of(struct bundled *bundled)
{
    enum { REASON_SIZE = 512 };
    const char *ca = bundled->session->ca;
    char reason[REASON_SIZE] = "nothing says whom it may trust";
    const struct assay_tls_options options = {.ca_path = ca};
    if (*bundled->tls == NULL && ca != NULL)
        *bundled->tls = assay_tls_new(&options, reason, sizeof(reason));
    if (*bundled->tls == NULL)
        bundled->trouble = arena_printf(bundled->arena, "the client cannot use TLS: %s", reason);
    return *bundled->tls;
}

/* Makes its connection, and keeps the way. */
static enum way_problem make(struct bundled *bundled, struct way *way, const char **reason)
{
    const struct assay_tls *tls = NULL;
    struct assay_failure failure;
    if ((way->goes.url.is_https || way->goes.other_end.is_https) && (tls = tls_of(bundled)) == NULL)
        return WAY_TROUBLE;
    way->connection = client_way_connection(&way->goes, tls, tls, bundled->arena, &failure);
    if (way->connection == NULL) {
        *reason = arena_printf(bundled->arena, "%s", failure.text);
        return WAY_INVALID;
    }
    way->next = bundled->ways;
    bundled->ways = way;
    return WAY_OK;
}

/* Where the step's request goes. False, with a reason, when that is refused. */
static bool plan(struct bundled *bundled, size_t step, struct client_way *way, const char **reason)
{
    const struct driver_session *session = bundled->session;
    const struct client_proxy *proxy = session->steps[step].proxy;
    struct arena *arena = bundled->arena;
    *reason = "the port of the URL is none";
    if (!client_url_read(arena, step_url_base(session, step, arena), &way->url))
        return false;
    way->other_end = way->url;
    if (proxy == NULL)
        return true;
    way->is_proxied = true;
    way->tunnels = way->url.is_https || proxy->tunnels;
    const char *proxy_url = step_url_of_peer(session, step_url_proxy(session), arena);
    if (!client_url_read(arena, proxy_url, &way->other_end))
        return false;
    *reason = "a field for the proxy is larger than 16 MiB";
    return set_told(bundled, proxy, way);
}

enum way_problem bundled_way(struct bundled *bundled, size_t step, struct assay_request *request,
                             struct assay_connection **connection, const char **reason)
{
    struct way *wanted = arena_alloc(bundled->arena, sizeof(*wanted));
    if (!plan(bundled, step, &wanted->goes, reason))
        return WAY_INVALID;
    client_way_address(&wanted->goes, bundled->arena, request);
    const struct way *way = find(bundled, &wanted->goes);
    if (way == NULL) {
        const enum way_problem problem = make(bundled, wanted, reason);
        if (problem != WAY_OK)
            return problem;
        way = wanted;
    }
    *connection = way->connection;
    return WAY_OK;
}

void bundled_ways_free(struct way *way)
{
    for (; way != NULL; way = way->next)
        assay_connection_free(way->connection);
}
