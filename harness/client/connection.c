#include "harness/client/private.h"

#include <stdlib.h>

static const struct assay_options default_options = {
    .line_size_max = 65536,                     /* as http.client */
    .field_count_max = 100,                     /* as http.client */
    .interim_count_max = 99,                    /* as http.client */
    .fields_size_max = (size_t)8 * 1024 * 1024, /* a head of the largest lines fits */
    .continue_timeout_ms = 1000,                /* as curl */
};

struct assay_connection *assay_connection_new(const char *host, uint16_t port)
{
    struct assay_connection *connection = calloc(1, sizeof(*connection));
    if (connection == NULL || !assay_host_set(&connection->host, host, port)) {
        free(connection);
        return NULL;
    }
    connection->options = default_options;
    connection->fd = -1;
    connection->response.connection = connection;
    return connection;
}

void assay_connection_free(struct assay_connection *connection)
{
    if (connection == NULL)
        return;
    assay_connection_disconnect(connection);
    assay_response_reset(&connection->response);
    assay_buffer_release(&connection->outgoing.head);
    assay_buffer_release(&connection->outgoing.trailers);
    assay_tunnel_release(&connection->tunnel);
    assay_host_release(&connection->host);
    free(connection);
}

void assay_connection_close(struct assay_connection *connection)
{
    assay_connection_disconnect(connection);
    assay_outgoing_reset(&connection->outgoing);
    connection->state = ASSAY_STATE_IDLE;
    struct assay_response *response = &connection->response;
    if (response->stage == ASSAY_STAGE_HEAD || response->stage == ASSAY_STAGE_BODY) {
        response->stage = ASSAY_STAGE_FAILED;
        response->error = ASSAY_RESPONSE_NOT_READY;
    }
}

const struct assay_failure *assay_connection_failure(const struct assay_connection *connection)
{
    return &connection->failure;
}

struct assay_options *assay_connection_options(struct assay_connection *connection)
{
    return &connection->options;
}

enum assay_error assay_check_unconnected(struct assay_connection *connection)
{
    if (connection->fd < 0 && connection->state == ASSAY_STATE_IDLE)
        return ASSAY_OK;
    return assay_fail(connection, ASSAY_CANNOT_SET_UP,
                      "cannot set up a connection that is made, or has a request begun");
}

enum assay_error assay_connection_set_tls(struct assay_connection *connection,
                                          const struct assay_tls *tls)
{
    const enum assay_error error = assay_check_unconnected(connection);
    if (error == ASSAY_OK)
        connection->tls = tls;
    return error;
}

enum assay_error assay_set_proxy_tls(struct assay_connection *connection,
                                     const struct assay_tls *tls)
{
    const enum assay_error error = assay_check_unconnected(connection);
    if (error == ASSAY_OK)
        connection->proxy_tls = tls;
    return error;
}

void assay_connection_disconnect(struct assay_connection *connection)
{
    if (connection->fd < 0)
        return;
    assay_transport_close(connection);
    http_reader_release(&connection->reader);
    connection->input = (struct bytes){NULL, 0};
}

bool assay_connection_wait(struct assay_connection *connection, short events)
{
    return assay_transport_wait(
        connection, events,
        assay_until_ms(connection->until_ms, connection->options.io_timeout_ms));
}

static void start_reader(struct assay_connection *connection)
{
    struct http_reader *reader = &connection->reader;
    http_reader_init(reader, HTTP_RESPONSES);
    reader->limits.line_size_max = connection->options.line_size_max;
    reader->limits.field_count_max = connection->options.field_count_max;
}

static enum assay_error connect_socket(struct assay_connection *connection)
{
    const char *lookup_error;
    connection->fd = assay_host_connect(&connection->host, connection->until_ms,
                                        connection->options.connect_timeout_ms, &lookup_error);
    if (connection->fd >= 0)
        return ASSAY_OK;
    if (lookup_error != NULL)
        return assay_fail(connection, ASSAY_CANNOT_CONNECT, "cannot find %s: %s",
                          connection->host.name, lookup_error);
    const enum assay_error error = assay_fail_system(connection, "connect to");
    /* A reset of a connect is still no connection. */
    if (error == ASSAY_SYSTEM || error == ASSAY_CONNECTION_RESET)
        connection->failure.error = ASSAY_CANNOT_CONNECT;
    return connection->failure.error;
}

/* What octets go through, in the order of the wire: TLS with the proxy, the tunnel, TLS with its
 * end. What lies behind the proxy's answer came through the tunnel, and stays in `input`. */
static enum assay_error build_way(struct assay_connection *connection)
{
    const bool has_tunnel = connection->tunnel.host.name != NULL;
    enum assay_error error = ASSAY_OK;
    if (connection->proxy_tls != NULL)
        error = assay_transport_secure(connection, connection->proxy_tls, connection->host.name);
    if (error == ASSAY_OK && has_tunnel) {
        error = assay_tunnel_open(connection);
        http_reader_release(&connection->reader);
        start_reader(connection);
    }
    if (error == ASSAY_OK && connection->tls != NULL)
        error = assay_transport_secure(connection, connection->tls,
                                       has_tunnel ? connection->tunnel.host.name
                                                  : connection->host.name);
    return error;
}

/*
 * The socket at hand may take another request where it lay quiet: FIN and RST end it
 * (RFC 9112, section 9.5), and octets that nobody asked for are not ours (section 9.2).
 */
enum assay_error assay_connection_open(struct assay_connection *connection)
{
    if (connection->fd >= 0 && assay_transport_is_quiet(connection))
        return ASSAY_OK;
    assay_connection_disconnect(connection);
    enum assay_error error = connect_socket(connection);
    if (error != ASSAY_OK)
        return error;
    start_reader(connection);
    connection->input = (struct bytes){NULL, 0};
    connection->is_ended = connection->is_cut = connection->was_reset = false;
    error = build_way(connection);
    if (error != ASSAY_OK)
        assay_connection_disconnect(connection);
    return error;
}
