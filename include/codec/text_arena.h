/* Keeps texts at one place until all are forgotten together. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* One text is at most half a chunk long. */
enum { TEXT_ARENA_CHUNK_BYTES = 65536 };

/* A zeroed struct is an empty arena. Chunks never move, and are used again after a reset. */
struct text_arena {
    char **chunks;
    size_t chunk_count, chunks_capacity;
    size_t chunk; /* the one that is filled */
    size_t used;  /* bytes of it */
};

void text_arena_done(struct text_arena *arena);

/* Forgets all texts. */
void text_arena_reset(struct text_arena *arena);

/* Room for `length` bytes that stay where they are until the next reset, and 16 more to spoil. */
char *text_arena_room(struct text_arena *arena, size_t length);
