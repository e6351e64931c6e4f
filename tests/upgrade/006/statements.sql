-- The statements of the program whose schema is version 6, word for word, as a running instance has prepared them: those of a
-- checkpoint, of a load (of partition 0) and of taking a partition. Frozen: a released program never changes.

PREPARE fence (integer, bigint, uuid, bigint) AS SELECT uptake.fence($1, $2, $3, $4);
PREPARE add_months (date[]) AS SELECT uptake.add_months($1);
PREPARE shard (integer, uptake.shard_row[]) AS UPDATE uptake.shard s SET watermark = r.watermark, greatest =
    r.greatest, teams = r.teams, accepted = r.accepted, rejected_malformed = r.rejected[1], rejected_envelope =
    r.rejected[2], rejected_unknown_type = r.rejected[3], rejected_schema = r.rejected[4], rejected_key =
    r.rejected[5], rejected_misrouted = r.rejected[6], rejected_too_late = r.rejected[7], rejected_future =
    r.rejected[8], last_opened = r.last_opened, quiet_history = r.quiet_history, quiet_run = r.quiet_run, days_from
    = r.days_from, days_quiet = r.days_quiet, days_hidden = r.days_hidden, days_teams = r.days_teams FROM
    unnest($2::uptake.shard_row[]) r WHERE s.partition = $1;
PREPARE offsets (integer, uptake.shard_offset_row[]) AS INSERT INTO uptake.shard_offset (partition, topic,
    next_offset, greatest) SELECT $1, topic, next_offset, greatest FROM unnest($2::uptake.shard_offset_row[]) ON
    CONFLICT (partition, topic) DO UPDATE SET next_offset = excluded.next_offset, greatest = excluded.greatest;
PREPARE gaps (integer, uptake.gap_row[]) AS INSERT INTO uptake.gap (partition, topic, from_offset, to_offset) SELECT
    $1, topic, from_offset, to_offset FROM unnest($2::uptake.gap_row[]) ON CONFLICT (partition, topic, from_offset)
    DO UPDATE SET to_offset = excluded.to_offset;
PREPARE organisation AS SELECT coalesce(sum(teams), 0)::bigint, date_trunc('milliseconds', clock_timestamp()) FROM
    uptake.shard;
PREPARE look (integer) AS SELECT epoch, claim, number FROM uptake.shard WHERE partition = $1;
PREPARE drop_old_months (integer) AS SELECT uptake.drop_old_months($1);
PREPARE teams (integer, uptake.team_row[]) AS INSERT INTO uptake.team (partition, team, first_day, first_cell_day,
    evaluated_through, unmatched) SELECT $1, team, first_day, first_cell_day, evaluated_through, unmatched FROM
    unnest($2::uptake.team_row[]) ON CONFLICT (partition, team) DO UPDATE SET first_day = excluded.first_day,
    first_cell_day = excluded.first_cell_day, evaluated_through = excluded.evaluated_through, unmatched =
    excluded.unmatched;
PREPARE persons (integer, uptake.person_row[]) AS INSERT INTO uptake.person (partition, team, person, first_seen,
    first_ai, status, status_at, status_hash, level, level_at, level_hash, first_level, first_level_at,
    first_level_hash, first_training_at, days_from, worked, practised, capability, capability_first,
    capability_last) SELECT $1, team, person, first_seen, first_ai, status::uptake.person_status, status_at,
    status_hash, level, level_at, level_hash, first_level, first_level_at, first_level_hash, first_training_at,
    days_from, worked, practised, capability, capability_first, capability_last FROM unnest($2::uptake.person_row[])
    ON CONFLICT (partition, team, person) DO UPDATE SET first_seen = excluded.first_seen, first_ai =
    excluded.first_ai, status = excluded.status, status_at = excluded.status_at, status_hash = excluded.status_hash,
    level = excluded.level, level_at = excluded.level_at, level_hash = excluded.level_hash, first_level =
    excluded.first_level, first_level_at = excluded.first_level_at, first_level_hash = excluded.first_level_hash,
    first_training_at = excluded.first_training_at, days_from = excluded.days_from, worked = excluded.worked,
    practised = excluded.practised, capability = excluded.capability, capability_first = excluded.capability_first,
    capability_last = excluded.capability_last;
