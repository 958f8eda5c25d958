#include "harness/id_pattern.h"
#include "tests/check.h"
#include "tests/suites.h"

static void matches_every_pattern(void)
{
    static const struct {
        const char *pattern, *id;
        bool want;
    } rows[] = {
        {"a/b", "a/b", true},
        {"a/b", "a/bc", false},
        {"a/bc", "a/b", false},
        {"a/b", "a/b/c", false},
        {"a/b/c", "a/b", false},
        {"*", "a/b", false},
        {"*/b", "a/b", true},
        {"a/*", "a/b", true},
        {"a/*", "a/b/c", false},
        {"a/*", "b/b", false},
        {"a/*/c", "a/b/c", true},
        {"a/x*", "a/x", true},
        {"a/x*z", "a/xyz", true},
        {"a/x*z", "a/xzy", false},
        {"a/*b*b", "a/abab", true},
        {"a/*ab", "a/aab", true},
        {"a/*.*.*", "a/1.2", false},
        {"a/?", "a/b", false},
        {"**", "a/b", true},
        {"a/**", "a/b", true},
        {"a/**", "a/b/c/d", true},
        {"a/**", "ab/c", false},
        {"**/c", "a/b/c", true},
        {"**/c", "a/c/b", false},
        {"**/c/*", "a/c/b/c/d", true},
        {"a/**/c", "a/c", true},
        {"a/**/c", "a/b/b/c", true},
        {"a/**/b/**/c", "a/b/x/y/c", true},
        {"a/**/b/**/c", "a/x/y/c", false},
        {"a/**/*-x/c", "a/b/b-x/c", true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_ROW(id_pattern_matches(rows[i].pattern, rows[i].id) == rows[i].want, "%s, %s",
                  rows[i].pattern, rows[i].id);
}

/* Without a limit on what is tried again this would not end while somebody looks. */
static void matches_many_stars_soon(void)
{
    char pattern[401], id[402] = "";
    for (size_t i = 0; i < 200; i++) {
        pattern[2 * i] = '*';
        pattern[2 * i + 1] = 'a';
    }
    pattern[400] = '\0';
    memset(id, 'a', 400);
    id[400] = 'b';
    CU_ASSERT_FALSE(id_pattern_matches(pattern, id));
}

static void knows_good_patterns(void)
{
    static const struct {
        const char *pattern;
        bool want;
    } rows[] = {
        {"a/b", true},    {"*/*", true},  {"**", true},     {"a/**/b*", true},
        {"", false},      {"/a", false},  {"a/", false},    {"a//b", false},
        {"a/**b", false}, {"***", false}, {"a**/b", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_ROW(id_pattern_is_good(rows[i].pattern) == rows[i].want, "\"%s\"", rows[i].pattern);
}

CU_TestInfo id_pattern_tests[] = {
    {"matches every pattern", matches_every_pattern},
    {"matches many stars soon", matches_many_stars_soon},
    {"knows good patterns", knows_good_patterns},
    CU_TEST_INFO_NULL,
};
