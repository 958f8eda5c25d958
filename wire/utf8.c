#include "wire/utf8.h"

/* Well-formed UTF-8 (RFC 3629, section 4): the ranges leave out overlong forms, surrogates
 * and what lies past U+10FFFF. Octets from the third on are always 80 to BF. */
static const struct utf8_form {
    uint8_t first_min;
    uint8_t first_max;
    uint8_t second_min;
    uint8_t second_max;
    uint8_t len;
} utf8_forms[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool in_range(uint8_t octet, uint8_t min, uint8_t max)
{
    return octet >= min && octet <= max;
}

static bool has_utf8_form(struct bytes text, const struct utf8_form *form)
{
    if (text.len < form->len || !in_range(text.at[0], form->first_min, form->first_max) ||
        !in_range(text.at[1], form->second_min, form->second_max))
        return false;
    for (size_t i = 2; i < form->len; i++)
        if (!in_range(text.at[i], 0x80, 0xbf))
            return false;
    return true;
}

size_t utf8_len(struct bytes text)
{
    if (text.len > 0 && text.at[0] < 0x80)
        return 1;
    for (size_t i = 0; i < sizeof(utf8_forms) / sizeof(utf8_forms[0]); i++)
        if (has_utf8_form(text, &utf8_forms[i]))
            return utf8_forms[i].len;
    return 0;
}