PREPARE weeks (integer, uptake.person_week_row[]) AS INSERT INTO uptake.person_week AS w (partition, team, person,
    week, tasks, ai, engaged, bypass, kinds, not_routine, ca, wa, co, wo) SELECT $1, team, person, week,
    coalesce(tasks, 0), coalesce(ai, 0), coalesce(engaged, 0), coalesce(bypass, 0), coalesce(kinds, 0),
    coalesce(not_routine, 0), coalesce(ca, 0), coalesce(wa, 0), coalesce(co, 0), coalesce(wo, 0) FROM
    unnest($2::uptake.person_week_row[]) ON CONFLICT (partition, team, person, week) DO UPDATE SET tasks =
    excluded.tasks, ai = excluded.ai, engaged = excluded.engaged, bypass = excluded.bypass, kinds = excluded.kinds,
    not_routine = excluded.not_routine, ca = excluded.ca, wa = excluded.wa, co = excluded.co, wo = excluded.wo;
PREPARE weeks_add (integer, uptake.person_week_row[]) AS INSERT INTO uptake.person_week AS w (partition, team,
    person, week, tasks, ai, engaged, bypass, kinds, not_routine, ca, wa, co, wo) SELECT $1, team, person, week,
    coalesce(tasks, 0), coalesce(ai, 0), coalesce(engaged, 0), coalesce(bypass, 0), coalesce(kinds, 0),
    coalesce(not_routine, 0), coalesce(ca, 0), coalesce(wa, 0), coalesce(co, 0), coalesce(wo, 0) FROM
    unnest($2::uptake.person_week_row[]) ON CONFLICT (partition, team, person, week) DO UPDATE SET tasks = w.tasks +
    excluded.tasks, ai = w.ai + excluded.ai, engaged = w.engaged + excluded.engaged, bypass = w.bypass +
    excluded.bypass, kinds = w.kinds + excluded.kinds, not_routine = w.not_routine + excluded.not_routine, ca = w.ca
    + excluded.ca, wa = w.wa + excluded.wa, co = w.co + excluded.co, wo = w.wo + excluded.wo;
PREPARE weeks_gone (integer, uptake.person_week_row[]) AS DELETE FROM uptake.person_week w USING
    unnest($2::uptake.person_week_row[]) r WHERE w.partition = $1 AND w.team = r.team AND w.person = r.person AND
    w.week = r.week;
PREPARE weeks_add_clear (integer, uptake.person_week_row[]) AS DELETE FROM uptake.person_week w USING
    unnest($2::uptake.person_week_row[]) r WHERE w.partition = $1 AND w.team = r.team AND w.person = r.person AND
    w.week = r.week AND w.tasks = 0;
PREPARE trainings (integer, uptake.training_row[]) AS INSERT INTO uptake.training (partition, team, person, program,
    at, hash, teacher, seconds, format) SELECT $1, team, person, program, at, hash, teacher, seconds,
    format::uptake.training_format FROM unnest($2::uptake.training_row[]) ON CONFLICT (partition, team, person,
    program, at) DO UPDATE SET hash = excluded.hash, teacher = excluded.teacher, seconds = excluded.seconds, format
    = excluded.format;
PREPARE redesigns (integer, uptake.redesign_row[]) AS INSERT INTO uptake.redesign (partition, team, workflow, at,
    hash, label) SELECT $1, team, workflow, at, hash, label FROM unnest($2::uptake.redesign_row[]) ON CONFLICT
    (partition, team, workflow, at) DO UPDATE SET hash = excluded.hash, label = excluded.label;
PREPARE pulses (integer, uptake.pulse_row[]) AS INSERT INTO uptake.pulse (partition, team, person, question, day,
    at, hash, score) SELECT $1, team, person, question::uptake.question, day, at, hash, score FROM
    unnest($2::uptake.pulse_row[]) ON CONFLICT (partition, team, person, question, day) DO UPDATE SET at =
    excluded.at, hash = excluded.hash, score = excluded.score;
