-- Beside the simulated teams: one with a hostile name, one too small to be shown, one whose rules changed, and 2,000 more.
-- All are copies of a simulated team, with the variable `source` as its name.

CREATE TEMP TABLE source_team AS SELECT * FROM uptake.team WHERE team = :'source';
CREATE TEMP TABLE source_health AS SELECT * FROM uptake.health WHERE team = :'source';
CREATE TEMP TABLE copy_of (name text, rank integer);
INSERT INTO copy_of VALUES ('<script>alert(1)</script>', 0), ('too few', 0), ('new rules', 0), ('a/b & "c" %41', 0);

INSERT INTO uptake.team SELECT partition, name, first_day, first_cell_day, evaluated_through, unmatched
  FROM source_team, copy_of;
INSERT INTO uptake.health
SELECT (jsonb_populate_record(h, jsonb_build_object('team', name, 'headcount', CASE name WHEN 'too few' THEN 3 ELSE h.headcount END,
        'definitions', CASE WHEN name = 'new rules' AND h.day < t.evaluated_through - 40 THEN '0-old' ELSE h.definitions END))).*
  FROM source_health h, source_team t, copy_of;
INSERT INTO uptake.measure (partition, team, workflow, win, as_of, values, because, definitions, watermark, provisional)
SELECT partition, name, workflow, win, as_of, values, because, definitions, watermark, provisional
  FROM uptake.measure, copy_of WHERE team = :'source';

-- What an operator would never wish: markup wherever words of others are shown.
INSERT INTO uptake.redesign (partition, team, workflow, at, hash, label)
SELECT partition, '<script>alert(1)</script>', '<img src=x onerror=alert(2)>', evaluated_through - 30, 1, '<b>bold</b>'
  FROM source_team;
INSERT INTO uptake.alert (partition, team, kind, opened, sentence, note, acknowledged_by, min_group, headcount, definitions, watermark)
SELECT partition, '<script>alert(1)</script>', 'relapsing', evaluated_through - 20, 'Fewer <i>practise</i>.', '<u>note</u>', '<s>me</s>',
       5, 9, 'x', now() FROM source_team;

INSERT INTO uptake.team SELECT partition, 'many-' || lpad(i::text, 4, '0'), first_day, first_cell_day, evaluated_through, unmatched
  FROM source_team, generate_series(1, 2000) i;
INSERT INTO uptake.health
SELECT (jsonb_populate_record(h, jsonb_build_object('team', 'many-' || lpad(i::text, 4, '0'), 'measures', '{}'::jsonb,
        'health', 20 + (i * 7 + (t.evaluated_through - h.day)) % 60, 'lo', 15 + (i * 7) % 60, 'hi', 30 + (i * 7) % 60))).*
  FROM source_health h, source_team t, generate_series(1, 2000) i WHERE (t.evaluated_through - h.day) % 7 = 0
   AND h.day > t.evaluated_through - 182;
ANALYZE uptake.team;
ANALYZE uptake.health;
