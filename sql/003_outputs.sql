-- What uptake found out: measures, frozen health, detectors, alerts. Every row says by which rules and as of when.

CREATE TABLE uptake.measure (
    partition integer NOT NULL,
    team text COLLATE "C" NOT NULL,
    workflow text COLLATE "C",
    win text COLLATE "C" NOT NULL,
    as_of date NOT NULL,
    values jsonb COMPRESSION lz4 NOT NULL,
    because jsonb COMPRESSION lz4 NOT NULL,
    definitions text NOT NULL,
    watermark timestamptz NOT NULL,
    provisional boolean NOT NULL,
    UNIQUE NULLS NOT DISTINCT (partition, team, workflow, win)
) WITH (fillfactor = 70);
COMMENT ON TABLE uptake.measure IS 'The latest measures of every window';
COMMENT ON COLUMN uptake.measure.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.measure.team IS 'the team';
COMMENT ON COLUMN uptake.measure.workflow IS 'the workflow; NULL = all of the team';
COMMENT ON COLUMN uptake.measure.win IS '1d, 7d, 28d, 90d (days up to as_of) or own';
COMMENT ON COLUMN uptake.measure.as_of IS 'the day it is evaluated as of';
COMMENT ON COLUMN uptake.measure.values IS 'known measures: [estimate, lo, hi, n], true or false, or a count';
COMMENT ON COLUMN uptake.measure.because IS 'of each unknown measure the word why; too few people to be seen: suppressed';
COMMENT ON COLUMN uptake.measure.definitions IS 'version of the rules and of every option that changes a result';
COMMENT ON COLUMN uptake.measure.watermark IS 'up to when events were known';
COMMENT ON COLUMN uptake.measure.provisional IS 'the day has not closed';
CREATE TYPE uptake.measure_row AS (
    team text, workflow text, win text, as_of date, "values" jsonb, because jsonb, definitions text,
    watermark timestamptz, provisional boolean);
COMMENT ON TYPE uptake.measure_row IS 'What a checkpoint sends of uptake.measure';

CREATE TABLE uptake.health (
    partition integer NOT NULL,
    team text COLLATE "C" NOT NULL,
    day date NOT NULL,
    health double precision,
    lo double precision,
    hi double precision,
    n double precision,
    health_limit text,
    verdict text NOT NULL,
    changed_work text NOT NULL,
    traceable text NOT NULL,
    reproduces text NOT NULL,
    diagnosis text[] NOT NULL,
    state text NOT NULL,
    alarms text[] NOT NULL,
    quiet boolean NOT NULL,
    measures jsonb COMPRESSION lz4 NOT NULL,
    because jsonb COMPRESSION lz4 NOT NULL,
    suppressed text[] NOT NULL,
    headcount integer NOT NULL,
    min_group integer NOT NULL,
    definitions text NOT NULL,
    watermark timestamptz NOT NULL,
    provisional boolean NOT NULL,
    PRIMARY KEY (partition, team, day)
) PARTITION BY RANGE (day);
COMMENT ON TABLE uptake.health IS 'One frozen row per team and closed day, never changed afterwards; by month';
COMMENT ON COLUMN uptake.health.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.health.team IS 'the team';
COMMENT ON COLUMN uptake.health.day IS 'the closed day that everything in the row is as of';
COMMENT ON COLUMN uptake.health.health IS 'health, 0 to 100; NULL = unknown';
COMMENT ON COLUMN uptake.health.lo IS 'lower limit of health';
COMMENT ON COLUMN uptake.health.hi IS 'upper limit of health';
COMMENT ON COLUMN uptake.health.n IS 'people that health is about';
COMMENT ON COLUMN uptake.health.health_limit IS 'the component that holds health down most';
COMMENT ON COLUMN uptake.health.verdict IS 'transformation, unfinished, theatre or insufficient_evidence';
COMMENT ON COLUMN uptake.health.changed_work IS 'indicator: did the work change; present, absent or unknown';
COMMENT ON COLUMN uptake.health.traceable IS 'indicator: do outcomes show what became of it';
COMMENT ON COLUMN uptake.health.reproduces IS 'indicator: do the trained train others';
COMMENT ON COLUMN uptake.health.diagnosis IS 'what is in the way';
COMMENT ON COLUMN uptake.health.state IS 'no_data, emerging, relapsing, stalled, growing or level';
COMMENT ON COLUMN uptake.health.alarms IS 'alarms that are open after the close';
COMMENT ON COLUMN uptake.health.quiet IS 'hardly anybody of the partition worked';
COMMENT ON COLUMN uptake.health.measures IS 'measures of 28d and own: [estimate, lo, hi, n], true or false, or a count';
COMMENT ON COLUMN uptake.health.because IS 'of each unknown measure the word why';
COMMENT ON COLUMN uptake.health.suppressed IS 'measures behind which there are too few people for others to see';
COMMENT ON COLUMN uptake.health.headcount IS 'people of the team on that day';
COMMENT ON COLUMN uptake.health.min_group IS 'people that must stand behind a figure for anybody to see it';
COMMENT ON COLUMN uptake.health.definitions IS 'version of the rules and of every option that changes a result';
COMMENT ON COLUMN uptake.health.watermark IS 'up to when events were known';
COMMENT ON COLUMN uptake.health.provisional IS 'the day had not closed';
CREATE TYPE uptake.health_row AS (
    team text, day date, health double precision, lo double precision, hi double precision, n double precision,
    health_limit text, verdict text, changed_work text, traceable text, reproduces text, diagnosis text[], state text,
    alarms text[], quiet boolean, measures jsonb, because jsonb, suppressed text[], headcount integer,
    min_group integer, definitions text, watermark timestamptz, provisional boolean);