PREPARE cells (integer, uptake.cell_row[]) AS INSERT INTO uptake.cell (partition, team, workflow, day, tasks,
    outcomes, self_outcomes, fed_back, success_n, success_k, quality_n, quality_sum, quality_sq, cycle_n, cycle_ln,
    cycle_ln_sq, effort_n, effort_s10, effort_sq, rework_n, rework_k, kind_routine, kind_judgement, kind_creative,
    kind_relational, explained, batch, accepted, modified, rejected, auto, decided, reason_n, reason_skill,
    reason_design, ca, wa, co, wo, ca_x, wa_x, co_x, wo_x, rair_n, rair_k, rsr_n, rsr_k, arm) SELECT $1, team,
    workflow, day, coalesce(tasks, 0), coalesce(outcomes, 0), coalesce(self_outcomes, 0), coalesce(fed_back, 0),
    coalesce(success_n, 0), coalesce(success_k, 0), coalesce(quality_n, 0), coalesce(quality_sum, 0),
    coalesce(quality_sq, 0), coalesce(cycle_n, 0), coalesce(cycle_ln, 0), coalesce(cycle_ln_sq, 0),
    coalesce(effort_n, 0), coalesce(effort_s10, 0), coalesce(effort_sq, 0), coalesce(rework_n, 0),
    coalesce(rework_k, 0), coalesce(kind_routine, 0), coalesce(kind_judgement, 0), coalesce(kind_creative, 0),
    coalesce(kind_relational, 0), coalesce(explained, 0), coalesce(batch, 0), coalesce(accepted, 0),
    coalesce(modified, 0), coalesce(rejected, 0), coalesce(auto, 0), coalesce(decided, 0), coalesce(reason_n, 0),
    coalesce(reason_skill, 0), coalesce(reason_design, 0), coalesce(ca, 0), coalesce(wa, 0), coalesce(co, 0),
    coalesce(wo, 0), coalesce(ca_x, 0), coalesce(wa_x, 0), coalesce(co_x, 0), coalesce(wo_x, 0), coalesce(rair_n,
    0), coalesce(rair_k, 0), coalesce(rsr_n, 0), coalesce(rsr_k, 0), arm::uptake.arm FROM
    unnest($2::uptake.cell_row[]) ON CONFLICT (partition, team, workflow, day, arm) DO UPDATE SET tasks =
    excluded.tasks, outcomes = excluded.outcomes, self_outcomes = excluded.self_outcomes, fed_back =
    excluded.fed_back, success_n = excluded.success_n, success_k = excluded.success_k, quality_n =
    excluded.quality_n, quality_sum = excluded.quality_sum, quality_sq = excluded.quality_sq, cycle_n =
    excluded.cycle_n, cycle_ln = excluded.cycle_ln, cycle_ln_sq = excluded.cycle_ln_sq, effort_n =
    excluded.effort_n, effort_s10 = excluded.effort_s10, effort_sq = excluded.effort_sq, rework_n =
    excluded.rework_n, rework_k = excluded.rework_k, kind_routine = excluded.kind_routine, kind_judgement =
    excluded.kind_judgement, kind_creative = excluded.kind_creative, kind_relational = excluded.kind_relational,
    explained = excluded.explained, batch = excluded.batch, accepted = excluded.accepted, modified =
    excluded.modified, rejected = excluded.rejected, auto = excluded.auto, decided = excluded.decided, reason_n =
    excluded.reason_n, reason_skill = excluded.reason_skill, reason_design = excluded.reason_design, ca =
    excluded.ca, wa = excluded.wa, co = excluded.co, wo = excluded.wo, ca_x = excluded.ca_x, wa_x = excluded.wa_x,
    co_x = excluded.co_x, wo_x = excluded.wo_x, rair_n = excluded.rair_n, rair_k = excluded.rair_k, rsr_n =
    excluded.rsr_n, rsr_k = excluded.rsr_k, arm = excluded.arm;
PREPARE cells_gone (integer, uptake.cell_row[]) AS DELETE FROM uptake.cell c USING unnest($2::uptake.cell_row[]) r
    WHERE c.partition = $1 AND c.team = r.team AND c.workflow = r.workflow AND c.day = r.day AND c.arm =
    r.arm::uptake.arm;
