#include "harness/shard.h"
#include "tests/check.h"
#include "tests/suites.h"

static void reads_every_row(void)
{
    static const struct {
        const char *text;
        unsigned index, count; /* 0 of 0: a mistake */
    } rows[] = {
        {"1/1", 1, 1},   {"2/3", 2, 3},    {"3/3", 3, 3},          {"1000/1000", 1000, 1000},
        {"01/02", 1, 2}, {"1/1001", 0, 0}, {"4/3", 0, 0},          {"0/3", 0, 0},
        {"1/0", 0, 0},   {"1", 0, 0},      {"1/", 0, 0},           {"/2", 0, 0},
        {"", 0, 0},      {"1/2/3", 0, 0},  {"-1/2", 0, 0},         {"1/2x", 0, 0},
        {"x1/2", 0, 0},  {"1 /2", 0, 0},   {"1/4294967298", 0, 0}, {"4294967297/2", 0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *arena = arena_new();
        struct diags diags = {.arena = arena};
        struct shard shard = {9, 9};
        const bool is_good = shard_read(&shard, rows[i].text, &diags);
        CHECK_ROW(is_good == (rows[i].count > 0) && diags.count == (is_good ? 0 : 1), "\"%s\": %d",
                  rows[i].text, is_good);
        CHECK_ROW(shard.index == rows[i].index && shard.count == rows[i].count, "\"%s\": %u/%u",
                  rows[i].text, shard.index, shard.count);
        arena_free(arena);
    }
}

/* Every id is in one shard of each number of them, and no shard has far too many. */
static void spreads_ids(void)
{
    enum { IDS = 1000, COUNT_MAX = 10 };
    struct arena *arena = arena_new();
    for (unsigned count = 1; count <= COUNT_MAX; count++) {
        size_t sizes[COUNT_MAX] = {0};
        for (unsigned i = 0; i < IDS; i++) {
            const char *id = arena_printf(arena, "theme/case-%u", i);
            size_t found = 0;
            for (unsigned index = 1; index <= count; index++) {
                const bool is_in = shard_has((struct shard){index, count}, id);
                sizes[index - 1] += is_in;
                found += is_in;
            }
            CHECK_ROW(found == 1, "%s is in %zu of %u shards", id, found, count);
        }
        for (unsigned i = 0; i < count; i++)
            CHECK_ROW(sizes[i] < IDS * 3 / 2 / count + 1, "shard %u/%u has %zu", i + 1, count,
                      sizes[i]);
    }
    CU_ASSERT(shard_has((struct shard){0, 0}, "a/b"));
    arena_free(arena);
}

/* Shards of one run are played by several machines, and must fit together. */
static void spreads_alike_everywhere(void)
{
    static const struct {
        const char *id;
        unsigned index;
    } rows[] = {{"smoke/get", 3}, {"partial-read/length-cut", 5}, {"reuse/pipelined", 4}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (unsigned index = 1; index <= 5; index++)
            CHECK_ROW(shard_has((struct shard){index, 5}, rows[i].id) == (index == rows[i].index),
                      "%s in %u of 5", rows[i].id, index);
}

CU_TestInfo shard_tests[] = {
    {"reads every row", reads_every_row},
    {"spreads ids", spreads_ids},
    {"spreads alike everywhere", spreads_alike_everywhere},
    CU_TEST_INFO_NULL,
};
