#include "tests/check.h"
#include "tests/suites.h"
#include "wire/arena.h"

#include <stdint.h>

enum { MANY = 1000 };

static void gives_zeroed_aligned_memory(void)
{
    static const size_t sizes[] = {0, 1, 7, 8, 16, 100, 4096, 65536, 1000003};
    struct arena *arena = arena_new();
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            uint8_t *memory = arena_alloc(arena, sizes[i]);
            bool is_zero = true;
            for (size_t at = 0; at < sizes[i]; at++)
                is_zero = is_zero && memory[at] == 0;
            CHECK_ROW(is_zero, "%zu octets are zero", sizes[i]);
            CHECK_ROW((uintptr_t)memory % _Alignof(max_align_t) == 0, "%zu octets", sizes[i]);
            if (sizes[i] > 0)
                memset(memory, 0xff, sizes[i]);
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

static void keeps_what_it_gave(void)
{
    struct arena *arena = arena_new();
    const char *texts[MANY];
    for (size_t i = 0; i < MANY; i++)
        texts[i] = arena_printf(arena, "text %zu", i);
    for (size_t i = 0; i < MANY; i++)
        CHECK_ROW(strcmp(texts[i], arena_printf(arena, "text %zu", i)) == 0, "%s", texts[i]);
    arena_free(arena);
}

static void copies_octets(void)
{
    struct arena *arena = arena_new();
    const char *copy = arena_strndup(arena, "a\0b-", 3);
    CHECK_ROW(memcmp(copy, "a\0b", 4) == 0, "NUL behind the copy");
    const struct bytes bytes = arena_bytes(arena, (struct bytes){(const uint8_t *)"xyz", 3});
    CHECK_ROW(bytes.len == 3 && memcmp(bytes.at, "xyz", 3) == 0, "octets");
    CHECK_ROW(arena_bytes(arena, (struct bytes){NULL, 0}).len == 0, "no octets");
    arena_free(arena);
    arena_free(NULL);
}

static void makes_room_for_any_number(void)
{
    struct arena *arena = arena_new();
    size_t *items = NULL, count = 0, size = 0;
    for (; count < MANY; count++) {
        items = arena_room(arena, items, count, &size, sizeof(*items));
        CHECK_ROW(count < size && size <= 2 * count + MANY, "%zu of %zu", count, size);
        items[count] = count;
    }
    for (size_t i = 0; i < count; i++)
        CHECK_ROW(items[i] == i, "item %zu", i);
    arena_free(arena);
}

CU_TestInfo arena_tests[] = {
    {"gives zeroed, aligned memory", gives_zeroed_aligned_memory},
    {"keeps what it gave", keeps_what_it_gave},
    {"copies octets", copies_octets},
    {"makes room for any number", makes_room_for_any_number},
    CU_TEST_INFO_NULL,
};
