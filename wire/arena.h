/*
 * arena -- memory that is freed all at once.
 *
 * What one owner allocates (a corpus, a run) comes from one arena and dies in
 * one arena_free() or arena_reset(). Nothing inside is freed alone, so no error
 * path has anything to remember. Not for harness/client/, which is a library
 * and may not end its caller's process.
 */
#ifndef WIRE_ARENA_H
#define WIRE_ARENA_H

#include "wire/bytes.h"

struct arena;

/* Never NULL: running out of memory ends the process, see arena.c. */
struct arena *arena_new(void);

/* Accepts NULL. Every pointer ever handed out by `arena` dies here. */
void arena_free(struct arena *arena);

/* Every pointer ever handed out dies; one block is kept for what comes next. */
void arena_reset(struct arena *arena);

/* Zero-filled and max-aligned; never NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/* As arena_alloc() of `count` times `size`; the product may not overflow. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* An array with room for one item more: `items` itself while `count` is less than `size`, else a
 * copy twice as large, whose `size` is set. An empty array is NULL with `size` 0. */
void *arena_room(struct arena *arena, void *items, size_t count, size_t *size, size_t item_size);

/* Copies `len` octets and adds a NUL; `text` may hold NULs itself. */
char *arena_strndup(struct arena *arena, const char *text, size_t len);

/* Copies the octets; `len` stays. */
struct bytes arena_bytes(struct arena *arena, struct bytes from);

/* Of no arena: zero-filled, never NULL either, and to be given to free(). */
void *must_calloc(size_t count, size_t size);

/* printf into the arena. */
char *arena_printf(struct arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