COMMENT ON TYPE uptake.health_row IS 'What a checkpoint sends of uptake.health';

CREATE TABLE uptake.detector (
    partition integer NOT NULL,
    team text COLLATE "C" NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (partition, team)
) WITH (fillfactor = 70);
ALTER TABLE uptake.detector ALTER COLUMN state SET STORAGE EXTERNAL;
COMMENT ON TABLE uptake.detector IS 'State of the alarms of each team, so that a restart neither loses nor repeats one';
COMMENT ON COLUMN uptake.detector.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.detector.team IS 'the team';
COMMENT ON COLUMN uptake.detector.state IS 'versioned; only uptaked reads it';
CREATE TYPE uptake.detector_row AS (team text, state bytea);
COMMENT ON TYPE uptake.detector_row IS 'What a checkpoint sends of uptake.detector';

CREATE TABLE uptake.alert (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partition integer NOT NULL,
    team text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    opened date NOT NULL,
    resolved date,
    evidence jsonb NOT NULL DEFAULT '{}',
    sentence text NOT NULL DEFAULT '',
    audience text NOT NULL DEFAULT 'adoption',
    owner text,
    acknowledged_at timestamptz,
    acknowledged_by text,
    note text,
    min_group integer NOT NULL,
    headcount integer NOT NULL,
    definitions text NOT NULL,
    watermark timestamptz NOT NULL,
    UNIQUE (partition, team, kind, opened)
);
CREATE INDEX alert_open_by_team ON uptake.alert (partition, team, kind) WHERE resolved IS NULL;
COMMENT ON TABLE uptake.alert IS 'Alarms that fired: opened, acknowledged, resolved';
COMMENT ON COLUMN uptake.alert.id IS 'number to acknowledge it by';
COMMENT ON COLUMN uptake.alert.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.alert.team IS 'the team';
COMMENT ON COLUMN uptake.alert.kind IS 'which alarm; with team and opened its identity everywhere';
COMMENT ON COLUMN uptake.alert.opened IS 'the day whose close opened it';
COMMENT ON COLUMN uptake.alert.resolved IS 'the day whose close resolved it';
COMMENT ON COLUMN uptake.alert.evidence IS 'the figures behind it';
COMMENT ON COLUMN uptake.alert.sentence IS 'what it says, for people';
COMMENT ON COLUMN uptake.alert.audience IS 'service or adoption';
COMMENT ON COLUMN uptake.alert.owner IS 'whom it is for';
COMMENT ON COLUMN uptake.alert.acknowledged_at IS 'when somebody took it up (wall clock)';
COMMENT ON COLUMN uptake.alert.acknowledged_by IS 'who took it up';
COMMENT ON COLUMN uptake.alert.note IS 'what they said';
COMMENT ON COLUMN uptake.alert.min_group IS 'people that must stand behind a figure for anybody to see it';
COMMENT ON COLUMN uptake.alert.headcount IS 'people of the team when it opened';
COMMENT ON COLUMN uptake.alert.definitions IS 'version of the rules and of every option that changes a result';
COMMENT ON COLUMN uptake.alert.watermark IS 'up to when events were known when it opened';
CREATE TYPE uptake.alert_row AS (
    team text, kind text, day date, opens boolean, min_group integer, headcount integer, definitions text,
    watermark timestamptz);
COMMENT ON TYPE uptake.alert_row IS 'What a checkpoint sends of uptake.alert: an opening or a resolving';

CREATE TABLE uptake.alert_delivery (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert bigint NOT NULL REFERENCES uptake.alert (id) ON DELETE CASCADE,
    receiver text NOT NULL,
    event text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    last_error text,
    UNIQUE (alert, receiver, event)
);
CREATE INDEX alert_delivery_due ON uptake.alert_delivery (next_attempt_at) WHERE delivered_at IS NULL;
COMMENT ON TABLE uptake.alert_delivery IS 'Outbox: what must still be told to whom, at least once';
COMMENT ON COLUMN uptake.alert_delivery.id IS 'number of the delivery';
COMMENT ON COLUMN uptake.alert_delivery.alert IS 'the alert';
COMMENT ON COLUMN uptake.alert_delivery.receiver IS 'name of the receiver';
COMMENT ON COLUMN uptake.alert_delivery.event IS 'opened or resolved';
COMMENT ON COLUMN uptake.alert_delivery.attempts IS 'attempts so far';
COMMENT ON COLUMN uptake.alert_delivery.next_attempt_at IS 'not before (wall clock)';
COMMENT ON COLUMN uptake.alert_delivery.delivered_at IS 'when the receiver took it (wall clock)';
COMMENT ON COLUMN uptake.alert_delivery.last_error IS 'why the last attempt failed';
