#include "harness/client/private.h"

#include <stdlib.h>

enum { BUFFER_SIZE_FIRST = 512, DECIMAL_BASE = 10 };

static bool buffer_grow(struct assay_buffer *buffer, size_t more)
{
    size_t size = buffer->size > 0 ? buffer->size : BUFFER_SIZE_FIRST;
    while (size - buffer->len < more) {
        if (size > SIZE_MAX / 2)
            return false;
        size *= 2;
    }
    uint8_t *at = realloc(buffer->at, size);
    if (at == NULL)
        return false;
    buffer->at = at;
    buffer->size = size;
    return true;
}

void assay_buffer_add(struct assay_buffer *buffer, struct bytes octets)
{
    if (octets.len == 0 || buffer->is_failed)
        return;
    if (buffer->size - buffer->len < octets.len && !buffer_grow(buffer, octets.len)) {
        buffer->is_failed = true;
        return;
    }
    memcpy(buffer->at + buffer->len, octets.at, octets.len);
    buffer->len += octets.len;
}

void assay_buffer_add_text(struct assay_buffer *buffer, const char *text)
{
    assay_buffer_add(buffer, bytes_of(text));
}

void assay_buffer_add_number(struct assay_buffer *buffer, uint64_t number)
{
    uint8_t digits[sizeof("18446744073709551615") - 1];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (uint8_t)('0' + number % DECIMAL_BASE);
        number /= DECIMAL_BASE;
    } while (number > 0);
    assay_buffer_add(buffer, (struct bytes){digits + at, sizeof(digits) - at});
}

struct iovec assay_part_of(struct bytes octets)
{
    /* sendmsg(2) only reads, but its type does not say so. */
    return (struct iovec){.iov_base = (void *)(uintptr_t)octets.at, .iov_len = octets.len};
}

void assay_buffer_release(struct assay_buffer *buffer)
{
    free(buffer->at);
    *buffer = (struct assay_buffer){0};
}
