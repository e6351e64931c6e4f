-- What would be said of closed days with what is known now, beside what was said then. Written by `uptakectl recompute`.

CREATE TABLE uptake.health_hindsight (
    partition integer NOT NULL,
    team text NOT NULL,
    day date NOT NULL,
    health double precision,
    lo double precision,
    hi double precision,
    n double precision,
    health_limit text,
    verdict text,
    changed_work text NOT NULL,
    traceable text NOT NULL,
    reproduces text NOT NULL,
    diagnosis text[],
    measures jsonb COMPRESSION lz4 NOT NULL,
    because jsonb COMPRESSION lz4 NOT NULL,
    suppressed text[] NOT NULL,
    not_kept text[] NOT NULL,
    headcount integer NOT NULL,
    min_group integer NOT NULL,
    definitions text NOT NULL,
    watermark timestamptz NOT NULL,
    computed_at timestamptz NOT NULL,
    PRIMARY KEY (partition, team, day)
);
COMMENT ON TABLE uptake.health_hindsight IS 'Closed days as they look from later: one row per team and day, of the latest recompute. Alarms and state are no part of it: they were decided day by day';
COMMENT ON COLUMN uptake.health_hindsight.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.health_hindsight.team IS 'the team';
COMMENT ON COLUMN uptake.health_hindsight.day IS 'the closed day that everything in the row is as of';
COMMENT ON COLUMN uptake.health_hindsight.health IS 'health, 0 to 100; NULL = unknown, or something that it rests on is not kept';
COMMENT ON COLUMN uptake.health_hindsight.lo IS 'lower limit of health';
COMMENT ON COLUMN uptake.health_hindsight.hi IS 'upper limit of health';
COMMENT ON COLUMN uptake.health_hindsight.n IS 'people that health is about';
COMMENT ON COLUMN uptake.health_hindsight.health_limit IS 'the component that holds health down most';
COMMENT ON COLUMN uptake.health_hindsight.verdict IS 'transformation, unfinished, theatre or insufficient_evidence; NULL where health cannot be recomputed';
COMMENT ON COLUMN uptake.health_hindsight.changed_work IS 'indicator: did the work change; present, absent or unknown';
COMMENT ON COLUMN uptake.health_hindsight.traceable IS 'indicator: do outcomes show what became of it';
COMMENT ON COLUMN uptake.health_hindsight.reproduces IS 'indicator: do the trained train others';
COMMENT ON COLUMN uptake.health_hindsight.diagnosis IS 'what was in the way; NULL where health cannot be recomputed';
COMMENT ON COLUMN uptake.health_hindsight.measures IS 'measures of 28d and own: [estimate, lo, hi, n], true or false, or a count';
COMMENT ON COLUMN uptake.health_hindsight.because IS 'of each unknown measure the word why';
COMMENT ON COLUMN uptake.health_hindsight.suppressed IS 'measures behind which there are too few people for others to see';
COMMENT ON COLUMN uptake.health_hindsight.not_kept IS 'measures that cannot be recomputed: on which days people worked is kept for 448 days only';
COMMENT ON COLUMN uptake.health_hindsight.headcount IS 'people of the team on that day; 0 where that is not kept';
COMMENT ON COLUMN uptake.health_hindsight.min_group IS 'people that must stand behind a figure for anybody to see it';
COMMENT ON COLUMN uptake.health_hindsight.definitions IS 'version of the rules and of every option that changes a result';
COMMENT ON COLUMN uptake.health_hindsight.watermark IS 'up to when events were known when it was computed';
COMMENT ON COLUMN uptake.health_hindsight.computed_at IS 'when that was (wall clock)';

