#include "harness/likeness.h"

/* FNV-1a, 64 bits. */
#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

static uint64_t add_octets(uint64_t hash, struct bytes octets)
{
    for (size_t i = 0; i < octets.len; i++)
        hash = (hash ^ octets.at[i]) * HASH_PRIME;
    return hash;
}

static uint64_t add_number(uint64_t hash, uint64_t number)
{
    return add_octets(hash, (struct bytes){(const uint8_t *)&number, sizeof(number)});
}

/* With its length before it, so that what two texts are together does not hide where one ends. */
static uint64_t add_text(uint64_t hash, struct bytes text)
{
    return add_octets(add_number(hash, text.len), text);
}

static uint64_t add_fields(uint64_t hash, const struct fields *fields)
{
    hash = add_number(hash, fields->count);
    for (size_t i = 0; i < fields->count; i++)
        hash = add_text(add_text(hash, fields->items[i].name), fields->items[i].value);
    return hash;
}

static uint64_t add_outcome(uint64_t hash, const struct outcome *outcome)
{
    if (outcome == NULL || outcome->error != OUTCOME_NONE)
        return add_number(hash, outcome != NULL);
    hash = add_number(hash, (uint64_t)outcome->status);
    hash = add_text(hash, outcome->reason);
    hash = add_fields(hash, &outcome->fields);
    hash = add_number(add_text(hash, outcome->body), outcome->body_len);
    hash = add_fields(hash, &outcome->trailers);
    for (size_t i = 0; i < outcome->interim_count; i++) {
        hash = add_number(hash, (uint64_t)outcome->interims[i].status);
        hash = add_fields(hash, &outcome->interims[i].fields);
    }
    return hash;
}

uint64_t likeness_of(const struct run_result *run)
{
    uint64_t hash = HASH_START;
    for (size_t i = 0; i < run->outcome_count; i++)
        hash = add_outcome(hash, run->outcomes[i]);
    return hash;
}
