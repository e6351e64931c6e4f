/* What writing and reading a segment share. */
#pragma once

#include <stdint.h>

enum { SEGMENT_HEADER_BYTES = 16, SEGMENT_ID_BYTES = 12 };

static inline uint64_t segment_zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

static inline int64_t segment_unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}
