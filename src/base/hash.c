/* XXH64, the hash of tables and of an event's order. */
#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash_xx64(const void *bytes, size_t length)
{
    return XXH64(bytes, length, 0);
}
