#include "harness/client/private.h"

#include <errno.h>
#include <poll.h>

void assay_tunnel_release(struct assay_tunnel *tunnel)
{
    assay_host_release(&tunnel->host);
    assay_field_list_release(&tunnel->told);
    assay_field_list_release(&tunnel->fields);
    *tunnel = (struct assay_tunnel){.status = 0};
}

static size_t count_hosts(const struct assay_field *fields, size_t count)
{
    size_t hosts = 0;
    for (size_t i = 0; i < count; i++)
        hosts += bytes_equal_fold(bytes_given(fields[i].name), bytes_of("Host"));
    return hosts;
}

/* RFC 9110, section 9.3.6: a CONNECT has no content. */
static enum assay_error take_field(struct assay_tunnel *tunnel, const struct assay_field *field,
                                   struct assay_failure *failure)
{
    const struct bytes name = bytes_given(field->name), value = bytes_given(field->value);
    const enum assay_error error = assay_check_field(failure, name, value);
    if (error != ASSAY_OK)
        return error;
    if (bytes_equal_fold(name, bytes_of("Content-Length")) ||
        bytes_equal_fold(name, bytes_of("Transfer-Encoding")))
        return assay_fail(failure, ASSAY_INVALID_HEADER, "a CONNECT has no content");
    if (!assay_field_list_add(&tunnel->told, name, value))
        return assay_fail(failure, ASSAY_NO_MEMORY, "no memory for the tunnel");
    return ASSAY_OK;
}

static enum assay_error make_tunnel(struct assay_tunnel *tunnel, const char *host, int port,
                                    const struct assay_field *fields, size_t count,
                                    struct assay_failure *failure)
{
    enum assay_error error = assay_host_set(&tunnel->host, host, port, failure);
    if (error == ASSAY_OK && count_hosts(fields, count) > 1)
        error = assay_fail(failure, ASSAY_INVALID_HEADER, "only one Host may be given");
    for (size_t i = 0; i < count && error == ASSAY_OK; i++)
        error = take_field(tunnel, &fields[i], failure);
    return error;
}

enum assay_error assay_set_tunnel(struct assay_connection *connection, const char *host, int port,
                                  const struct assay_field *fields, size_t count)
{
    struct assay_tunnel tunnel = {.status = 0};
    enum assay_error error = assay_check_unconnected(connection);
    if (error == ASSAY_OK && host != NULL)
        error = make_tunnel(&tunnel, host, port, fields, count, &connection->failure);
    if (error != ASSAY_OK) {
        assay_tunnel_release(&tunnel);
        return error;
    }
    assay_tunnel_release(&connection->tunnel);
    connection->tunnel = tunnel;
    connection->is_peer_1_0 = false; /* that was another server */
    return ASSAY_OK;
}

/* RFC 9112, section 3.2.3: host and port, always both. */
static void add_authority(struct assay_buffer *head, const struct assay_connection *connection)
{
    const struct assay_host *host = &connection->tunnel.host;
    assay_host_add(head, host, host->port != 0 ? host->port : assay_default_port(connection), 0);
}

void assay_tunnel_build_head(const struct assay_connection *connection, struct assay_buffer *head)
{
    const struct assay_field_list *told = &connection->tunnel.told;
    assay_buffer_add_text(head, "CONNECT ");
    add_authority(head, connection);
    assay_buffer_add_text(head,
                          connection->options.is_http_1_0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    for (size_t i = 0; i < told->count; i++)
        assay_add_field(head, bytes_given(told->items[i].name), bytes_given(told->items[i].value));
    if (count_hosts(told->items, told->count) == 0) {
        assay_buffer_add_text(head, "Host: ");
        add_authority(head, connection);
        assay_buffer_add_text(head, "\r\n");
    }
    assay_buffer_add_text(head, "\r\n");
}

/* A proxy that wants no more of it may have answered all the same. */
static enum assay_error send_octets(struct assay_wire *wire, struct bytes head,
                                    struct assay_failure *failure)
{
    struct iovec part = assay_part_of(head);
    assay_debug_send(wire, &part, 1);
    while (head.len > 0) {
        part = assay_part_of(head);
        const ssize_t sent = assay_transport_send(wire, &part, 1);
        if (sent >= 0) {
            bytes_take(&head, (size_t)sent);
            continue;
        }
        if (errno == EPIPE || errno == ECONNRESET) {
            wire->was_reset = errno == ECONNRESET;
            return ASSAY_OK;
        }
        if ((errno != EAGAIN && errno != EWOULDBLOCK) || !assay_wire_wait(wire, POLLOUT))
            return assay_wire_fail(wire, failure, "send to");
    }
    return ASSAY_OK;
}

static enum assay_error send_head(struct assay_connection *connection)
{
    struct assay_buffer head = {.len = 0};
    assay_tunnel_build_head(connection, &head);
    const enum assay_error error =
        head.is_failed
            ? assay_fail(&connection->failure, ASSAY_NO_MEMORY, "no memory for the tunnel")
            : send_octets(connection->wire, (struct bytes){head.at, head.len},
                          &connection->failure);
    assay_buffer_release(&head);
    return error;
}

/* RFC 9110, section 9.3.6: any 2xx opens the tunnel, and nothing else does. */
static enum assay_error judge_answer(const struct assay_response *answer,
                                     struct assay_failure *failure)
{
    enum { STATUS_CLASS_SIZE = 100, REASON_SIZE = 128 };
    if (answer->status / STATUS_CLASS_SIZE == 2)
        return ASSAY_OK;
    char reason[REASON_SIZE];
    const size_t len = answer->reason.len < REASON_SIZE ? answer->reason.len : REASON_SIZE - 1;
    if (len > 0)
        memcpy(reason, answer->reason.at, len);
    reason[len] = '\0';
    assay_make_printable(reason);
    return assay_fail(failure, ASSAY_TUNNEL_FAILED, "Tunnel connection failed: %d %s",
                      answer->status, reason);
}

static enum assay_error receive_answer(struct assay_connection *connection,
                                       struct assay_response *answer)
{
    const enum assay_error error = assay_receive_head(answer, true);
    if (error != ASSAY_OK) {
        connection->failure = answer->failure;
        return error;
    }
    connection->tunnel.status = answer->status;
    connection->tunnel.fields = answer->fields;
    answer->fields = (struct assay_field_list){.count = 0};
    return judge_answer(answer, &connection->failure);
}

/* What comes up to the blank line is the proxy's, and no part of the response to come. */
enum assay_error assay_tunnel_open(struct assay_connection *connection)
{
    struct assay_response answer = {.wire = connection->wire,
                                    .until_ms = connection->wire->until_ms,
                                    .stage = ASSAY_STAGE_TUNNEL,
                                    .answers = HTTP_ANSWERS_CONNECT};
    assay_field_list_release(&connection->tunnel.fields);
    connection->tunnel.status = 0;
    enum assay_error error = send_head(connection);
    if (error == ASSAY_OK)
        error = receive_answer(connection, &answer);
    assay_response_release(&answer);
    return error;
}

int assay_get_proxy_response_status(const struct assay_connection *connection)
{
    return connection->tunnel.status;
}

struct assay_fields assay_get_proxy_response_headers(const struct assay_connection *connection)
{
    return (struct assay_fields){connection->tunnel.fields.items, connection->tunnel.fields.count};
}
