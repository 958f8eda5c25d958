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

/* The quoted string at the front (RFC 9110, section 5.6.4), with its quotes; 0 when it has no end.
 */
static size_t quoted_len(struct bytes text)
{
    size_t at = 1;
    while (at < text.len && text.at[at] != '"')
        at += text.at[at] == '\\' ? 2 : 1;
    return at < text.len ? at + 1 : 0;
}

bool http_eat_quoted(struct bytes *rest)
{
    const size_t len = quoted_len(*rest);
    bytes_take(rest, len > 0 ? len : rest->len);
    return len > 0;
}

size_t http_len_before(struct bytes text, uint8_t end)
{
    struct bytes rest = text;
    while (rest.len > 0 && rest.at[0] != end) {
        if (rest.at[0] == '"')
            http_eat_quoted(&rest);
        else
            bytes_take(&rest, 1);
    }
    return text.len - rest.len;
}

size_t http_eat_run(struct bytes *rest, unsigned classes)
{
    return bytes_take(rest, http_count_octets(*rest, classes)).len;
}

bool http_eat_separator(struct bytes *rest, uint8_t octet)
{
    struct bytes ahead = *rest;
    http_eat_run(&ahead, HTTP_OCTET_BLANK);
    if (ahead.len == 0 || ahead.at[0] != octet)
        return false;
    bytes_take(&ahead, 1);
    http_eat_run(&ahead, HTTP_OCTET_BLANK);
    *rest = ahead;
    return true;
}

struct bytes http_trim(struct bytes text)
{
    bytes_take(&text, http_count_octets(text, HTTP_OCTET_BLANK));
    while (text.len > 0 && http_is_octet(text.at[text.len - 1], HTTP_OCTET_BLANK))
        text.len--;
    return text;
}
