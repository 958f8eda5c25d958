#include "harness/likeness.h"

#include "wire/hash.h"

static uint64_t add_fields(uint64_t hash, const struct fields *fields)
{
    hash = hash_number(hash, fields->count);
    for (size_t i = 0; i < fields->count; i++)
        hash = hash_text(hash_text(hash, fields->items[i].name), fields->items[i].value);
    return hash;
}

static uint64_t add_outcome(uint64_t hash, const struct outcome *outcome)
{
    if (outcome == NULL || outcome->error != OUTCOME_NONE)
        return hash_number(hash, outcome != NULL);
    hash = hash_number(hash, (uint64_t)outcome->status);
    hash = hash_text(hash, outcome->reason);
    hash = add_fields(hash, &outcome->fields);
    hash = hash_number(hash_text(hash, outcome->body), outcome->body_len);
    hash = add_fields(hash, &outcome->trailers);
    for (size_t i = 0; i < outcome->interim_count; i++) {
        hash = hash_number(hash, (uint64_t)outcome->interims[i].status);
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
