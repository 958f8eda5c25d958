#include "harness/client/private.h"

#include <inttypes.h>

/* A second framing field could only contradict the first: RFC 9112, section 6.2. */
static enum assay_error frame(struct assay_connection *connection,
                              enum assay_request_framing framing)
{
    if (connection->outgoing.framing != ASSAY_REQUEST_NONE)
        return assay_fail(&connection->failure, ASSAY_INVALID_HEADER,
                          "only one Content-Length or Transfer-Encoding may be given");
    connection->outgoing.framing = framing;
    return ASSAY_OK;
}

static enum assay_error take_content_length(struct assay_connection *connection, struct bytes value)
{
    if (!assay_read_number(value, &connection->outgoing.length))
        return assay_fail(&connection->failure, ASSAY_INVALID_HEADER,
                          "want digits as Content-Length, below 2^64");
    connection->outgoing.has_length = true;
    return frame(connection, ASSAY_REQUEST_LENGTH);
}

/* RFC 9112, section 6.1: the last coding of a request is chunked, which is applied once. */
static enum assay_error take_transfer_encoding(struct assay_connection *connection,
                                               struct bytes value)
{
    bool is_last;
    if (connection->is_peer_1_0 || connection->outgoing.is_1_0)
        return assay_fail(&connection->failure, ASSAY_INVALID_BODY,
                          "%s speaks HTTP/1.0: want a body of known length",
                          connection->is_peer_1_0 ? "the server" : "the request");
    if (assay_count_members(value, "chunked", &is_last) != 1 || !is_last)
        return assay_fail(&connection->failure, ASSAY_INVALID_HEADER,
                          "want chunked once, and as the last coding in Transfer-Encoding");
    return frame(connection, ASSAY_REQUEST_CHUNKED);
}

static enum assay_error take_host(struct assay_connection *connection, struct bytes value)
{
    (void)value;
    if (connection->outgoing.has_host)
        return assay_fail(&connection->failure, ASSAY_INVALID_HEADER, "only one Host may be given");
    connection->outgoing.has_host = true;
    return ASSAY_OK;
}

static enum assay_error take_connection(struct assay_connection *connection, struct bytes value)
{
    bool is_last;
    if (assay_count_members(value, "close", &is_last) > 0)
        connection->outgoing.has_close = true;
    return ASSAY_OK;
}

static enum assay_error take_upgrade(struct assay_connection *connection, struct bytes value)
{
    (void)value;
    connection->outgoing.has_upgrade = true;
    return ASSAY_OK;
}

/* RFC 9110, section 10.1.1. */
static enum assay_error take_expect(struct assay_connection *connection, struct bytes value)
{
    bool is_last;
    if (assay_count_members(value, "100-continue", &is_last) > 0)
        connection->outgoing.expects_continue = true;
    return ASSAY_OK;
}

