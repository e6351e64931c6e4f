/* The statements of a checkpoint and of a load. */
#include "codec/pg_sql.h"

/* ---- the shard ---------------------------------------------------------------------------- */

const struct pg_statement pg_sql_fence = {"fence", "SELECT uptake.fence($1, $2, $3, $4)", 4};

const struct pg_statement pg_sql_add_months = {"add_months", "SELECT uptake.add_months($1)", 1};

const struct pg_statement pg_sql_shard = {
    "shard",
    "UPDATE uptake.shard s SET watermark = r.watermark, greatest = r.greatest, teams = r.teams, "
    "accepted = r.accepted, rejected_malformed = r.rejected[1], "
    "rejected_envelope = r.rejected[2], rejected_unknown_type = r.rejected[3], "
    "rejected_schema = r.rejected[4], rejected_key = r.rejected[5], "
    "rejected_misrouted = r.rejected[6], rejected_too_late = r.rejected[7], "
    "rejected_future = r.rejected[8], last_opened = r.last_opened, "
    "quiet_history = r.quiet_history, quiet_run = r.quiet_run, days_from = r.days_from, "
    "days_quiet = r.days_quiet, days_hidden = r.days_hidden, days_teams = r.days_teams "
    "FROM unnest($2::uptake.shard_row[]) r "
    "WHERE s.partition = $1",
    2};

const struct pg_statement pg_sql_offsets = {
    "offsets",
    "INSERT INTO uptake.shard_offset (partition, topic, next_offset, greatest) "
    "SELECT $1, topic, next_offset, greatest "
    "FROM unnest($2::uptake.shard_offset_row[]) "
    "ON CONFLICT (partition, topic) DO UPDATE SET next_offset = excluded.next_offset, "
    "greatest = excluded.greatest",
    2};

const struct pg_statement pg_sql_gaps = {
    "gaps",
    "INSERT INTO uptake.gap (partition, topic, from_offset, to_offset) "
    "SELECT $1, topic, from_offset, to_offset "
    "FROM unnest($2::uptake.gap_row[]) "
    "ON CONFLICT (partition, topic, from_offset) DO UPDATE SET to_offset = excluded.to_offset",
    2};

const struct pg_statement pg_sql_organisation = {
    "organisation",
    "SELECT coalesce(sum(teams), 0)::bigint, date_trunc('milliseconds', clock_timestamp()) "
    "FROM uptake.shard",
    0};

const struct pg_statement pg_sql_look = {
    "look", "SELECT epoch, claim, number FROM uptake.shard WHERE partition = $1", 1};

const struct pg_statement pg_sql_drop_old_months = {"drop_old_months",
                                                    "SELECT uptake.drop_old_months($1)", 1};

/* ---- teams and people --------------------------------------------------------------------- */

const struct pg_statement pg_sql_teams = {
    "teams",
    "INSERT INTO uptake.team (partition, team, first_day, first_cell_day, evaluated_through, "
    "unmatched) "
    "SELECT $1, team, first_day, first_cell_day, evaluated_through, unmatched "
    "FROM unnest($2::uptake.team_row[]) "
    "ON CONFLICT (partition, team) DO UPDATE SET first_day = excluded.first_day, "
    "first_cell_day = excluded.first_cell_day, evaluated_through = excluded.evaluated_through, "
    "unmatched = excluded.unmatched",
    2};

const struct pg_statement pg_sql_persons = {
    "persons",
    "INSERT INTO uptake.person (partition, team, person, first_seen, first_ai, status, status_at, "
    "status_hash, level, level_at, level_hash, first_level, first_level_at, first_level_hash, "
    "first_training_at, days_from, worked, practised, capability, capability_first, "
    "capability_last, workflow, workflow_last, workflow_days) "
    "SELECT $1, team, person, first_seen, first_ai, status::uptake.person_status, status_at, "
    "status_hash, level, level_at, level_hash, first_level, first_level_at, first_level_hash, "
    "first_training_at, days_from, worked, practised, capability, capability_first, "
    "capability_last, workflow, workflow_last, workflow_days "
    "FROM unnest($2::uptake.person_workflows_row[]) "
    "ON CONFLICT (partition, team, person) DO UPDATE SET first_seen = excluded.first_seen, "
    "first_ai = excluded.first_ai, status = excluded.status, status_at = excluded.status_at, "
    "status_hash = excluded.status_hash, level = excluded.level, level_at = excluded.level_at, "
    "level_hash = excluded.level_hash, first_level = excluded.first_level, "
    "first_level_at = excluded.first_level_at, first_level_hash = excluded.first_level_hash, "
    "first_training_at = excluded.first_training_at, days_from = excluded.days_from, "
    "worked = excluded.worked, practised = excluded.practised, capability = excluded.capability, "
    "capability_first = excluded.capability_first, capability_last = excluded.capability_last, "
    "workflow = excluded.workflow, workflow_last = excluded.workflow_last, "
    "workflow_days = excluded.workflow_days",
    2};