PREPARE cells_add (integer, uptake.cell_row[]) AS INSERT INTO uptake.cell AS c (partition, team, workflow, day,
    tasks, outcomes, self_outcomes, fed_back, success_n, success_k, quality_n, quality_sum, quality_sq, cycle_n,
    cycle_ln, cycle_ln_sq, effort_n, effort_s10, effort_sq, rework_n, rework_k, kind_routine, kind_judgement,
    kind_creative, kind_relational, explained, batch, accepted, modified, rejected, auto, decided, reason_n,
    reason_skill, reason_design, ca, wa, co, wo, ca_x, wa_x, co_x, wo_x, rair_n, rair_k, rsr_n, rsr_k, arm) SELECT
    $1, team, workflow, day, coalesce(tasks, 0), coalesce(outcomes, 0), coalesce(self_outcomes, 0),
    coalesce(fed_back, 0), coalesce(success_n, 0), coalesce(success_k, 0), coalesce(quality_n, 0),
    coalesce(quality_sum, 0), coalesce(quality_sq, 0), coalesce(cycle_n, 0), coalesce(cycle_ln, 0),
    coalesce(cycle_ln_sq, 0), coalesce(effort_n, 0), coalesce(effort_s10, 0), coalesce(effort_sq, 0),
    coalesce(rework_n, 0), coalesce(rework_k, 0), coalesce(kind_routine, 0), coalesce(kind_judgement, 0),
    coalesce(kind_creative, 0), coalesce(kind_relational, 0), coalesce(explained, 0), coalesce(batch, 0),
    coalesce(accepted, 0), coalesce(modified, 0), coalesce(rejected, 0), coalesce(auto, 0), coalesce(decided, 0),
    coalesce(reason_n, 0), coalesce(reason_skill, 0), coalesce(reason_design, 0), coalesce(ca, 0), coalesce(wa, 0),
    coalesce(co, 0), coalesce(wo, 0), coalesce(ca_x, 0), coalesce(wa_x, 0), coalesce(co_x, 0), coalesce(wo_x, 0),
    coalesce(rair_n, 0), coalesce(rair_k, 0), coalesce(rsr_n, 0), coalesce(rsr_k, 0), arm::uptake.arm FROM
    unnest($2::uptake.cell_row[]) ON CONFLICT (partition, team, workflow, day, arm) DO UPDATE SET tasks = c.tasks +
    excluded.tasks, outcomes = c.outcomes + excluded.outcomes, self_outcomes = c.self_outcomes +
    excluded.self_outcomes, fed_back = c.fed_back + excluded.fed_back, success_n = c.success_n + excluded.success_n,
    success_k = c.success_k + excluded.success_k, quality_n = c.quality_n + excluded.quality_n, quality_sum =
    c.quality_sum + excluded.quality_sum, quality_sq = c.quality_sq + excluded.quality_sq, cycle_n = c.cycle_n +
    excluded.cycle_n, cycle_ln = c.cycle_ln + excluded.cycle_ln, cycle_ln_sq = c.cycle_ln_sq + excluded.cycle_ln_sq,
    effort_n = c.effort_n + excluded.effort_n, effort_s10 = c.effort_s10 + excluded.effort_s10, effort_sq =
    c.effort_sq + excluded.effort_sq, rework_n = c.rework_n + excluded.rework_n, rework_k = c.rework_k +
    excluded.rework_k, kind_routine = c.kind_routine + excluded.kind_routine, kind_judgement = c.kind_judgement +
    excluded.kind_judgement, kind_creative = c.kind_creative + excluded.kind_creative, kind_relational =
    c.kind_relational + excluded.kind_relational, explained = c.explained + excluded.explained, batch = c.batch +
    excluded.batch, accepted = c.accepted + excluded.accepted, modified = c.modified + excluded.modified, rejected =
    c.rejected + excluded.rejected, auto = c.auto + excluded.auto, decided = c.decided + excluded.decided, reason_n
    = c.reason_n + excluded.reason_n, reason_skill = c.reason_skill + excluded.reason_skill, reason_design =
    c.reason_design + excluded.reason_design, ca = c.ca + excluded.ca, wa = c.wa + excluded.wa, co = c.co +
    excluded.co, wo = c.wo + excluded.wo, ca_x = c.ca_x + excluded.ca_x, wa_x = c.wa_x + excluded.wa_x, co_x =
    c.co_x + excluded.co_x, wo_x = c.wo_x + excluded.wo_x, rair_n = c.rair_n + excluded.rair_n, rair_k = c.rair_k +
    excluded.rair_k, rsr_n = c.rsr_n + excluded.rsr_n, rsr_k = c.rsr_k + excluded.rsr_k, arm = excluded.arm;
