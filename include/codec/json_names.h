/* A small fixed set of names that is looked up without a comparison too many: a perfect hash. */
#pragma once

#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { JSON_NAMES_MAX = 16, JSON_NAME_BYTES_MAX = 24, JSON_NAMES_NONE = 255 };

/* The bytes, padded with zeros, and which of them count. */
struct json_name {
    uint64_t words[3], masks[3];
    uint32_t length;
};

/* The slot of a name tells its entry; entry 0 equals nothing. Filled once by json_names_init(). */
struct json_names {
    uint32_t count;
    uint32_t multiplier;
    uint8_t slots[64];
    struct json_name entries[JSON_NAMES_MAX + 1];
    const char *const *texts; /* as given */
};

/* `texts` are `count` names of 1 to 24 bytes, borrowed for the life of the set; at most 16. No two
 * may have the same length, first byte and middle byte. */
void json_names_init(struct json_names *names, const char *const *texts, uint32_t count);

static inline uint32_t json_names_slot(uint32_t multiplier, const char *bytes, uint32_t length)
{
    uint32_t first = (uint8_t)bytes[0];
    uint32_t middle = (uint8_t)bytes[length / 2];
    return ((first + (middle << 8) + (length << 16)) * multiplier) >> 26;
}

/* Which of 8 bytes differ from those of the name. */
static inline uint64_t json_names_differ(const struct json_name *name, uint32_t word,
                                         const char *bytes)
{
    uint64_t there = 0;
    memcpy(&there, bytes + 8 * word, sizeof there);
    return (there ^ name->words[word]) & name->masks[word];
}

/* Number of the name in `texts`, or JSON_NAMES_NONE. 24 bytes from `bytes` on must be readable,
 * whatever the length: true for every text of a json_reader. */
static inline uint32_t json_names_find(const struct json_names *names, const char *bytes,
                                       uint32_t length)
{
    uint32_t at = names->slots[json_names_slot(names->multiplier, bytes, length)];
    const struct json_name *name = &names->entries[at];
    if (length != name->length || json_names_differ(name, 0, bytes) != 0)
        return JSON_NAMES_NONE;
    if (length > 8 && (json_names_differ(name, 1, bytes) | json_names_differ(name, 2, bytes)) != 0)
        return JSON_NAMES_NONE;
    return at - 1;
}

#ifdef __cplusplus
}
#endif
