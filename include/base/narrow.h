/* Counts in as few bytes as they need: 1, 2, 4 or 8, which their owner knows. */
#pragma once

#include <stdint.h>
#include <string.h>

/* The greatest count that fits in so many bytes. */
static inline int64_t narrow_max(uint32_t width)
{
    return INT64_MAX >> (width == 8 ? 0 : 63 - 8 * width);
}

/* A place need not be aligned. */
static inline int64_t narrow_read(const void *place, uint32_t width)
{
    switch (width) {
    case 1: {
        uint8_t value;
        memcpy(&value, place, sizeof value);
        return value;
    }
    case 2: {
        uint16_t value;
        memcpy(&value, place, sizeof value);
        return value;
    }
    case 4: {
        uint32_t value;
        memcpy(&value, place, sizeof value);
        return value;
    }
    default: {
        int64_t value;
        memcpy(&value, place, sizeof value);
        return value;
    }
    }
}

/* value: 0 to narrow_max(width). */
static inline void narrow_write(void *place, uint32_t width, int64_t value)
{
    switch (width) {
    case 1: {
        uint8_t narrow = (uint8_t)value;
        memcpy(place, &narrow, sizeof narrow);
        break;
    }
    case 2: {
        uint16_t narrow = (uint16_t)value;
        memcpy(place, &narrow, sizeof narrow);
        break;
    }
    case 4: {
        uint32_t narrow = (uint32_t)value;
        memcpy(place, &narrow, sizeof narrow);
        break;
    }
    default:
        memcpy(place, &value, sizeof value);
        break;
    }
}
