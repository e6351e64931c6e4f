/* The keyed hashes that stand for people and tasks. */
#include "codec/pseudonym.h"

#include <endian.h>
#include <sodium/crypto_shorthash_siphash24.h>
#include <sodium/utils.h>

_Static_assert(crypto_shorthash_siphashx24_KEYBYTES == PSEUDONYM_KEY_BYTES, "key");
_Static_assert(crypto_shorthash_siphashx24_BYTES == sizeof(struct pseudonym), "hash");

struct pseudonym pseudonym_of(const uint8_t *key, const void *bytes, size_t length)
{
    struct pseudonym hash;
    (void)crypto_shorthash_siphashx24((unsigned char *)&hash, bytes, length, key); /* cannot fail */
    return (struct pseudonym){.low = le64toh(hash.low), .high = le64toh(hash.high)};
}

struct task_id pseudonym_of_task(const uint8_t *key, const void *bytes, size_t length)
{
    struct pseudonym hash = pseudonym_of(key, bytes, length);
    return (struct task_id){.high = hash.low, .low = (uint32_t)hash.high};
}

struct pseudonym pseudonym_fingerprint(const uint8_t *key)
{
    static const char purpose[] = "uptake key fingerprint";
    return pseudonym_of(key, purpose, sizeof purpose - 1);
}

void pseudonym_wipe_key(uint8_t *key)
{
    sodium_memzero(key, PSEUDONYM_KEY_BYTES);
}
