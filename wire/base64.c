#include "wire/base64.h"

enum { GROUP_DIGITS = 4, GROUP_OCTETS = 3, DIGIT_BITS = 6 };

/* The value of a digit; -1 when it is none. */
static int digit_value(uint8_t digit)
{
    if (digit >= 'A' && digit <= 'Z')
        return digit - 'A';
    if (digit >= 'a' && digit <= 'z')
        return digit - 'a' + 26;
    if (byte_is_digit(digit))
        return digit - '0' + 52;
    if (digit == '+')
        return 62;
    return digit == '/' ? 63 : -1;
}

/* Of the last group one or two digits may be "="; how many octets, 0: not base64. */
static size_t decode_group(const uint8_t *group, bool is_last, uint8_t *octets)
{
    const size_t padding = !is_last || group[3] != '=' ? 0 : group[2] != '=' ? 1 : 2;
    uint32_t bits = 0;
    for (size_t i = 0; i < GROUP_DIGITS; i++) {
        const int value = i < GROUP_DIGITS - padding ? digit_value(group[i]) : 0;
        if (value < 0)
            return 0;
        bits = bits << DIGIT_BITS | (uint32_t)value;
    }
    for (size_t i = 0; i < GROUP_OCTETS - padding; i++)
        octets[i] = (uint8_t)(bits >> (16 - 8 * i));
    const uint32_t left_over = bits & ((1U << (8 * padding)) - 1);
    return left_over != 0 ? 0 : GROUP_OCTETS - padding;
}

bool base64_decode(struct bytes text, uint8_t *octets, size_t *len)
{
    *len = 0;
    if (text.len % GROUP_DIGITS != 0)
        return false;
    while (text.len > 0) {
        const struct bytes group = bytes_take(&text, GROUP_DIGITS);
        const size_t count = decode_group(group.at, text.len == 0, octets + *len);
        if (count == 0)
            return false;
        *len += count;
    }
    return true;
}

void base64_encode(struct bytes octets, char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (octets.len > 0) {
        const size_t count = octets.len < GROUP_OCTETS ? octets.len : GROUP_OCTETS;
        const struct bytes group = bytes_take(&octets, count);
        uint32_t bits = 0;
        for (size_t i = 0; i < GROUP_OCTETS; i++)
            bits = bits << 8 | (i < count ? group.at[i] : 0U);
        for (size_t i = 0; i < GROUP_DIGITS; i++)
            text[i] = '=';
        for (size_t i = 0; i <= count; i++)
            text[i] = digits[bits >> (18 - DIGIT_BITS * i) & 63];
        text += GROUP_DIGITS;
    }
    *text = '\0';
}
