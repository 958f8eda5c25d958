/* shard -- one of N parts of the cases, so that several machines can share them. */
#ifndef HARNESS_SHARD_H
#define HARNESS_SHARD_H

#include "wire/diag.h"

enum { SHARDS_MAX = 1000 };

struct shard {
    unsigned index; /* from 1 */
    unsigned count; /* 0: the cases are not spread */
};

/* Reads "I/N". False, with a diag, when it is none. */
bool shard_read(struct shard *shard, const char *text, struct diags *diags);

/* Whether the case so called is of this shard: its id alone decides, so a case that is added or
 * taken away moves no other. */
bool shard_has(struct shard shard, const char *id);

#endif
