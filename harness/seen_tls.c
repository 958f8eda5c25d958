#include "harness/seen_private.h"

bool seen_is_tls_due(const struct seen_connection *connection)
{
    const struct seen_wire *wire = connection->wire;
    const struct peer *told =
        connection->is_inside ? &wire->run->point->peers[0] : seen_script_of(wire);
    return told->is_https && !connection->tls.is_secured;
}

/* Whether what the client was told as host is a name, for certain. */
static bool is_named(const struct seen_connection *connection)
{
    const struct seen_wire *wire = connection->wire;
    const struct peer *peer = seen_script_of(wire);
    const bool is_by_proxy =
        connection->is_inside || (wire->index == 0 && seen_is_always_proxied(wire->run->point));
    return seen_is_tls_due(connection) && (is_by_proxy || !peer->is_address) &&
           !seen_has_authority(wire->run->point);
}

/* An IPv4 address in four parts, or an IPv6 address: no name has a colon, or a last label of
 * digits. */
static bool is_address(struct bytes name)
{
    const size_t dots_in_ipv4 = 3;
    size_t dots = 0, digits = 0;
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] == ':')
            return true;
        dots += name.at[i] == '.';
        digits += byte_is_digit(name.at[i]);
    }
    return dots == dots_in_ipv4 && digits > dots && digits + dots == name.len;
}

/* RFC 6066, section 3. */
static void take_hello(struct seen_connection *connection, const struct tls_hello *hello)
{
    if (connection->tls.is_secured)
        connection->tls.hello = NULL; /* TLS in TLS */
    connection->tls.is_secured = false;
    if (hello == NULL || connection->tls.hello != NULL)
        return; /* a second one of the same handshake */
    seen_begin_inside(connection);
    if (hello->name_count == 0 && is_named(connection))
        seen_tell(connection, RULE_SNI_MISSING, connection->received);
    if (hello->name_count > 0 && is_address(hello->name))
        seen_tell(connection, RULE_SNI_ADDRESS, connection->received);
    if (hello->name_count > 1)
        seen_tell(connection, RULE_SNI_TWICE, connection->received);
    connection->tls.hello = transcript_keep_hello(connection->wire->run->arena, hello);
}

static void take_secured(struct seen_connection *connection)
{
    if (connection->reading == SEEN_JOINED)
        return;
    if (connection->tls.is_secured)
        connection->tls.hello = NULL; /* TLS in TLS, whose ClientHello nobody told of */
    connection->tls.is_secured = connection->tls.was_secured = true;
    seen_restart(connection, SEEN_REQUESTS, 0);
}

/* Only the first handshake of a layer can meet plain HTTP in place of TLS. */
static void take_failure(struct seen_connection *connection, const char *text)
{
    if (text_equal(text, TLS_PLAIN_HTTP_TEXT) && seen_is_tls_due(connection))
        seen_tell(connection, RULE_PLAIN_OCTETS_TO_TLS, connection->received);
    connection->tls.is_over = true;
}

void seen_take_tls(struct seen_connection *connection, const struct event *event)
{
    struct seen_tls *tls = &connection->tls;
    if (event->kind == EVENT_HELLO)
        take_hello(connection, event->hello);
    else if (event->kind == EVENT_SECURED)
        take_secured(connection);
    else if (event->kind == EVENT_TLS_FAILED)
        take_failure(connection, event->text);
    else if (event->kind == EVENT_NOTIFY_RECEIVED)
        tls->was_notified = true;
    else if (event->kind == EVENT_FIN_RECEIVED)
        tls->was_cut = tls->was_secured && !tls->was_notified && !tls->is_over;
    else if (event->kind != EVENT_NOTIFY_SENT)
        tls->is_over = true;
}

/* Whether `name` stands in `list`, whose members have "," between. */
static bool is_listed(struct bytes list, const char *name)
{
    while (list.len > 0)
        if (bytes_equal(bytes_take_until(&list, ','), bytes_of(name)))
            return true;
    return false;
}

/* RFC 9112, section 12.4. A client that asks in HTTP/1.0 has nothing to name. */
void seen_check_alpn(struct seen_connection *connection)
{
    struct seen_tls *tls = &connection->tls;
    if (!tls->is_secured || tls->hello == NULL || tls->hello->alpn.len == 0 || tls->has_said_alpn ||
        connection->reader.start.minor == 0 || is_listed(tls->hello->alpn, "http/1.1"))
        return;
    tls->has_said_alpn = true;
    seen_tell(connection, RULE_ALPN, connection->base_offset);
}

/* Without the dot at its end, which server_name may not have (RFC 6066, section 3). */
static struct bytes without_dot(struct bytes name)
{
    const bool has_dot = name.len > 0 && name.at[name.len - 1] == '.';
    return (struct bytes){name.at, name.len - has_dot};
}

/* RFC 6066, section 11.1; of a proxy's own name Host says nothing. */
void seen_check_host(struct seen_connection *connection)
{
    const struct seen_tls *tls = &connection->tls;
    const struct field_list *fields = &connection->fields;
    size_t i = 0;
    while (i < fields->count && !bytes_equal_fold(fields->items[i].name, bytes_of("host")))
        i++;
    if (!tls->is_secured || tls->hello == NULL || tls->hello->name_count != 1 ||
        connection->rules.is_proxy || i == fields->count)
        return;
    struct bytes value = fields->items[i].value;
    const bool is_ipv6 = bytes_begin_with(value, bytes_of("["));
    const struct bytes host = without_dot(bytes_take_until(&value, ':'));
    if (host.len > 0 && !is_ipv6 && !bytes_equal_fold(host, without_dot(tls->hello->name)))
        seen_tell(connection, RULE_SNI_DIFFERS, connection->base_offset);
}

/* RFC 9112, section 9.8. Where a relay stands between, the FIN may be the proxy's own, unless the
 * clients themselves ended all that were joined. */
void seen_check_close(struct seen_connection *connection)
{
    const struct seen_wire *wire = connection->wire;
    const struct seen_run *run = wire->run;
    if (!connection->tls.was_cut || seen_abandons(run->point) ||
        seen_is_cut_off(run->point, wire->index))
        return;
    if (seen_has_step_to(run->point, STEP_RELAY, wire->index) &&
        run->left_count < run->joined_count)
        return;
    seen_tell(connection, RULE_TLS_CLOSE, connection->received);
}
