/* A hash index of u32 handles that grows in small steps: nothing ever doubles at once. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Extendible hashing: the upper bits of a hash choose a segment of 4096 slots, the lower bits a slot in it. A slot
 * is a handle and a 7-bit tag, so that a record is looked at only where the tag agrees. A segment that is 7/8 full
 * is split in two. The hash of a record must not change while it is in the index. */
enum { INDEX_SEGMENT_SLOTS = 4096 };

struct index_segment {
    uint32_t depth; /* upper bits that all its records share */
    uint32_t used;
    uint8_t tags[INDEX_SEGMENT_SLOTS]; /* 0 = empty */
    uint32_t handles[INDEX_SEGMENT_SLOTS];
};

/* The 64-bit hash of the record that `handle` names. */
typedef uint64_t index_hash_of(const void *owner, uint32_t handle);

struct index {
    struct index_segment **segments; /* 2^depth of them; several may be the same */
    uint32_t depth;
    size_t count;
    size_t segment_count;
    index_hash_of *hash_of;
    const void *owner;
};

/* hash_of(owner, handle) must answer for every handle that is in the index; the owner must outlive it. */
void index_init(struct index *index, index_hash_of *hash_of, const void *owner);
void index_done(struct index *index);

/* Adds a handle that is not there. May split one segment. */
void index_add(struct index *index, uint64_t hash, uint32_t handle);

/* Takes out a handle that is there. */
void index_remove(struct index *index, uint64_t hash, uint32_t handle);

/* Shows every handle whose hash is in first ... last (both included), in no order. The index must not change meanwhile. */
typedef void index_visit(void *arg, uint32_t handle);
void index_each_in_range(const struct index *index, uint64_t first, uint64_t last, index_visit *visit, void *arg);

/* Bytes of all segments. */
size_t index_bytes(const struct index *index);

/* Walks over the handles whose hash may be `hash`; the caller compares the records. */
struct index_cursor {
    const struct index_segment *segment;
    uint32_t slot;
    uint8_t tag;
};

static inline uint8_t index_tag(uint64_t hash)
{
    return (uint8_t)(0x80U | ((hash >> 12) & 0x7fU));
}

static inline struct index_segment *index_segment_of(const struct index *index, uint64_t hash)
{
    return index->segments[index->depth == 0 ? 0 : hash >> (64 - index->depth)];
}

static inline struct index_cursor index_seek(const struct index *index, uint64_t hash)
{
    return (struct index_cursor){.segment = index_segment_of(index, hash),
                                 .slot = (uint32_t)(hash & (INDEX_SEGMENT_SLOTS - 1)),
                                 .tag = index_tag(hash)};
}

/* The next candidate, or 0 when there is none left. */
static inline uint32_t index_next(struct index_cursor *cursor)
{
    for (;;) {
        uint32_t slot = cursor->slot;
        uint8_t tag = cursor->segment->tags[slot];
        if (tag == 0)
            return 0;
        cursor->slot = (slot + 1) & (INDEX_SEGMENT_SLOTS - 1);
        if (tag == cursor->tag)
            return cursor->segment->handles[slot];
    }
}

/* Asks the processor for the slot's cache lines ahead of a lookup. */
static inline void index_prefetch(const struct index *index, uint64_t hash)
{
    const struct index_segment *segment = index_segment_of(index, hash);
    uint32_t slot = (uint32_t)(hash & (INDEX_SEGMENT_SLOTS - 1));
    __builtin_prefetch(&segment->tags[slot]);
    __builtin_prefetch(&segment->handles[slot]);
}
