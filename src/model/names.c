/* Opaque names as small numbers. */
#include "model/names.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/panic.h"

enum { BLOCK_BYTES = 16384 };

static uint64_t hash_of(const void *owner, uint32_t handle)
{
    const struct names *names = owner;
    return names->hashes[handle];
}

void names_init(struct names *names)
{
    *names = (struct names){.count = 1};
    index_init(&names->index, hash_of, names);
    names->capacity = 64;
    names->texts = mem_alloc_array(names->capacity, sizeof *names->texts);
    names->hashes = mem_alloc_array(names->capacity, sizeof *names->hashes);
    names->texts[0].bytes = "";
}

void names_done(struct names *names)
{
    for (size_t i = 0; i < names->block_count; i++)
        mem_free(names->blocks[i]);
    mem_free(names->blocks);
    mem_free(names->texts);
    mem_free(names->hashes);
    index_done(&names->index);
    *names = (struct names){0};
}

static uint32_t find(const struct names *names, struct text text, uint64_t hash)
{
    struct index_cursor cursor = index_seek(&names->index, hash);
    uint32_t number;
    while ((number = index_next(&cursor)) != 0) {
        if (names->hashes[number] == hash && text_equal(names->texts[number], text))
            return number;
    }
    return UINT32_MAX;
}

static const char *keep(struct names *names, struct text text)
{
    size_t size = text.length > BLOCK_BYTES ? text.length : BLOCK_BYTES;
    if (names->block_count == 0 || names->block_used + text.length > BLOCK_BYTES) {
        mem_reserve(&names->blocks, &names->block_capacity, names->block_count + 1, sizeof *names->blocks);
        names->blocks[names->block_count++] = mem_alloc(size);
        names->block_used = 0;
    }
    char *place = names->blocks[names->block_count - 1] + names->block_used;
    memcpy(place, text.bytes, text.length);
    names->block_used += text.length;
    return place;
}

uint32_t names_add(struct names *names, struct text text)
{
    if (text.length == 0)
        return 0;
    uint64_t hash = hash_xx64(text.bytes, text.length);
    uint32_t number = find(names, text, hash);
    if (number != UINT32_MAX)
        return number;
    number = names->count++;
    if (number >= names->capacity) {
        names->capacity *= 2;
        names->texts = mem_resize_array(names->texts, names->capacity, sizeof *names->texts);
        names->hashes = mem_resize_array(names->hashes, names->capacity, sizeof *names->hashes);
    }
    names->texts[number] = (struct text){.bytes = keep(names, text), .length = text.length};
    names->hashes[number] = hash;
    index_add(&names->index, hash, number);
    return number;
}

uint32_t names_find(const struct names *names, struct text text)
{
    return text.length == 0 ? 0 : find(names, text, hash_xx64(text.bytes, text.length));
}

struct text names_text(const struct names *names, uint32_t number)
{
    UP_ASSERT(number < names->count);
    return names->texts[number];
}

size_t names_bytes(const struct names *names)
{
    return names->block_count * BLOCK_BYTES + names->capacity * (sizeof *names->texts + sizeof *names->hashes) +
           index_bytes(&names->index);
}
