#include "harness/client/private.h"

#include <stdlib.h>

static const struct assay_options default_options = {
    .line_size_max = 65536,                     /* as http.client */
    .field_count_max = 100,                     /* as http.client */
    .interim_count_max = 99,                    /* as http.client */
    .fields_size_max = (size_t)8 * 1024 * 1024, /* a head of the largest lines fits */
    .body_size_max = (size_t)1024 * 1024 * 1024,
    .chunk_overhead_max = 16384, /* as net/http of Go */
    .block_size = 8192,          /* as http.client */
    .continue_timeout_ms = 1000, /* as curl */
    .auto_open = true,
};

struct assay_connection *assay_connection_new(const char *host, int port, struct assay_failure *why)
{
    struct assay_failure failure = {.error = ASSAY_OK};
    struct assay_connection *connection = calloc(1, sizeof(*connection));
    if (connection == NULL)
        assay_fail(&failure, ASSAY_NO_MEMORY, "no memory for a connection");
    else if (assay_host_set(&connection->host, host, port, &failure) == ASSAY_OK)
        connection->options = default_options;
    if (failure.error != ASSAY_OK) {
        free(connection);
        connection = NULL;
    }
    if (why != NULL)
        *why = failure;
    return connection;
}

void assay_connection_free(struct assay_connection *connection)
{
    if (connection == NULL)
        return;
    assay_close(connection);
    assay_outgoing_release(&connection->outgoing);
    assay_tunnel_release(&connection->tunnel);
    assay_host_release(&connection->host);
    free(connection);
}

void assay_forget_held(struct assay_connection *connection)
{
    struct assay_response *held = connection->held;
    if (held == NULL || !assay_isclosed(held))
        return;
    held->holder = NULL;
    connection->held = NULL;
}

void assay_close(struct assay_connection *connection)
{
    if (connection->held != NULL)
        assay_response_close(connection->held);
    assay_forget_held(connection);
    assay_response_free(connection->awaited);
    connection->awaited = NULL;
    if (connection->wire != NULL)
        assay_wire_close(connection->wire);
    assay_wire_release(connection->wire);
    connection->wire = NULL;
    assay_outgoing_reset(&connection->outgoing);
    connection->state = ASSAY_IDLE;
}

const struct assay_failure *assay_connection_failure(const struct assay_connection *connection)
{
    return &connection->failure;
}

struct assay_options *assay_connection_options(struct assay_connection *connection)
{
    return &connection->options;
}

void assay_set_debuglevel(struct assay_connection *connection, int level)
{
    connection->debuglevel = level;
}

enum assay_state assay_connection_state(const struct assay_connection *connection)
{
    return connection->state;
}

const char *assay_state_name(enum assay_state state)
{
    switch (state) {
    case ASSAY_IDLE:
        return "Idle";
    case ASSAY_REQUEST_STARTED:
        return "Request-started";
    case ASSAY_REQUEST_SENT:
        return "Request-sent";
    }
    return "an unknown state";
}

bool assay_is_connected(const struct assay_connection *connection)
{
    return assay_wire_is_open(connection->wire);
}

const char *assay_connection_host(const struct assay_connection *connection)
{
    return connection->host.name;
}

enum assay_error assay_check_unconnected(struct assay_connection *connection)
{
    if (!assay_is_connected(connection) && connection->state == ASSAY_IDLE)
        return ASSAY_OK;
    return assay_fail(&connection->failure, ASSAY_CANNOT_SET_UP,
                      "cannot set up a connection that is made, or has a request begun");
}

enum assay_error assay_set_source_address(struct assay_connection *connection, const char *address,
                                          uint16_t port)
{
    struct assay_address source = {.size = 0};
    const enum assay_error error = assay_check_unconnected(connection);
    if (error != ASSAY_OK)
        return error;
    if (address != NULL && !assay_address_set(&source, address, port))
        return assay_fail(&connection->failure, ASSAY_INVALID_URL,
                          "want an address in digits to connect from");
    connection->source = source;
    return ASSAY_OK;
}

enum assay_error assay_set_tls(struct assay_connection *connection, const struct assay_tls *tls)
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
