#include "harness/client/private.h"

#include "wire/uri.h"

void assay_outgoing_release(struct assay_outgoing *outgoing)
{
    assay_buffer_release(&outgoing->head);
    assay_buffer_release(&outgoing->trailers);
    if (outgoing->is_coded_read)
        http_reader_release(&outgoing->coded);
    *outgoing = (struct assay_outgoing){.is_begun = false};
}

void assay_outgoing_reset(struct assay_outgoing *outgoing)
{
    struct assay_buffer head = outgoing->head, trailers = outgoing->trailers;
    head.len = trailers.len = 0;
    head.is_failed = trailers.is_failed = false;
    if (outgoing->is_coded_read)
        http_reader_release(&outgoing->coded);
    *outgoing = (struct assay_outgoing){.head = head, .trailers = trailers};
}

enum assay_error assay_drop_request(struct assay_connection *connection, enum assay_error error)
{
    assay_outgoing_reset(&connection->outgoing);
    connection->state = ASSAY_IDLE;
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
    const struct assay_host *host = assay_authority(connection);
    const uint16_t default_port = assay_default_port(connection);
    assay_buffer_add_text(head, "Host: ");
    assay_host_add(head, host, host->port != 0 ? host->port : default_port, default_port);
    assay_buffer_add_text(head, "\r\n");
}

/* RFC 3986, section 3.2.2: brackets stand around an address alone; what else is no host is for the
 * server to tell. */
static bool is_authority(struct bytes authority)
{
    struct bytes rest = authority;
    const bool has_brackets = authority.len > 0 && authority.at[0] == '[';
    if (has_brackets) {
        bytes_take(&rest, 1);
        if (memchr(rest.at, ']', rest.len) == NULL || bytes_take_until(&rest, ']').len == 0)
            return false;
    }
    const bool is_behind = !has_brackets || rest.len == 0 || rest.at[0] == ':';
    return is_behind && (rest.len == 0 || (memchr(rest.at, '[', rest.len) == NULL &&
                                           memchr(rest.at, ']', rest.len) == NULL));
}

static bool check_authority(struct assay_connection *connection, struct bytes target)
{
    if (is_authority(target_authority(target)))
        return true;
    assay_fail(&connection->failure, ASSAY_INVALID_URL, "the target's authority is none");
    return false;
}

static bool check_start(struct assay_connection *connection, struct bytes method,
                        struct bytes target)
{
    struct assay_failure *failure = &connection->failure;
    if (method.len == 0) {
        assay_fail(failure, ASSAY_INVALID_METHOD, "the method is empty");
        return false;
    }
    return assay_check_octets(failure, method, "a method", assay_is_token_octet,
                              ASSAY_INVALID_METHOD) &&
           assay_check_octets(failure, target, "a target", assay_is_target_octet,
                              ASSAY_INVALID_URL) &&
           check_authority(connection, target);
}

static enum http_answers answers_of(struct bytes method)
{
    if (bytes_equal(method, bytes_of("HEAD")))
        return HTTP_ANSWERS_HEAD;
    return bytes_equal(method, bytes_of("CONNECT")) ? HTTP_ANSWERS_CONNECT : HTTP_ANSWERS_OTHER;
}

/* RFC 9110, section 9.2.2. */
static bool is_idempotent(struct bytes method)
{
    static const char *const methods[] = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (bytes_equal(method, bytes_of(methods[i])))
            return true;
    return false;
}

