/* What Kafka's record format says around the value of a message. */
#include "io/kafka_record.h"

#include <stdint.h>
#include <string.h>

enum { LENGTH_BYTES_MAX = 4 };

/* In front of a value stands its length: as a zigzag varint in v2, as four bytes, the highest first,
 * before. No length looks the same both ways: the first byte of a varint of several has its highest
 * bit set, that of the four is then too small for it, and one byte says twice the length. */
bool kafka_record_has_no_headers(const void *value, size_t length)
{
    uint8_t number[LENGTH_BYTES_MAX];
    size_t bytes = 0;
    size_t rest = length << 1;
    if (length == 0 || rest >> (7 * LENGTH_BYTES_MAX) != 0)
        return false;
    for (; rest > 0x7f; rest >>= 7)
        number[bytes++] = (uint8_t)(rest & 0x7f) | 0x80;
    number[bytes++] = (uint8_t)rest;
    const uint8_t *at = value;
    return memcmp(at - bytes, number, bytes) == 0 && at[length] == 0;
}
