-- Where are people working around the tool, and is that for want of skill or because of how the step is made?
--
-- One row a team and workflow of the last 90 days, the surest first. bypass_rate: tasks done around the tool, of
-- those where the design of the work has it; lo to hi is its 95 % interval. by_design: of the reasons given for not following or not using it, those that the
-- design of the step answers for (training will not help); for_skill: those that somebody could learn. NULL: nobody said why.
SELECT b.team, b.workflow, round(b.estimate::numeric, 2) AS bypass_rate, round(b.lo::numeric, 2) AS lo,
       round(b.hi::numeric, 2) AS hi, b.n, round(d.estimate::numeric, 2) AS by_design, round(s.estimate::numeric, 2) AS for_skill
  FROM uptake.team_measure b
  LEFT JOIN uptake.team_measure d
         ON d.team = b.team AND d.workflow = b.workflow AND d.win = b.win AND d.measure = 'reason_design_share'
  LEFT JOIN uptake.team_measure s
         ON s.team = b.team AND s.workflow = b.workflow AND s.win = b.win AND s.measure = 'reason_skill_share'
 WHERE b.measure = 'bypass_rate' AND b.win = '90d' AND b.workflow IS NOT NULL AND b.estimate > 0
 ORDER BY b.lo DESC NULLS LAST, b.team, b.workflow;
