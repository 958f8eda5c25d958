#include "tests/check.h"
#include "tests/suites.h"
#include "wire/finder.h"

enum { WANTED_MAX = 16 };

static const struct {
    const char *wanted, *text;
    size_t end; /* octets up to and with the first find; 0: it does not stand there */
} rows[] = {
    {"a", "a", 1},
    {"a", "bcd", 0},
    {"hello", "say hello", 9},
    {"aab", "aaaab", 5},
    {"abab", "ababab", 4},
    {"abac", "ababac", 6},
    {"aaaa", "aaabaaab", 0},
    {"/.a/c", "//.a/.a//.a/c and more", 13},
    {"\r\n\r\n", "a\r\n\rb\r\n\r\n", 9},
};

/* The text in two pieces; how many octets up to the end of the find. */
static size_t find(const char *wanted, const char *text, size_t cut)
{
    size_t borders[WANTED_MAX];
    struct finder finder = finder_of(bytes_of(wanted), borders);
    struct bytes rest = bytes_of(text);
    size_t end = finder_next(&finder, bytes_take(&rest, cut));
    if (!finder_has_found(&finder))
        end += finder_next(&finder, rest);
    return finder_has_found(&finder) ? end : 0;
}

static void finds_it_at_every_cut(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t cut = 0; cut <= strlen(rows[i].text); cut++) {
            const size_t end = find(rows[i].wanted, rows[i].text, cut);
            CHECK_ROW(end == rows[i].end, "%s in %s, cut at %zu: %zu, want %zu", rows[i].wanted,
                      rows[i].text, cut, end, rows[i].end);
        }
}

static void finds_nothing_where_nothing_is_wanted(void)
{
    const struct finder finder = {.matched = 0};
    CU_ASSERT(!finder_has_found(&finder));
}

CU_TestInfo finder_tests[] = {
    {"finds it at every cut", finds_it_at_every_cut},
    {"finds nothing where nothing is wanted", finds_nothing_where_nothing_is_wanted},
    CU_TEST_INFO_NULL,
};
