/* Where a producer's partitioner puts a key. */
#include "codec/partitioner.h"

#include "base/panic.h"

bool partitioner_from_name(struct text name, enum partitioner *ret_partitioner)
{
    static const struct {
        const char *name;
        enum partitioner partitioner;
    } known[] = {
        {"murmur2", PARTITIONER_MURMUR2},       {"murmur2_random", PARTITIONER_MURMUR2},
        {"consistent", PARTITIONER_CONSISTENT}, {"consistent_random", PARTITIONER_CONSISTENT},
        {"fnv1a", PARTITIONER_FNV1A},           {"fnv1a_random", PARTITIONER_FNV1A}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (text_equal(name, text_of(known[i].name))) {
            *ret_partitioner = known[i].partitioner;
            return true;
        }
    }
    return false;
}

static uint32_t load_le32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* org.apache.kafka.common.utils.Utils.murmur2: MurmurHash2 by A. Appleby with Kafka's seed. */
static uint32_t murmur2(const uint8_t *at, size_t length)
{
    const uint32_t m = 0x5bd1e995;
    uint32_t hash = 0x9747b28cU ^ (uint32_t)length;
    for (; length >= 4; at += 4, length -= 4) {
        uint32_t word = load_le32(at) * m;
        hash = (hash * m) ^ ((word ^ word >> 24) * m);
    }
    if (length > 0) {
        for (size_t i = 0; i < length; i++)
            hash ^= (uint32_t)at[i] << (8 * i);
        hash *= m;
    }
    hash = (hash ^ hash >> 13) * m;
    return hash ^ hash >> 15;
}

/* CRC-32 of IEEE 802.3 (reflected polynomial 0xedb88320), four bits at a time. */
static uint32_t crc32(const uint8_t *at, size_t length)
{
    static const uint32_t nibbles[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                         0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                         0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                         0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < length; i++) {
        crc = nibbles[(crc ^ at[i]) & 15] ^ crc >> 4;
        crc = nibbles[(crc ^ (uint32_t)at[i] >> 4) & 15] ^ crc >> 4;
    }
    return ~crc;
}

/* FNV-1a of 32 bits, made positive as Sarama and librdkafka do. */
static uint32_t fnv1a(const uint8_t *at, size_t length)
{
    uint32_t hash = 0x811c9dc5;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * 0x01000193;
    return hash > INT32_MAX ? 0 - hash : hash;
}

int32_t partitioner_partition(enum partitioner partitioner, const void *key, size_t length,
                              int32_t partitions)
{
    UP_ASSERT(partitions >= 1);
    uint32_t hash = 0;
    switch (partitioner) {
    case PARTITIONER_MURMUR2:
        hash = murmur2(key, length) & INT32_MAX;
        break;
    case PARTITIONER_CONSISTENT:
        hash = crc32(key, length);
        break;
    case PARTITIONER_FNV1A:
        hash = fnv1a(key, length);
        break;
    }
    return (int32_t)(hash % (uint32_t)partitions);
}
