#include "harness/bundled_private.h"

#include "harness/step_url.h"
#include "wire/base64.h"

/* Requests that go the same way share the connection. */
struct way {
    struct way *next;
    const char *base;               /* scheme and authority of the URL, without userinfo */
    bool is_proxied, tunnels;       /* the connection's other end is the proxy; by CONNECT */
    const struct assay_field *told; /* to a proxy that is asked for a tunnel */
    size_t told_count;
    struct assay_connection *connection;
};

/* What a URL says, up to its path. */
struct url {
    bool is_https;
    const char *base; /* without userinfo */
    const char *host; /* an IPv6 address in brackets */
    uint16_t port;
};

/* Empty is the default one (RFC 9110, section 4.2). */
static bool read_port(struct bytes text, uint16_t *port)
{
    enum { DECIMAL_BASE = 10 };
    unsigned number = 0;
    if (text.len == 0)
        return true;
    for (size_t i = 0; i < text.len && number <= UINT16_MAX; i++) {
        if (!byte_is_digit(text.at[i]))
            return false;
        number = number * DECIMAL_BASE + (unsigned)(text.at[i] - '0');
    }
    *port = (uint16_t)number;
    return number > 0 && number <= UINT16_MAX;
}

/* RFC 3986, section 3.2. False when there is no port where one should be. */
static bool read_url(struct arena *arena, const char *text, struct url *url)
{
    enum { PORT_HTTP = 80, PORT_HTTPS = 443 };
    const char *authority = strstr(text, "://") + strlen("://");
    const char *at = strrchr(authority, '@');
    url->is_https = strncmp(text, "https:", strlen("https:")) == 0;
    url->port = url->is_https ? PORT_HTTPS : PORT_HTTP;
    if (at != NULL)
        authority = at + 1;
    url->base = arena_printf(arena, "%s://%s", url->is_https ? "https" : "http", authority);
    const char *colon = strrchr(authority, ':');
    if (colon == NULL || strchr(colon, ']') != NULL) {
        url->host = authority;
        return true;
    }
    url->host = arena_strndup(arena, authority, (size_t)(colon - authority));
    return read_port(bytes_of(colon + 1), &url->port);
}

/* RFC 7617: what the proxy is told of the user. */
static struct assay_field authorization_of(struct arena *arena, const char *auth)
{
    const struct bytes secret = bytes_of(auth);
    char *text = arena_alloc(arena, BASE64_SIZE(secret.len));
    base64_encode(secret, text);
    return (struct assay_field){.name = assay_text("Proxy-Authorization"),
                                .value = assay_text(arena_printf(arena, "Basic %s", text))};
}

/* False when one is too long. */
static bool set_told(struct bundled *bundled, const struct client_proxy *proxy, struct way *way)
{
    const size_t auth_count = proxy->auth != NULL;
    const struct assay_field *given =
        bundled_build_fields(bundled, proxy->headers, proxy->header_count);
    if (given == NULL)
        return false;
    way->told_count = auth_count + proxy->header_count;
    struct assay_field *told = arena_array(bundled->arena, way->told_count, sizeof(*told));
    if (proxy->auth != NULL)
        told[0] = authorization_of(bundled->arena, proxy->auth);
    for (size_t i = 0; i < proxy->header_count; i++)
        told[auth_count + i] = given[i];
    way->told = told;
    return true;
}

