-- What analysts see. A figure is shown only where at least min_group people stand behind it.

CREATE VIEW uptake.team_health_daily WITH (security_barrier) AS
SELECT h.team, h.day, shown.state IS NULL AS is_suppressed, shown.*,
       h.measures - h.suppressed AS measures,
       h.because || (SELECT coalesce(jsonb_object_agg(s, 'suppressed'), '{}') FROM unnest(h.suppressed) s) AS because,
       h.quiet, h.day AS as_of, h.watermark, h.definitions, h.provisional
  FROM uptake.health h
  LEFT JOIN LATERAL (
       SELECT h.state, h.verdict, h.health, h.lo, h.hi, h.n, h.health_limit, h.changed_work, h.traceable, h.reproduces,
              h.diagnosis, h.alarms
        WHERE h.headcount >= h.min_group) shown ON true;
COMMENT ON VIEW uptake.team_health_daily IS 'Health of every team on every closed day, as it was known then';

CREATE VIEW uptake.team_health WITH (security_barrier) AS
SELECT h.team, h.day, shown.state IS NULL AS is_suppressed, shown.*,
       h.measures - h.suppressed AS measures,
       h.because || (SELECT coalesce(jsonb_object_agg(s, 'suppressed'), '{}') FROM unnest(h.suppressed) s) AS because,
       h.quiet, h.day AS as_of, h.watermark, h.definitions, h.provisional
  FROM uptake.team t
  JOIN uptake.health h ON h.partition = t.partition AND h.team = t.team AND h.day = t.evaluated_through
  LEFT JOIN LATERAL (
       SELECT h.state, h.verdict, h.health, h.lo, h.hi, h.n, h.health_limit, h.changed_work, h.traceable, h.reproduces,
              h.diagnosis, h.alarms
        WHERE h.headcount >= h.min_group) shown ON true;
COMMENT ON VIEW uptake.team_health IS 'Health of every team on its last closed day';

CREATE VIEW uptake.team_measure WITH (security_barrier) AS
SELECT m.team, m.workflow, m.win, v.key AS measure,
       CASE jsonb_typeof(v.value)
           WHEN 'array' THEN (v.value ->> 0)::double precision
           WHEN 'boolean' THEN (v.value::boolean)::integer::double precision
           ELSE v.value::double precision
       END AS estimate,
       CASE jsonb_typeof(v.value) WHEN 'array' THEN (v.value ->> 1)::double precision END AS lo,
       CASE jsonb_typeof(v.value) WHEN 'array' THEN (v.value ->> 2)::double precision END AS hi,
       CASE jsonb_typeof(v.value) WHEN 'array' THEN (v.value ->> 3)::double precision END AS n,
       NULL::text AS because, m.as_of, m.watermark, m.definitions, m.provisional
  FROM uptake.measure m, jsonb_each(m.values) v
UNION ALL
SELECT m.team, m.workflow, m.win, b.key, NULL, NULL, NULL, NULL, b.value,
       m.as_of, m.watermark, m.definitions, m.provisional
  FROM uptake.measure m, jsonb_each_text(m.because) b;
COMMENT ON VIEW uptake.team_measure IS 'The latest measures, one a row; of what is unknown the word why';

CREATE VIEW uptake.alert_open WITH (security_barrier) AS
SELECT id, team, kind, opened, audience, owner, acknowledged_at, acknowledged_by, note,
       CASE WHEN headcount >= min_group THEN sentence END AS sentence,
       CASE WHEN headcount >= min_group THEN evidence END AS evidence,
       definitions, watermark
  FROM uptake.alert
 WHERE resolved IS NULL;
COMMENT ON VIEW uptake.alert_open IS 'Alerts that are not resolved yet';