PREPARE cells_add_clear (integer, uptake.cell_row[]) AS DELETE FROM uptake.cell c USING
    unnest($2::uptake.cell_row[]) r WHERE c.partition = $1 AND c.team = r.team AND c.workflow = r.workflow AND c.day
    = r.day AND c.arm = r.arm::uptake.arm AND c.tasks = 0;
PREPARE segments (integer, uptake.task_segment_row[]) AS INSERT INTO uptake.task_segment (partition, number, part,
    page, pages, round, tasks, data) SELECT $1, number, part, page, pages, round, tasks, data FROM
    unnest($2::uptake.task_segment_row[]);
PREPARE segments_forget (integer, bigint) AS DELETE FROM uptake.task_segment WHERE partition = $1 AND number < $2;
PREPARE detectors (integer, uptake.detector_row[]) AS INSERT INTO uptake.detector (partition, team, state) SELECT
    $1, team, state FROM unnest($2::uptake.detector_row[]) ON CONFLICT (partition, team) DO UPDATE SET state =
    excluded.state;
PREPARE health (integer, uptake.health_row[]) AS INSERT INTO uptake.health (partition, team, day, health, lo, hi, n,
    health_limit, verdict, changed_work, traceable, reproduces, diagnosis, state, alarms, quiet, measures, because,
    suppressed, headcount, min_group, definitions, watermark, provisional) SELECT $1, r.* FROM
    unnest($2::uptake.health_row[]) r;
PREPARE measures (integer, uptake.measure_row[]) AS INSERT INTO uptake.measure (partition, team, workflow, win,
    as_of, values, because, definitions, watermark, provisional) SELECT DISTINCT ON (team, workflow, win) $1, team,
    workflow, win, as_of, values, because, definitions, watermark, provisional FROM unnest($2::uptake.measure_row[])
    WITH ORDINALITY ORDER BY team, workflow, win, ordinality DESC ON CONFLICT (partition, team, workflow, win) DO
    UPDATE SET as_of = excluded.as_of, values = excluded.values, because = excluded.because, definitions =
    excluded.definitions, watermark = excluded.watermark, provisional = excluded.provisional;
PREPARE alerts_open (integer, uptake.alert_row[]) AS INSERT INTO uptake.alert (partition, team, kind, opened,
    min_group, headcount, definitions, watermark) SELECT $1, team, kind, day, min_group, headcount, definitions,
    watermark FROM unnest($2::uptake.alert_row[]) WHERE opens;
PREPARE alerts_resolve (integer, uptake.alert_row[]) AS UPDATE uptake.alert a SET resolved = r.day FROM
    unnest($2::uptake.alert_row[]) r WHERE a.partition = $1 AND a.team = r.team AND a.kind = r.kind AND NOT r.opens
    AND a.opened < r.day AND a.resolved IS NULL AND NOT EXISTS (SELECT FROM unnest($2::uptake.alert_row[]) o WHERE
    o.team = r.team AND o.kind = r.kind AND NOT o.opens AND o.day < r.day AND o.day > a.opened);
PREPARE take (integer, integer, bytea, text, bigint) AS SELECT epoch, claim, number, watermark, greatest, accepted,
    ARRAY[rejected_malformed, rejected_envelope, rejected_unknown_type, rejected_schema, rejected_key,
    rejected_misrouted, rejected_too_late, rejected_future], last_opened, quiet_history, quiet_run, days_from,
    days_quiet, days_hidden, days_teams FROM uptake.take($1, $2, $3, $4, $5);
PREPARE read_offsets (integer) AS SELECT topic, next_offset, greatest FROM uptake.shard_offset WHERE partition = $1;
PREPARE load_team AS SELECT team, first_day, first_cell_day, evaluated_through, unmatched FROM uptake.team
    WHERE partition = 0;
PREPARE load_person AS SELECT team, person, first_seen, first_ai, status, status_at, status_hash, level,
    level_at, level_hash, first_level, first_level_at, first_level_hash, first_training_at, days_from, worked,
    practised, capability, capability_first, capability_last FROM uptake.person WHERE partition = 0;
