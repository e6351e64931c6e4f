/* Health, alerts and measures as rows that wait for the next checkpoint. */
#pragma once

#include <stdint.h>

#include "codec/pg_array.h"
#include "codec/pg_image.h"
#include "model/evaluation.h"
#include "model/rows.h"

struct pg_outputs;

/* definitions: version of the rules and hash of the options; borrowed, must outlive it. */
struct pg_outputs *pg_outputs_new(int32_t partition, const char *definitions);
void pg_outputs_free(struct pg_outputs *outputs);

/* Who is told of each alert that opens or resolves: one row of the outbox for each, in the same statements. Nobody unless
 * said. Names are borrowed. */
void pg_outputs_tell(struct pg_outputs *outputs, const struct text *receivers, size_t count);

/* The sink for shard_new(): a day of a team was evaluated for good. */
struct sink pg_outputs_sink(struct pg_outputs *outputs);

/* The measures of a team in all windows, and of its redesigns that are judged, replace those stored. Suppresses, in place, what fewer than
 * min_group people stand behind. evaluation: of all windows; the shard must have a watermark. */
void pg_outputs_add_measures(struct pg_outputs *outputs, const struct shard *shard,
                             const struct team *team, struct evaluation *evaluation);

/* The same of one workflow (number in team->workflows) as of a day, of those windows that say
 * something else than when they were last written: hashes keeps what that was, all 0 at first. Returns
 * how many rows were added. */
size_t pg_outputs_add_workflow(struct pg_outputs *outputs, const struct shard *shard,
                               const struct team *team, size_t workflow, int32_t day,
                               uint64_t hashes[WINDOWS]);

/* Bytes that wait. */
size_t pg_outputs_bytes(const struct pg_outputs *outputs);

/* The days of waiting health rows, to make their months: adds to `days` by pg_days_add(). */
struct pg_days;
void pg_outputs_list_days(const struct pg_outputs *outputs, struct pg_days *days);

/* Moves all rows into the image as statements; nothing waits any more. */
void pg_outputs_take(struct pg_outputs *outputs, struct pg_image *image);
