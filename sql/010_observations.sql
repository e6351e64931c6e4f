-- What the detectors saw at each close, so that they can be run again with other settings.

ALTER TABLE uptake.health
    ADD COLUMN x_relapsing double precision,
    ADD COLUMN x_bypassing double precision,
    ADD COLUMN x_over_trust double precision,
    ADD COLUMN hidden boolean,
    ADD COLUMN teams integer,
    ADD COLUMN redesigns integer,
    ADD COLUMN plateau boolean;
COMMENT ON COLUMN uptake.health.x_relapsing IS 'people of the headcount who practised that day, of all of it; NULL = unknown';
COMMENT ON COLUMN uptake.health.x_bypassing IS 'tasks of that day around the tool, of those and the ones with it; NULL = none';
COMMENT ON COLUMN uptake.health.x_over_trust IS 'wrong advice of the day a week before that was accepted, of all that was scored; NULL = none';
COMMENT ON COLUMN uptake.health.hidden IS 'x_relapsing is unknown because the day was quiet';
COMMENT ON COLUMN uptake.health.teams IS 'teams of the organisation as the day was opened; NULL = an older program wrote the row';
COMMENT ON COLUMN uptake.health.redesigns IS 'redesigns of the team known with a day up to this one';
COMMENT ON COLUMN uptake.health.plateau IS 'has practising reached a plateau; NULL = not judged that day';

CREATE TYPE uptake.health_close AS (
    team text, day date, health double precision, lo double precision, hi double precision, n double precision,
    health_limit text, verdict text, changed_work text, traceable text, reproduces text, diagnosis text[], state text,
    alarms text[], quiet boolean, measures jsonb, because jsonb, suppressed text[], headcount integer,
    min_group integer, definitions text, watermark timestamptz, provisional boolean, x_relapsing double precision,
    x_bypassing double precision, x_over_trust double precision, hidden boolean, teams integer, redesigns integer,
    plateau boolean);
COMMENT ON TYPE uptake.health_close IS 'What a checkpoint sends of uptake.health';