#define WEEK_COLUMNS \
    "team, person, week, tasks, ai, engaged, bypass, kinds, not_routine, ca, wa, co, wo"
#define WEEK_INSERT                                                                                \
    "INSERT INTO uptake.person_week AS w (partition, " WEEK_COLUMNS ") SELECT $1, team, person, "  \
    "week, coalesce(tasks, 0), coalesce(ai, 0), coalesce(engaged, 0), coalesce(bypass, 0), "       \
    "coalesce(kinds, 0), coalesce(not_routine, 0), coalesce(ca, 0), coalesce(wa, 0), "             \
    "coalesce(co, 0), coalesce(wo, 0) FROM unnest($2::uptake.person_week_row[]) "                  \
    "ON CONFLICT (partition, team, person, week) DO UPDATE SET "

const struct pg_statement pg_sql_weeks = {
    "weeks",
    WEEK_INSERT
    "tasks = excluded.tasks, ai = excluded.ai, engaged = excluded.engaged, "
    "bypass = excluded.bypass, kinds = excluded.kinds, not_routine = excluded.not_routine, "
    "ca = excluded.ca, wa = excluded.wa, co = excluded.co, wo = excluded.wo",
    2};

const struct pg_statement pg_sql_weeks_add = {
    "weeks_add",
    WEEK_INSERT
    "tasks = w.tasks + excluded.tasks, ai = w.ai + excluded.ai, "
    "engaged = w.engaged + excluded.engaged, bypass = w.bypass + excluded.bypass, "
    "kinds = w.kinds + excluded.kinds, not_routine = w.not_routine + excluded.not_routine, "
    "ca = w.ca + excluded.ca, wa = w.wa + excluded.wa, co = w.co + excluded.co, "
    "wo = w.wo + excluded.wo",
    2};

#define WEEK_DELETE                                                                                \
    "DELETE FROM uptake.person_week w USING unnest($2::uptake.person_week_row[]) r "               \
    "WHERE w.partition = $1 AND w.team = r.team AND w.person = r.person AND w.week = r.week"

const struct pg_statement pg_sql_weeks_gone = {"weeks_gone", WEEK_DELETE, 2};
const struct pg_statement pg_sql_weeks_add_clear = {"weeks_add_clear",
                                                    WEEK_DELETE " AND w.tasks = 0", 2};

const struct pg_statement pg_sql_trainings = {
    "trainings",
    "INSERT INTO uptake.training (partition, team, person, program, at, hash, teacher, seconds, "
    "format) "
    "SELECT $1, team, person, program, at, hash, teacher, seconds, format::uptake.training_format "
    "FROM unnest($2::uptake.training_row[]) "
    "ON CONFLICT (partition, team, person, program, at) DO UPDATE SET hash = excluded.hash, "
    "teacher = excluded.teacher, seconds = excluded.seconds, format = excluded.format",
    2};

const struct pg_statement pg_sql_redesigns = {
    "redesigns",
    "INSERT INTO uptake.redesign (partition, team, workflow, at, hash, label) "
    "SELECT $1, team, workflow, at, hash, label "
    "FROM unnest($2::uptake.redesign_row[]) "
    "ON CONFLICT (partition, team, workflow, at) DO UPDATE SET hash = excluded.hash, "
    "label = excluded.label",
    2};

const struct pg_statement pg_sql_pulses = {
    "pulses",
    "INSERT INTO uptake.pulse (partition, team, person, question, day, at, hash, score) "
    "SELECT $1, team, person, question::uptake.question, day, at, hash, score "
    "FROM unnest($2::uptake.pulse_row[]) "
    "ON CONFLICT (partition, team, person, question, day) DO UPDATE SET at = excluded.at, "
    "hash = excluded.hash, score = excluded.score",
    2};

