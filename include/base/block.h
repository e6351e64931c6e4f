/* Looks at 16 bytes at once, on any processor that the compiler knows. */
#pragma once

#include <endian.h>
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

/* The first 8 bytes and the last, each as a word in little-endian order. */
static inline block block_of_words(uint64_t first, uint64_t last)
{
    typedef uint64_t words __attribute__((vector_size(16)));
    return (block)(words){htole64(first), htole64(last)};
}

/* A bit for each byte that has its highest bit set, the first byte's the lowest. */
static inline uint32_t block_mask_by_words(block bytes)
{
    const uint64_t tops = UINT64_C(0x8080808080808080), gather = UINT64_C(0x0002040810204081);
    uint64_t halves[2];
    memcpy(halves, &bytes, sizeof halves);
    uint32_t low = (uint32_t)(((le64toh(halves[0]) & tops) * gather) >> 56);
    return low | (uint32_t)(((le64toh(halves[1]) & tops) * gather) >> 56) << 8;
}

static inline uint32_t block_mask(block bytes)
{
#ifdef __SSE2__
    return (uint32_t)__builtin_ia32_pmovmskb128((char __attribute__((vector_size(16))))bytes);
#else
    return block_mask_by_words(bytes);
#endif
}

/* Is any bit set? */
static inline bool block_any(block bits)
{
    uint64_t halves[2];
    memcpy(halves, &bits, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}