/* Fields that mean something to the client itself. */
static enum assay_error take_field(struct assay_connection *connection, struct bytes name,
                                   struct bytes value)
{
    static const struct {
        const char *name;
        enum assay_error (*take)(struct assay_connection *connection, struct bytes value);
    } rows[] = {
        {"Content-Length", take_content_length},
        {"Transfer-Encoding", take_transfer_encoding},
        {"Host", take_host},
        {"Connection", take_connection},
        {"Upgrade", take_upgrade},
        {"Expect", take_expect},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (bytes_equal_fold(name, bytes_of(rows[i].name)))
            return rows[i].take(connection, value);
    return ASSAY_OK;
}

enum assay_error assay_check_field(struct assay_failure *failure, struct bytes name,
                                   struct bytes value)
{
    if (name.len == 0)
        return assay_fail(failure, ASSAY_INVALID_HEADER, "a field name is empty");
    if (!assay_check_octets(failure, name, "a field name", assay_is_token_octet,
                            ASSAY_INVALID_HEADER) ||
        !assay_check_octets(failure, value, "a field value", assay_is_value_octet,
                            ASSAY_INVALID_HEADER))
        return failure->error;
    return ASSAY_OK;
}

enum assay_error assay_take_given(struct assay_connection *connection, struct bytes name,
                                  struct bytes value)
{
    const enum assay_error error = assay_check_field(&connection->failure, name, value);
    return error == ASSAY_OK ? take_field(connection, name, value) : error;
}

/* RFC 9110, section 6.5.1: what has to be known before the content, or frames or routes the
 * message.
 */
static bool may_trail(struct bytes name)
{
    static const char *const names[] = {
        "Content-Length",   "Transfer-Encoding", "Host",   "Connection",   "TE",
        "Trailer",          "Upgrade",           "Expect", "Max-Forwards", "Authorization",
        "Content-Encoding", "Content-Type",      "Range",  "Content-Range"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (bytes_equal_fold(name, bytes_of(names[i])))
            return false;
    return true;
}

static enum assay_error take_trailers(struct assay_connection *connection,
                                      const struct assay_body *body)
{
    struct assay_outgoing *outgoing = &connection->outgoing;
    struct assay_failure *failure = &connection->failure;
    if (body->trailer_count > 0 && outgoing->framing != ASSAY_REQUEST_CHUNKED)
        return assay_fail(failure, ASSAY_INVALID_BODY,
                          "trailers stand behind chunks alone, and those that are put on here");
    for (size_t i = 0; i < body->trailer_count; i++) {
        const struct bytes name = bytes_given(body->trailers[i].name);
        const struct bytes value = bytes_given(body->trailers[i].value);
        const enum assay_error error = assay_check_field(failure, name, value);
        if (error != ASSAY_OK)
            return error;
        if (!may_trail(name))
            return assay_fail(failure, ASSAY_INVALID_HEADER, "%.*s may not stand in a trailer",
                              (int)name.len, (const char *)name.at);
        assay_add_field(&outgoing->trailers, name, value);
    }
    return ASSAY_OK;
}

/* RFC 9112, section 6.3: what does not say where it ends cannot be a body. */
static enum assay_error check_framing(struct assay_connection *connection, bool is_empty)
{
    const struct assay_outgoing *outgoing = &connection->outgoing;
    assay_forget_held(connection);
    if (outgoing->framing == ASSAY_REQUEST_NONE && !is_empty)
        return assay_fail(&connection->failure, ASSAY_INVALID_BODY,
                          "want a Content-Length or Transfer-Encoding for a body");
    if (outgoing->expects_continue && is_empty)
        return assay_fail(&connection->failure, ASSAY_INVALID_BODY,
                          "want a body for Expect: 100-continue");
    if (outgoing->expects_continue && connection->held != NULL)
        return assay_fail(&connection->failure, ASSAY_CANNOT_SEND_REQUEST,
                          "100 (Continue) could not be told from the response that is held");
    return ASSAY_OK;
}

static enum assay_error check_length(struct assay_connection *connection, uint64_t length)
{
    struct assay_outgoing *outgoing = &connection->outgoing;
    if (outgoing->has_length && outgoing->length != length)
        return assay_fail(&connection->failure, ASSAY_INVALID_BODY,
                          "the Content-Length is %" PRIu64 ", but the body has %" PRIu64 " octets",
                          outgoing->length, length);
    outgoing->has_length = true;
    outgoing->length = length;
    return ASSAY_OK;
}

/* Octets that are there are looked at before the head is sent; a stream is as it passes. */
static enum assay_error check_coded(struct assay_connection *connection,
                                    const struct assay_body *body)
{
    struct assay_outgoing *outgoing = &connection->outgoing;
    if (outgoing->framing != ASSAY_REQUEST_CODED || body->kind != ASSAY_BODY_BYTES)
        return ASSAY_OK;
    const enum assay_error error = assay_coded_take(outgoing, bytes_given(body->bytes));
    const bool is_whole = error == ASSAY_OK && assay_coded_is_whole(outgoing);
    if (error == ASSAY_NO_MEMORY)
        return assay_fail(&connection->failure, error, "no memory for a line of the body");
    return is_whole ? ASSAY_OK
                    : assay_fail(&connection->failure, ASSAY_INVALID_BODY,
                                 "want whole chunks as the body, or encode_chunked");
}

enum assay_error assay_check_body(struct assay_connection *connection,
                                  const struct assay_body *body, bool encode_chunked)
{
    struct assay_outgoing *outgoing = &connection->outgoing;
    const bool is_none = body != NULL && body->kind == ASSAY_BODY_NONE;
    if (outgoing->framing == ASSAY_REQUEST_CHUNKED && !encode_chunked && !is_none)
        outgoing->framing = ASSAY_REQUEST_CODED;
    if (body == NULL)
        return check_framing(connection, !outgoing->expects_continue);
    uint64_t length = 0;
    const bool is_known = assay_body_has_length(body, &length);
    enum assay_error error = check_framing(connection, is_known && length == 0);
    if (error == ASSAY_OK)
        error = take_trailers(connection, body);
    if (error == ASSAY_OK && is_known)
        error = check_length(connection, length);
    if (error == ASSAY_OK && body->kind == ASSAY_BODY_FILE && outgoing->has_length &&
        assay_file_left(body->fd, &length))
        error = check_length(connection, length);
    return error == ASSAY_OK ? check_coded(connection, body) : error;
}
