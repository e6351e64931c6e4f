-- Does AI help in each workflow (triage, say), over all teams, and altogether, adjusted for workflow?
--
-- lift: success with AI less success without, in points of a share. In a row of a workflow it is the mean over teams (teams
-- are the trials; from three on there is a 95 % interval, and where that contains 0 nothing is shown either way). In the last
-- row it is adjusted for workflow: compared inside each, never pooled raw, so that easy work going to AI does not look like a
-- lift. `unknown` counts teams without anything to compare. An association, unless tasks were drawn by lot:
-- then read success_lift_randomised in the same way.
WITH lifts AS (
    SELECT workflow, estimate, ((hi - lo) / (2 * 1.959964)) ^ 2 AS variance
      FROM uptake.team_measure
     WHERE measure = 'success_lift' AND win = '90d' AND workflow IS NOT NULL
), by_workflow AS (
    SELECT workflow, uptake.random_effects(array_agg(estimate), array_agg(variance)) AS mean,
           count(*) FILTER (WHERE estimate IS NULL) AS unknown
      FROM lifts GROUP BY workflow
)
SELECT CASE workflow WHEN '' THEN '(without a name)' ELSE workflow END AS workflow, round((mean).estimate::numeric, 3) AS lift,
       round((mean).lo::numeric, 3) AS lo, round((mean).hi::numeric, 3) AS hi, coalesce((mean).teams, 0) AS teams, unknown,
       false AS is_adjusted
  FROM by_workflow
UNION ALL
SELECT '(every workflow)', round(estimate::numeric, 3), round(lo::numeric, 3), round(hi::numeric, 3), teams, NULL, true
  FROM uptake.organisation_health
 WHERE measure = 'success_lift' AND win = '90d'
 ORDER BY is_adjusted, workflow;
