#include "harness/client/private.h"

#include <errno.h>
#include <poll.h>

void assay_tunnel_release(struct assay_tunnel *tunnel)
{
    assay_host_release(&tunnel->host);
    assay_buffer_release(&tunnel->head);
    assay_field_list_release(&tunnel->fields);
    *tunnel = (struct assay_tunnel){.status = 0};
}

/* RFC 9110, section 9.3.6: a CONNECT has no content. */
static enum assay_error check_fields(struct assay_connection *connection,
                                     const struct assay_field *fields, size_t count, bool *has_host)
{
    *has_host = false;
    for (size_t i = 0; i < count; i++) {
        const struct bytes name = fields[i].name;
        const enum assay_error error = assay_check_field(connection, name, fields[i].value);
        if (error != ASSAY_OK)
            return error;
        if (bytes_equal_fold(name, bytes_of("Content-Length")) ||
            bytes_equal_fold(name, bytes_of("Transfer-Encoding")))
            return assay_fail(connection, ASSAY_INVALID_HEADER, "a CONNECT has no content");
        const bool is_host = bytes_equal_fold(name, bytes_of("Host"));
        if (is_host && *has_host)
            return assay_fail(connection, ASSAY_INVALID_HEADER, "only one Host may be given");
        *has_host |= is_host;
    }
    return ASSAY_OK;
}

/* RFC 9112, section 3.2.3: host and port, always both. */
static void build_head(struct assay_tunnel *tunnel, const struct assay_field *fields, size_t count,
                       bool has_host)
{
    struct assay_buffer *head = &tunnel->head;
    assay_buffer_add_text(head, "CONNECT ");
    assay_host_add(head, &tunnel->host, 0);
    assay_buffer_add_text(head, " HTTP/1.1\r\n");
    if (!has_host) {
        assay_buffer_add_text(head, "Host: ");
        assay_host_add(head, &tunnel->host, 0);
        assay_buffer_add_text(head, "\r\n");
    }
    for (size_t i = 0; i < count; i++)
        assay_add_field(head, fields[i].name, fields[i].value);
    assay_buffer_add_text(head, "\r\n");
}

enum assay_error assay_set_tunnel(struct assay_connection *connection, const char *host,
                                  uint16_t port, const struct assay_field *fields, size_t count)
{
    struct assay_tunnel tunnel = {.status = 0};
    enum assay_error error = assay_check_unconnected(connection);
    bool has_host = false;
    if (error == ASSAY_OK)
        error = check_fields(connection, fields, count, &has_host);
    if (error != ASSAY_OK)
        return error;
    if (host != NULL) {
        if (port == 0 || !assay_host_set(&tunnel.host, host, port))
            return assay_fail(connection, ASSAY_INVALID_URL,
                              "want a name or an address, and a port, as the tunnel's end");
        build_head(&tunnel, fields, count, has_host);
    }
    if (tunnel.head.is_failed) {
        assay_tunnel_release(&tunnel);
        return assay_fail(connection, ASSAY_NO_MEMORY, "no memory for the tunnel");
    }
    assay_tunnel_release(&connection->tunnel);
    connection->tunnel = tunnel;
    return ASSAY_OK;
}

/* A proxy that wants no more of it may have answered all the same. */
static enum assay_error send_head(struct assay_connection *connection)
{
    struct bytes head = {connection->tunnel.head.at, connection->tunnel.head.len};
    while (head.len > 0) {
        struct iovec part = assay_part_of(head);
        const ssize_t sent = assay_transport_send(connection, &part, 1);
        if (sent >= 0) {
            bytes_take(&head, (size_t)sent);
            continue;
        }
        if (errno == EPIPE || errno == ECONNRESET) {
            connection->was_reset = errno == ECONNRESET;
            return ASSAY_OK;
        }
        if ((errno != EAGAIN && errno != EWOULDBLOCK) ||
            !assay_connection_wait(connection, POLLOUT))
            return assay_fail_system(connection, "send to");
    }
    return ASSAY_OK;
}

/* RFC 9110, section 9.3.6: any 2xx opens the tunnel, and nothing else does. */
static enum assay_error judge_answer(struct assay_connection *connection)
{
    enum { STATUS_CLASS_SIZE = 100, REASON_SIZE = 128 };
    struct assay_tunnel *tunnel = &connection->tunnel;
    const struct assay_response *response = &connection->response;
    if (tunnel->status / STATUS_CLASS_SIZE == 2)
        return ASSAY_OK;
    char reason[REASON_SIZE];
    const size_t len = response->reason.len < REASON_SIZE ? response->reason.len : REASON_SIZE - 1;
    if (len > 0)
        memcpy(reason, response->reason.at, len);
    reason[len] = '\0';
    assay_make_printable(reason);
    return assay_fail(connection, ASSAY_TUNNEL_FAILED, "Tunnel connection failed: %d %s",
                      tunnel->status, reason);
}

enum assay_error assay_tunnel_open(struct assay_connection *connection)
{
    struct assay_tunnel *tunnel = &connection->tunnel;
    struct assay_response *response = &connection->response;
    assay_field_list_release(&tunnel->fields);
    tunnel->status = 0;
    connection->reader.answers = HTTP_ANSWERS_CONNECT;
    response->stage = ASSAY_STAGE_TUNNEL;
    enum assay_error error = send_head(connection);
    if (error == ASSAY_OK)
        error = assay_receive_head(connection, true);
    if (error == ASSAY_OK) {
        tunnel->status = response->status;
        tunnel->fields = response->fields;
        response->fields = (struct assay_field_list){.count = 0};
        error = judge_answer(connection);
    }
    /* What came so far is the proxy's, and no part of the response to come. */
    assay_response_reset(response);
    return error;
}

int assay_proxy_response_status(const struct assay_connection *connection)
{
    return connection->tunnel.status;
}

struct assay_fields assay_proxy_response_fields(const struct assay_connection *connection)
{
    return (struct assay_fields){connection->tunnel.fields.items, connection->tunnel.fields.count};
}
