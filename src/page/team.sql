-- Everything that the page of a team shows, and a report; $1 = its name, $2 and $3 = first day of its history and the day
-- it is as of, '' = 400 days up to the last closed one. Windows are known for that only.
-- Conditions on a view for analysts are tested within it only where they cannot fail: days are worked out before, and
-- OFFSET 0 keeps each look at one day from becoming a join of all days.
WITH asked AS MATERIALIZED (SELECT nullif($2::text, '')::date AS first, nullif($3::text, '')::date AS last),
newest AS MATERIALIZED (SELECT * FROM uptake.team_health WHERE team = $1::text),
latest AS MATERIALIZED (
    SELECT n.* FROM newest n, asked WHERE n.day <= coalesce(asked.last, n.day)
    UNION ALL
    SELECT d.* FROM newest n JOIN asked ON n.day > asked.last CROSS JOIN LATERAL (
           SELECT * FROM uptake.team_health_daily h WHERE h.day = asked.last AND h.team = $1::text OFFSET 0) d),
span AS MATERIALIZED (
    SELECT day - w AS day FROM latest, asked, generate_series(0, coalesce(latest.day - asked.first, 399)) w),
daily AS MATERIALIZED (
    SELECT d.* FROM span CROSS JOIN LATERAL (
           SELECT h.day, h.health, h.lo, h.hi, h.definitions
             FROM uptake.team_health_daily h WHERE h.day = span.day AND h.team = $1::text OFFSET 0) d),
week AS MATERIALIZED (SELECT w, day - 7 * w AS day FROM latest, generate_series(0, 25) w),
weekly AS (
    SELECT week.w, m.key AS measure,
           CASE jsonb_typeof(m.value) WHEN 'array' THEN (m.value ->> 0)::numeric WHEN 'boolean'
                THEN (m.value::boolean)::integer::numeric ELSE m.value::numeric END AS estimate
      FROM week CROSS JOIN LATERAL (
           SELECT h.measures FROM uptake.team_health_daily h WHERE h.day = week.day AND h.team = $1::text OFFSET 0) d,
           jsonb_each(d.measures) m),
line AS (
    SELECT k.measure, json_agg(round(weekly.estimate, 4) ORDER BY w DESC) AS estimates
      FROM (SELECT DISTINCT measure FROM weekly) k CROSS JOIN week
      LEFT JOIN weekly USING (measure, w) GROUP BY k.measure),
rolling AS (
    SELECT workflow, win, min(as_of) AS as_of, bool_or(provisional) AS provisional, min(definitions) AS definitions,
           json_object_agg(measure, CASE WHEN lo IS NULL AND n IS NULL THEN json_build_array(estimate)
                                    ELSE json_build_array(estimate, lo, hi, n) END)
               FILTER (WHERE because IS NULL) AS values,
           json_object_agg(measure, because) FILTER (WHERE because IS NOT NULL) AS because
      FROM uptake.team_measure
     WHERE team = $1::text AND (SELECT day FROM latest) = (SELECT day FROM newest) GROUP BY workflow, win),
outcome AS (
    -- Of an earlier day those are known that were final by then.
    SELECT day, workflow, at, min(label) AS label, min(as_of) AS as_of, bool_or(provisional) AS provisional,
           bool_and(is_final) AS is_final, min(definitions) AS definitions,
           json_object_agg(measure, json_build_array(estimate, lo, hi, n)) FILTER (WHERE because IS NULL) AS values,
           json_object_agg(measure, because) FILTER (WHERE because IS NOT NULL) AS because
      FROM uptake.redesign_outcomes
     WHERE team = $1::text AND (as_of <= (SELECT day FROM latest) OR (SELECT day FROM latest) = (SELECT day FROM newest))
     GROUP BY day, workflow, at)
SELECT (to_jsonb(l) || jsonb_build_object(
    'history', (SELECT jsonb_agg(jsonb_build_array(day, health, lo, hi) ORDER BY day) FROM daily),
    'alerts', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                          'kind', kind, 'opened', opened, 'resolved', resolved, 'sentence', nullif(sentence, ''),
                          'suggests', suggests, 'owner', owner, 'acknowledged_by', acknowledged_by, 'note', note)
                          ORDER BY opened, kind), '[]')
                 FROM uptake.alert_history WHERE team = $1::text),
    'redesigns', (SELECT coalesce(jsonb_agg(jsonb_build_object('day', day, 'workflow', workflow, 'label', label)
                                            ORDER BY day, workflow), '[]')
                    FROM uptake.team_redesign WHERE team = $1::text),
    'redesign_outcomes', (SELECT coalesce(jsonb_agg(to_jsonb(o) ORDER BY at, workflow), '[]') FROM outcome o),
    'trainings', (SELECT coalesce(jsonb_agg(jsonb_build_object('week', week, 'sessions', sessions, 'people', people)
                                            ORDER BY week), '[]')
                    FROM uptake.team_training_week WHERE team = $1::text),
    'rules', (SELECT coalesce(jsonb_agg(jsonb_build_object('definitions', definitions, 'from', day) ORDER BY day), '[]')
                FROM (SELECT definitions, min(day) AS day FROM daily GROUP BY definitions) r),
    'weeks', (SELECT coalesce(jsonb_object_agg(measure, estimates), '{}') FROM line),
    'windows', (SELECT coalesce(jsonb_agg(to_jsonb(rolling) ORDER BY workflow NULLS FIRST, win), '[]') FROM rolling)))::text
  FROM latest l
