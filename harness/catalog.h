/* catalog -- the requirements of RFC 9110 and 9112 on clients, by id (cases/requirements.json). */
#ifndef HARNESS_CATALOG_H
#define HARNESS_CATALOG_H

#include "wire/case.h"
#include "wire/diag.h"

struct catalog {
    const struct requirement *items; /* sorted by id */
    size_t count;
};

/* Reads the file at `path` into the arena; false, with diags, when that fails. */
bool catalog_load(struct catalog *catalog, struct arena *arena, const char *path,
                  struct diags *diags);

/* NULL when there is none so named. */
const struct requirement *catalog_find(const struct catalog *catalog, const char *id);

/* The words of is_harm(), ended by NULL. */
extern const char *const harms[];

/* desync truncation leak injection hang loop: what a fail may rest on besides a MUST. */
bool is_harm(const char *word);

#endif
