/* Who owns a partition, as PostgreSQL's row says: architecture.md, Exactly once, and zombies. */
#pragma once

#include <stdint.h>

#include "codec/pg_image.h"
#include "io/pg_conn.h"

enum { CLAIM_BYTES = 16 };

/* What the row held when we last wrote it. */
struct claim {
    int32_t partition;
    int64_t epoch;
    uint8_t token[CLAIM_BYTES]; /* random, made with the epoch */
    int64_t number;             /* of the last checkpoint */
};

enum claim_standing {
    CLAIM_UNCHANGED, /* ours, with this number */
    CLAIM_ADVANCED,  /* ours, one checkpoint further: one whose answer was lost */
    CLAIM_GONE,      /* somebody else's, or the database is an older one */
};

/* Adds the question to an image; its answer is that of the image's call `*ret_call`. */
void claim_add_look(const struct claim *claim, struct pg_image *image, size_t *ret_call);

/* Reads that answer. */
enum claim_standing claim_judge(const struct claim *claim, const struct pg_answer *answer,
                                size_t call);