static bool are_told_the_same(const struct way *one, const struct way *other)
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
static struct way *find(const struct bundled *bundled, const struct way *wanted)
{
    struct way *way = bundled->ways;
    while (way != NULL &&
           (strcmp(way->base, wanted->base) != 0 || way->is_proxied != wanted->is_proxied ||
            way->tunnels != wanted->tunnels ||
            (wanted->tunnels && !are_told_the_same(way, wanted))))
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

/* Host stands first (RFC 9110, section 7.2), where it is not told. */
static enum assay_error set_tunnel(struct bundled *bundled, const struct way *way,
                                   const struct url *url)
{
    struct assay_field *fields = arena_array(bundled->arena, way->told_count + 1, sizeof(*fields));
    fields[0] = (struct assay_field){
        assay_text("Host"),
        assay_text(arena_printf(bundled->arena, "%s:%u", url->host, (unsigned)url->port))};
    bool has_host = false;
    for (size_t i = 0; i < way->told_count; i++) {
        has_host |= bytes_equal_fold(bundled_take(way->told[i].name), bytes_of("Host"));
        fields[i + 1] = way->told[i];
    }
    return assay_set_tunnel(way->connection, url->host, url->port, fields + has_host,
                            way->told_count + !has_host);
}

/* Sets up what the connection goes through to `url`; `other_end` is whom it connects to. */
static enum assay_error set_up(struct bundled *bundled, struct way *way, const struct url *url,
                               const struct url *other_end, const struct assay_tls *tls)
{
    struct assay_connection *connection = way->connection;
    enum assay_error error = ASSAY_OK;
    if (way->tunnels)
        error = set_tunnel(bundled, way, url);
    if (error == ASSAY_OK && way->is_proxied && other_end->is_https)
        error = assay_set_proxy_tls(connection, tls);
    if (error == ASSAY_OK && url->is_https)
        error = assay_set_tls(connection, tls);
    return error;
}

/* Makes its connection, and keeps the way. */
static enum way_problem make(struct bundled *bundled, struct way *way, const struct url *url,
                             const struct url *other_end, const char **reason)
{
    const struct assay_tls *tls = NULL;
    if ((url->is_https || other_end->is_https) && (tls = tls_of(bundled)) == NULL)
        return WAY_TROUBLE;
    struct assay_failure failure;
    way->connection = assay_connection_new(other_end->host, other_end->port, &failure);
    if (way->connection == NULL) {
        *reason = arena_printf(bundled->arena, "%s", failure.text);
        return WAY_INVALID;
    }
    way->next = bundled->ways;
    if (set_up(bundled, way, url, other_end, tls) == ASSAY_OK) {
        bundled->ways = way;
        return WAY_OK;
    }
    *reason = arena_printf(bundled->arena, "%s", assay_connection_failure(way->connection)->text);
    assay_connection_free(way->connection);
    return WAY_INVALID;
}

/* RFC 9112, section 3.2.2: the whole URL, with a path, but for OPTIONS of the server as such
 * (section 3.2.4). A target that is no path is what it was asked to be. */
static struct bytes absolute_target(struct arena *arena, const char *base, struct bytes target)
{
    if (bytes_equal(target, bytes_of("*")))
        return bytes_of(base);
    const bool is_path_empty = target.len == 0 || target.at[0] == '?';
    if (!is_path_empty && target.at[0] != '/')
        return target;
    const struct bytes front = bytes_of(is_path_empty ? arena_printf(arena, "%s/", base) : base);
    uint8_t *at = arena_alloc(arena, front.len + target.len);
    memcpy(at, front.at, front.len);
    if (target.len > 0)
        memcpy(at + front.len, target.at, target.len);
    return (struct bytes){at, front.len + target.len};
}

/* The request as a proxy reads it. */
static void address_proxy(struct arena *arena, const struct way *way, struct assay_request *request)
{
    const size_t count = request->field_count + way->told_count;
    struct assay_field *fields = arena_array(arena, count, sizeof(*fields));
    for (size_t i = 0; i < request->field_count; i++)
        fields[i] = request->fields[i];
    for (size_t i = 0; i < way->told_count; i++)
        fields[request->field_count + i] = way->told[i];
    request->target =
        bundled_lend(absolute_target(arena, way->base, bundled_take(request->target)));
    request->fields = fields;
    request->field_count = count;
}

enum way_problem bundled_way(struct bundled *bundled, size_t step, struct assay_request *request,
                             struct assay_connection **connection, const char **reason)
{
    const struct driver_session *session = bundled->session;
    const struct client_proxy *proxy = session->steps[step].proxy;
    struct arena *arena = bundled->arena;
    struct way *wanted = arena_alloc(arena, sizeof(*wanted));
    struct url url, other_end;
    *reason = "the port of the URL is none";
    if (!read_url(arena, step_url_base(session, step, arena), &url))
        return WAY_INVALID;
    wanted->base = url.base;
    other_end = url;
    if (proxy != NULL) {
        *reason = "a field for the proxy is larger than 16 MiB";
        if (!read_url(arena, step_url_of_peer(session, step_url_proxy(session), arena),
                      &other_end) ||
            !set_told(bundled, proxy, wanted))
            return WAY_INVALID;
        wanted->is_proxied = true;
        wanted->tunnels = url.is_https || proxy->tunnels;
    }
    if (wanted->is_proxied && !wanted->tunnels)
        address_proxy(arena, wanted, request);
    const struct way *way = find(bundled, wanted);
    if (way == NULL) {
        const enum way_problem problem = make(bundled, wanted, &url, &other_end, reason);
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
