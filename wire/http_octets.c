#include "wire/http_private.h"

#define T HTTP_OCTET_TOKEN
#define B HTTP_OCTET_BLANK
#define C HTTP_OCTET_CONTROL
#define L (HTTP_OCTET_CONTROL | HTTP_OCTET_LENIENT)

/* clang-format off */
const uint8_t http_octets[256] = {
    C, C, C, C, C, C, C, C, C, B, C, L, L, L, C, C, /* 0x00 */
    C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, /* 0x10 */
    B, T, 0, T, T, T, T, T, 0, 0, T, T, 0, T, T, 0, /* 0x20 */
    T, T, T, T, T, T, T, T, T, T, 0, 0, 0, 0, 0, 0, /* 0x30 */
    0, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, /* 0x40 */
    T, T, T, T, T, T, T, T, T, T, T, 0, 0, 0, T, T, /* 0x50 */
    T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, /* 0x60 */
    T, T, T, T, T, T, T, T, T, T, T, 0, T, 0, T, C, /* 0x70 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0x80 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0x90 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0xA0 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0xB0 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0xC0 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0xD0 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0xE0 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0xF0 */
};
/* clang-format on */

size_t http_count_octets(struct bytes text, unsigned classes)
{
    size_t count = 0;
    while (count < text.len && http_is_octet(text.at[count], classes))
        count++;
    return count;
}

struct bytes http_trim(struct bytes text)
{
    bytes_take(&text, http_count_octets(text, HTTP_OCTET_BLANK));
    while (text.len > 0 && http_is_octet(text.at[text.len - 1], HTTP_OCTET_BLANK))
        text.len--;
    return text;
}