PREPARE load_person_week AS SELECT w.team, w.person, w.week, w.tasks, w.ai, w.engaged, w.bypass, w.kinds,
    w.not_routine, w.ca, w.wa, w.co, w.wo FROM uptake.person_week w JOIN uptake.person p USING (partition, team,
    person) WHERE w.partition = 0 AND (w.week >= 2825 OR w.week BETWEEN (p.first_ai - date '1970-01-01') / 7 AND
    (p.first_ai - date '1970-01-01') / 7 + 3);
PREPARE load_cell AS SELECT c.team, c.workflow, c.day, c.arm, c.tasks, c.outcomes, c.self_outcomes,
    c.fed_back, c.success_n, c.success_k, c.quality_n, c.quality_sum, c.quality_sq, c.cycle_n, c.cycle_ln,
    c.cycle_ln_sq, c.effort_n, c.effort_s10, c.effort_sq, c.rework_n, c.rework_k, c.kind_routine, c.kind_judgement,
    c.kind_creative, c.kind_relational, c.explained, c.batch, c.accepted, c.modified, c.rejected, c.auto, c.decided,
    c.reason_n, c.reason_skill, c.reason_design, c.ca, c.wa, c.co, c.wo, c.ca_x, c.wa_x, c.co_x, c.wo_x, c.rair_n,
    c.rair_k, c.rsr_n, c.rsr_k FROM uptake.cell c WHERE c.partition = 0 AND c.day >= date '1970-01-01' + 19876;
PREPARE load_cell_baseline AS SELECT c.team, c.workflow, c.day, c.arm, c.tasks, c.outcomes, c.self_outcomes,
    c.fed_back, c.success_n, c.success_k, c.quality_n, c.quality_sum, c.quality_sq, c.cycle_n, c.cycle_ln,
    c.cycle_ln_sq, c.effort_n, c.effort_s10, c.effort_sq, c.rework_n, c.rework_k, c.kind_routine, c.kind_judgement,
    c.kind_creative, c.kind_relational, c.explained, c.batch, c.accepted, c.modified, c.rejected, c.auto, c.decided,
    c.reason_n, c.reason_skill, c.reason_design, c.ca, c.wa, c.co, c.wo, c.ca_x, c.wa_x, c.co_x, c.wo_x, c.rair_n,
    c.rair_k, c.rsr_n, c.rsr_k FROM uptake.cell_baseline c WHERE c.partition = 0 UNION ALL SELECT c.team,
    c.workflow, c.day, c.arm, c.tasks, c.outcomes, c.self_outcomes, c.fed_back, c.success_n, c.success_k,
    c.quality_n, c.quality_sum, c.quality_sq, c.cycle_n, c.cycle_ln, c.cycle_ln_sq, c.effort_n, c.effort_s10,
    c.effort_sq, c.rework_n, c.rework_k, c.kind_routine, c.kind_judgement, c.kind_creative, c.kind_relational,
    c.explained, c.batch, c.accepted, c.modified, c.rejected, c.auto, c.decided, c.reason_n, c.reason_skill,
    c.reason_design, c.ca, c.wa, c.co, c.wo, c.ca_x, c.wa_x, c.co_x, c.wo_x, c.rair_n, c.rair_k, c.rsr_n, c.rsr_k
    FROM uptake.cell c JOIN uptake.team t USING (partition, team) WHERE c.partition = 0 AND c.day >= date
    '1970-01-01' + 19000 AND c.day <= date '1970-01-01' + 19037 AND c.day BETWEEN t.first_cell_day AND
    t.first_cell_day + 27;
PREPARE load_training AS SELECT team, person, program, at, hash, teacher, seconds, format FROM uptake.training
    WHERE partition = 0 AND at >= timestamptz '1970-01-01 00:00+00' + interval '19553 days';
PREPARE load_redesign AS SELECT team, workflow, at, hash, label FROM uptake.redesign WHERE partition = 0;
PREPARE load_pulse AS SELECT team, person, question, day, at, hash, score FROM uptake.pulse WHERE partition =
    0 AND day >= date '1970-01-01' + 19876;
PREPARE load_detector AS SELECT team, state FROM uptake.detector WHERE partition = 0;
PREPARE load_task_segment AS SELECT number, page, pages, round, tasks, data FROM uptake.task_segment WHERE
    partition = 0 ORDER BY number, part;
