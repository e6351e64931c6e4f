/* Keeps texts at one place until all are forgotten together. */
#include "codec/text_arena.h"

#include "base/mem.h"
#include "base/panic.h"

enum { SPOILED = 16 };

void text_arena_done(struct text_arena *arena)
{
    for (size_t i = 0; i < arena->chunk_count; i++)
        mem_free(arena->chunks[i]);
    mem_free(arena->chunks);
    *arena = (struct text_arena){0};
}

void text_arena_reset(struct text_arena *arena)
{
    arena->chunk = 0;
    arena->used = 0;
}

/* Makes the next chunk the one that is filled. */
static void turn_chunk(struct text_arena *arena)
{
    arena->used = 0;
    if (arena->chunk_count > 0)
        arena->chunk++;
    if (arena->chunk < arena->chunk_count)
        return;
    mem_reserve(&arena->chunks, &arena->chunks_capacity, arena->chunk_count + 1,
                sizeof arena->chunks[0]);
    arena->chunks[arena->chunk_count++] = mem_alloc(TEXT_ARENA_CHUNK_BYTES);
}

char *text_arena_room(struct text_arena *arena, size_t length)
{
    UP_ASSERT(length <= TEXT_ARENA_CHUNK_BYTES / 2);
    if (arena->chunk_count == 0 || arena->used + length + SPOILED > TEXT_ARENA_CHUNK_BYTES)
        turn_chunk(arena);
    char *room = arena->chunks[arena->chunk] + arena->used;
    arena->used += length;
    return room;
}
