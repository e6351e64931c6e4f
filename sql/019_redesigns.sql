-- What redesigns changed: one row a redesign, replaced while it is judged, and final from then on.

CREATE TABLE uptake.redesign_measure (
    partition integer NOT NULL,
    team text COLLATE "C" NOT NULL,
    workflow text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    as_of date NOT NULL,
    values jsonb COMPRESSION lz4 NOT NULL,
    because jsonb COMPRESSION lz4 NOT NULL,
    definitions text NOT NULL,
    watermark timestamptz NOT NULL,
    provisional boolean NOT NULL,
    PRIMARY KEY (partition, team, workflow, at)
) WITH (fillfactor = 70);
CREATE INDEX redesign_measure_by_team ON uptake.redesign_measure (team);
COMMENT ON INDEX uptake.redesign_measure_by_team IS 'The redesigns of one team';
COMMENT ON TABLE uptake.redesign_measure IS 'What each redesign changed: 28 days from it on against the 28 before, judged as of the days 28 to 60 after it; the last of these stays for good';
COMMENT ON COLUMN uptake.redesign_measure.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.redesign_measure.team IS 'the team';
COMMENT ON COLUMN uptake.redesign_measure.workflow IS 'the workflow that was redesigned';
COMMENT ON COLUMN uptake.redesign_measure.at IS 'when the redesign took effect; with team and workflow it is the redesign';
COMMENT ON COLUMN uptake.redesign_measure.as_of IS 'the day it is judged as of';
COMMENT ON COLUMN uptake.redesign_measure.values IS 'known measures: [estimate, lo, hi, n], true or false';
COMMENT ON COLUMN uptake.redesign_measure.because IS 'of each unknown measure the word why; too few people to be seen: suppressed';
COMMENT ON COLUMN uptake.redesign_measure.definitions IS 'version of the rules and of every option that changes a result';
COMMENT ON COLUMN uptake.redesign_measure.watermark IS 'up to when events were known';
COMMENT ON COLUMN uptake.redesign_measure.provisional IS 'the day has not closed';
CREATE TYPE uptake.redesign_measure_row AS (
    team text, workflow text, at timestamptz, as_of date, "values" jsonb, because jsonb, definitions text,
    watermark timestamptz, provisional boolean);
COMMENT ON TYPE uptake.redesign_measure_row IS 'What a checkpoint sends of uptake.redesign_measure';

CREATE VIEW uptake.redesign_outcomes WITH (security_barrier) AS
SELECT m.team, m.workflow, m.at, (m.at AT TIME ZONE 'UTC')::date AS day, r.label, v.measure,
       CASE jsonb_typeof(v.value)
           WHEN 'array' THEN (v.value ->> 0)::double precision
           WHEN 'boolean' THEN (v.value::boolean)::integer::double precision
       END AS estimate,
       CASE jsonb_typeof(v.value) WHEN 'array' THEN (v.value ->> 1)::double precision END AS lo,
       CASE jsonb_typeof(v.value) WHEN 'array' THEN (v.value ->> 2)::double precision END AS hi,
       CASE jsonb_typeof(v.value) WHEN 'array' THEN (v.value ->> 3)::double precision END AS n,
       v.because, NOT m.provisional AND m.as_of - (m.at AT TIME ZONE 'UTC')::date >= 60 AS is_final,
       m.as_of, m.watermark, m.definitions, m.provisional
  FROM uptake.redesign_measure m
  LEFT JOIN uptake.redesign r ON r.partition = m.partition AND r.team = m.team AND r.workflow = m.workflow AND r.at = m.at
 CROSS JOIN LATERAL (
       SELECT key, value, NULL::text FROM jsonb_each(m.values)
       UNION ALL SELECT key, NULL, value FROM jsonb_each_text(m.because)) v (measure, value, because);
COMMENT ON VIEW uptake.redesign_outcomes IS 'What each redesign changed: 28 days from it on against the 28 before, a measure a row; of what is unknown the word why';
COMMENT ON COLUMN uptake.redesign_outcomes.team IS 'the team';
COMMENT ON COLUMN uptake.redesign_outcomes.workflow IS 'the workflow that was redesigned';
COMMENT ON COLUMN uptake.redesign_outcomes.at IS 'when the redesign took effect; with team and workflow it is the redesign';
COMMENT ON COLUMN uptake.redesign_outcomes.day IS 'the day it took effect (UTC)';
COMMENT ON COLUMN uptake.redesign_outcomes.label IS 'what the team calls it';
COMMENT ON COLUMN uptake.redesign_outcomes.measure IS 'its name; what it says and cannot show: uptake.glossary';
COMMENT ON COLUMN uptake.redesign_outcomes.estimate IS 'the figure, after minus (a ratio: over) before; of a yes or no 1 or 0; NULL = unknown';
COMMENT ON COLUMN uptake.redesign_outcomes.lo IS 'lower limit, 95 %';
COMMENT ON COLUMN uptake.redesign_outcomes.hi IS 'upper limit, 95 %';
COMMENT ON COLUMN uptake.redesign_outcomes.n IS 'trials of both sides';
COMMENT ON COLUMN uptake.redesign_outcomes.because IS 'why it is unknown';
COMMENT ON COLUMN uptake.redesign_outcomes.is_final IS 'it is not judged any more: the row stays as it is';
COMMENT ON COLUMN uptake.redesign_outcomes.as_of IS 'the day it is judged as of';
COMMENT ON COLUMN uptake.redesign_outcomes.watermark IS 'up to when events were known';
COMMENT ON COLUMN uptake.redesign_outcomes.definitions IS 'version of the rules; two figures with different ones do not compare';
COMMENT ON COLUMN uptake.redesign_outcomes.provisional IS 'the day has not closed';

SELECT uptake.grant_roles();
