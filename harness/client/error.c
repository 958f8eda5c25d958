#include "harness/client/private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

const char *assay_error_name(enum assay_error error)
{
    static const char *const names[ASSAY_ERROR_COUNT] = {
#define ASSAY_ERROR_NAME(name, text) text,
        ASSAY_ERRORS(ASSAY_ERROR_NAME)
#undef ASSAY_ERROR_NAME
    };
    assert(error < ASSAY_ERROR_COUNT);
    return names[error];
}

enum assay_error assay_fail(struct assay_connection *connection, enum assay_error error,
                            const char *fmt, ...)
{
    struct assay_failure *failure = &connection->failure;
    *failure = (struct assay_failure){.error = error, .received = connection->response.body_len};
    va_list args;
    va_start(args, fmt);
    vsnprintf(failure->text, sizeof(failure->text), fmt, args);
    va_end(args);
    return error;
}

static enum assay_error error_of_system(int number)
{
    switch (number) {
    case ECONNREFUSED:
        return ASSAY_CONNECTION_REFUSED;
    case ECONNRESET:
        return ASSAY_CONNECTION_RESET;
    case ETIMEDOUT:
        return ASSAY_TIMEOUT;
    case ENOMEM:
        return ASSAY_NO_MEMORY;
    default:
        return ASSAY_SYSTEM;
    }
}

enum assay_error assay_fail_system(struct assay_connection *connection, const char *doing)
{
    const int number = errno;
    enum assay_error error;
    const char *text = assay_layer_failure(connection->layer, &error);
    if (number == EPROTO && text != NULL)
        return assay_fail(connection, error, "%s", text);
    char reason[128];
    if (strerror_r(number, reason, sizeof(reason)) != 0)
        snprintf(reason, sizeof(reason), "error %d", number);
    assay_fail(connection, error_of_system(number), "cannot %s %s:%u: %s", doing,
               connection->host.name, (unsigned)connection->host.port, reason);
    connection->failure.system_error = number;
    return connection->failure.error;
}
