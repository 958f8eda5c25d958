#include "server/control/host.h"
#include "server/control/path.h"
#include "tests/check.h"
#include "tests/suites.h"

static void knows_the_hosts_of_loopback(void)
{
    /* clang-format off */
    static const char *const ours[] = {
        "127.0.0.1", "127.0.0.1:8081", "127.100.100.100:80", "127.255.255.255", "127.0.0.0:0",
        "localhost", "LocalHost:8081", "localhost:", "[::1]", "[::1]:65535",
    };
    static const char *const others[] = {
        "", ":80", "evil.test", "evil.test:8081", "127.0.0.1.evil.test", "evil.test:127.0.0.1", "localhost.evil.test", "evil.localhost",
        "localhost@evil.test", "evil.test@localhost", "localhost:80x", "localhost:-1", "localhost:123456", "localhost:8 ", "localhost.", " localhost",
        "126.255.255.255", "128.0.0.1", "0.0.0.0", "127.1", "127.0.0.1.", "127.0.0.01x", "127.0.0.256", "2130706433", "0x7f.0.0.1", "10.0.0.1",
        "[::2]", "[::1]x", "[::1]:x", "[::1", "::1", "[::ffff:127.0.0.1]", "127.0.0.1,evil.test", "localhost, evil.test",
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(ours); i++)
        CHECK_ROW(host_is_loopback(bytes_of(ours[i])), "\"%s\" is refused", ours[i]);
    for (size_t i = 0; i < COUNT_OF(others); i++)
        CHECK_ROW(!host_is_loopback(bytes_of(others[i])), "\"%s\" is taken", others[i]);
    CU_ASSERT(!host_is_loopback((struct bytes){(const uint8_t *)"127.0.0.1\0x", 11}));
    CU_ASSERT(!host_is_loopback((struct bytes){NULL, 0}));
}

static void decodes_paths(void)
{
    static const struct {
        const char *path, *decoded; /* NULL: refused */
    } rows[] = {
        {"", ""},
        {"/", "/"},
        {"/a%20b%2Fc%2f%25", "/a b/c/%"},
        {"%c3%A9", "\xc3\xa9"},
        {"%41+%2e%2E", "A+.."},
        {"%25%32%35", "%25"},
        {"%", NULL},
        {"/%4", NULL},
        {"/%g0", NULL},
        {"/%0g", NULL},
        {"/%%41", NULL},
        {"/a%00", NULL},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *got = path_decode(rows[i].path, arena);
        const bool is_same = got == NULL || rows[i].decoded == NULL
                                 ? got == rows[i].decoded
                                 : strcmp(got, rows[i].decoded) == 0;
        CHECK_ROW(is_same, "\"%s\" is \"%s\"", rows[i].path, got != NULL ? got : "refused");
    }
    arena_free(arena);
}

static void matches_paths(void)
{
    static const struct {
        const char *pattern, *path, *rest; /* NULL: does not fit */
    } rows[] = {
        {"/", "/", ""},
        {"/", "", NULL},
        {"/", "/a", NULL},
        {"/a", "/a", ""},
        {"/a", "/ab", NULL},
        {"/a", "/A", NULL},
        {"/a", "/", NULL},
        {"/a/*", "/a/b", "b"},
        {"/a/*", "/a/", NULL},
        {"/a/*", "/a", NULL},
        {"/a/*", "/b/c", NULL},
        {"/a/*", "/a/*", "*"},
        {"/a/*", "/a/b/c", "b/c"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *got = path_match(rows[i].pattern, rows[i].path);
        const bool is_same = got == NULL || rows[i].rest == NULL ? got == rows[i].rest
                                                                 : strcmp(got, rows[i].rest) == 0;
        CHECK_ROW(is_same, "\"%s\" in \"%s\" leaves \"%s\"", rows[i].pattern, rows[i].path,
                  got != NULL ? got : "nothing");
    }
}

CU_TestInfo control_tests[] = {
    {"knows the hosts of loopback", knows_the_hosts_of_loopback},
    {"decodes paths", decodes_paths},
    {"matches paths", matches_paths},
    CU_TEST_INFO_NULL,
};