static void build_start(struct assay_connection *connection, struct bytes method,
                        struct bytes target, unsigned skip)
{
    struct assay_outgoing *outgoing = &connection->outgoing;
    struct assay_buffer *head = &outgoing->head;
    outgoing->is_1_0 = connection->options.is_http_1_0;
    outgoing->answers = answers_of(method);
    outgoing->is_idempotent = is_idempotent(method);
    assay_buffer_add(head, method);
    assay_buffer_add_text(head, " ");
    outgoing->target_at = head->len;
    assay_buffer_add(head, target.len > 0 ? target : bytes_of("/"));
    outgoing->target_len = head->len - outgoing->target_at;
    assay_buffer_add_text(head, outgoing->is_1_0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    if (!outgoing->is_1_0 && (skip & ASSAY_SKIP_HOST) == 0)
        add_host(connection, target);
    if (!outgoing->is_1_0 && (skip & ASSAY_SKIP_ACCEPT_ENCODING) == 0)
        assay_add_field(head, bytes_of("Accept-Encoding"), bytes_of("identity"));
}

enum assay_error assay_putrequest(struct assay_connection *connection, struct assay_bytes method,
                                  struct assay_bytes target, unsigned skip)
{
    assay_forget_held(connection);
    if (connection->state != ASSAY_IDLE)
        return assay_fail(&connection->failure, ASSAY_CANNOT_SEND_REQUEST,
                          "cannot start a request: %s", assay_state_name(connection->state));
    if (!check_start(connection, bytes_given(method), bytes_given(target)))
        return connection->failure.error;
    assay_outgoing_reset(&connection->outgoing);
    build_start(connection, bytes_given(method), bytes_given(target), skip);
    connection->state = ASSAY_REQUEST_STARTED;
    return ASSAY_OK;
}

/* Each value alone means what it says; together they are the field's (RFC 9110, section 5.3). */
static void add_values(struct assay_buffer *head, struct bytes name,
                       const struct assay_bytes *values, size_t count)
{
    assay_buffer_add(head, name);
    assay_buffer_add_text(head, ": ");
    for (size_t i = 0; i < count; i++) {
        assay_buffer_add_text(head, i > 0 ? ", " : "");
        assay_buffer_add(head, bytes_given(values[i]));
    }
    assay_buffer_add_text(head, "\r\n");
}

enum assay_error assay_putheader_values(struct assay_connection *connection,
                                        struct assay_bytes name, const struct assay_bytes *values,
                                        size_t count)
{
    const struct assay_bytes none = {NULL, 0};
    if (connection->state != ASSAY_REQUEST_STARTED)
        return assay_fail(&connection->failure, ASSAY_CANNOT_SEND_HEADER, "cannot add a field: %s",
                          assay_state_name(connection->state));
    if (count == 0) {
        values = &none;
        count = 1;
    }
    for (size_t i = 0; i < count; i++) {
        const enum assay_error error =
            assay_take_given(connection, bytes_given(name), bytes_given(values[i]));
        if (error != ASSAY_OK)
            return assay_drop_request(connection, error);
    }
    add_values(&connection->outgoing.head, bytes_given(name), values, count);
    return ASSAY_OK;
}

enum assay_error assay_putheader(struct assay_connection *connection, struct assay_bytes name,
                                 struct assay_bytes value)
{
    return assay_putheader_values(connection, name, &value, 1);
}

enum assay_error assay_endheaders(struct assay_connection *connection,
                                  const struct assay_body *body, bool encode_chunked)
{
    struct assay_outgoing *outgoing = &connection->outgoing;
    if (connection->state != ASSAY_REQUEST_STARTED)
        return assay_fail(&connection->failure, ASSAY_CANNOT_SEND_HEADER, "cannot end the head: %s",
                          assay_state_name(connection->state));
    const enum assay_error error = assay_check_body(connection, body, encode_chunked);
    if (error != ASSAY_OK)
        return assay_drop_request(connection, error);
    assay_buffer_add_text(&outgoing->head, "\r\n");
    if (outgoing->head.is_failed || outgoing->trailers.is_failed)
        return assay_drop_request(connection, assay_fail(&connection->failure, ASSAY_NO_MEMORY,
                                                         "no memory for the head"));
    connection->state = ASSAY_REQUEST_SENT;
    return assay_send_request(connection, body,
                              assay_until_ms(0, connection->options.exchange_timeout_ms));
}
