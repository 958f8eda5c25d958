/* hash -- FNV-1a, 64 bits: to tell things apart, not to keep secrets. */
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
