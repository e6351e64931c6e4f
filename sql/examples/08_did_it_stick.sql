-- Did adoption stick, or did it rise and fall?
--
-- One row a team and month: the last closed day of each. practising: people with any AI work in 28 days, of
-- the team's; best: its highest such value until then; kept: what is left of that. Well below 0.75, and lasting, is what the alarm
-- `relapsing` waits for. Figures stand side by side only where definitions is the same: best begins anew with another.
WITH month_end AS (
    SELECT DISTINCT ON (team, date_trunc('month', day)) team, day, state, definitions,
           (measures #>> '{practising,0}')::double precision AS practising
      FROM uptake.team_health_daily
     ORDER BY team, date_trunc('month', day), day DESC
), best AS (
    SELECT *, max(practising) OVER (PARTITION BY team, definitions ORDER BY day) AS best FROM month_end
)
SELECT team, day, state, round(practising::numeric, 2) AS practising, round(best::numeric, 2) AS best,
       round((practising / nullif(best, 0))::numeric, 2) AS kept, definitions
  FROM best
 WHERE practising IS NOT NULL
 ORDER BY team, day;
