#include "tests/check.h"
#include "tests/suites.h"
#include "wire/arena.h"
#include "wire/octets.h"

#define TEXT(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

static const struct endpoint endpoints[] = {
    {"127.100.100.100", "34567", "127.100.100.100:34567"},
    {"127.100.100.101", "34567", "127.100.100.101:34567"},
};

static const struct piece plain[] = {{.data = TEXT("hello"), .times = 1}};
static const struct piece repeated[] = {{.data = TEXT("ab"), .times = 3},
                                        {.data = TEXT("-"), .times = 1}};
static const struct piece holes[] = {{.data = TEXT("Host: "), .times = 1},
                                     {.times = 1, .hole = HOLE_AUTHORITY, .peer = 1},
                                     {.times = 2, .hole = HOLE_PORT},
                                     {.times = 1, .hole = HOLE_HOST}};

static const struct row {
    const char *label;
    struct octets octets;
    const char *want;
} rows[] = {
    {"nothing", {NULL, 0, 0}, ""},
    {"plain", {plain, 1, 5}, "hello"},
    {"repeated", {repeated, 2, 7}, "ababab-"},
    {"holes", {holes, 4, 52}, "Host: 127.100.100.101:345673456734567127.100.100.100"},
};

static void builds_every_row_at_every_limit(void)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const size_t len = strlen(rows[i].want);
        CHECK_ROW(rows[i].octets.len == len, "%s", rows[i].label);
        for (size_t max = 0; max <= len + 1; max++) {
            const struct bytes got = octets_build(&rows[i].octets, endpoints, arena, max);
            const size_t want_len = max < len ? max : len;
            CHECK_ROW(got.len == want_len &&
                          (want_len == 0 || memcmp(got.at, rows[i].want, want_len) == 0),
                      "%s [at most %zu]", rows[i].label, max);
        }
    }
    arena_free(arena);
}

static void walks_every_row_in_steps_of_every_size(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t size = 1; size <= strlen(rows[i].want) + 1; size++) {
            struct octets_cursor cursor = {.octets = &rows[i].octets, .endpoints = endpoints};
            char got[64];
            size_t len = 0;
            for (struct bytes next = octets_peek(&cursor); next.len > 0;
                 next = octets_peek(&cursor)) {
                const size_t count = next.len < size ? next.len : size;
                memcpy(got + len, next.at, count);
                len += count;
                octets_skip(&cursor, count);
            }
            CHECK_ROW(len == strlen(rows[i].want) && memcmp(got, rows[i].want, len) == 0,
                      "%s [by %zu]", rows[i].label, size);
        }
}

static void compares_with_every_prefix_and_change(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const size_t len = strlen(rows[i].want);
        for (size_t cut = 0; cut <= len; cut++) {
            char text[64];
            memcpy(text, rows[i].want, len);
            const struct bytes prefix = {(const uint8_t *)text, cut};
            CHECK_ROW(octets_has_prefix(&rows[i].octets, endpoints, prefix), "%s [%zu]",
                      rows[i].label, cut);
            CHECK_ROW(octets_equal(&rows[i].octets, endpoints, prefix) == (cut == len), "%s [%zu]",
                      rows[i].label, cut);
            if (cut == 0)
                continue;
            text[cut - 1] ^= 1;
            CHECK_ROW(!octets_has_prefix(&rows[i].octets, endpoints, prefix), "%s [%zu changed]",
                      rows[i].label, cut);
        }
        char longer[64] = "";
        memcpy(longer, rows[i].want, len);
        CHECK_ROW(!octets_has_prefix(&rows[i].octets, endpoints,
                                     (struct bytes){(const uint8_t *)longer, len + 1}),
                  "%s [one more]", rows[i].label);
    }
}

CU_TestInfo octets_tests[] = {
    {"builds every row at every limit", builds_every_row_at_every_limit},
    {"walks every row in steps of every size", walks_every_row_in_steps_of_every_size},
    {"compares with every prefix and change", compares_with_every_prefix_and_change},
    CU_TEST_INFO_NULL,
};