COMMENT ON COLUMN uptake.team_health_daily.team IS 'the team';
COMMENT ON COLUMN uptake.team_health_daily.day IS 'the closed day';
COMMENT ON COLUMN uptake.team_health_daily.is_suppressed IS 'too few people for the figures to be shown';
COMMENT ON COLUMN uptake.team_health_daily.state IS 'no_data, emerging, relapsing, stalled, growing or level';
COMMENT ON COLUMN uptake.team_health_daily.verdict IS 'transformation, unfinished, theatre or insufficient_evidence';
COMMENT ON COLUMN uptake.team_health_daily.health IS 'health, 0 to 100; NULL = unknown or suppressed';
COMMENT ON COLUMN uptake.team_health_daily.lo IS 'lower limit of health';
COMMENT ON COLUMN uptake.team_health_daily.hi IS 'upper limit of health';
COMMENT ON COLUMN uptake.team_health_daily.n IS 'people that health is about';
COMMENT ON COLUMN uptake.team_health_daily.health_limit IS 'the component that holds health down most';
COMMENT ON COLUMN uptake.team_health_daily.changed_work IS 'indicator: did the work change; present, absent or unknown';
COMMENT ON COLUMN uptake.team_health_daily.traceable IS 'indicator: do outcomes show what became of it';
COMMENT ON COLUMN uptake.team_health_daily.reproduces IS 'indicator: do the trained train others';
COMMENT ON COLUMN uptake.team_health_daily.diagnosis IS 'what is in the way';
COMMENT ON COLUMN uptake.team_health_daily.alarms IS 'alarms that are open';
COMMENT ON COLUMN uptake.team_health_daily.measures IS 'measures of 28d and own: [estimate, lo, hi, n], true or false, or a count';
COMMENT ON COLUMN uptake.team_health_daily.because IS 'of each unknown measure the word why';
COMMENT ON COLUMN uptake.team_health_daily.quiet IS 'hardly anybody of the partition worked';
COMMENT ON COLUMN uptake.team_health_daily.as_of IS 'the day everything in the row is as of';
COMMENT ON COLUMN uptake.team_health_daily.watermark IS 'up to when events were known';
COMMENT ON COLUMN uptake.team_health_daily.definitions IS 'version of the rules; two figures with different ones do not compare';
COMMENT ON COLUMN uptake.team_health_daily.provisional IS 'the day has not closed';
COMMENT ON COLUMN uptake.team_health.team IS 'the team';
COMMENT ON COLUMN uptake.team_health.day IS 'the closed day';
COMMENT ON COLUMN uptake.team_health.is_suppressed IS 'too few people for the figures to be shown';
COMMENT ON COLUMN uptake.team_health.state IS 'no_data, emerging, relapsing, stalled, growing or level';
COMMENT ON COLUMN uptake.team_health.verdict IS 'transformation, unfinished, theatre or insufficient_evidence';
COMMENT ON COLUMN uptake.team_health.health IS 'health, 0 to 100; NULL = unknown or suppressed';
COMMENT ON COLUMN uptake.team_health.lo IS 'lower limit of health';
COMMENT ON COLUMN uptake.team_health.hi IS 'upper limit of health';
COMMENT ON COLUMN uptake.team_health.n IS 'people that health is about';
COMMENT ON COLUMN uptake.team_health.health_limit IS 'the component that holds health down most';
COMMENT ON COLUMN uptake.team_health.changed_work IS 'indicator: did the work change; present, absent or unknown';
COMMENT ON COLUMN uptake.team_health.traceable IS 'indicator: do outcomes show what became of it';
COMMENT ON COLUMN uptake.team_health.reproduces IS 'indicator: do the trained train others';
COMMENT ON COLUMN uptake.team_health.diagnosis IS 'what is in the way';
COMMENT ON COLUMN uptake.team_health.alarms IS 'alarms that are open';
COMMENT ON COLUMN uptake.team_health.measures IS 'measures of 28d and own: [estimate, lo, hi, n], true or false, or a count';
COMMENT ON COLUMN uptake.team_health.because IS 'of each unknown measure the word why';
COMMENT ON COLUMN uptake.team_health.quiet IS 'hardly anybody of the partition worked';
COMMENT ON COLUMN uptake.team_health.as_of IS 'the day everything in the row is as of';
COMMENT ON COLUMN uptake.team_health.watermark IS 'up to when events were known';
COMMENT ON COLUMN uptake.team_health.definitions IS 'version of the rules; two figures with different ones do not compare';
COMMENT ON COLUMN uptake.team_health.provisional IS 'the day has not closed';
COMMENT ON COLUMN uptake.team_measure.team IS 'the team';
COMMENT ON COLUMN uptake.team_measure.workflow IS 'the workflow; NULL = all of the team';
COMMENT ON COLUMN uptake.team_measure.win IS '1d, 7d, 28d, 90d (days up to as_of) or own';
COMMENT ON COLUMN uptake.team_measure.measure IS 'its name';
COMMENT ON COLUMN uptake.team_measure.estimate IS 'the figure; of a yes or no 1 or 0; NULL = unknown';
COMMENT ON COLUMN uptake.team_measure.lo IS 'lower limit, 95 %';
COMMENT ON COLUMN uptake.team_measure.hi IS 'upper limit, 95 %';
COMMENT ON COLUMN uptake.team_measure.n IS 'trials, or exposure of a rate';
COMMENT ON COLUMN uptake.team_measure.because IS 'why it is unknown';
COMMENT ON COLUMN uptake.team_measure.as_of IS 'the day it is evaluated as of';
COMMENT ON COLUMN uptake.team_measure.watermark IS 'up to when events were known';
COMMENT ON COLUMN uptake.team_measure.definitions IS 'version of the rules; two figures with different ones do not compare';
COMMENT ON COLUMN uptake.team_measure.provisional IS 'the day has not closed';
COMMENT ON COLUMN uptake.alert_open.id IS 'number to acknowledge it by';
COMMENT ON COLUMN uptake.alert_open.team IS 'the team';
COMMENT ON COLUMN uptake.alert_open.kind IS 'which alarm';
COMMENT ON COLUMN uptake.alert_open.opened IS 'the day whose close opened it';
COMMENT ON COLUMN uptake.alert_open.audience IS 'service or adoption';
COMMENT ON COLUMN uptake.alert_open.owner IS 'whom it is for';
COMMENT ON COLUMN uptake.alert_open.acknowledged_at IS 'when somebody took it up (wall clock)';
COMMENT ON COLUMN uptake.alert_open.acknowledged_by IS 'who took it up';
COMMENT ON COLUMN uptake.alert_open.note IS 'what they said';
COMMENT ON COLUMN uptake.alert_open.sentence IS 'what it says, for people';
COMMENT ON COLUMN uptake.alert_open.evidence IS 'the figures behind it';
COMMENT ON COLUMN uptake.alert_open.definitions IS 'version of the rules';
COMMENT ON COLUMN uptake.alert_open.watermark IS 'up to when events were known when it opened';