/* ---- cells -------------------------------------------------------------------------------- */

/* A sum of bigints around 2^64, as cell_wrap_add() has it: sums over impossibly many tasks must not
 * keep a partition from being saved ever again. */
#define WRAPPED(sum)                                                                               \
    "((" sum " + 27670116110564327424) % 18446744073709551616 - 9223372036854775808)::bigint"

/* Each list ends with a comma; the arm, which ends it, comes last everywhere. */
static const char cells_sql[] =
    "INSERT INTO uptake.cell (partition, team, workflow, day, "
#define COUNTER(name, help) #name ", "
#define SUM(name, help) #name ", "
#include "model/counters.def"
#undef COUNTER
#undef SUM
    "arm) SELECT $1, team, workflow, day, "
#define COUNTER(name, help) "coalesce(" #name ", 0), "
#define SUM(name, help) "coalesce(" #name ", 0), "
#include "model/counters.def"
#undef COUNTER
#undef SUM
    "arm::uptake.arm FROM unnest($2::uptake.cell_row[]) "
    "ON CONFLICT (partition, team, workflow, day, arm) DO UPDATE SET "
#define COUNTER(name, help) #name " = excluded." #name ", "
#define SUM(name, help) #name " = excluded." #name ", "
#include "model/counters.def"
#undef COUNTER
#undef SUM
    "arm = excluded.arm";

static const char cells_add_sql[] =
    "INSERT INTO uptake.cell AS c (partition, team, workflow, day, "
#define COUNTER(name, help) #name ", "
#define SUM(name, help) #name ", "
#include "model/counters.def"
#undef COUNTER
#undef SUM
    "arm) SELECT $1, team, workflow, day, "
#define COUNTER(name, help) "coalesce(" #name ", 0), "
#define SUM(name, help) "coalesce(" #name ", 0), "
#include "model/counters.def"
#undef COUNTER
#undef SUM
    "arm::uptake.arm FROM unnest($2::uptake.cell_row[]) "
    "ON CONFLICT (partition, team, workflow, day, arm) DO UPDATE SET "
#define COUNTER(name, help) #name " = c." #name " + excluded." #name ", "
#define SUM(name, help) #name " = " WRAPPED("c." #name "::numeric + excluded." #name) ", "
#include "model/counters.def"
#undef COUNTER
#undef SUM
    "arm = excluded.arm";

#define CELL_DELETE                                                                                \
    "DELETE FROM uptake.cell c USING unnest($2::uptake.cell_row[]) r WHERE c.partition = $1 "      \
    "AND c.team = r.team AND c.workflow = r.workflow AND c.day = r.day "                           \
    "AND c.arm = r.arm::uptake.arm"

const struct pg_statement pg_sql_cells = {"cells", cells_sql, 2};
const struct pg_statement pg_sql_cells_gone = {"cells_gone", CELL_DELETE, 2};
const struct pg_statement pg_sql_cells_add = {"cells_add", cells_add_sql, 2};
const struct pg_statement pg_sql_cells_add_clear = {"cells_add_clear",
                                                    CELL_DELETE " AND c.tasks = 0", 2};

/* ---- tasks -------------------------------------------------------------------------------- */

const struct pg_statement pg_sql_segments = {
    "segments",
    "INSERT INTO uptake.task_segment (partition, number, part, page, pages, round, tasks, data) "
    "SELECT $1, number, part, page, pages, round, tasks, data "
    "FROM unnest($2::uptake.task_segment_row[])",
    2};

const struct pg_statement pg_sql_segments_forget = {
    "segments_forget", "DELETE FROM uptake.task_segment WHERE partition = $1 AND number < $2", 2};

/* ---- what was found out ------------------------------------------------------------------- */

const struct pg_statement pg_sql_detectors = {
    "detectors",
    "INSERT INTO uptake.detector (partition, team, state) "
    "SELECT $1, team, state FROM unnest($2::uptake.detector_row[]) "
    "ON CONFLICT (partition, team) DO UPDATE SET state = excluded.state",
    2};

/* A conflict would be a bug. */
const struct pg_statement pg_sql_health = {
    "health",
    "INSERT INTO uptake.health (partition, team, day, health, lo, hi, n, health_limit, verdict, "
    "changed_work, traceable, reproduces, diagnosis, state, alarms, quiet, measures, because, "
    "suppressed, headcount, min_group, definitions, watermark, provisional, x_relapsing, "
    "x_bypassing, x_over_trust, hidden, teams, redesigns, plateau) "
    "SELECT $1, r.* FROM unnest($2::uptake.health_close[]) r",
    2};

