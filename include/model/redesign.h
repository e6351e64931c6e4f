/* What a redesign changed: 28 days before it against 28 from it on. measures.md, Redesign. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/evaluation.h"
#include "model/people.h"

/* A redesign is judged from so many days after it to so many; each side has REDESIGN_SIDE_DAYS
 * days. */
enum { REDESIGN_JUDGED_FROM = 28, REDESIGN_JUDGED_TO = 60, REDESIGN_SIDE_DAYS = 28 };

/* Was the team's workflow of that name (in the shard's names) redesigned on first_day ... last_day? Then it is
 * not what a redesign in the midst of these days is compared with. */
bool redesign_is_moved(const struct team *team, uint32_t workflow, int32_t first_day, int32_t last_day);

/* How many redesigns of the team are judged on `day`. */
size_t redesign_count_judged(const struct team *team, int32_t day);

/* The redesigns that are judged on people->day, by workflow (bytes) and time, with the rows of
 * WHERE_REDESIGN. Returns how many there are; at most `max` are filled. */
size_t redesign_measure(const struct people *people, struct redesign_evaluation *ret_redesigns,
                        size_t max);
