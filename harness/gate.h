/*
 * gate -- holds a command back between two of its requests.
 *
 * A command-line client that takes several addresses makes its requests one
 * after the other, and nobody can ask it to wait. So between two of them it is
 * given an address of the gate's own, http://127.0.0.1:PORT/NUMBER, which is
 * answered (204, and closed) once that number is open.
 */
#ifndef HARNESS_GATE_H
#define HARNESS_GATE_H

#include "wire/arena.h"
#include "wire/diag.h"

#include <uv.h>

struct gate;

/* Listens; NULL, with a diag, when the system refuses. */
struct gate *gate_new(uv_loop_t *loop, struct diags *diags);

/* The address of that number, in `arena`. */
const char *gate_url(const struct gate *gate, size_t number, struct arena *arena);

/* Numbers below this are answered from now on, also to who waits already. */
void gate_open(struct gate *gate, size_t number);

/* No number is open; who waits is dropped. */
void gate_shut(struct gate *gate);

/* The memory goes when the loop has closed the handles. */
void gate_free(struct gate *gate);

#endif
