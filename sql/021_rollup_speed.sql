-- Roll-ups of many teams in about half the time, with the same figures: nothing is sorted or looked up that need not be.

-- ---- who is too small ------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION uptake.people_with_tasks(teams text[], d date, only_win text, OUT win text, OUT team text, OUT person uuid)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
WITH windows AS MATERIALIZED (
    -- The weeks that are wholly among the days, and those at the ends, of which only some days are.
    SELECT w.win, w.first_day, w.last_day, array_agg(week) FILTER (WHERE is_whole) AS weeks,
           array_agg(week) FILTER (WHERE NOT is_whole) AS ends
      FROM uptake.rollup_windows(d, only_win) w
     CROSS JOIN LATERAL generate_series(floor((w.first_day - DATE 'epoch') / 7.0)::integer,
                                        floor((w.last_day - DATE 'epoch') / 7.0)::integer) week
     CROSS JOIN LATERAL (SELECT DATE 'epoch' + 7 * week >= w.first_day AND DATE 'epoch' + 7 * week + 6 <= w.last_day AS is_whole) i
     GROUP BY w.win, w.first_day, w.last_day
), persons AS (
    SELECT t.team, p.*
      FROM unnest(teams) name
      JOIN uptake.team t ON t.team = name
     CROSS JOIN LATERAL (
           -- OFFSET 0: looked up once, not once a window.
           SELECT p.person, p.days_from, p.worked,
                  ARRAY(SELECT pw.week FROM uptake.person_week pw
                         WHERE pw.partition = p.partition AND pw.team = p.team AND pw.person = p.person AND pw.tasks > 0
                           AND pw.week BETWEEN floor((d - 89 - DATE 'epoch') / 7.0)::integer
                                           AND floor((d - DATE 'epoch') / 7.0)::integer) AS weeks
             FROM uptake.person p WHERE p.partition = t.partition AND p.team = t.team OFFSET 0) p
)
SELECT w.win, p.team, p.person
  FROM persons p
 CROSS JOIN windows w
 WHERE p.weeks && w.weeks
    OR EXISTS (SELECT FROM unnest(w.ends) week
                CROSS JOIN LATERAL (SELECT greatest(w.first_day, DATE 'epoch' + 7 * week) - p.days_from AS first_bit,
                                           least(w.last_day, DATE 'epoch' + 7 * week + 6) - p.days_from AS last_bit) days
                CROSS JOIN LATERAL generate_series(greatest(first_bit, 0), least(last_bit, 8 * length(p.worked) - 1)) bit
                WHERE week = ANY (p.weeks) AND get_bit(p.worked, bit) = 1)
$$;

CREATE FUNCTION uptake.team_answers(teams text[], d date, only_win text, OUT win text, OUT question text, OUT team text,
    OUT answers bigint, OUT total bigint, OUT squares bigint, OUT persons uuid[]) RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
WITH windows AS MATERIALIZED (
    SELECT w.win, w.first_day FROM uptake.rollup_windows(d, only_win) w WHERE w.win <> 'own'
)
SELECT a.win, a.question::text, t.team, a.answers, a.total, a.squares, a.persons
  FROM unnest(teams) name
  JOIN uptake.team t ON t.team = name
 CROSS JOIN LATERAL (
       SELECT w.win, p.question, count(*) AS answers, sum(p.score) AS total, sum(p.score * p.score) AS squares,
              array_agg(p.person) AS persons
         FROM (-- In the order of the key, backwards: nothing is sorted.
               SELECT DISTINCT ON (p.person, p.question) p.person, p.question, p.day, p.score
                 FROM uptake.pulse p
                WHERE p.partition = t.partition AND p.team = t.team AND p.day BETWEEN d - 89 AND d
                ORDER BY p.person DESC, p.question DESC, p.day DESC) p
         JOIN windows w ON p.day >= w.first_day
        GROUP BY w.win, p.question) a
$$;
COMMENT ON FUNCTION uptake.team_answers IS 'Of the latest answers of each person to each question of the pulse in each window (NULL) or one: how many a team has, their sum, that of their squares, and whose they are';

