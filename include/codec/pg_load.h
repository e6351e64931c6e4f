/* A partition's stored rows become a shard again. */
#pragma once

#include <stdint.h>

#include "codec/pg_copy.h"
#include "codec/task_pages.h"
#include "model/shard.h"

/* In the order in which they must be read. */
enum pg_load_table {
    PG_LOAD_TEAMS,
    PG_LOAD_PERSONS,
    PG_LOAD_WEEKS,
    PG_LOAD_CELLS,
    PG_LOAD_BASELINE,
    PG_LOAD_TRAININGS,
    PG_LOAD_REDESIGNS,
    PG_LOAD_PULSES,
    PG_LOAD_DETECTORS,
    PG_LOAD_SEGMENTS,
    PG_LOAD_TABLES
};

struct pg_load {
    struct shard *shard; /* borrowed; new */
    const char *const *topics;
    enum pg_load_table table; /* whose rows come next */
    int64_t rows;             /* so far, of all tables; tasks of segments count each */

    /* Read from PostgreSQL besides the shard. */
    int64_t epoch, number;
    uint8_t claim[16];
    int64_t next_offsets[TOPICS_MAX]; /* by number of the topic; -1 = nothing was read yet */
    int unknown_topics;               /* stored ones that are not in `topics` */
    struct task_pages pages;

    int64_t greatest_ms[TOPICS_MAX];
    int32_t evaluated_min; /* over the teams; INT32_MIN: of one nothing was evaluated yet */
    int32_t first_cell_min, first_cell_max; /* over the teams that have a cell */
    struct capability_row *capabilities;    /* room */
    size_t capability_capacity;
    struct person_workflow_row *workflows; /* room */
    size_t workflow_capacity;
};

/* topics: as many as the shard has; must outlive it. */
void pg_load_init(struct pg_load *load, struct shard *shard, const char *const *topics);
void pg_load_done(struct pg_load *load);

/* A row of pg_sql_read_offsets; all of them before pg_load_taken(). */
int pg_load_offset(struct pg_load *load, struct pg_row *row, struct up_err *err);
/* The row of pg_sql_take. */
int pg_load_taken(struct pg_load *load, struct pg_row *row, struct up_err *err);

/* The COPY statement of the row that pg_load_taken() takes, for who does not own the partition; appends
 * to the buffer. */
void pg_load_shard_sql(const struct pg_load *load, struct strbuf *sql);
/* The COPY statement for load->table; appends to the buffer. */
void pg_load_sql(const struct pg_load *load, struct strbuf *sql);
/* A row of load->table (a pg_copy_on_row). UP_ECORRUPT where it does not fit. */
int pg_load_row(void *load, struct pg_row *row, struct up_err *err);
/* After the last table. */
void pg_load_finish(struct pg_load *load);

/* "team", "cell" ... for messages. */
const char *pg_load_table_name(enum pg_load_table table);
