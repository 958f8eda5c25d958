#include "harness/shard.h"

#include "wire/hash.h"

/* The number at the front, from 1 to `most`; 0 when there is none. */
static unsigned take_number(struct bytes *from, unsigned most)
{
    unsigned number = 0;
    while (from->len > 0 && byte_is_digit(from->at[0]) && number <= most)
        number = number * 10 + (unsigned)(bytes_take(from, 1).at[0] - '0');
    return number <= most ? number : 0;
}

bool shard_read(struct shard *shard, const char *text, struct diags *diags)
{
    struct bytes rest = bytes_of(text);
    struct bytes index = bytes_take_until(&rest, '/');
    shard->count = take_number(&rest, SHARDS_MAX);
    shard->index = take_number(&index, shard->count);
    if (shard->index > 0 && index.len == 0 && rest.len == 0)
        return true;
    *shard = (struct shard){0, 0};
    return diag_add(diags, NULL, 0, NULL,
                    "--shard: want I/N, a number from 1 to N of N shards, at most %d; got %s",
                    SHARDS_MAX, diag_quote(diags->arena, bytes_of(text)));
}

bool shard_has(struct shard shard, const char *id)
{
    if (shard.count == 0)
        return true;
    const uint64_t hash = hash_octets(HASH_START, bytes_of(id));
    return (hash ^ hash >> 32) % shard.count == shard.index - 1;
}
