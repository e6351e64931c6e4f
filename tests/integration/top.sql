-- Teams whose names would steer a terminal, or take more columns than characters: copies of the team `source`.
CREATE TEMP TABLE source_team AS SELECT * FROM uptake.team WHERE team = :'source';
CREATE TEMP TABLE copy_of (name text);
INSERT INTO copy_of VALUES (E'\x1b[31mred\x1b]0;title\x07'), (E'a\tb\nc'), (U&'\009b2Jgone'), (U&'nev\202Eer'), (U&'e\0301quipe'), ('中文团队');
INSERT INTO uptake.team SELECT partition, name, first_day, first_cell_day, evaluated_through, unmatched FROM source_team, copy_of;
INSERT INTO uptake.health
SELECT (jsonb_populate_record(h, jsonb_build_object('team', name))).* FROM uptake.health h, source_team t, copy_of WHERE h.team = t.team;
