-- What would have to be sent to know more, and how many teams would gain by it?
--
-- One row a reason, the one that hides most first. no_outcomes: send what became of tasks (uptake.outcome.v1); no_truth: say
-- whether the advice was right; no_decisions: say what people did with it; no_kind: say of tasks what kind they are;
-- no_survey: ask the ten questions; no_comparison: have work without AI to compare with; too_few and too_new: wait; suppressed:
-- the team is too small for others to see. Unknown is never 0: none of these figures counts as bad.
SELECT because, count(DISTINCT team) AS teams, count(*) AS figures,
       array_agg(DISTINCT measure ORDER BY measure) AS measures
  FROM uptake.team_measure
 WHERE workflow IS NULL AND win IN ('28d', 'own') AND because IS NOT NULL
 GROUP BY because
 ORDER BY teams DESC, figures DESC, because;
