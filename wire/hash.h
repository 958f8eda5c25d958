/* hash -- FNV-1a, 64 bits, and a faster one: to tell things apart, not to keep secrets. */
#ifndef WIRE_HASH_H
#define WIRE_HASH_H

#include "wire/bytes.h"

#define HASH_START UINT64_C(0xcbf29ce484222325)

static inline uint64_t hash_octets(uint64_t hash, struct bytes octets)
{
    for (size_t i = 0; i < octets.len; i++)
        hash = (hash ^ octets.at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static inline uint64_t hash_mix(uint64_t hash, uint64_t number)
{
    hash = (hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

/* Written out, eight octets are one load: no compiler at hand sees that in a loop. */
static inline uint64_t hash_eight(uint64_t hash, const uint8_t at[8])
{
    const uint64_t number = (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 |
                            (uint64_t)at[3] << 24 | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 |
                            (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
    return hash_mix(hash, number);
}

enum { HASH_LANES = 4, HASH_BLOCK = HASH_LANES * sizeof(uint64_t) };

/* Side by side, for none has to wait for another. */
static inline uint64_t hash_blocks(uint64_t hash, struct bytes *octets)
{
    uint64_t lanes[HASH_LANES];
    for (size_t i = 0; i < HASH_LANES; i++)
        lanes[i] = hash + i;
    while (octets->len >= HASH_BLOCK) {
        const uint8_t *at = bytes_take(octets, HASH_BLOCK).at;
        for (size_t i = 0; i < HASH_LANES; i++)
            lanes[i] = hash_eight(lanes[i], at + i * sizeof(hash));
    }
    for (size_t i = 0; i < HASH_LANES; i++)
        hash = hash_mix(hash, lanes[i]);
    return hash;
}

/*
 * For many octets: eight at a time, each eight a number whose lowest octet comes first, the last
 * ones filled up with zeros. Of each number, and of the count of octets behind them all:
 *
 *     hash = (hash ^ number) * 0x9e3779b97f4a7c15, then hash = hash ^ (hash >> 32)
 *
 * As long as there are 32 octets or more, four such hashes, which began with hash, hash + 1, + 2
 * and
 * + 3, take eight each; these four are then numbers as above, before what is left.
 *
 * Not the same as hash_octets(), nor when the octets are cut; the same on every machine.
 */
static inline uint64_t hash_words(uint64_t hash, struct bytes octets)
{
    const uint64_t len = octets.len;
    if (octets.len >= HASH_BLOCK)
        hash = hash_blocks(hash, &octets);
    while (octets.len >= sizeof(hash))
        hash = hash_eight(hash, bytes_take(&octets, sizeof(hash)).at);
    if (octets.len > 0) {
        uint8_t last[sizeof(hash)] = {0};
        memcpy(last, octets.at, octets.len);
        hash = hash_eight(hash, last);
    }
    return hash_mix(hash, len);
}

/* The same on every machine. */
static inline uint64_t hash_number(uint64_t hash, uint64_t number)
{
    uint8_t octets[sizeof(number)];
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (uint8_t)(number >> (8 * i));
    return hash_octets(hash, (struct bytes){octets, sizeof(octets)});
}

/* With its length before it, so that what two texts are together does not hide where one ends. */
static inline uint64_t hash_text(uint64_t hash, struct bytes text)
{
    return hash_octets(hash_number(hash, text.len), text);
}

#endif
