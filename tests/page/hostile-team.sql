-- A team like that in `source`, called what is in `name`, with as odd a workflow, redesign and alarm, and rules that changed.

CREATE TEMP TABLE source_team AS SELECT * FROM uptake.team WHERE team = :'source';
INSERT INTO uptake.team SELECT partition, :'name', first_day, first_cell_day, evaluated_through, unmatched FROM source_team;
INSERT INTO uptake.health
SELECT (jsonb_populate_record(h, jsonb_build_object('team', :'name', 'definitions',
        CASE WHEN h.day < t.evaluated_through - 40 THEN '0-<old>' ELSE h.definitions END))).*
  FROM uptake.health h, source_team t WHERE h.team = :'source';
INSERT INTO uptake.measure (partition, team, workflow, win, as_of, values, because, definitions, watermark, provisional)
SELECT partition, :'name', CASE workflow WHEN 'reply' THEN :'name' ELSE workflow END, win, as_of, values, because, definitions,
       watermark, provisional
  FROM uptake.measure WHERE team = :'source';
INSERT INTO uptake.redesign (partition, team, workflow, at, hash, label)
SELECT partition, :'name', :'name', evaluated_through - 30, 1, '<b>bold</b>' FROM source_team;
INSERT INTO uptake.alert (partition, team, kind, opened, sentence, note, acknowledged_by, min_group, headcount, definitions, watermark)
SELECT partition, :'name', 'relapsing', evaluated_through - 20, 'Fewer <i>practise</i> | now.', '<u>note</u>', '<s>me</s>',
       5, 9, 'x', now() FROM source_team;
