/*
 * failing_memory -- allocations that fail where a test says so.
 *
 * The linker gives the objects of build/check this malloc, calloc and realloc for theirs, and
 * main() gives them to OpenSSL. Both do as libc's do until they are armed, and then on the thread
 * that armed them alone: a server on another thread goes on as ever. What libc and the other
 * libraries allocate for themselves never fails.
 */
#ifndef TESTS_FAILING_MEMORY_H
#define TESTS_FAILING_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* OpenSSL allocates by these from here on. False when it has allocated already. */
bool failing_memory_give_openssl(void);

enum failing_memory_of { FAILING_MEMORY_OURS, FAILING_MEMORY_OPENSSL };

enum failing_memory_for { FAILING_MEMORY_ONCE, FAILING_MEMORY_FOR_GOOD };

/* The `nth` allocation from now on fails, from 1; FOR_GOOD: and so do all behind it. */
void failing_memory_arm(enum failing_memory_of of, size_t nth, enum failing_memory_for how);

/* No more fails. Whether one did. */
bool failing_memory_disarm(void);

#endif
