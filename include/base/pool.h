/* Records of one size in chunks that never move, named by small numbers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/panic.h"

/* Handle 0 names nothing. Handles of records given back are used again, newest first. Invariants: every handle
 * is below `made`; used <= made - 1. A struct must be set up with pool_init(). */
struct pool {
    char **chunks;
    size_t chunks_capacity;
    uint32_t record_bytes;
    uint32_t chunk_shift; /* a chunk holds 2^chunk_shift records */
    uint32_t made;        /* handles ever made, plus one */
    uint32_t used;        /* records in use */
    uint32_t free_list;
};

/* record_bytes >= 4. Chunks are of about 64 KiB. */
void pool_init(struct pool *pool, uint32_t record_bytes);
void pool_done(struct pool *pool);

/* A zeroed record; returns its handle. */
uint32_t pool_take(struct pool *pool);

/* Gives the record back. Its first 4 bytes are overwritten. */
void pool_give(struct pool *pool, uint32_t handle);

/* Bytes of all chunks. */
size_t pool_bytes(const struct pool *pool);

/* Where the record is, for as long as it is in use. */
static inline void *pool_at(const struct pool *pool, uint32_t handle)
{
    UP_ASSERT(handle != 0 && handle < pool->made);
    uint32_t mask = (1U << pool->chunk_shift) - 1;
    return pool->chunks[handle >> pool->chunk_shift] + (size_t)(handle & mask) * pool->record_bytes;
}

/* Asks the processor for the record ahead of its use. */
static inline void pool_prefetch(const struct pool *pool, uint32_t handle)
{
    enum { LINE_BYTES = 64 };
    const char *record = pool_at(pool, handle);
    for (uint32_t at = 0; at < pool->record_bytes; at += LINE_BYTES)
        __builtin_prefetch(record + at);
    __builtin_prefetch(record + pool->record_bytes - 1);
}

/* The record of handles[at], for a walk over `count` of them: one some places on is asked for meanwhile. */
static inline void *pool_at_ahead(const struct pool *pool, const uint32_t *handles, size_t count, size_t at)
{
    enum { AHEAD = 16 };
    if (at + AHEAD < count)
        pool_prefetch(pool, handles[at + AHEAD]);
    return pool_at(pool, handles[at]);
}
