/* A hash index of u32 handles that grows in small steps. */
#include "base/index.h"

#include <stdbool.h>

#include "base/mem.h"
#include "base/panic.h"

enum { SEGMENT_FULL = INDEX_SEGMENT_SLOTS / 8 * 7, DEPTH_MAX = 40 };

static const uint32_t slot_mask = INDEX_SEGMENT_SLOTS - 1;

void index_init(struct index *index, index_hash_of *hash_of, const void *owner)
{
    *index = (struct index){.hash_of = hash_of, .owner = owner, .segment_count = 1};
    index->segments = mem_alloc(sizeof *index->segments);
    index->segments[0] = mem_alloc(sizeof **index->segments);
}

void index_done(struct index *index)
{
    size_t slots = (size_t)1 << index->depth;
    for (size_t i = 0; index->segments != NULL && i < slots; i++) {
        struct index_segment *segment = index->segments[i];
        size_t shared = (size_t)1 << (index->depth - segment->depth);
        mem_free(segment);
        i += shared - 1;
    }
    mem_free(index->segments);
    *index = (struct index){0};
}

static void put(struct index_segment *segment, uint64_t hash, uint32_t handle)
{
    uint32_t slot = (uint32_t)(hash & slot_mask);
    while (segment->tags[slot] != 0)
        slot = (slot + 1) & slot_mask;
    segment->tags[slot] = index_tag(hash);
    segment->handles[slot] = handle;
    segment->used++;
}

static void double_directory(struct index *index)
{
    size_t old = (size_t)1 << index->depth;
    UP_ASSERT(index->depth < DEPTH_MAX);
    struct index_segment **grown = mem_alloc_array(old * 2, sizeof *grown);
    for (size_t i = 0; i < old; i++)
        grown[2 * i] = grown[2 * i + 1] = index->segments[i];
    mem_free(index->segments);
    index->segments = grown;
    index->depth++;
}

/* Splits the full segment of `hash` by its next upper bit. */
static void split(struct index *index, uint64_t hash)
{
    struct index_segment *old = index_segment_of(index, hash);
    if (old->depth == index->depth)
        double_directory(index);
    struct index_segment *halves[2];
    for (int i = 0; i < 2; i++) {
        halves[i] = mem_alloc(sizeof *halves[i]);
        halves[i]->depth = old->depth + 1;
    }
    uint32_t bit = 63 - old->depth;
    for (uint32_t slot = 0; slot < INDEX_SEGMENT_SLOTS; slot++) {
        if (old->tags[slot] == 0)
            continue;
        uint64_t h = index->hash_of(index->owner, old->handles[slot]);
        put(halves[(h >> bit) & 1], h, old->handles[slot]);
    }
    size_t shared = (size_t)1 << (index->depth - old->depth);
    size_t first = (size_t)(hash >> (64 - index->depth)) & ~(shared - 1);
    for (size_t i = 0; i < shared; i++)
        index->segments[first + i] = halves[i >= shared / 2];
    mem_free(old);
    index->segment_count++;
}

void index_add(struct index *index, uint64_t hash, uint32_t handle)
{
    UP_ASSERT(handle != 0);
    while (index_segment_of(index, hash)->used >= SEGMENT_FULL)
        split(index, hash);
    put(index_segment_of(index, hash), hash, handle);
    index->count++;
}

void index_remove(struct index *index, uint64_t hash, uint32_t handle)
{
    struct index_segment *segment = index_segment_of(index, hash);
    uint32_t hole = (uint32_t)(hash & slot_mask);
    while (segment->tags[hole] == 0 || segment->handles[hole] != handle) {
        UP_ASSERT(segment->tags[hole] != 0);
        hole = (hole + 1) & slot_mask;
    }
    /* Closes the hole: what was pushed over it by a collision moves back. */
    uint32_t slot = hole;
    for (;;) {
        slot = (slot + 1) & slot_mask;
        if (segment->tags[slot] == 0)
            break;
        uint32_t home = (uint32_t)(index->hash_of(index->owner, segment->handles[slot]) & slot_mask);
        if (((slot - home) & slot_mask) >= ((slot - hole) & slot_mask)) {
            segment->tags[hole] = segment->tags[slot];
            segment->handles[hole] = segment->handles[slot];
            hole = slot;
        }
    }
    segment->tags[hole] = 0;
    segment->used--;
    index->count--;
}

static void visit_segment(const struct index *index, const struct index_segment *segment, uint64_t first, uint64_t last,
                          index_visit *visit, void *arg)
{
    for (uint32_t slot = 0; slot < INDEX_SEGMENT_SLOTS; slot++) {
        if (segment->tags[slot] == 0)
            continue;
        uint64_t hash = index->hash_of(index->owner, segment->handles[slot]);
        if (hash >= first && hash <= last)
            visit(arg, segment->handles[slot]);
    }
}

void index_each_in_range(const struct index *index, uint64_t first, uint64_t last, index_visit *visit, void *arg)
{
    size_t from = index->depth == 0 ? 0 : (size_t)(first >> (64 - index->depth));
    size_t to = index->depth == 0 ? 0 : (size_t)(last >> (64 - index->depth));
    const struct index_segment *seen = NULL;
    for (size_t i = from; i <= to; i++) {
        if (index->segments[i] != seen)
            visit_segment(index, index->segments[i], first, last, visit, arg);
        seen = index->segments[i];
    }
}

size_t index_bytes(const struct index *index)
{
    return index->segment_count * sizeof(struct index_segment);
}
