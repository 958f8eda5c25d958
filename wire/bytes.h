/* bytes -- a borrowed run of octets: whoever made it says how long it lives. */
#ifndef WIRE_BYTES_H
#define WIRE_BYTES_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const uint8_t *at; /* may be NULL only when `len` is 0 */
    size_t len;
};

/* The octets of a C string, without its NUL; NULL gives the empty run. */
static inline struct bytes bytes_of(const char *text)
{
    const struct bytes all = {(const uint8_t *)text, text != NULL ? strlen(text) : 0};
    return all;
}

/* Splits `count` octets off the front. */
static inline struct bytes bytes_take(struct bytes *from, size_t count)
{
    assert(count <= from->len);
    const struct bytes front = {from->at, count};
    if (count > 0)
        from->at += count;
    from->len -= count;
    return front;
}

/* Splits off what stands before the first `end`, and drops that; all, when there is none. */
static inline struct bytes bytes_take_until(struct bytes *from, uint8_t end)
{
    const uint8_t *at = from->len > 0 ? (const uint8_t *)memchr(from->at, end, from->len) : NULL;
    const struct bytes front = bytes_take(from, at != NULL ? (size_t)(at - from->at) : from->len);
    if (at != NULL)
        bytes_take(from, 1);
    return front;
}

static inline bool bytes_equal(struct bytes one, struct bytes other)
{
    return one.len == other.len && (one.len == 0 || memcmp(one.at, other.at, one.len) == 0);
}

/* Of C strings; each may be NULL, which equals nothing but NULL. */
static inline bool text_equal(const char *one, const char *other)
{
    return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

static inline uint8_t byte_lower(uint8_t octet)
{
    return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + ('a' - 'A')) : octet;
}

/* Of ASCII. */
static inline bool byte_is_letter(uint8_t octet)
{
    const uint8_t lower = byte_lower(octet);
    return lower >= 'a' && lower <= 'z';
}

static inline bool byte_is_digit(uint8_t octet)
{
    return octet >= '0' && octet <= '9';
}

/* The value of a hexadecimal digit, of either case; -1 when it is none. */
static inline int byte_hex(uint8_t octet)
{
    const uint8_t lower = byte_lower(octet);
    if (byte_is_digit(octet))
        return octet - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Whether `part`, which may be empty, stands somewhere in `text`. */
static inline bool bytes_contain(struct bytes text, struct bytes part)
{
    while (part.len > 0 && text.len >= part.len) {
        const uint8_t *at = (const uint8_t *)memchr(text.at, part.at[0], text.len - part.len + 1);
        if (at == NULL)
            return false;
        if (memcmp(at, part.at, part.len) == 0)
            return true;
        bytes_take(&text, (size_t)(at - text.at) + 1);
    }
    return part.len == 0;
}

static inline bool bytes_begin_with(struct bytes text, struct bytes start)
{
    return text.len >= start.len && bytes_equal(bytes_take(&text, start.len), start);
}

static inline bool bytes_end_in(struct bytes text, struct bytes end)
{
    if (text.len < end.len)
        return false;
    bytes_take(&text, text.len - end.len);
    return bytes_equal(text, end);
}

/* Equal but for the case of ASCII letters, as field names are (RFC 9110, section 5.1). */
static inline bool bytes_equal_fold(struct bytes one, struct bytes other)
{
    if (one.len != other.len)
        return false;
    for (size_t i = 0; i < one.len; i++)
        if (byte_lower(one.at[i]) != byte_lower(other.at[i]))
            return false;
    return true;
}

#endif
