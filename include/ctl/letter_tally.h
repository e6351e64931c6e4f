/* How many dead letters there are: by reason, by type of event, by topic, by hour. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/text.h"
#include "codec/json_write.h"

/* Letters by one word. Words that come late, when there are many, are counted together. */
struct letter_tally_words {
    struct letter_tally_word *rows; /* in the order in which they came */
    size_t count, capacity;
};

/* Zeroed it is empty. */
struct letter_tally {
    struct letter_tally_words reasons, types, topics;
    struct letter_tally_hour *hours; /* in order */
    size_t hour_count, hour_capacity;
};

void letter_tally_done(struct letter_tally *tally);

/* type: absent = none that could be read. refused_ms: ms since 1970. What cannot be printed in a word is shown as '?'. */
void letter_tally_add(struct letter_tally *tally, struct text reason, struct text type,
                      struct text topic, int64_t refused_ms);

/* A line a row; by day where there are many hours. */
void letter_tally_print(const struct letter_tally *tally, FILE *file);

/* Members `reasons`, `types` and `topics` (objects) and `hours` (an array of objects) of an object that was begun. */
void letter_tally_write(const struct letter_tally *tally, struct json_write *json);
