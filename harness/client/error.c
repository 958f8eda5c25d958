#include "harness/client/private.h"

#include <stdarg.h>
#include <stdio.h>

const char *assay_client_version(void)
{
    return ASSAY_CLIENT_VERSION;
}

const char *assay_error_name(enum assay_error error)
{
    static const char *const names[ASSAY_ERROR_COUNT] = {
#define ASSAY_ERROR_NAME(name, text) text,
        ASSAY_ERRORS(ASSAY_ERROR_NAME)
#undef ASSAY_ERROR_NAME
    };
    return (unsigned)error < ASSAY_ERROR_COUNT ? names[error] : "an unknown error";
}

enum assay_error assay_fail(struct assay_failure *failure, enum assay_error error, const char *fmt,
                            ...)
{
    *failure = (struct assay_failure){.error = error};
    va_list args;
    va_start(args, fmt);
    vsnprintf(failure->text, sizeof(failure->text), fmt, args);
    va_end(args);
    return error;
}