CREATE OR REPLACE FUNCTION uptake.people_figures(teams text[], d date) RETURNS SETOF uptake.people_figure
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
WITH wanted AS MATERIALIZED (
    SELECT * FROM uptake.rollup_of_people()
), chosen AS MATERIALIZED (
    SELECT t.partition, t.team FROM unnest(teams) name JOIN uptake.team t ON t.team = name
), judged AS MATERIALIZED (
    -- Unpacked once, for each figure is taken out of it. Beside it, person by person, what all who have more come to, of
    -- tasks with a kind and of scored decisions in the last 26 weeks, and of the latter ever: who is not needed to reach a
    -- number of cases need not stand behind them.
    SELECT h.team, h.measures || '{}' AS measures, h.because || '{}' AS because, h.suppressed, h.headcount, h.min_group, r.*
      FROM (SELECT floor((d - DATE 'epoch') / 7.0)::integer AS week OFFSET 0) this
     CROSS JOIN chosen t
      JOIN uptake.health h ON h.partition = t.partition AND h.team = t.team AND h.day = d
     CROSS JOIN LATERAL (
           SELECT array_agg(kinds_before) AS kinds_before, array_agg(scored_before) AS scored_before,
                  array_agg(ever_scored_before) AS ever_scored_before
             FROM (SELECT sum(kinds) OVER (ORDER BY kinds DESC, person) - kinds AS kinds_before,
                          sum(scored) OVER (ORDER BY scored DESC, person) - scored AS scored_before,
                          sum(ever_scored) OVER (ORDER BY ever_scored DESC, person) - ever_scored AS ever_scored_before
                     FROM (SELECT pw.person, sum(pw.kinds) FILTER (WHERE pw.week > this.week - 26)::double precision AS kinds,
                                  sum(pw.ca + pw.wa + pw.co + pw.wo) FILTER (WHERE pw.week > this.week - 26)::double precision AS scored,
                                  sum(pw.ca + pw.wa + pw.co + pw.wo)::double precision AS ever_scored
                             FROM uptake.person_week pw
                            WHERE pw.partition = t.partition AND pw.team = t.team AND pw.week <= this.week
                            GROUP BY pw.person) persons) ranked) r
), delays AS (
    SELECT r.team, w.delay, count(DISTINCT r.person) AS people
      FROM (SELECT t.team, r.person, (r.at AT TIME ZONE 'UTC')::date AS day
              FROM chosen t
              JOIN uptake.training r ON r.partition = t.partition AND r.team = t.team OFFSET 0) r
      JOIN wanted w ON w.delay IS NOT NULL AND r.day BETWEEN d - 399 AND d - w.delay - 6
     GROUP BY 1, 2
), figures AS (
    -- OFFSET 0: worked out once, not wherever it is named.
    SELECT w.*, j.team, j.headcount, s.people AS trained_people, j.because ->> w.measure AS why, g.is_small,
           CASE WHEN g.is_small THEN 0 ELSE j.min_group END AS at_least,
           v.estimate, v.lo, v.hi, v.n, beginners.share AS beginners_share, beginners.n AS beginners_n,
           j.kinds_before, j.scored_before, j.ever_scored_before
      FROM judged j
     CROSS JOIN wanted w
      LEFT JOIN delays s ON s.team = j.team AND s.delay = w.delay
     CROSS JOIN LATERAL (SELECT w.measure = ANY (j.suppressed) AS is_small OFFSET 0) g
     CROSS JOIN LATERAL (
           SELECT CASE WHEN w.kind = 'count' THEN (f #>> '{}')::double precision ELSE (f ->> 0)::double precision END AS estimate,
                  (f ->> 1)::double precision AS lo, (f ->> 2)::double precision AS hi, (f ->> 3)::double precision AS n
             FROM (SELECT j.measures -> w.measure AS f OFFSET 0) figure OFFSET 0) v
      LEFT JOIN LATERAL (SELECT (j.measures #>> '{entry_nonroutine_share,0}')::double precision AS share,
                                (j.measures #>> '{entry_nonroutine_share,3}')::double precision AS n
                         ) beginners ON w.kind = 'gap'
)
SELECT f.measure, f.win, f.kind, f.team, f.headcount, f.estimate, f.lo, f.hi, f.n, round(f.estimate * f.n),
       f.beginners_n, round(f.beginners_share * f.beginners_n), f.n - f.beginners_n,
       round((f.beginners_share - f.estimate) * (f.n - f.beginners_n)),
           CASE WHEN f.estimate IS NULL THEN 0
                WHEN f.measure IN ('headcount', 'trained') THEN f.estimate
                WHEN f.delay IS NOT NULL THEN least(f.n, f.trained_people)
                WHEN f.measure IN ('attrition', 'attrition_365') THEN f.headcount
                WHEN f.measure = 'entry_headcount_change' THEN greatest(f.at_least, abs(f.estimate))
                WHEN f.measure IN ('entry_nonroutine_share', 'entry_gap', 'entry_judgement', 'learning_gain', 'entry_learning_gain')
                THEN greatest(f.at_least, (
                     SELECT CASE f.measure
                            WHEN 'entry_nonroutine_share' THEN count(*) FILTER (WHERE r.kinds_before < f.n)
                            WHEN 'entry_gap' THEN least(count(*) FILTER (WHERE r.kinds_before < f.beginners_n),
                                                        count(*) FILTER (WHERE r.kinds_before < f.n - f.beginners_n))
                            WHEN 'entry_judgement' THEN count(*) FILTER (WHERE r.scored_before < f.n)
                            ELSE count(*) FILTER (WHERE r.ever_scored_before < f.n) END
                       FROM unnest(f.kinds_before, f.scored_before, f.ever_scored_before)
                            r (kinds_before, scored_before, ever_scored_before)))
                ELSE f.n END::bigint,
       f.is_small, f.why
  FROM figures f
$$;

CREATE OR REPLACE FUNCTION uptake.small_teams(d date, only_win text DEFAULT NULL) RETURNS SETOF uptake.small_team
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
WITH organisation AS MATERIALIZED (
    SELECT array_agg(t.team) AS teams, array_agg(t.team) FILTER (WHERE h.suppressed <> '{}') AS suppressed_teams,
           max(h.min_group) AS least_group
      FROM uptake.team t
      LEFT JOIN uptake.health h ON h.partition = t.partition AND h.team = t.team AND h.day = d
), small AS MATERIALIZED (
    SELECT 'cells' AS source, w.win, t.team, coalesce(cardinality(p.persons), 0)::bigint AS behind, p.persons
      FROM organisation o
     CROSS JOIN uptake.rollup_windows(d, only_win) w
     CROSS JOIN uptake.team t
      LEFT JOIN (SELECT p.win, p.team, array_agg(p.person) AS persons
                   FROM organisation o, uptake.people_with_tasks(o.teams, d, only_win) p
                  GROUP BY 1, 2) p ON p.win = w.win AND p.team = t.team
     CROSS JOIN LATERAL (
           -- Looked up team by team: otherwise the cells of all teams would be read for the few that are small.
           SELECT FROM uptake.cell c
            WHERE c.partition = t.partition AND c.team = t.team AND c.day BETWEEN w.first_day AND w.last_day LIMIT 1) worked
     WHERE coalesce(cardinality(p.persons), 0) < o.least_group
    UNION ALL
    SELECT a.question, a.win, a.team, a.answers, a.persons
      FROM organisation o, uptake.team_answers(o.teams, d, only_win) a
     WHERE a.answers < o.least_group
    UNION ALL
    -- They were too few when the day closed, whatever is known since.
    SELECT f.measure, f.win, f.team, least(f.behind, o.least_group - 1), p.persons
      FROM organisation o, uptake.people_figures(o.suppressed_teams, d) f
      JOIN uptake.team t ON t.team = f.team
     CROSS JOIN LATERAL (SELECT array_agg(p.person) AS persons FROM uptake.person p
                          WHERE p.partition = t.partition AND p.team = t.team) p
     WHERE f.is_small AND (only_win IS NULL OR only_win IN ('28d', 'own'))
), grouped AS MATERIALIZED (
    SELECT s.*, coalesce(g.grps, '{}')::text AS block
      FROM small s
      LEFT JOIN (SELECT g.team, array_agg(g.grp ORDER BY g.grp) AS grps FROM uptake.team_group g
                  WHERE daterange(g.valid_from, g.valid_to) @> d GROUP BY g.team) g ON g.team = s.team
), in_several AS MATERIALIZED (
    SELECT person FROM grouped, unnest(persons) person GROUP BY person HAVING min(team) < max(team)
), members AS MATERIALIZED (
    -- Whoever is in several teams of a block is one person; nobody knows of which figures, so each is taken to be in all.
    SELECT source, win, block, behind, NULL::uuid AS person FROM grouped
    UNION ALL
    SELECT source, win, block, 0, person FROM grouped, unnest(persons) person WHERE person IN (SELECT person FROM in_several)
), blocks AS MATERIALIZED (
    SELECT source, win, block, sum(behind) - count(person) + count(DISTINCT person) AS people FROM members GROUP BY 1, 2, 3
), rest AS (
    SELECT source, win, sum(m.behind) - count(m.person) + count(DISTINCT m.person) AS people
      FROM members m JOIN blocks b USING (source, win, block) JOIN organisation o ON b.people < o.least_group GROUP BY 1, 2
)
SELECT source, win, g.team, s.block, s.people::bigint,
       CASE WHEN s.block IS NOT NULL THEN count(*) OVER (PARTITION BY source, win, s.block) END
  FROM organisation o
 CROSS JOIN grouped g
  JOIN blocks b USING (source, win, block)
  LEFT JOIN rest r USING (source, win)
 CROSS JOIN LATERAL (
       SELECT CASE WHEN b.people >= o.least_group THEN g.block WHEN r.people >= o.least_group THEN 'rest' END AS block,
              CASE WHEN b.people >= o.least_group THEN b.people WHEN r.people >= o.least_group THEN r.people END AS people) s
$$;

-- ---- figures --------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION uptake.rollup_cells(teams text[], d date, only_win text, small uptake.small_team[]) RETURNS SETOF uptake.rollup_part
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
WITH windows AS MATERIALIZED (
    SELECT * FROM uptake.rollup_windows(d, only_win)
), chosen AS MATERIALIZED (
    SELECT t.partition, t.team, t.first_cell_day FROM unnest(teams) name JOIN uptake.team t ON t.team = name
), members AS MATERIALIZED (
    -- A unit is a team that is seen by itself, or a block of small ones.
    SELECT w.win, w.spans, t.team, CASE WHEN u.team IS NULL THEN 'team ' || t.team ELSE u.unit END AS unit, u.people
      FROM chosen t
     CROSS JOIN windows w
      LEFT JOIN uptake.rollup_units(teams, small) u ON u.source = 'cells' AND u.win = w.win AND u.team = t.team
), cells AS MATERIALIZED (
    SELECT t.team, c.*
      FROM chosen t
     CROSS JOIN LATERAL (
           SELECT c.workflow, c.span, sum(c.tasks)::bigint AS tasks, sum(c.tasks) FILTER (WHERE c.ai)::bigint AS tasks1,
                  sum(c.outcomes) FILTER (WHERE c.ai)::bigint AS outcomes1,
                  sum(c.success_n) FILTER (WHERE c.ai)::bigint AS n1, sum(c.success_k) FILTER (WHERE c.ai)::bigint AS k1,
                  sum(c.success_n) FILTER (WHERE NOT c.ai)::bigint AS n0, sum(c.success_k) FILTER (WHERE NOT c.ai)::bigint AS k0,
                  sum(c.cycle_n) FILTER (WHERE c.ai)::bigint AS cycle_n1, sum(c.cycle_ln) FILTER (WHERE c.ai)::bigint AS cycle_ln1,
                  sum(c.cycle_ln_sq) FILTER (WHERE c.ai) AS cycle_sq1,
                  sum(c.cycle_n) FILTER (WHERE NOT c.ai)::bigint AS cycle_n0, sum(c.cycle_ln) FILTER (WHERE NOT c.ai)::bigint AS cycle_ln0,
                  sum(c.cycle_ln_sq) FILTER (WHERE NOT c.ai) AS cycle_sq0,
                  sum(c.accepted + c.modified + c.rejected) FILTER (WHERE c.ai)::bigint AS chosen_on,
                  sum(c.ca) FILTER (WHERE c.ai)::bigint AS ca, sum(c.wa) FILTER (WHERE c.ai)::bigint AS wa,
                  sum(c.co) FILTER (WHERE c.ai)::bigint AS co, sum(c.wo) FILTER (WHERE c.ai)::bigint AS wo,
                  sum(c.decided) FILTER (WHERE c.ai)::bigint AS decided
             FROM (SELECT c.*, c.arm IN ('ai', 'ai_random') AS ai,
                          CASE WHEN c.day = d THEN 1 WHEN c.day > d - 7 THEN 7 WHEN c.day > d - 28 THEN 28
                               WHEN c.day > d - 35 THEN 35 ELSE 90 END AS span
                     FROM uptake.cell c
                    WHERE c.partition = t.partition AND c.team = t.team AND c.day BETWEEN d - 89 AND d OFFSET 0) c
            GROUP BY 1, 2) c
), workflows AS MATERIALIZED (
    -- By workflow, of each unit and (unit IS NULL) of all of them; side 1 with AI, side 0 without. A workflow in which
    -- nobody decided in 90 days is silent.
    SELECT c.win, c.unit, c.workflow, c.tasks1, c.tasks, c.outcomes1, c.n1::double precision, c.k1::double precision,
           c.n0::double precision, c.k0::double precision, c.cycle_n1, c.cycle_ln1, c.cycle_sq1, c.cycle_n0, c.cycle_ln0,
           c.cycle_sq0, c.chosen_on, c.ca, c.wa, c.co, c.wo, c.decided > 0 AS spoken
      FROM (SELECT m.win, m.unit, c.workflow,
                   sum(c.tasks) FILTER (WHERE m.now) AS tasks, coalesce(sum(c.tasks1) FILTER (WHERE m.now), 0) AS tasks1,
                   coalesce(sum(c.outcomes1) FILTER (WHERE m.now), 0) AS outcomes1,
                   coalesce(sum(c.n1) FILTER (WHERE m.now), 0) AS n1, coalesce(sum(c.k1) FILTER (WHERE m.now), 0) AS k1,
                   coalesce(sum(c.n0) FILTER (WHERE m.now), 0) AS n0, coalesce(sum(c.k0) FILTER (WHERE m.now), 0) AS k0,
                   coalesce(sum(c.cycle_n1) FILTER (WHERE m.now), 0) AS cycle_n1, sum(c.cycle_ln1) FILTER (WHERE m.now) AS cycle_ln1,
                   sum(c.cycle_sq1) FILTER (WHERE m.now) AS cycle_sq1,
                   coalesce(sum(c.cycle_n0) FILTER (WHERE m.now), 0) AS cycle_n0, sum(c.cycle_ln0) FILTER (WHERE m.now) AS cycle_ln0,
                   sum(c.cycle_sq0) FILTER (WHERE m.now) AS cycle_sq0,
                   sum(c.chosen_on) FILTER (WHERE m.now) AS chosen_on, sum(c.ca) FILTER (WHERE m.now) AS ca,
                   sum(c.wa) FILTER (WHERE m.now) AS wa, sum(c.co) FILTER (WHERE m.now) AS co,
                   sum(c.wo) FILTER (WHERE m.now) AS wo, coalesce(sum(c.decided), 0) AS decided
              FROM cells c
              JOIN (SELECT m.win, m.unit, m.team, s.span, s.span = ANY (m.spans) AS now
                      FROM members m CROSS JOIN (VALUES (1), (7), (28), (35), (90)) s (span)
                     WHERE m.unit IS NOT NULL OFFSET 0) m ON m.team = c.team AND m.span = c.span
             GROUP BY GROUPING SETS ((m.win, c.workflow), (m.win, m.unit, c.workflow))) c
     WHERE c.tasks IS NOT NULL
), weighed AS (
    SELECT s.*, CASE WHEN n1 >= 1 AND n0 >= 1 THEN n1 * n0 / (n1 + n0) END AS w,
           CASE WHEN cycle_n1 >= 2 AND cycle_n0 >= 2
                THEN (cycle_n1 * cycle_n0)::double precision / (cycle_n1 + cycle_n0)::double precision END AS cycle_w
      FROM workflows s
), units AS MATERIALIZED (
    SELECT win, unit, sum(tasks)::double precision AS tasks, sum(tasks1)::double precision AS tasks1,
           sum(outcomes1)::double precision AS outcomes1, sum(n1 + n0) AS success_n,
           sum(cycle_n1 + cycle_n0)::double precision AS cycle_n,
           sum(k1) / nullif(sum(n1), 0) AS p1, sum(k0) / nullif(sum(n0), 0) AS p0,
           sum(w * (k1 / nullif(n1, 0) - k0 / nullif(n0, 0))) / sum(w) AS lift,
           sum(w * w / nullif(n1, 0)) / sum(w) ^ 2 AS lift_part1, sum(w * w / nullif(n0, 0)) / sum(w) ^ 2 AS lift_part0,
           sum(n1 + n0) FILTER (WHERE w > 0) AS lift_n,
           sum(cycle_w * (cycle_ln1 / nullif(cycle_n1, 0) - cycle_ln0 / nullif(cycle_n0, 0))::double precision)
               / sum(cycle_w) / 65536 AS cycle,
           sum(cycle_w * cycle_w / nullif(cycle_n1, 0)::double precision) / sum(cycle_w) ^ 2 AS cycle_part1,
           sum(cycle_w * cycle_w / nullif(cycle_n0, 0)::double precision) / sum(cycle_w) ^ 2 AS cycle_part0,
           -- Sums of squares about the means, which are 0 only where all values are equal.
           sum(cycle_sq1 - cycle_ln1 * cycle_ln1 / nullif(cycle_n1, 0)) AS cycle_spread1,
           sum(cycle_sq0 - cycle_ln0 * cycle_ln0 / nullif(cycle_n0, 0)) AS cycle_spread0,
           sum(cycle_n1 - 1) FILTER (WHERE cycle_n1 > 0) AS cycle_df1, sum(cycle_n0 - 1) FILTER (WHERE cycle_n0 > 0) AS cycle_df0,
           bool_or(cycle_n1 * cycle_sq1 > cycle_ln1 * cycle_ln1 OR cycle_n0 * cycle_sq0 > cycle_ln0 * cycle_ln0)
               FILTER (WHERE cycle_w > 0) AS cycle_varies,
           sum(cycle_n1 + cycle_n0) FILTER (WHERE cycle_w > 0)::double precision AS cycle_both,
           coalesce(sum(chosen_on) FILTER (WHERE spoken), 0) AS chosen_on,
           coalesce(sum(outcomes1) FILTER (WHERE spoken), 0) AS spoken_outcomes,
           coalesce(sum(ca) FILTER (WHERE spoken), 0)::double precision AS ca,
           coalesce(sum(wa) FILTER (WHERE spoken), 0)::double precision AS wa,
           coalesce(sum(co) FILTER (WHERE spoken), 0)::double precision AS co,
           coalesce(sum(wo) FILTER (WHERE spoken), 0)::double precision AS wo
      FROM weighed GROUP BY win, unit
), spreads AS (
    -- Within units: of a share that of the union, of ln(cycle) about the means of units and workflows.
    SELECT t.win, t.cycle1, t.cycle0, coalesce(u.p1 * (1 - u.p1), 0) AS success1, coalesce(u.p0 * (1 - u.p0), 0) AS success0,
           u.ca * u.wo / nullif(u.ca + u.wo, 0) ^ 2 AS kept, u.co * u.wa / nullif(u.co + u.wa, 0) ^ 2 AS caught,
           u.tasks1 * (u.tasks - u.tasks1) / u.tasks ^ 2 AS ai_share,
           u.outcomes1 * (u.tasks1 - u.outcomes1) / nullif(u.tasks1, 0) ^ 2 AS traceable
      FROM units u
      JOIN (SELECT win, (sum(cycle_spread1) / nullif(sum(cycle_df1), 0))::double precision / 65536.0 ^ 2 AS cycle1,
                   (sum(cycle_spread0) / nullif(sum(cycle_df0), 0))::double precision / 65536.0 ^ 2 AS cycle0
              FROM units WHERE unit IS NOT NULL GROUP BY win) t ON t.win = u.win
     WHERE u.unit IS NULL
), figures AS MATERIALIZED (
    SELECT u.win, u.unit, f.*
      FROM units u
      JOIN spreads s ON s.win = u.win
     CROSS JOIN LATERAL (
           SELECT CASE WHEN u.tasks1 = 0 THEN 'no_work' WHEN u.chosen_on = 0 THEN 'no_decisions'
                       WHEN u.spoken_outcomes = 0 THEN 'no_outcomes' WHEN u.ca + u.wa + u.co + u.wo = 0 THEN 'no_truth'
                       ELSE 'too_few' END AS reliance) because
     CROSS JOIN LATERAL (VALUES
           ('success_lift', u.success_n, u.lift, u.lift_n, u.lift, u.lift_part1 * s.success1 + u.lift_part0 * s.success0,
            CASE WHEN u.success_n = 0 THEN 'no_outcomes' ELSE 'no_comparison' END),
           ('cycle_ratio', u.cycle_n, CASE WHEN u.cycle_varies THEN exp(u.cycle) END, u.cycle_both, u.cycle,
            u.cycle_part1 * s.cycle1 + u.cycle_part0 * s.cycle0,
            CASE WHEN u.cycle_n = 0 THEN 'no_outcomes' WHEN u.cycle IS NULL THEN 'no_comparison' ELSE 'too_few' END),
           ('judgement', u.ca + u.wa + u.co + u.wo,
            (u.ca / nullif(u.ca + u.wo, 0) + u.co / nullif(u.co + u.wa, 0)) / 2, u.ca + u.wa + u.co + u.wo,
            (u.ca / nullif(u.ca + u.wo, 0) + u.co / nullif(u.co + u.wa, 0)) / 2,
            (s.kept / nullif(u.ca + u.wo, 0) + s.caught / nullif(u.co + u.wa, 0)) / 4, because.reliance),
           ('over_reliance', u.wa + u.co, u.wa / nullif(u.wa + u.co, 0), u.wa + u.co, u.wa / nullif(u.wa + u.co, 0),
            s.caught / nullif(u.wa + u.co, 0), because.reliance),
           ('ai_share', u.tasks, u.tasks1 / u.tasks, u.tasks, u.tasks1 / u.tasks, s.ai_share / u.tasks, 'no_work'),
           ('traceable', u.tasks1, u.outcomes1 / nullif(u.tasks1, 0), u.tasks1, u.outcomes1 / nullif(u.tasks1, 0),
            s.traceable / nullif(u.tasks1, 0), 'no_work')
          ) f (measure, trials, estimate, n, effect, variance, because)
     WHERE (u.win = 'own') = (f.measure = 'traceable')
), people AS (
    SELECT win, 'team ' || team AS unit, count(*) AS people FROM uptake.people_with_tasks(teams, d, only_win) GROUP BY 1, 2
    UNION ALL
    SELECT win, unit, min(people) FROM members WHERE unit LIKE 'block %' GROUP BY 1, 2
), behind AS (
    -- Put together by a window: a join would be planned as if there were few teams.
    SELECT win, measure, sum(people) AS people
      FROM (SELECT win, measure, max(people) OVER (PARTITION BY win, unit) AS people
              FROM (SELECT win, unit, NULL AS measure, people FROM people
                    UNION ALL SELECT win, unit, measure, NULL FROM figures WHERE unit IS NOT NULL AND trials > 0) both_of) of_units
     WHERE measure IS NOT NULL GROUP BY 1, 2
), compared AS (
    SELECT win, measure, array_agg(effect ORDER BY unit) AS effects, array_agg(variance ORDER BY unit) AS variances
      FROM figures WHERE unit IS NOT NULL AND trials > 0 GROUP BY 1, 2
), counted AS (
    SELECT win, count(*) FILTER (WHERE unit IS NULL)::integer AS left_out
      FROM members GROUP BY win
)
SELECT w.win, m.measure, f.estimate, f.n, coalesce(b.people, 0), o.left_out,
       CASE WHEN f.estimate IS NOT NULL THEN NULL
            WHEN o.left_out > 0 AND f.measure IS NULL THEN 'suppressed'
            WHEN w.win = 'own' AND (SELECT min(first_cell_day) FROM chosen) BETWEEN d - 6 AND d THEN 'too_new'
            ELSE coalesce(f.because, 'no_work') END,
       m.measure = 'cycle_ratio', m.least_value, 1, c.effects, c.variances
  FROM windows w
  JOIN counted o USING (win)
 CROSS JOIN (VALUES ('success_lift', -1), ('cycle_ratio', 0), ('judgement', 0), ('over_reliance', 0), ('ai_share', 0),
                    ('traceable', 0)) m (measure, least_value)
  LEFT JOIN figures f ON f.win = w.win AND f.measure = m.measure AND f.unit IS NULL
  LEFT JOIN behind b ON b.win = w.win AND b.measure = m.measure
  LEFT JOIN compared c ON c.win = w.win AND c.measure = m.measure
 WHERE (w.win = 'own') = (m.measure = 'traceable')
$$;

CREATE OR REPLACE FUNCTION uptake.rollup_pulse(teams text[], d date, only_win text, small uptake.small_team[]) RETURNS SETOF uptake.rollup_part
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
WITH answers AS MATERIALIZED (
    -- Who is in several teams answers in each: so a total says nothing of those who are.
    SELECT a.*, CASE WHEN u.team IS NULL THEN 'team ' || a.team ELSE u.unit END AS unit, u.people
      FROM uptake.team_answers(teams, d, only_win) a
      LEFT JOIN uptake.rollup_units(teams, small) u ON u.source = a.question AND u.win = a.win AND u.team = a.team
), units AS MATERIALIZED (
    SELECT win, question, unit, (sum(total) / sum(answers))::double precision AS effect, sum(answers)::bigint AS answers,
           sum(answers) * ((sum(answers) * sum(squares) - sum(total) * sum(total)) / (sum(answers) * sum(answers)))::double precision
               AS squares, coalesce(min(people), sum(answers)) AS people
      FROM answers WHERE unit IS NOT NULL GROUP BY 1, 2, 3
), spreads AS (
    -- The width of a whole-number answer leaves at least that variance.
    SELECT win, question, greatest(sum(squares) / nullif(sum(answers - 1), 0), 1.0 / 12)::double precision AS spread
      FROM units GROUP BY 1, 2
), compared AS (
    SELECT win, question, array_agg(effect ORDER BY unit) AS effects, array_agg(spread / answers ORDER BY unit) AS variances,
           sum(people) AS people
      FROM units JOIN spreads USING (win, question) GROUP BY 1, 2
), everybody AS (
    SELECT win, question, (sum(total) FILTER (WHERE unit IS NOT NULL)
                           / sum(answers) FILTER (WHERE unit IS NOT NULL))::double precision AS estimate,
           sum(answers) FILTER (WHERE unit IS NOT NULL) AS n, count(DISTINCT team) FILTER (WHERE unit IS NULL) AS left_out
      FROM answers GROUP BY 1, 2
)
SELECT w.win, q::text, CASE WHEN e.n >= 2 THEN e.estimate END, e.n::double precision, coalesce(c.people, 0),
       coalesce(e.left_out, 0)::integer,
       CASE WHEN e.n >= 2 THEN NULL WHEN e.n = 1 THEN 'too_few' WHEN e.left_out > 0 THEN 'suppressed' ELSE 'no_survey' END,
       false, 1, 5, c.effects, c.variances
  FROM uptake.rollup_windows(d, only_win) w
 CROSS JOIN unnest(enum_range(NULL::uptake.question)) q
  LEFT JOIN everybody e ON e.win = w.win AND e.question = q::text
  LEFT JOIN compared c ON c.win = w.win AND c.question = q::text
 WHERE w.win <> 'own'
$$;

-- uptake.latest_answers and uptake.worked_on, which nothing calls any more, stay until the release after the next.

SELECT uptake.grant_roles();
