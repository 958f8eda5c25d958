#include "harness/client/private.h"

enum { PORT_HTTP = 80, PORT_HTTPS = 443 };

static bool has_tunnel(const struct assay_connection *connection)
{
    return connection->tunnel.host.name != NULL;
}

const struct assay_host *assay_authority(const struct assay_connection *connection)
{
    return has_tunnel(connection) ? &connection->tunnel.host : &connection->host;
}

static bool is_https(const struct assay_connection *connection)
{
    return connection->tls != NULL || (!has_tunnel(connection) && connection->proxy_tls != NULL);
}

const char *assay_scheme(const struct assay_connection *connection)
{
    return is_https(connection) ? "https" : "http";
}

uint16_t assay_default_port(const struct assay_connection *connection)
{
    return is_https(connection) ? PORT_HTTPS : PORT_HTTP;
}

uint16_t assay_connection_port(const struct assay_connection *connection)
{
    if (connection->host.port != 0)
        return connection->host.port;
    if (has_tunnel(connection))
        return connection->proxy_tls != NULL ? PORT_HTTPS : PORT_HTTP;
    return assay_default_port(connection);
}

static enum assay_error connect_socket(struct assay_connection *connection)
{
    const char *lookup_error;
    struct assay_wire *wire = connection->wire;
    struct assay_failure *failure = &connection->failure;
    wire->fd = assay_host_connect(&connection->host, assay_connection_port(connection),
                                  &connection->source, wire->until_ms,
                                  connection->options.connect_timeout_ms, &lookup_error);
    if (wire->fd >= 0)
        return ASSAY_OK;
    if (lookup_error != NULL)
        return assay_fail(failure, ASSAY_CANNOT_CONNECT, "cannot find %.120s: %s",
                          connection->host.name, lookup_error);
    const enum assay_error error = assay_wire_fail(wire, failure, "connect to");
    /* A reset of a connect is still no connection. */
    if (error == ASSAY_SYSTEM || error == ASSAY_CONNECTION_RESET)
        failure->error = ASSAY_CANNOT_CONNECT;
    return failure->error;
}

/* What octets go through, in the order of the wire: TLS with the proxy, the tunnel, TLS with its
 * end. What lies behind the proxy's answer came through the tunnel, and stays in `input`. */
static enum assay_error build_way(struct assay_connection *connection)
{
    struct assay_wire *wire = connection->wire;
    struct assay_failure *failure = &connection->failure;
    enum assay_error error = ASSAY_OK;
    if (connection->proxy_tls != NULL)
        error = assay_transport_secure(wire, connection->proxy_tls, connection->host.name, failure);
    if (error == ASSAY_OK && has_tunnel(connection)) {
        error = assay_tunnel_open(connection);
        assay_wire_start_reader(wire);
    }
    if (error == ASSAY_OK && connection->tls != NULL)
        error = assay_transport_secure(wire, connection->tls, assay_authority(connection)->name,
                                       failure);
    return error;
}

static enum assay_error open_new(struct assay_connection *connection, int64_t until_ms)
{
    assay_wire_release(connection->wire);
    connection->wire = assay_wire_new(&connection->options, connection->debuglevel,
                                      &connection->host, assay_connection_port(connection));
    if (connection->wire == NULL)
        return assay_fail(&connection->failure, ASSAY_NO_MEMORY, "no memory for a connection");
    connection->wire->until_ms = until_ms;
    enum assay_error error = connect_socket(connection);
    if (error == ASSAY_OK)
        error = build_way(connection);
    if (error != ASSAY_OK)
        assay_wire_close(connection->wire);
    return error;
}

/*
 * The socket at hand may take another request where it lay quiet: FIN and RST end it
 * (RFC 9112, section 9.5), and octets that nobody asked for are not ours (section 9.2). While an
 * answer is awaited, octets are that.
 */
static bool may_use_again(struct assay_wire *wire)
{
    return assay_wire_is_open(wire) &&
           (wire->awaited > 0 || (wire->input.len == 0 && assay_transport_is_quiet(wire)));
}

enum assay_error assay_connection_open(struct assay_connection *connection, int64_t until_ms)
{
    struct assay_wire *wire = connection->wire;
    if (may_use_again(wire)) {
        wire->options = connection->options;
        wire->debuglevel = connection->debuglevel;
        wire->until_ms = until_ms;
        return ASSAY_OK;
    }
    if (wire != NULL)
        assay_wire_close(wire);
    if (!connection->options.auto_open)
        return assay_fail(&connection->failure, ASSAY_NOT_CONNECTED,
                          "there is no connection, and auto_open is off");
    return open_new(connection, until_ms);
}

enum assay_error assay_connect(struct assay_connection *connection)
{
    if (connection->wire != NULL)
        assay_wire_close(connection->wire);
    return open_new(connection, assay_until_ms(0, connection->options.exchange_timeout_ms));
}
