-- Where is speed bought with quality?
--
-- One row a team and workflow of the last 90 days with both figures. cycle_ratio: time a task takes with AI, of that without
-- (0.8: a fifth less). success_lift: success with AI less success without. reading: what both intervals (95 %) allow to say;
-- 'not shown' is no all-clear, it says that there is too little evidence.
SELECT c.team, c.workflow, round(c.estimate::numeric, 2) AS cycle_ratio, round(c.lo::numeric, 2) AS cycle_lo,
       round(c.hi::numeric, 2) AS cycle_hi, round(s.estimate::numeric, 3) AS success_lift, round(s.lo::numeric, 3) AS lift_lo,
       round(s.hi::numeric, 3) AS lift_hi,
       CASE WHEN c.hi < 1 AND s.hi < 0 THEN 'faster but worse'
            WHEN c.hi < 1 AND s.lo > 0 THEN 'faster and better'
            WHEN c.hi < 1 THEN 'faster, quality not shown'
            WHEN s.hi < 0 THEN 'worse'
            ELSE 'not shown' END AS reading
  FROM uptake.team_measure c
  JOIN uptake.team_measure s ON s.team = c.team AND s.workflow = c.workflow AND s.win = c.win AND s.measure = 'success_lift'
 WHERE c.measure = 'cycle_ratio' AND c.win = '90d' AND c.estimate IS NOT NULL AND s.estimate IS NOT NULL
 ORDER BY s.hi, c.team, c.workflow;
