-- Who follows advice that turns out wrong, who refuses advice that was right, and how much of it can be judged at all?
--
-- One row a team, the most over-reliant first. over_reliance: of the wrong advice, what was accepted; under_reliance: of the
-- right advice, what was overridden; both are best low, and one can be bought with the other: judgement (0.5 is a coin, 1 is
-- perfect) takes both. scored_share: of the decided advice, what is known to be right or wrong. Where it is small, or outcomes
-- come mostly for overridden advice, the first three say little; because says what is missing.
SELECT o.team, round(o.estimate::numeric, 2) AS over_reliance, round(o.lo::numeric, 2) AS lo, round(o.hi::numeric, 2) AS hi,
       round(u.estimate::numeric, 2) AS under_reliance, round(j.estimate::numeric, 2) AS judgement,
       round(s.estimate::numeric, 2) AS scored_share, o.because
  FROM uptake.team_measure o
  LEFT JOIN uptake.team_measure u ON u.team = o.team AND u.workflow IS NULL AND u.win = o.win AND u.measure = 'under_reliance'
  LEFT JOIN uptake.team_measure j ON j.team = o.team AND j.workflow IS NULL AND j.win = o.win AND j.measure = 'judgement'
  LEFT JOIN uptake.team_measure s ON s.team = o.team AND s.workflow IS NULL AND s.win = o.win AND s.measure = 'scored_share'
 WHERE o.measure = 'over_reliance' AND o.win = '90d' AND o.workflow IS NULL
 ORDER BY o.lo DESC NULLS LAST, o.team;
