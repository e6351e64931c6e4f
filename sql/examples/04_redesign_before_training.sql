-- Which teams had a redesign of their work before training, and which only trained?
--
-- One row a team. sequence compares the day of the first redesign with the first week in which enough people of the team
-- completed a training to be shown; earlier, smaller trainings are not in sight here. Health and success_lift stand beside.
-- Nobody drew lots for the sequence: teams that redesign may differ in other ways. uptake.sequence_outcomes has the means.
SELECT h.team, r.first_redesign, t.first_training_week,
       CASE WHEN r.first_redesign < t.first_training_week THEN 'redesigned_first'
            WHEN r.first_redesign IS NULL AND t.first_training_week IS NULL THEN 'neither'
            WHEN r.first_redesign IS NULL THEN 'only_trained'
            WHEN t.first_training_week IS NULL THEN 'only_redesigned'
            ELSE 'trained_first' END AS sequence,
       round(h.health) AS health, round(m.estimate::numeric, 3) AS success_lift, round(m.lo::numeric, 3) AS lo,
       round(m.hi::numeric, 3) AS hi
  FROM uptake.team_health h
  LEFT JOIN (SELECT team, min(day) AS first_redesign FROM uptake.team_redesign GROUP BY team) r ON r.team = h.team
  LEFT JOIN (SELECT team, min(week) AS first_training_week FROM uptake.team_training_week GROUP BY team) t ON t.team = h.team
  LEFT JOIN uptake.team_measure m ON m.team = h.team AND m.workflow IS NULL AND m.win = '90d' AND m.measure = 'success_lift'
 ORDER BY sequence, h.team;
