-- Do beginners still get work to learn from, and do they learn?
--
-- One row a team. entry_nonroutine_share: of the tasks of people of entry level, those that are not routine; entry_gap: that
-- less the share of everybody else (below 0: beginners get the plainer work). entry_learning_gain: how much better they have become at
-- accepting and overriding advice. entry_headcount_change: people of entry level now less those of 90 days ago. because
-- says of one that is NULL why: no_kind asks for the kind of tasks, no_people for somebody of entry level.
SELECT team, max(round(estimate::numeric, 2)) FILTER (WHERE measure = 'entry_nonroutine_share') AS entry_nonroutine_share,
       max(round(estimate::numeric, 2)) FILTER (WHERE measure = 'entry_gap') AS entry_gap,
       max(round(estimate::numeric, 2)) FILTER (WHERE measure = 'entry_learning_gain') AS entry_learning_gain,
       max(round(estimate::numeric, 2)) FILTER (WHERE measure = 'entry_headcount_change') AS entry_headcount_change,
       min(measure || ': ' || because) AS because
  FROM uptake.team_measure
 WHERE workflow IS NULL AND win IN ('90d', 'own')
   AND measure IN ('entry_nonroutine_share', 'entry_gap', 'entry_learning_gain', 'entry_headcount_change')
 GROUP BY team
 ORDER BY entry_gap NULLS LAST, team;
