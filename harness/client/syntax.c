#include "harness/client/private.h"

#define DECIMAL_BASE 10

bool assay_is_token_octet(uint8_t octet)
{
    return byte_is_letter(octet) || byte_is_digit(octet) ||
           (octet != '\0' && strchr("!#$%&'*+-.^_`|~", octet) != NULL);
}

bool assay_is_target_octet(uint8_t octet)
{
    return octet > ' ' && octet < 0x7f;
}

bool assay_is_value_octet(uint8_t octet)
{
    return octet == '\t' || (octet >= ' ' && octet != 0x7f);
}

bool assay_check_octets(struct assay_failure *failure, struct bytes text, const char *what,
                        bool (*is_allowed)(uint8_t octet), enum assay_error error)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_allowed(text.at[i]))
            continue;
        assay_fail(failure, error, "%s cannot hold octet 0x%02x (at %zu)", what, text.at[i], i);
        return false;
    }
    return true;
}

void assay_make_printable(char *text)
{
    for (; *text != '\0'; text++)
        if (*text < ' ' || *text > '~')
            *text = '?';
}

static bool is_blank_octet(uint8_t octet)
{
    return octet == ' ' || octet == '\t';
}

struct bytes assay_trimmed(struct bytes text)
{
    while (text.len > 0 && is_blank_octet(text.at[0]))
        bytes_take(&text, 1);
    while (text.len > 0 && is_blank_octet(text.at[text.len - 1]))
        text.len--;
    return text;
}

bool assay_read_number(struct bytes text, uint64_t *number)
{
    const struct bytes digits = assay_trimmed(text);
    *number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (!byte_is_digit(digits.at[i]))
            return false;
        const unsigned digit = (unsigned)(digits.at[i] - '0');
        if (*number > (UINT64_MAX - digit) / DECIMAL_BASE)
            return false;
        *number = *number * DECIMAL_BASE + digit;
    }
    return digits.len > 0;
}

struct bytes assay_take_member(struct bytes *list)
{
    return assay_trimmed(bytes_take_until(list, ','));
}

size_t assay_count_members(struct bytes list, const char *member, bool *is_last)
{
    size_t count = 0;
    *is_last = false;
    while (list.len > 0) {
        *is_last = bytes_equal_fold(assay_take_member(&list), bytes_of(member));
        count += *is_last;
    }
    return count;
}
