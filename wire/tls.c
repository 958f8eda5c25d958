#include "wire/tls.h"

#include <assert.h>

const char *certificate_name(enum certificate certificate)
{
    static const char *const names[] = {
#define CERTIFICATE_NAME(name, text) [CERTIFICATE_##name] = text,
        CERTIFICATES(CERTIFICATE_NAME)
#undef CERTIFICATE_NAME
    };
    assert(certificate < CERTIFICATE_COUNT);
    return names[certificate];
}
