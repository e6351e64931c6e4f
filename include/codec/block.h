/* Looks at 16 bytes at once, on any processor that the compiler knows. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t block __attribute__((vector_size(16)));

static inline block block_load(const void *bytes)
{
    block loaded;
    memcpy(&loaded, bytes, sizeof loaded);
    return loaded;
}

/* Is any bit set? */
static inline bool block_any(block bits)
{
    uint64_t halves[2];
    memcpy(halves, &bits, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}
