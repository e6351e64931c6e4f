-- A checkpoint of the program whose schema is version 6, with every statement and every type of row it has, then a load.
-- Wants the variables epoch, claim, n (number of the last checkpoint) and day (another one each time).

BEGIN;
EXECUTE fence(0, :epoch, :'claim', :n);
EXECUTE add_months(ARRAY[:'day'::date]);
EXECUTE shard(0, ARRAY[ROW(:'day'::date + time '12:00', :'day'::date + time '13:00', 1, 10 * (:n + 1), '{1,2,3,4,5,6,7,8}', :'day',
    '{3,4}', 0, :'day', '{f}', '{f}', '{1}')::uptake.shard_row]);
EXECUTE offsets(0, ARRAY[ROW('work', 100 * (:n + 1), :'day'::date)::uptake.shard_offset_row]);
EXECUTE gaps(0, ARRAY[ROW('work', 5, 7 + :n)::uptake.gap_row]);
EXECUTE teams(0, ARRAY[ROW('old', '2026-01-05', '2026-01-05', :'day', :n)::uptake.team_row]);
EXECUTE persons(0, ARRAY[ROW('old', '00000000-0000-0000-0000-000000000001', '2026-01-05', :'day', 'active', :'day'::date, 1, 'junior',
    :'day'::date, 2, 'junior', '2026-01-05', 3, :'day'::date, '2026-01-05', '\x0102', '\x0001', '{draft}', ARRAY[:'day'::date],
    ARRAY[:'day'::date])::uptake.person_row]);
EXECUTE weeks(0, ARRAY[
    ROW('old', '00000000-0000-0000-0000-000000000001', 2900, 5, 4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::uptake.person_week_row,
    ROW('old', '00000000-0000-0000-0000-000000000001', 2901, 5, 4, 3, 2, 1, 1, 1, 1, 1, 1)::uptake.person_week_row]);
EXECUTE weeks_add(0, ARRAY[
    ROW('old', '00000000-0000-0000-0000-000000000001', 2900, 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::uptake.person_week_row]);
EXECUTE weeks_gone(0, ARRAY[
    ROW('old', '00000000-0000-0000-0000-000000000001', 2901, 5, 4, 3, 2, 1, 1, 1, 1, 1, 1)::uptake.person_week_row]);
EXECUTE weeks_add_clear(0, ARRAY[
    ROW('old', '00000000-0000-0000-0000-000000000001', 2900, 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::uptake.person_week_row]);
EXECUTE trainings(0, ARRAY[ROW('old', '00000000-0000-0000-0000-000000000001', 'basics', :'day'::date, 4,
    '00000000-0000-0000-0000-000000000002', 3600, 'peer')::uptake.training_row]);
EXECUTE redesigns(0, ARRAY[ROW('old', 'claims', :'day'::date, 5, 'less typing')::uptake.redesign_row]);
EXECUTE pulses(0, ARRAY[ROW('old', '00000000-0000-0000-0000-000000000001', 'safe_to_try', :'day', :'day'::date, 6, 4)::uptake.pulse_row]);
EXECUTE cells(0, ARRAY[
    ROW('old', 'claims', :'day', 'ai', 5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::uptake.cell_row,
    ROW('old', 'gone', :'day', 'ai', 5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::uptake.cell_row]);
EXECUTE cells_add(0, ARRAY[
    ROW('old', 'claims', :'day', 'ai', 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::uptake.cell_row]);
EXECUTE cells_gone(0, ARRAY[
    ROW('old', 'gone', :'day', 'ai', 5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::uptake.cell_row]);
EXECUTE cells_add_clear(0, ARRAY[
    ROW('old', 'claims', :'day', 'ai', 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::uptake.cell_row]);
EXECUTE segments(0, ARRAY[ROW(:n + 1, 0, NULL, NULL, NULL, 1, '\x55')::uptake.task_segment_row,
    ROW(:n + 1, 1, 0, 1, :n + 1, 1, '\x55')::uptake.task_segment_row]);
EXECUTE segments_forget(0, :n + 1);
EXECUTE detectors(0, ARRAY[ROW('old', '\x01')::uptake.detector_row]);
EXECUTE health(0, ARRAY[ROW('old', :'day', 50, 40, 60, 8, 'judgement', 'unfinished', 'present', 'absent', 'unknown', '{fading}', 'level',
    '{stalled}', false, '{}', '{}', '{}', 8, 5, '1-old', :'day'::date, false)::uptake.health_row]);
EXECUTE measures(0, ARRAY[ROW('old', NULL, '28d', :'day', '{"judgement": [0.5, 0.4, 0.6, 30]}', '{"lift": "no_outcomes"}', '1-old',
    :'day'::date, false)::uptake.measure_row]);
EXECUTE alerts_open(0, ARRAY[ROW('old', 'stalled', :'day', true, 5, 8, '1-old', :'day'::date)::uptake.alert_row]);
EXECUTE alerts_resolve(0, ARRAY[ROW('old', 'stalled', :'day'::date + 1, false, 5, 8, '1-old', :'day'::date)::uptake.alert_row]);
EXECUTE organisation;
COMMIT;

EXECUTE look(0);
EXECUTE drop_old_months(36);
EXECUTE read_offsets(0);
EXECUTE load_team;
EXECUTE load_person;
EXECUTE load_person_week;
EXECUTE load_cell;
EXECUTE load_cell_baseline;
EXECUTE load_training;
EXECUTE load_redesign;
EXECUTE load_pulse;
EXECUTE load_detector;
EXECUTE load_task_segment;
