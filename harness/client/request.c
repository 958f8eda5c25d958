#include "harness/client/private.h"

#include "wire/uri.h"

enum { PORT_HTTP = 80, PORT_HTTPS = 443 };

void assay_outgoing_reset(struct assay_outgoing *outgoing)
{
    struct assay_buffer head = outgoing->head, trailers = outgoing->trailers;
    head.len = trailers.len = 0;
    head.is_failed = trailers.is_failed = false;
    *outgoing = (struct assay_outgoing){.head = head, .trailers = trailers};
}

/* Drops the request: nothing of it was sent. */
static enum assay_error drop(struct assay_connection *connection, enum assay_error error)
{
    assay_outgoing_reset(&connection->outgoing);
    connection->state = ASSAY_STATE_IDLE;
    return error;
}

/* "http://user@host:port/path" gives "host:port"; empty when the target is not of that form. */
static struct bytes target_authority(struct bytes target)
{
    struct bytes scheme, authority;
    if (!uri_take_authority(&target, &scheme, &authority) ||
        (!bytes_equal_fold(scheme, bytes_of("http")) &&
         !bytes_equal_fold(scheme, bytes_of("https"))))
        return (struct bytes){NULL, 0};
    return uri_without_userinfo(authority);
}

void assay_add_field(struct assay_buffer *buffer, struct bytes name, struct bytes value)
{
    assay_buffer_add(buffer, name);
    assay_buffer_add_text(buffer, ": ");
    assay_buffer_add(buffer, value);
    assay_buffer_add_text(buffer, "\r\n");
}

/* The port that an authority leaves out: RFC 9110, section 4.2. */
static uint16_t default_port(const struct assay_connection *connection)
{
    const bool has_tunnel = connection->tunnel.host.name != NULL;
    return connection->tls != NULL || (!has_tunnel && connection->proxy_tls != NULL) ? PORT_HTTPS
                                                                                     : PORT_HTTP;
}

/* RFC 9112, section 3.2: the authority of the target, which for other forms is that of the tunnel's
 * end, or the connection's. */
static void add_host(struct assay_connection *connection, struct bytes target)
{
    struct assay_buffer *head = &connection->outgoing.head;
    connection->outgoing.has_host = true;
    const struct bytes authority = target_authority(target);
    if (authority.len > 0) {
        assay_add_field(head, bytes_of("Host"), authority);
        return;
    }
    assay_buffer_add_text(head, "Host: ");
    const bool has_tunnel = connection->tunnel.host.name != NULL;
    assay_host_add(head, has_tunnel ? &connection->tunnel.host : &connection->host,
                   default_port(connection));
    assay_buffer_add_text(head, "\r\n");
}

static bool check_start(struct assay_connection *connection, struct bytes method,
                        struct bytes target)
{
    if (method.len == 0) {
        assay_fail(connection, ASSAY_INVALID_METHOD, "the method is empty");
        return false;
    }
    return assay_check_octets(connection, method, "a method", assay_is_token_octet,
                              ASSAY_INVALID_METHOD) &&
           assay_check_octets(connection, target, "a target", assay_is_target_octet,
                              ASSAY_INVALID_URL);
}

static enum http_answers answers_of(struct bytes method)
{
    if (bytes_equal(method, bytes_of("HEAD")))
        return HTTP_ANSWERS_HEAD;
    return bytes_equal(method, bytes_of("CONNECT")) ? HTTP_ANSWERS_CONNECT : HTTP_ANSWERS_OTHER;
}

static const char *state_name(enum assay_state state)
{
    static const char *const names[] = {
        [ASSAY_STATE_IDLE] = "idle",
        [ASSAY_STATE_REQUEST_STARTED] = "the request is started",
        [ASSAY_STATE_REQUEST_SENT] = "the request is sent",
    };
    return names[state];
}

enum assay_error assay_putrequest(struct assay_connection *connection, struct bytes method,
                                  struct bytes target, unsigned skip)
{
    if (connection->state != ASSAY_STATE_IDLE)
        return assay_fail(connection, ASSAY_CANNOT_SEND_REQUEST, "cannot start a request: %s",
                          state_name(connection->state));
    if (!check_start(connection, method, target))
        return connection->failure.error;
    /* What is left of the last response would stand before the next one. */
    const enum assay_stage stage = connection->response.stage;
    if (stage == ASSAY_STAGE_HEAD || stage == ASSAY_STAGE_BODY)
        assay_connection_disconnect(connection);
    assay_response_reset(&connection->response);
    assay_outgoing_reset(&connection->outgoing);

    struct assay_buffer *head = &connection->outgoing.head;
    connection->outgoing.answers = answers_of(method);
    assay_buffer_add(head, method);
    assay_buffer_add_text(head, " ");
    assay_buffer_add(head, target.len > 0 ? target : bytes_of("/"));
    assay_buffer_add_text(head, " HTTP/1.1\r\n");
    if ((skip & ASSAY_SKIP_HOST) == 0)
        add_host(connection, target);
    if ((skip & ASSAY_SKIP_ACCEPT_ENCODING) == 0)
        assay_add_field(head, bytes_of("Accept-Encoding"), bytes_of("identity"));
    connection->state = ASSAY_STATE_REQUEST_STARTED;
    return ASSAY_OK;
}

enum assay_error assay_putheader(struct assay_connection *connection, struct bytes name,
                                 struct bytes value)
{
    if (connection->state != ASSAY_STATE_REQUEST_STARTED)
        return assay_fail(connection, ASSAY_CANNOT_SEND_HEADER, "cannot add a field: %s",
                          state_name(connection->state));
    const enum assay_error error = assay_take_given(connection, name, value);
    if (error != ASSAY_OK)
        return drop(connection, error);
    assay_add_field(&connection->outgoing.head, name, value);
    return ASSAY_OK;
}

enum assay_error assay_endheaders(struct assay_connection *connection,
                                  const struct assay_body *body)
{
    if (connection->state != ASSAY_STATE_REQUEST_STARTED)
        return assay_fail(connection, ASSAY_CANNOT_SEND_HEADER, "cannot end the head: %s",
                          state_name(connection->state));
    const enum assay_error error = body != NULL ? assay_check_body(connection, body) : ASSAY_OK;
    if (error != ASSAY_OK)
        return drop(connection, error);
    struct assay_buffer *head = &connection->outgoing.head;
    assay_buffer_add_text(head, "\r\n");
    if (head->is_failed || connection->outgoing.trailers.is_failed)
        return drop(connection, assay_fail(connection, ASSAY_NO_MEMORY, "no memory for the head"));
    connection->state = ASSAY_STATE_REQUEST_SENT;
    return assay_send_request(connection, body);
}
