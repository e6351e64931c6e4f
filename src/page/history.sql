-- A measure of a team on each closed day of the last 400; $1 = the team, $2 = the measure.
WITH latest AS MATERIALIZED (SELECT day FROM uptake.team_health WHERE team = $1::text),
span AS MATERIALIZED (SELECT day - w AS day FROM latest, generate_series(0, 399) w),
daily AS (
    SELECT d.day, d.measures -> $2::text AS value
      FROM span CROSS JOIN LATERAL (
           SELECT h.day, h.measures
             FROM uptake.team_health_daily h WHERE h.day = span.day AND h.team = $1::text OFFSET 0) d)
SELECT json_build_object('team', $1::text, 'measure', $2::text, 'days', json_agg(
           CASE WHEN jsonb_typeof(value) = 'array' THEN jsonb_build_array(day) || value
                ELSE jsonb_build_array(day, CASE jsonb_typeof(value) WHEN 'boolean'
                THEN to_jsonb(value::boolean::integer) ELSE value END) END ORDER BY day))::text
  FROM daily HAVING count(*) > 0
