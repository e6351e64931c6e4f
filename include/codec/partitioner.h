/* Where a producer's partitioner puts a key. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* The names of librdkafka's `partitioner`. Those with `random` spread messages without a key, which
 * uptake never accepts: for a key they do the same as the others. */
enum partitioner { PARTITIONER_MURMUR2, PARTITIONER_CONSISTENT, PARTITIONER_FNV1A };

/* `murmur2` (also the Java client's default), `murmur2_random`, `consistent`, `consistent_random`,
 * `fnv1a`, `fnv1a_random`. False for any other name. */
bool partitioner_from_name(struct text name, enum partitioner *ret_partitioner);

/* The partition of a key, 0 to partitions - 1; partitions >= 1. */
int32_t partitioner_partition(enum partitioner partitioner, const void *key, size_t length,
                              int32_t partitions);
