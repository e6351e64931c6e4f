-- All teams for the overview: who stands where, and the health of 26 weeks, the oldest first; $1 = the day it is as of, '' =
-- the last closed one of each; $2 = 'exact', or '' = figures are rounded to a tenth and there are no weeks, or 'weeks' = rounded
-- with them.
-- Conditions on a view for analysts are tested within it only where they cannot fail: days are worked out before, and
-- OFFSET 0 keeps each look at one day from becoming a join of all days.
WITH asked AS MATERIALIZED (SELECT nullif($1::text, '')::date AS last),
known AS MATERIALIZED (
    SELECT team, day, is_suppressed, state, verdict, health, lo, hi, n, health_limit, changed_work, traceable,
           reproduces, diagnosis, alarms, definitions
      FROM uptake.team_health),
latest AS MATERIALIZED (
    SELECT k.* FROM known k, asked WHERE k.day <= coalesce(asked.last, k.day)
    UNION ALL
    SELECT d.* FROM asked CROSS JOIN LATERAL (
           SELECT h.team, h.day, h.is_suppressed, h.state, h.verdict, h.health, h.lo, h.hi, h.n, h.health_limit,
                  h.changed_work, h.traceable, h.reproduces, h.diagnosis, h.alarms, h.definitions
             FROM uptake.team_health_daily h WHERE h.day = asked.last OFFSET 0) d
     WHERE d.team IN (SELECT team FROM known WHERE day > asked.last)),
newest AS (SELECT max(day) AS day FROM latest),
week AS MATERIALIZED (SELECT w, day - 7 * w AS day FROM newest, generate_series(0, 25) w
                          WHERE $2::text <> ''),
past AS (
    SELECT d.team, week.w, d.health, d.definitions
      FROM week CROSS JOIN LATERAL (
           SELECT p.team, p.health, p.definitions FROM uptake.team_health_daily p WHERE p.day = week.day OFFSET 0) d),
line AS (
    SELECT l.team, array_agg(round(p.health::numeric) ORDER BY p.w DESC) AS health, min(p.w) AS skipped,
           min(p.w) FILTER (WHERE p.definitions <> l.definitions) AS other_definitions
      FROM latest l JOIN past p ON p.team = l.team GROUP BY l.team)
SELECT json_build_object('as_of', (SELECT day FROM newest), 'teams', coalesce(json_agg(json_build_array(
           l.team, l.day, l.is_suppressed, l.state, l.verdict, shown.health, shown.lo, shown.hi, l.n, l.health_limit, l.changed_work, l.traceable, l.reproduces, l.diagnosis,
           l.alarms, line.health, line.skipped, line.other_definitions) ORDER BY l.team), '[]'))::text
  FROM latest l LEFT JOIN line ON line.team = l.team
 CROSS JOIN LATERAL (
       SELECT CASE WHEN $2::text = 'exact' THEN l.health ELSE round(l.health::numeric, 1)::float8 END AS health,
              CASE WHEN $2::text = 'exact' THEN l.lo ELSE round(l.lo::numeric, 1)::float8 END AS lo,
              CASE WHEN $2::text = 'exact' THEN l.hi ELSE round(l.hi::numeric, 1)::float8 END AS hi) shown