/* A team may come twice between two checkpoints: the last counts. */
const struct pg_statement pg_sql_measures = {
    "measures",
    "INSERT INTO uptake.measure (partition, team, workflow, win, as_of, values, because, "
    "definitions, watermark, provisional) "
    "SELECT DISTINCT ON (team, workflow, win) $1, team, workflow, win, as_of, values, because, "
    "definitions, watermark, provisional FROM unnest($2::uptake.measure_row[]) WITH ORDINALITY "
    "ORDER BY team, workflow, win, ordinality DESC "
    "ON CONFLICT (partition, team, workflow, win) DO UPDATE SET as_of = excluded.as_of, "
    "values = excluded.values, because = excluded.because, definitions = excluded.definitions, "
    "watermark = excluded.watermark, provisional = excluded.provisional",
    2};

/* Likewise. One that is not judged any more keeps what was said of it at the last close that did. */
const struct pg_statement pg_sql_redesign_measures = {
    "redesign_measures",
    "INSERT INTO uptake.redesign_measure (partition, team, workflow, at, as_of, values, because, "
    "definitions, watermark, provisional) "
    "SELECT DISTINCT ON (team, workflow, at) $1, team, workflow, at, as_of, values, because, "
    "definitions, watermark, provisional "
    "FROM unnest($2::uptake.redesign_measure_row[]) WITH ORDINALITY "
    "ORDER BY team, workflow, at, ordinality DESC "
    "ON CONFLICT (partition, team, workflow, at) DO UPDATE SET as_of = excluded.as_of, "
    "values = excluded.values, because = excluded.because, definitions = excluded.definitions, "
    "watermark = excluded.watermark, provisional = excluded.provisional",
    2};

const struct pg_statement pg_sql_alerts_open = {
    "alerts_open",
    "INSERT INTO uptake.alert (partition, team, kind, opened, evidence, sentence, audience, owner, "
    "suggests, min_group, headcount, definitions, watermark) "
    "SELECT $1, team, kind, day, evidence, sentence, audience, uptake.owner_of(team, day), "
    "suggests, min_group, headcount, definitions, watermark "
    "FROM unnest($2::uptake.alert_change[]) "
    "WHERE opens",
    2};

/* The one that is open; one that opened within this checkpoint is there already. */
const struct pg_statement pg_sql_alerts_resolve = {
    "alerts_resolve",
    "UPDATE uptake.alert a SET resolved = r.day "
    "FROM unnest($2::uptake.alert_change[]) r "
    "WHERE a.partition = $1 AND a.team = r.team AND a.kind = r.kind AND NOT r.opens AND a.opened "
    "< r.day AND a.resolved IS NULL AND NOT EXISTS (SELECT "
    "FROM unnest($2::uptake.alert_change[]) o "
    "WHERE o.team = r.team AND o.kind = r.kind AND NOT o.opens AND o.day < r.day AND o.day > "
    "a.opened)",
    2};

/* ---- taking a partition ------------------------------------------------------------------- */

const struct pg_statement pg_sql_begin = {"begin", "BEGIN ISOLATION LEVEL REPEATABLE READ", 0};
const struct pg_statement pg_sql_commit = {"commit", "COMMIT", 0};

/* idle_in_transaction_session_timeout does not see them: between the statements of a pipeline a session counts as active. */
const struct pg_statement pg_sql_end_frozen = {
    "end_frozen",
    "SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity a "
    "WHERE a.datname = current_database() AND a.usename = current_user AND a.pid <> pg_backend_pid() "
    "AND a.wait_event_type = 'Client' AND a.state_change < clock_timestamp() - $1::bigint * interval '1 ms' "
    "AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'relation' "
    "AND l.relation = 'uptake.shard'::regclass AND l.mode = 'RowExclusiveLock')",
    1};

const struct pg_statement pg_sql_take = {
    "take",
    "SELECT " PG_SQL_SHARD_COLUMNS " FROM uptake.take($1, $2, $3, $4, $5)",
    5};

const struct pg_statement pg_sql_read_offsets = {
    "read_offsets",
    "SELECT topic, next_offset, greatest FROM uptake.shard_offset WHERE partition = $1", 1};
