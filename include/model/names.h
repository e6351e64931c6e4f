/* Opaque names as small numbers: teams, workflows, capabilities, levels, programs, labels. Never people's. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/index.h"
#include "base/text.h"

/* Names live as long as the table. Number 0 is the empty name. */
struct names {
    struct index index;
    struct text *texts;
    uint64_t *hashes;
    size_t capacity;
    uint32_t count;
    char **blocks; /* the bytes; they never move */
    size_t block_count, block_capacity, block_used;
};

void names_init(struct names *names);
void names_done(struct names *names);

/* The number of a name, made if it is new. */
uint32_t names_add(struct names *names, struct text text);
/* The number of a name, or UINT32_MAX when it was never added. */
uint32_t names_find(const struct names *names, struct text text);
/* The name; valid as long as the table. */
struct text names_text(const struct names *names, uint32_t number);
size_t names_bytes(const struct names *names);
