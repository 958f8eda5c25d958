#include "harness/client/private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct assay_options default_options = {
    .line_size_max = 65536,                     /* as http.client */
    .field_count_max = 100,                     /* as http.client */
    .interim_count_max = 99,                    /* as http.client */
    .fields_size_max = (size_t)8 * 1024 * 1024, /* a head of the largest lines fits */
    .continue_timeout_ms = 1000,                /* as curl */
};

struct assay_connection *assay_connection_new(const char *host, uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
        return NULL;
    struct assay_connection *connection = calloc(1, sizeof(*connection));
    if (connection == NULL)
        return NULL;
    snprintf(connection->host, sizeof(connection->host), "%s", host);
    connection->port = port;
    connection->address = address;
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

void assay_connection_disconnect(struct assay_connection *connection)
{
    if (connection->fd < 0)
        return;
    close(connection->fd);
    connection->fd = -1;
    http_reader_release(&connection->reader);
    connection->input = (struct bytes){NULL, 0};
}

bool assay_connection_wait(struct assay_connection *connection, short events)
{
    return assay_socket_wait(
        connection->fd, events,
        assay_until_ms(connection->until_ms, connection->options.io_timeout_ms));
}

/*
 * Whether the socket at hand may take another request. While it lay idle nothing
 * may have come: FIN and RST end it (RFC 9112, section 9.5), and octets that
 * nobody asked for are not ours (section 9.2).
 */
static bool is_quiet(const struct assay_connection *connection)
{
    uint8_t octet;
    return assay_socket_peek(connection->fd, &octet, 1) < 0 &&
           (errno == EAGAIN || errno == EWOULDBLOCK);
}

static void start_reader(struct assay_connection *connection)
{
    struct http_reader *reader = &connection->reader;
    http_reader_init(reader, HTTP_RESPONSES);
    reader->limits.line_size_max = connection->options.line_size_max;
    reader->limits.field_count_max = connection->options.field_count_max;
    connection->input = (struct bytes){NULL, 0};
    connection->is_ended = connection->was_reset = false;
}

enum assay_error assay_connection_open(struct assay_connection *connection)
{
    if (connection->fd >= 0 && is_quiet(connection))
        return ASSAY_OK;
    assay_connection_disconnect(connection);
    const unsigned timeout_ms = connection->options.connect_timeout_ms;
    connection->fd = assay_socket_connect(&connection->address,
                                          assay_until_ms(connection->until_ms, timeout_ms));
    if (connection->fd < 0) {
        const enum assay_error error = assay_fail_system(connection, "connect to");
        /* A reset of a connect is still no connection. */
        if (error == ASSAY_SYSTEM || error == ASSAY_CONNECTION_RESET)
            connection->failure.error = ASSAY_CANNOT_CONNECT;
        return connection->failure.error;
    }
    start_reader(connection);
    return ASSAY_OK;
}
