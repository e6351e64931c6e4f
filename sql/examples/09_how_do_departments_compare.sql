-- How do the departments compare, and what differs by more than chance?
--
-- One row a measure and group (uptakectl groups loads who belongs where). estimate: what would be said if all work of the
-- group were that of one team; team_mean with lo and hi (95 %): the mean of teams like these, so a group of two teams has no
-- interval. Compare two groups by whether their intervals overlap, and not more measures than you asked for beforehand.
SELECT measure, grp, round(estimate::numeric, 3) AS estimate, round(team_mean::numeric, 3) AS team_mean,
       round(lo::numeric, 3) AS lo, round(hi::numeric, 3) AS hi, teams, people, because
  FROM uptake.group_health
 WHERE (measure, win) IN (('success_lift', '90d'), ('cycle_ratio', '90d'), ('judgement', '90d'), ('ai_share', '90d'),
                          ('practising', '28d'), ('traceable', 'own'))
 ORDER BY measure, grp;
