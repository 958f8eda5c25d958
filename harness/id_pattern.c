#include "harness/id_pattern.h"

static bool is_many(struct bytes part)
{
    return bytes_equal(part, bytes_of("**"));
}

bool id_pattern_is_good(const char *pattern)
{
    struct bytes rest = bytes_of(pattern);
    if (rest.len == 0 || bytes_end_in(rest, bytes_of("/")))
        return false;
    while (rest.len > 0) {
        const struct bytes part = bytes_take_until(&rest, '/');
        if (part.len == 0 || (bytes_contain(part, bytes_of("**")) && !is_many(part)))
            return false;
    }
    return true;
}

/* Where it does not go on, the last `*` takes one octet more: what an earlier one could take as
 * well changes nothing. */
static bool part_matches(struct bytes pattern, struct bytes part)
{
    struct bytes pattern_behind = {NULL, 0}, left = {NULL, 0};
    bool has_star = false;
    for (;;) {
        if (pattern.len > 0 && pattern.at[0] == '*') {
            bytes_take(&pattern, 1);
            has_star = true;
            pattern_behind = pattern;
            left = part;
        } else if (pattern.len > 0 && part.len > 0 && pattern.at[0] == part.at[0]) {
            bytes_take(&pattern, 1);
            bytes_take(&part, 1);
        } else if (pattern.len == 0 && part.len == 0) {
            return true;
        } else if (has_star && left.len > 0) {
            bytes_take(&left, 1);
            part = left;
            pattern = pattern_behind;
        } else {
            return false;
        }
    }
}

/* The same with parts for octets, and `**` for `*`. */
bool id_pattern_matches(const char *pattern_text, const char *id_text)
{
    struct bytes pattern = bytes_of(pattern_text), id = bytes_of(id_text);
    struct bytes pattern_behind = {NULL, 0}, left = {NULL, 0};
    bool has_many = false;
    for (;;) {
        struct bytes pattern_rest = pattern, id_rest = id;
        const struct bytes want = bytes_take_until(&pattern_rest, '/');
        const struct bytes part = bytes_take_until(&id_rest, '/');
        if (is_many(want)) {
            has_many = true;
            pattern = pattern_behind = pattern_rest;
            left = id;
        } else if (want.len > 0 && part.len > 0 && part_matches(want, part)) {
            pattern = pattern_rest;
            id = id_rest;
        } else if (want.len == 0 && part.len == 0) {
            return true;
        } else if (has_many && left.len > 0) {
            bytes_take_until(&left, '/');
            id = left;
            pattern = pattern_behind;
        } else {
            return false;
        }
    }
}
