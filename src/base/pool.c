/* Records of one size in chunks that never move. */
#include "base/pool.h"

#include <string.h>

#include "base/mem.h"

enum { CHUNK_BYTES = 64 * 1024 };

void pool_init(struct pool *pool, uint32_t record_bytes)
{
    UP_ASSERT(record_bytes >= sizeof(uint32_t));
    uint32_t shift = 0;
    while ((record_bytes << (shift + 1)) <= CHUNK_BYTES)
        shift++;
    *pool = (struct pool){.record_bytes = record_bytes, .chunk_shift = shift, .made = 1};
}

void pool_done(struct pool *pool)
{
    if (pool->chunks != NULL) {
        for (uint32_t i = 0; i <= (pool->made - 1) >> pool->chunk_shift; i++)
            mem_free(pool->chunks[i]);
    }
    mem_free(pool->chunks);
    *pool = (struct pool){0};
}

uint32_t pool_take(struct pool *pool)
{
    uint32_t handle = pool->free_list;
    if (handle != 0) {
        void *record = pool_at(pool, handle);
        memcpy(&pool->free_list, record, sizeof pool->free_list);
        memset(record, 0, pool->record_bytes);
    } else {
        handle = pool->made;
        UP_ASSERT(handle != UINT32_MAX);
        size_t chunk = handle >> pool->chunk_shift;
        bool first = pool->chunks == NULL;
        if (first || (handle & ((1U << pool->chunk_shift) - 1)) == 0) {
            mem_reserve(&pool->chunks, &pool->chunks_capacity, chunk + 1, sizeof *pool->chunks);
            if (first)
                pool->chunks[0] = NULL; /* stays so where handle 0 has a chunk to itself */
            pool->chunks[chunk] = mem_alloc((size_t)pool->record_bytes << pool->chunk_shift);
        }
        pool->made++;
    }
    pool->used++;
    return handle;
}

void pool_give(struct pool *pool, uint32_t handle)
{
    void *record = pool_at(pool, handle);
    memcpy(record, &pool->free_list, sizeof pool->free_list);
    pool->free_list = handle;
    pool->used--;
}

size_t pool_bytes(const struct pool *pool)
{
    if (pool->chunks == NULL)
        return 0;
    size_t chunks = ((size_t)(pool->made - 1) >> pool->chunk_shift) + (pool->chunks[0] != NULL);
    return chunks * ((size_t)pool->record_bytes << pool->chunk_shift);
}
