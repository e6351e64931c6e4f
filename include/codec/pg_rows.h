/* A shard's changed rows as the statements of its checkpoint: serialised at the cut, at once. */
#pragma once

#include <stdint.h>

#include "codec/pg_image.h"
#include "codec/pg_outputs.h"
#include "codec/task_pages.h"
#include "codec/task_segment.h"
#include "model/shard.h"

/* Messages of a topic that are gone for good: from, to (not included). */
struct pg_gap {
    int topic;
    int64_t from_offset, to_offset;
};

/* What a cut is made of. Everything is borrowed for the call. */
struct pg_cut {
    struct shard *shard;
    const char *const *topics;   /* names, by number */
    const int64_t *next_offsets; /* by number; < 0: nothing was read yet */
    int64_t number;              /* of the checkpoint that this becomes, > 0 */
    struct task_pages *pages;    /* moves on */
    struct task_segment_writer *writer;
    struct pg_outputs *outputs; /* is emptied; may be NULL */
    const struct pg_gap *gaps;
    size_t gap_count;
};

/* Takes every change out of the shard (shard_cut()) and appends the statements to the image. */
void pg_rows_cut(const struct pg_cut *cut, struct pg_image *image);
