#include "harness/client/private.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_given(const struct assay_request *request, const char *name)
{
    for (size_t i = 0; i < request->field_count; i++)
        if (bytes_equal_fold(bytes_given(request->fields[i].name), bytes_of(name)))
            return true;
    return false;
}

static bool is_body_expected(struct bytes method)
{
    static const char *const methods[] = {"PATCH", "POST", "PUT"};
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (bytes_equal_fold(method, bytes_of(methods[i])))
            return true;
    return false;
}

static enum assay_error put_length(struct assay_connection *connection, uint64_t length)
{
    char digits[sizeof("18446744073709551615")];
    snprintf(digits, sizeof(digits), "%" PRIu64, length);
    return assay_putheader(connection, assay_text("Content-Length"), assay_text(digits));
}

static enum assay_error put_chunked(struct assay_connection *connection)
{
    return assay_putheader(connection, assay_text("Transfer-Encoding"), assay_text("chunked"));
}

static const char *size_unknown(enum assay_body_kind kind)
{
    if (kind == ASSAY_BODY_STREAM)
        return "Unable to determine size of <stream>";
    return kind == ASSAY_BODY_FILE ? "Unable to determine size of <file>"
                                   : "Unable to determine size of <reader>";
}

/* The framing that the body asks for, unless the caller gave one: RFC 9112, section 6. */
static enum assay_error put_framing(struct assay_connection *connection,
                                    const struct assay_request *request, struct bytes method)
{
    const struct assay_body *body = &request->body;
    if (is_given(request, "Content-Length") || is_given(request, "Transfer-Encoding"))
        return ASSAY_OK;
    if (body->trailer_count > 0)
        return put_chunked(connection);
    switch (body->kind) {
    case ASSAY_BODY_NONE:
        return is_body_expected(method) ? put_length(connection, 0) : ASSAY_OK;
    case ASSAY_BODY_BYTES:
        return put_length(connection, body->bytes.len);
    case ASSAY_BODY_STREAM:
    case ASSAY_BODY_READER:
    case ASSAY_BODY_FILE:
        break;
    }
    if (body->has_length)
        return put_length(connection, body->length);
    assay_debug_line(&connection->options, connection->debuglevel, size_unknown(body->kind));
    return put_chunked(connection);
}

/* RFC 9110, section 6.6.2. */
static enum assay_error put_trailer_names(struct assay_connection *connection,
                                          const struct assay_request *request)
{
    const struct assay_body *body = &request->body;
    struct assay_buffer names = {.len = 0};
    if (body->trailer_count == 0 || is_given(request, "Trailer"))
        return ASSAY_OK;
    for (size_t i = 0; i < body->trailer_count; i++) {
        assay_buffer_add_text(&names, i > 0 ? ", " : "");
        assay_buffer_add(&names, bytes_given(body->trailers[i].name));
    }
    const enum assay_error error =
        names.is_failed
            ? assay_fail(&connection->failure, ASSAY_NO_MEMORY, "no memory for the head")
            : assay_putheader(connection, assay_text("Trailer"),
                              (struct assay_bytes){names.at, names.len});
    assay_buffer_release(&names);
    return error;
}

/* What the caller did not give. */
static enum assay_error put_own(struct assay_connection *connection,
                                const struct assay_request *request, struct bytes method)
{
    enum assay_error error = put_framing(connection, request, method);
    if (error == ASSAY_OK)
        error = put_trailer_names(connection, request);
    if (error == ASSAY_OK && request->expects_continue && !is_given(request, "Expect"))
        error = assay_putheader(connection, assay_text("Expect"), assay_text("100-continue"));
    return error;
}

enum assay_error assay_request(struct assay_connection *connection,
                               const struct assay_request *request)
{
    const struct assay_bytes method =
        request->method.at != NULL ? request->method : assay_text("GET");
    unsigned skip = is_given(request, "Host") ? ASSAY_SKIP_HOST : ASSAY_SKIP_NOTHING;
    if (is_given(request, "Accept-Encoding"))
        skip |= ASSAY_SKIP_ACCEPT_ENCODING;
    enum assay_error error = assay_putrequest(connection, method, request->target, skip);
    if (error != ASSAY_OK)
        return error;
    error = put_own(connection, request, bytes_given(method));
    for (size_t i = 0; i < request->field_count && error == ASSAY_OK; i++)
        error = assay_putheader(connection, request->fields[i].name, request->fields[i].value);
    if (error != ASSAY_OK)
        return assay_drop_request(connection, error);
    return assay_endheaders(connection, &request->body,
                            request->encode_chunked || !is_given(request, "Transfer-Encoding"));
}
