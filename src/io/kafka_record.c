/* What Kafka's record format says around the value of a message. */
#include "io/kafka_record.h"

#include <stdint.h>

enum { LENGTH_BYTES_MAX = 4 };

/* In front of a value stands its length: as a zigzag varint in v2, as four bytes, the highest first,
 * before. No length looks the same both ways: the first byte of a varint of several has its highest
 * bit set, that of the four is then too small for it, and one byte says twice the length. */
bool kafka_record_has_no_headers(const void *value, size_t length)
{
    uint64_t rest = (uint64_t)length << 1;
    if (length == 0 || rest >> (7 * LENGTH_BYTES_MAX) != 0)
        return false;
    uint32_t bytes = (63 - (uint32_t)__builtin_clzll(rest)) / 7 + 1;
    const uint8_t *at = (const uint8_t *)value - bytes;
    for (; rest > 0x7f; rest >>= 7) {
        if (*at++ != ((rest & 0x7f) | 0x80))
            return false;
    }
    return *at == rest && ((const uint8_t *)value)[length] == 0;
}
