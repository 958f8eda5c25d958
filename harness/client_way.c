#include "harness/client_way.h"

#include "wire/base64.h"

static struct bytes take(struct assay_bytes octets)
{
    return (struct bytes){octets.at, octets.len};
}

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

bool client_url_read(struct arena *arena, const char *text, struct client_url *url)
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

struct assay_field client_way_authorization(struct arena *arena, const char *user)
{
    const struct bytes secret = bytes_of(user);
    char *text = arena_alloc(arena, BASE64_SIZE(secret.len));
    base64_encode(secret, text);
    return (struct assay_field){.name = assay_text("Proxy-Authorization"),
                                .value = assay_text(arena_printf(arena, "Basic %s", text))};
}

/* Host stands first (RFC 9110, section 7.2), where it is not told. */
static enum assay_error set_tunnel(struct assay_connection *connection,
                                   const struct client_way *way, struct arena *arena)
{
    const struct client_url *url = &way->url;
    struct assay_field *fields = arena_array(arena, way->told_count + 1, sizeof(*fields));
    fields[0] = (struct assay_field){
        assay_text("Host"),
        assay_text(arena_printf(arena, "%s:%u", url->host, (unsigned)url->port))};
    bool has_host = false;
    for (size_t i = 0; i < way->told_count; i++) {
        has_host |= bytes_equal_fold(take(way->told[i].name), bytes_of("Host"));
        fields[i + 1] = way->told[i];
    }
    return assay_set_tunnel(connection, url->host, url->port, fields + has_host,
                            way->told_count + !has_host);
}

static enum assay_error set_up(struct assay_connection *connection, const struct client_way *way,
                               const struct assay_tls *tls, const struct assay_tls *proxy_tls,
                               struct arena *arena)
{
    enum assay_error error = ASSAY_OK;
    if (way->tunnels)
        error = set_tunnel(connection, way, arena);
    if (error == ASSAY_OK && way->is_proxied && way->other_end.is_https)
        error = assay_set_proxy_tls(connection, proxy_tls);
    if (error == ASSAY_OK && way->url.is_https)
        error = assay_set_tls(connection, tls);
    return error;
}

struct assay_connection *client_way_connection(const struct client_way *way,
                                               const struct assay_tls *tls,
                                               const struct assay_tls *proxy_tls,
                                               struct arena *arena, struct assay_failure *failure)
{
    struct assay_connection *connection =
        assay_connection_new(way->other_end.host, way->other_end.port, failure);
    if (connection == NULL || set_up(connection, way, tls, proxy_tls, arena) == ASSAY_OK)
        return connection;
    *failure = *assay_connection_failure(connection);
    assay_connection_free(connection);
    return NULL;
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

void client_way_address(const struct client_way *way, struct arena *arena,
                        struct assay_request *request)
{
    if (!way->is_proxied || way->tunnels)
        return;
    const size_t count = request->field_count + way->told_count;
    const struct bytes target = absolute_target(arena, way->url.base, take(request->target));
    struct assay_field *fields = arena_array(arena, count, sizeof(*fields));
    for (size_t i = 0; i < request->field_count; i++)
        fields[i] = request->fields[i];
    for (size_t i = 0; i < way->told_count; i++)
        fields[request->field_count + i] = way->told[i];
    request->target = (struct assay_bytes){target.at, target.len};
    request->fields = fields;
    request->field_count = count;
}