CREATE VIEW uptake.team_hindsight WITH (security_barrier) AS
SELECT h.team, h.day, k.key AS measure, CASE jsonb_typeof(f) WHEN 'array' THEN (f ->> 0)::double precision
            WHEN 'boolean' THEN (f::boolean)::integer ELSE f::double precision END AS estimate,
       CASE jsonb_typeof(f) WHEN 'array' THEN (f ->> 1)::double precision END AS lo,
       CASE jsonb_typeof(f) WHEN 'array' THEN (f ->> 2)::double precision END AS hi,
       CASE jsonb_typeof(f) WHEN 'array' THEN (f ->> 3)::double precision END AS n,
       CASE WHEN f IS NULL THEN CASE WHEN k.key = ANY (known.hidden) THEN 'suppressed' ELSE h.because ->> k.key END END AS because,
       CASE jsonb_typeof(g) WHEN 'array' THEN (g ->> 0)::double precision
            WHEN 'boolean' THEN (g::boolean)::integer ELSE g::double precision END AS estimate_now,
       CASE jsonb_typeof(g) WHEN 'array' THEN (g ->> 1)::double precision END AS lo_now,
       CASE jsonb_typeof(g) WHEN 'array' THEN (g ->> 2)::double precision END AS hi_now,
       CASE jsonb_typeof(g) WHEN 'array' THEN (g ->> 3)::double precision END AS n_now,
       CASE WHEN g IS NULL THEN CASE WHEN k.key = ANY (known.hidden_now) THEN 'suppressed'
            WHEN k.key = ANY (n.not_kept) OR k.key = 'health' AND n.verdict IS NULL THEN 'not_kept'
            ELSE n.because ->> k.key END END AS because_now,
       h.definitions = n.definitions AS is_comparable, h.definitions, n.definitions AS definitions_now,
       h.day AS as_of, h.watermark, n.watermark AS watermark_now, n.computed_at, h.provisional
  FROM uptake.health h
  JOIN uptake.health_hindsight n ON n.partition = h.partition AND n.team = h.team AND n.day = h.day
 CROSS JOIN LATERAL (SELECT CASE WHEN h.headcount < h.min_group THEN h.suppressed || 'health'::text ELSE h.suppressed END AS hidden,
                            CASE WHEN n.headcount < n.min_group THEN n.suppressed || 'health'::text ELSE n.suppressed END AS hidden_now) known
 CROSS JOIN LATERAL (
       SELECT key, a.value AS f, b.value AS g
         FROM jsonb_each((h.measures || CASE WHEN h.health IS NULL THEN '{}'
                              ELSE jsonb_build_object('health', jsonb_build_array(h.health, h.lo, h.hi, h.n)) END) - known.hidden) a
         FULL JOIN jsonb_each((n.measures || CASE WHEN n.health IS NULL THEN '{}'
                              ELSE jsonb_build_object('health', jsonb_build_array(n.health, n.lo, n.hi, n.n)) END) - known.hidden_now) b
              USING (key)) k;
COMMENT ON VIEW uptake.team_hindsight IS 'Each measure of a closed day as it was known then, and as it looks now: what came late, or was corrected, is the difference';
COMMENT ON COLUMN uptake.team_hindsight.team IS 'the team';
COMMENT ON COLUMN uptake.team_hindsight.day IS 'the closed day';
COMMENT ON COLUMN uptake.team_hindsight.measure IS 'its name; health is one, too';
COMMENT ON COLUMN uptake.team_hindsight.estimate IS 'the figure as it was known when the day closed; of a yes or no 1 or 0';
COMMENT ON COLUMN uptake.team_hindsight.lo IS 'lower limit, 95 %';
COMMENT ON COLUMN uptake.team_hindsight.hi IS 'upper limit, 95 %';
COMMENT ON COLUMN uptake.team_hindsight.n IS 'trials, or exposure of a rate';
COMMENT ON COLUMN uptake.team_hindsight.because IS 'why it was unknown';
COMMENT ON COLUMN uptake.team_hindsight.estimate_now IS 'the figure of that day with what is known now';
COMMENT ON COLUMN uptake.team_hindsight.lo_now IS 'lower limit of that, 95 %';
COMMENT ON COLUMN uptake.team_hindsight.hi_now IS 'upper limit of that, 95 %';
COMMENT ON COLUMN uptake.team_hindsight.n_now IS 'trials, or exposure of a rate, of that';
COMMENT ON COLUMN uptake.team_hindsight.because_now IS 'why it is unknown now; not_kept: what it rests on is not stored any more';
COMMENT ON COLUMN uptake.team_hindsight.is_comparable IS 'both are made by the same rules and options';
COMMENT ON COLUMN uptake.team_hindsight.definitions IS 'version of the rules of then';
COMMENT ON COLUMN uptake.team_hindsight.definitions_now IS 'version of the rules of now';
COMMENT ON COLUMN uptake.team_hindsight.as_of IS 'the day both are as of';
COMMENT ON COLUMN uptake.team_hindsight.watermark IS 'up to when events were known then';
COMMENT ON COLUMN uptake.team_hindsight.watermark_now IS 'up to when events were known at the recompute';
COMMENT ON COLUMN uptake.team_hindsight.computed_at IS 'when it was recomputed (wall clock)';
COMMENT ON COLUMN uptake.team_hindsight.provisional IS 'the day had not closed';

SELECT uptake.grant_roles();
