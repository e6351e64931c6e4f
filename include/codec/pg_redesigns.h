/* What redesigns changed, as rows of uptake.redesign_measure that wait for the next checkpoint. */
#pragma once

#include "codec/measures_json.h"
#include "codec/pg_array.h"
#include "codec/pg_image.h"
#include "model/redesigns.h"

/* Zeroed: empty. */
struct pg_redesigns {
    struct pg_array rows;
    struct measures_json json;  /* being written */
    struct redesigns redesigns; /* room */
};

void pg_redesigns_done(struct pg_redesigns *redesigns);

/* Those that are judged on `day`, or only those that are on this day for the last time: what was
 * stored of them is replaced. The day has closed where it is not provisional. */
enum redesigns_wanted { REDESIGNS_ALL, REDESIGNS_LAST };
void pg_redesigns_add(struct pg_redesigns *redesigns, const struct shard *shard,
                      const struct team *team, int32_t day, enum redesigns_wanted wanted,
                      const char *definitions);

/* Adds the statement for all rows, if there are any; empty again. */
void pg_redesigns_take(struct pg_redesigns *redesigns, int32_t partition, struct pg_image *image);
