#include "wire/uri.h"

#define PERCENT_LEN 3 /* "%41" */

static bool is_among(uint8_t octet, const char *set)
{
    return octet != 0 && strchr(set, octet) != NULL;
}

size_t uri_count(struct bytes text, const char *more)
{
    size_t at = 0;
    while (at < text.len) {
        const uint8_t octet = text.at[at];
        if (octet == '%' && text.len - at >= PERCENT_LEN && byte_hex(text.at[at + 1]) >= 0 &&
            byte_hex(text.at[at + 2]) >= 0)
            at += PERCENT_LEN;
        else if (byte_is_digit(octet) || byte_is_letter(octet) ||
                 is_among(octet, "-._~!$&'()*+,;=") || is_among(octet, more))
            at++;
        else
            break;
    }
    return at;
}

struct bytes uri_before(struct bytes text, const char *ends)
{
    struct bytes front = {text.at, 0};
    while (front.len < text.len && !is_among(text.at[front.len], ends))
        front.len++;
    return front;
}

bool uri_take_authority(struct bytes *rest, struct bytes *scheme, struct bytes *authority)
{
    struct bytes ahead = *rest;
    *scheme = uri_before(ahead, ":/?#");
    for (size_t i = 0; i < scheme->len; i++)
        if (!byte_is_letter(scheme->at[i]) &&
            (i == 0 || (!byte_is_digit(scheme->at[i]) && !is_among(scheme->at[i], "+-."))))
            return false;
    bytes_take(&ahead, scheme->len);
    if (scheme->len == 0 || !bytes_begin_with(ahead, bytes_of("://")))
        return false;
    bytes_take(&ahead, 3);
    *authority = bytes_take(&ahead, uri_before(ahead, "/?#").len);
    *rest = ahead;
    return true;
}

struct bytes uri_without_userinfo(struct bytes authority)
{
    for (size_t at = authority.len; at > 0; at--)
        if (authority.at[at - 1] == '@') {
            bytes_take(&authority, at);
            break;
        }
    return authority;
}
