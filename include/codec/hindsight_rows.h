/* Evaluations of the past as rows of uptake.health_hindsight, in batches of one statement. */
#pragma once

#include <stddef.h>

#include "base/strbuf.h"
#include "codec/json_write.h"
#include "codec/measures_json.h"
#include "model/evaluation.h"

/* What all rows of one run say. Borrowed. */
struct hindsight_run {
    const char *definitions;
    const char *computed_at; /* as PostgreSQL writes it */
};

struct hindsight_rows {
    const struct hindsight_run *run;
    struct strbuf array; /* JSON of the batch */
    struct json_write json;
    size_t count;
    struct measures_json measures;
    struct record shown; /* room */
};

void hindsight_rows_init(struct hindsight_rows *rows, const struct hindsight_run *run);
void hindsight_rows_done(struct hindsight_rows *rows);

/* The evaluation is one of a close, stripped by model/hindsight.h for sets that are whole from sets_from on. */
void hindsight_rows_add(struct hindsight_rows *rows, const struct shard *shard, const struct team *team,
                        const struct evaluation *evaluation, int32_t sets_from);

/* Adds the statement that writes the batch, over earlier rows of the same teams and days, for a session with
 * standard_conforming_strings on; a new batch begins. */
void hindsight_rows_take(struct hindsight_rows *rows, struct strbuf *sql);
