#include "tests/failing_memory.h"

#include <openssl/crypto.h>
#include <stdlib.h>

/* The names that ld(1) gives them for --wrap. */
void *wrapped_malloc(size_t size) __asm__("__wrap_malloc");
void *wrapped_calloc(size_t count, size_t size) __asm__("__wrap_calloc");
void *wrapped_realloc(void *old, size_t size) __asm__("__wrap_realloc");
void *real_malloc(size_t size) __asm__("__real_malloc");
void *real_calloc(size_t count, size_t size) __asm__("__real_calloc");
void *real_realloc(void *old, size_t size) __asm__("__real_realloc");

/* Of this thread. */
static _Thread_local struct {
    bool is_armed;
    enum failing_memory_of of;
    enum failing_memory_for how;
    size_t left; /* allocations up to and with the one that fails */
    bool has_failed;
} state;

static bool has_to_fail(enum failing_memory_of of)
{
    if (!state.is_armed || state.of != of)
        return false;
    if (state.left > 0)
        state.left--;
    if (state.left > 0 || (state.has_failed && state.how == FAILING_MEMORY_ONCE))
        return false;
    state.has_failed = true;
    return true;
}

void *wrapped_malloc(size_t size)
{
    return has_to_fail(FAILING_MEMORY_OURS) ? NULL : real_malloc(size);
}

void *wrapped_calloc(size_t count, size_t size)
{
    return has_to_fail(FAILING_MEMORY_OURS) ? NULL : real_calloc(count, size);
}

void *wrapped_realloc(void *old, size_t size)
{
    return has_to_fail(FAILING_MEMORY_OURS) ? NULL : real_realloc(old, size);
}

static void *openssl_malloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return has_to_fail(FAILING_MEMORY_OPENSSL) ? NULL : real_malloc(size);
}

static void *openssl_realloc(void *old, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return has_to_fail(FAILING_MEMORY_OPENSSL) ? NULL : real_realloc(old, size);
}

static void openssl_free(void *old, const char *file, int line)
{
    (void)file, (void)line;
    free(old);
}

bool failing_memory_give_openssl(void)
{
    return CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) == 1;
}

void failing_memory_arm(enum failing_memory_of of, size_t nth, enum failing_memory_for how)
{
    state.of = of;
    state.how = how;
    state.left = nth;
    state.has_failed = false;
    state.is_armed = true;
}

bool failing_memory_disarm(void)
{
    state.is_armed = false;
    return state.has_failed;
}
