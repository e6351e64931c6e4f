/* What the files of the document share among themselves. */
#pragma once

#include <stdio.h>

#include "codec/json_write.h"
#include "ctl/evaluate_run.h"

struct document {
    struct evaluate_run *run;
    FILE *file;
    struct strbuf buffer;
    struct json_write json;
    const struct kept_cell *cells; /* in order */
    size_t cell_count;
};

struct listed_team {
    const struct shard *shard;
    const struct team *team;
    struct text name;
};

/* Between two rows: hands a full buffer to the file. What this does not take is noticed at the end.
 */
void document_flush(struct document *document);

/* One member each, named after the team: its record, and its closed days. room: for one evaluation.
 */
void document_put_record(struct document *document, const struct listed_team *listed,
                         struct evaluation *room);
void document_put_daily(struct document *document, const struct listed_team *listed);
