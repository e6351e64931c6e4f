-- What the web page needs beside the views that were there: what a plot is marked with, and ways to find rows by day and by team.

-- Empty here; `uptaked --migrate` makes it month by month afterwards, each for itself, so that no checkpoint waits for all.
CREATE INDEX health_by_day ON ONLY uptake.health (day, team) INCLUDE (health, headcount, min_group, definitions);
COMMENT ON INDEX uptake.health_by_day IS 'All teams on one day, or one team on many';
CREATE INDEX measure_by_team ON uptake.measure (team);
COMMENT ON INDEX uptake.measure_by_team IS 'The latest measures of one team';

-- As before, but one look a team into the months, however many there are.
CREATE OR REPLACE VIEW uptake.team_health WITH (security_barrier) AS
SELECT t.team, h.day, shown.state IS NULL AS is_suppressed, shown.*,
       h.measures - h.suppressed AS measures,
       h.because || (SELECT coalesce(jsonb_object_agg(s, 'suppressed'), '{}') FROM unnest(h.suppressed) s) AS because,
       h.quiet, h.day AS as_of, h.watermark, h.definitions, h.provisional
  FROM uptake.team t
 CROSS JOIN LATERAL (
       SELECT * FROM uptake.health r
        WHERE r.partition = t.partition AND r.team = t.team AND r.day = t.evaluated_through OFFSET 0) h
  LEFT JOIN LATERAL (
       SELECT h.state, h.verdict, h.health, h.lo, h.hi, h.n, h.health_limit, h.changed_work, h.traceable, h.reproduces,
              h.diagnosis, h.alarms
        WHERE h.headcount >= h.min_group) shown ON true;

CREATE VIEW uptake.team_redesign WITH (security_barrier) AS
SELECT team, workflow, (at AT TIME ZONE 'UTC')::date AS day, label
  FROM uptake.redesign;
COMMENT ON VIEW uptake.team_redesign IS 'Every redesign of a workflow';
COMMENT ON COLUMN uptake.team_redesign.team IS 'the team';
COMMENT ON COLUMN uptake.team_redesign.workflow IS 'the workflow';
COMMENT ON COLUMN uptake.team_redesign.day IS 'the day it took effect (UTC)';
COMMENT ON COLUMN uptake.team_redesign.label IS 'what the team calls it';

CREATE VIEW uptake.team_training_week WITH (security_barrier) AS
SELECT r.team, date_trunc('week', r.at AT TIME ZONE 'UTC')::date AS week, count(*) AS sessions,
       count(DISTINCT r.person) AS people
  FROM uptake.training r
  JOIN uptake.team t ON t.partition = r.partition AND t.team = r.team
  JOIN uptake.health h ON h.partition = t.partition AND h.team = t.team AND h.day = t.evaluated_through
 GROUP BY r.team, date_trunc('week', r.at AT TIME ZONE 'UTC')
HAVING count(DISTINCT r.person) >= max(h.min_group);
COMMENT ON VIEW uptake.team_training_week IS 'Weeks in which at least min_group people of a team completed a training';
COMMENT ON COLUMN uptake.team_training_week.team IS 'the team';
COMMENT ON COLUMN uptake.team_training_week.week IS 'Monday of the week (UTC)';
COMMENT ON COLUMN uptake.team_training_week.sessions IS 'trainings that were completed';
COMMENT ON COLUMN uptake.team_training_week.people IS 'people who completed one';

SELECT uptake.grant_roles();
