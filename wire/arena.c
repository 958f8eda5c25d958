#include "wire/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* One block holds a typical run; a larger request gets a block of its own. */
enum { ARENA_BLOCK_SIZE = 16 * 1024 };

/* Most lists stay as short. */
enum { ROOM_FIRST = 4 };

struct block {
    struct block *next;
    size_t used;
    size_t size;
    max_align_t bytes[];
};

struct arena {
    struct block *blocks; /* newest first; only the newest is filled */
};

/*
 * A harness that cannot allocate a few kilobytes cannot give a verdict that
 * anyone should trust, so we stop instead of threading ENOMEM everywhere.
 */
static void *must_have(void *memory)
{
    if (memory == NULL) {
        fputs("assay: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *must_calloc(size_t count, size_t size)
{
    return must_have(calloc(count, size));
}

static void block_push(struct arena *arena, size_t size)
{
    struct block *block = must_have(malloc(sizeof(*block) + size));
    block->next = arena->blocks;
    block->used = 0;
    block->size = size;
    arena->blocks = block;
}

struct arena *arena_new(void)
{
    return must_calloc(1, sizeof(struct arena));
}

/* Frees `block` and all that is older. */
static void blocks_free(struct block *block)
{
    while (block != NULL) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    blocks_free(arena->blocks);
    free(arena);
}

void arena_reset(struct arena *arena)
{
    struct block *newest = arena->blocks;
    if (newest == NULL)
        return;
    if (newest->size > ARENA_BLOCK_SIZE) { /* one large run must not stay for ever */
        blocks_free(newest);
        arena->blocks = NULL;
        return;
    }
    blocks_free(newest->next);
    newest->next = NULL;
    newest->used = 0;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    assert(size <= SIZE_MAX / 2);
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);

    struct block *block = arena->blocks;
    if (block == NULL || block->size - block->used < size) {
        block_push(arena, size > ARENA_BLOCK_SIZE ? size : ARENA_BLOCK_SIZE);
        block = arena->blocks;
    }
    void *memory = (char *)block->bytes + block->used;
    block->used += size;
    memset(memory, 0, size);
    return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    assert(size == 0 || count <= SIZE_MAX / 2 / size);
    return arena_alloc(arena, count * size);
}

void *arena_room(struct arena *arena, void *items, size_t count, size_t *size, size_t item_size)
{
    if (count < *size)
        return items;
    *size = *size > 0 ? *size * 2 : ROOM_FIRST;
    void *grown = arena_array(arena, *size, item_size);
    if (count > 0)
        memcpy(grown, items, count * item_size);
    return grown;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);
    if (len > 0)
        memcpy(copy, text, len);
    return copy;
}

struct bytes arena_bytes(struct arena *arena, struct bytes from)
{
    const struct bytes copy = {
        (const uint8_t *)arena_strndup(arena, (const char *)from.at, from.len), from.len};
    return copy;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    va_list again;
    va_copy(again, args);
    const int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    assert(len >= 0);
    char *text = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, fmt, again);
    va_end(again);
    return text;
}
