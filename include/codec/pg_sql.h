/* The statements of a checkpoint and of a load. The names of columns are those of sql/. */
#pragma once

#include "codec/pg_image.h"

/* $1 partition, $2 epoch, $3 claim (uuid), $4 number of the last checkpoint. Must be the first of
 * its pipeline. */
extern const struct pg_statement pg_sql_fence;
/* $1 days (date[]). */
extern const struct pg_statement pg_sql_add_months;
/* $1 partition, $2 rows of the composite type that the table's name with _row has. */
extern const struct pg_statement pg_sql_shard, pg_sql_offsets, pg_sql_gaps, pg_sql_teams,
    pg_sql_persons;
extern const struct pg_statement pg_sql_weeks, pg_sql_weeks_gone, pg_sql_weeks_add,
    pg_sql_weeks_add_clear;
extern const struct pg_statement pg_sql_cells, pg_sql_cells_gone, pg_sql_cells_add,
    pg_sql_cells_add_clear;
extern const struct pg_statement pg_sql_trainings, pg_sql_redesigns, pg_sql_pulses,
    pg_sql_detectors;
extern const struct pg_statement pg_sql_health, pg_sql_measures, pg_sql_redesign_measures,
    pg_sql_alerts_open, pg_sql_alerts_resolve;
extern const struct pg_statement pg_sql_segments;
/* $1 partition, $2 number: deletes the segments of earlier checkpoints. */
extern const struct pg_statement pg_sql_segments_forget;
/* Gives one row: teams of all partitions (bigint), the server's clock (timestamptz, whole ms). */
extern const struct pg_statement pg_sql_organisation;
/* $1 partition. Gives one row, or none: epoch, claim, number. */
extern const struct pg_statement pg_sql_look;
/* $1 retention_months. Gives how many were dropped. */
extern const struct pg_statement pg_sql_drop_old_months;

/* Of the transaction in which a partition is taken and read. */
extern const struct pg_statement pg_sql_begin, pg_sql_commit;
/* $1 ms. Ends the sessions of our role that hold partitions in a transaction and have waited that long for their client to
 * send or to read on. Gives how many. */
extern const struct pg_statement pg_sql_end_frozen;
/* $1 partition, $2 partitions, $3 fingerprint (bytea), $4 instance (text), $5 least epoch. Gives
 * the row in the order of enum pg_taken. */
extern const struct pg_statement pg_sql_take;
/* $1 partition. Gives topic, next_offset, greatest. */
extern const struct pg_statement pg_sql_read_offsets;

/* Of uptake.shard, in this order. */
#define PG_SQL_SHARD_COLUMNS                                                                       \
    "epoch, claim, number, watermark, greatest, accepted, ARRAY[rejected_malformed, "              \
    "rejected_envelope, rejected_unknown_type, rejected_schema, rejected_key, rejected_misrouted, " \
    "rejected_too_late, rejected_future], last_opened, quiet_history, quiet_run, days_from, "      \
    "days_quiet, days_hidden, days_teams"

enum pg_taken {
    PG_TAKEN_EPOCH,
    PG_TAKEN_CLAIM,
    PG_TAKEN_NUMBER,
    PG_TAKEN_WATERMARK,
    PG_TAKEN_GREATEST,
    PG_TAKEN_ACCEPTED,
    PG_TAKEN_REJECTED, /* bigint[] */
    PG_TAKEN_LAST_OPENED,
    PG_TAKEN_QUIET_HISTORY,
    PG_TAKEN_QUIET_RUN,
    PG_TAKEN_DAYS_FROM,
    PG_TAKEN_DAYS_QUIET,
    PG_TAKEN_DAYS_HIDDEN,
    PG_TAKEN_DAYS_TEAMS,
    PG_TAKEN_COLUMNS
};
