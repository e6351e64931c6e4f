/* The redesigns of a team that are judged on a day, as others than the writer may see them. measures.md, Redesign. */
#pragma once

#include "model/evaluation.h"

/* A team has any number of redesigns, judged are so many at once: the first by workflow (bytes) and
 * time. */
enum { REDESIGNS_MAX = 100 };

/* Zeroed: none. */
struct redesigns {
    struct redesign_evaluation *at; /* by workflow (bytes) and time */
    size_t count, capacity;
};

void redesigns_done(struct redesigns *redesigns);

/* Replaces what is there by those that are judged on `day`; figures of fewer than min_group people
 * are suppressed. */
void redesigns_make(struct redesigns *redesigns, const struct shard *shard, const struct team *team,
                    int32_t day);

/* Is `day` the last one on which the redesign is judged? Then what is said of it at its close is
 * final. */
bool redesigns_is_last(const struct redesign_evaluation *redesign, int32_t day);
