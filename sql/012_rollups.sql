-- Several teams as one, on a closed day: their figures over the union of what they did, with teams as the trials.

CREATE FUNCTION uptake.worked_on(worked bytea, days_from date, first_day date, last_day date) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN EXISTS (SELECT FROM generate_series(greatest(first_day - days_from, 0),
                                           least(last_day - days_from, 8 * length(worked) - 1)) bit
                WHERE get_bit(worked, bit) = 1);
COMMENT ON FUNCTION uptake.worked_on IS 'Is a day from first_day to last_day in a set of days of uptake.person?';

CREATE FUNCTION uptake.scale_back(x double precision, is_ln boolean, least_value double precision,
                                  greatest_value double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN x IS NULL THEN NULL
            WHEN is_ln THEN exp(greatest(-700, least(700, x)))
            ELSE greatest(least_value, least(greatest_value, x)) END;
COMMENT ON FUNCTION uptake.scale_back IS 'From the scale on which teams are compared to that of the measure, inside its bounds';

CREATE TYPE uptake.rollup_part AS (
    win text, measure text, estimate double precision, n double precision, people bigint, left_out integer, because text,
    is_ln boolean, least_value double precision, greatest_value double precision, effects double precision[],
    variances double precision[]);
COMMENT ON TYPE uptake.rollup_part IS
'A figure over teams before its interval: what the union says, and of each team an effect with its variance. A variance is the spread within teams, the same for all, over what the team has of cases: by its own spread a team with none or all of few would count as certain, and whoever happens to be low would weigh more. So the mean of teams that do not differ is that of the union';

CREATE FUNCTION uptake.rollup_windows(d date, only_win text,
    OUT win text, OUT first_day date, OUT last_day date, OUT spans integer[]) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
SELECT * FROM (VALUES ('1d', d, d, '{1}'::integer[]), ('7d', d - 6, d, '{1,7}'), ('28d', d - 27, d, '{1,7,28}'),
                      ('90d', d - 89, d, '{1,7,28,35,90}'), ('own', d - 34, d - 7, '{28,35}')) w (win, first_day, last_day, spans)
 WHERE only_win IS NULL OR w.win IN (only_win, 'own')
$$;
COMMENT ON FUNCTION uptake.rollup_windows IS 'The days of figures made of cells: of every window (NULL) or one, and the own days of traceable. spans: how far back cells are told apart';

-- ---- who is too small ------------------------------------------------------------------------------------------------

CREATE FUNCTION uptake.people_with_tasks(teams text[], d date, only_win text, OUT win text, OUT team text, OUT person uuid)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
WITH windows AS MATERIALIZED (
    SELECT w.*, floor((w.first_day - DATE 'epoch') / 7.0)::integer AS first_week,
           floor((w.last_day - DATE 'epoch') / 7.0)::integer AS last_week
      FROM uptake.rollup_windows(d, only_win) w
), chosen AS MATERIALIZED (
    SELECT t.partition, t.team FROM unnest(teams) name JOIN uptake.team t ON t.team = name
)
SELECT w.win, p.team, p.person
  FROM chosen t
  JOIN uptake.person p ON p.partition = t.partition AND p.team = t.team
 CROSS JOIN windows w
 WHERE EXISTS (
       SELECT FROM uptake.person_week pw
        CROSS JOIN LATERAL (SELECT DATE 'epoch' + 7 * pw.week AS first_day, DATE 'epoch' + 7 * pw.week + 6 AS last_day) week
        WHERE pw.partition = t.partition AND pw.team = t.team AND pw.person = p.person AND pw.tasks > 0
          AND pw.week BETWEEN w.first_week AND w.last_week
          AND ((w.first_day <= week.first_day AND week.last_day <= w.last_day)
               OR uptake.worked_on(p.worked, p.days_from, greatest(w.first_day, week.first_day),
                                   least(w.last_day, week.last_day))))
$$;
COMMENT ON FUNCTION uptake.people_with_tasks IS 'Who of the teams had a task in the days of each window (NULL) or one';

CREATE FUNCTION uptake.latest_answers(teams text[], d date, only_win text,
    OUT win text, OUT question text, OUT team text, OUT person uuid, OUT score smallint) RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
SELECT DISTINCT ON (w.win, p.question, p.team, p.person) w.win, p.question::text, p.team, p.person, p.score
  FROM unnest(teams) name
  JOIN uptake.team t ON t.team = name
  JOIN uptake.pulse p ON p.partition = t.partition AND p.team = t.team AND p.day BETWEEN d - 89 AND d
  JOIN uptake.rollup_windows(d, only_win) w ON w.win <> 'own' AND p.day >= w.first_day
 ORDER BY w.win, p.question, p.team, p.person, p.day DESC
$$;
COMMENT ON FUNCTION uptake.latest_answers IS 'The latest answer of each person to each question of the pulse in each window (NULL) or one';

CREATE FUNCTION uptake.rollup_of_people(OUT measure text, OUT win text, OUT kind text, OUT least_value integer,
    OUT greatest_value integer, OUT delay integer) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
VALUES
    ('headcount', 'own', 'count', NULL::integer, NULL::integer, NULL::integer), ('trained', 'own', 'count', NULL, NULL, NULL),
    ('entry_headcount_change', '28d', 'count', NULL, NULL, NULL), ('practising', '28d', 'share', 0, 1, NULL),
    ('pulse_response', '28d', 'share', 0, 1, NULL), ('regular', 'own', 'share', 0, 1, NULL),
    ('progressed', 'own', 'share', 0, 1, NULL), ('kept_using', 'own', 'share', 0, 1, NULL),
    ('changed_work', 'own', 'share', 0, 1, NULL), ('entry_nonroutine_share', 'own', 'share', 0, 1, NULL),
    ('durability_14', 'own', 'share', 0, 1, 14), ('durability_28', 'own', 'share', 0, 1, 28),
    ('durability_180', 'own', 'share', 0, 1, 180), ('attrition', '28d', 'rate', 0, NULL, NULL),
    ('attrition_365', 'own', 'rate', 0, NULL, NULL), ('reproduction', 'own', 'rate', 0, NULL, NULL),
    ('entry_gap', 'own', 'gap', -1, 1, NULL), ('entry_judgement', 'own', 'mean', 0, 1, NULL),
    ('learning_gain', 'own', 'mean', -1, 1, NULL), ('entry_learning_gain', 'own', 'mean', -1, 1, NULL)
$$;
COMMENT ON FUNCTION uptake.rollup_of_people IS 'The measures of people that are rolled up: how, between which bounds, and of durability after how many days';

CREATE TYPE uptake.people_figure AS (
    measure text, win text, kind text, team text, headcount integer, estimate double precision, lo double precision,
    hi double precision, n double precision, k double precision, beginners_n double precision, beginners_k double precision,
    others_n double precision, others_k double precision, behind bigint, is_small boolean, because text);
COMMENT ON TYPE uptake.people_figure IS 'A frozen figure about the people of a team, in parts that can be added up: k of n, of a gap k of n on either side. behind: at least so many people stand behind it; is_small: fewer than min_group';

CREATE FUNCTION uptake.people_figures(teams text[], d date) RETURNS SETOF uptake.people_figure
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
      FROM chosen t
      JOIN uptake.health h ON h.partition = t.partition AND h.team = t.team AND h.day = d
     CROSS JOIN LATERAL (
           SELECT array_agg(kinds_before) AS kinds_before, array_agg(scored_before) AS scored_before,
                  array_agg(ever_scored_before) AS ever_scored_before
             FROM (SELECT sum(kinds) OVER (ORDER BY kinds DESC, person) - kinds AS kinds_before,
                          sum(scored) OVER (ORDER BY scored DESC, person) - scored AS scored_before,
                          sum(ever_scored) OVER (ORDER BY ever_scored DESC, person) - ever_scored AS ever_scored_before
                     FROM (SELECT pw.person, sum(pw.kinds) FILTER (WHERE pw.week > floor((d - DATE 'epoch') / 7.0) - 26) AS kinds,
                                  sum(pw.ca + pw.wa + pw.co + pw.wo)
                                      FILTER (WHERE pw.week > floor((d - DATE 'epoch') / 7.0) - 26) AS scored,
                                  sum(pw.ca + pw.wa + pw.co + pw.wo) AS ever_scored
                             FROM uptake.person_week pw
                            WHERE pw.partition = t.partition AND pw.team = t.team
                              AND pw.week <= floor((d - DATE 'epoch') / 7.0)
                            GROUP BY pw.person) persons) ranked) r
), delays AS (
    SELECT t.team, w.delay, count(DISTINCT r.person) AS people
      FROM chosen t
      JOIN uptake.training r ON r.partition = t.partition AND r.team = t.team
      JOIN wanted w ON (r.at AT TIME ZONE 'UTC')::date BETWEEN d - 399 AND d - w.delay - 6
     GROUP BY 1, 2
), figures AS (
    SELECT w.*, j.team, j.headcount, s.people AS trained_people, j.because ->> w.measure AS why,
           w.measure = ANY (j.suppressed) AS is_small,
           CASE WHEN w.measure = ANY (j.suppressed) THEN 0 ELSE j.min_group END AS at_least,
           v.estimate, v.lo, v.hi, v.n, beginners.share AS beginners_share, beginners.n AS beginners_n,
           j.kinds_before, j.scored_before, j.ever_scored_before
      FROM judged j
     CROSS JOIN wanted w
      LEFT JOIN delays s ON s.team = j.team AND s.delay = w.delay
     CROSS JOIN LATERAL (
           SELECT CASE WHEN w.kind = 'count' THEN (f #>> '{}')::double precision ELSE (f ->> 0)::double precision END AS estimate,
                  (f ->> 1)::double precision AS lo, (f ->> 2)::double precision AS hi, (f ->> 3)::double precision AS n
             FROM (SELECT j.measures -> w.measure AS f) figure) v
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
COMMENT ON FUNCTION uptake.people_figures IS 'Figures about people in the frozen rows of the teams on day d, a row for each that is rolled up; because: why it is unknown';

CREATE TYPE uptake.small_team AS (source text, win text, team text, block text, people bigint, teams bigint);
COMMENT ON TYPE uptake.small_team IS 'A team behind whose figure there are fewer than min_group people: of source (cells, a question of the pulse or a measure of people) and win. block: with whom it stands as one in roll-ups, people how many they are, in so many teams; NULL = in none';

CREATE FUNCTION uptake.small_teams(d date, only_win text DEFAULT NULL) RETURNS SETOF uptake.small_team
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
    SELECT a.question, a.win, a.team, count(*), array_agg(a.person)
      FROM organisation o, uptake.latest_answers(o.teams, d, only_win) a
     GROUP BY a.question, a.win, a.team HAVING count(*) < max(o.least_group)
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
), members AS MATERIALIZED (
    -- Whoever is in several teams of a block is one person; nobody knows of which figures, so each is taken to be in all.
    SELECT source, win, block, behind, NULL::uuid AS person FROM grouped
    UNION ALL
    SELECT source, win, block, 0, person FROM grouped, unnest(persons) person
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
COMMENT ON FUNCTION uptake.small_teams IS
'Teams that are too small to be seen by themselves on day d, in every window (NULL) or one. In totals they stand together as one with those that belong to the same groups on that day; where these are still too few, with all others of that kind (rest); and where even these are too few, in no total at all. So whatever is added up or subtracted, nobody sees fewer than min_group people (complementary suppression; Willenborg and de Waal 2001, Elements of Statistical Disclosure Control, ch. 1 and 4)';

CREATE FUNCTION uptake.rollup_units(teams text[], small uptake.small_team[], OUT source text, OUT win text, OUT team text,
    OUT unit text, OUT people bigint) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
SELECT s.source, s.win, s.team,
       CASE WHEN count(*) OVER (PARTITION BY s.source, s.win, s.block) = s.teams THEN 'block ' || s.block END, s.people
  FROM unnest(small) s
 WHERE s.team IN (SELECT unnest(rollup_units.teams))
$$;
COMMENT ON FUNCTION uptake.rollup_units IS 'With which block each of these teams counts that is small: only whole blocks do; NULL = not at all';

-- ---- from cells -----------------------------------------------------------------------------------------------------

CREATE FUNCTION uptake.rollup_cells(teams text[], d date, only_win text, small uptake.small_team[]) RETURNS SETOF uptake.rollup_part
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
           SELECT c.workflow, c.arm IN ('ai', 'ai_random') AS ai,
                  CASE WHEN c.day = d THEN 1 WHEN c.day > d - 7 THEN 7 WHEN c.day > d - 28 THEN 28 WHEN c.day > d - 35 THEN 35
                       ELSE 90 END AS span,
                  sum(c.tasks) AS tasks, sum(c.outcomes) AS outcomes, sum(c.success_n) AS success_n,
                  sum(c.success_k) AS success_k, sum(c.cycle_n) AS cycle_n, sum(c.cycle_ln) AS cycle_ln,
                  sum(c.cycle_ln_sq) AS cycle_ln_sq, sum(c.accepted) + sum(c.modified) + sum(c.rejected) AS chosen_on,
                  sum(c.decided) AS decided, sum(c.ca) AS ca, sum(c.wa) AS wa, sum(c.co) AS co, sum(c.wo) AS wo
             FROM uptake.cell c
            WHERE c.partition = t.partition AND c.team = t.team AND c.day BETWEEN d - 89 AND d
            GROUP BY 1, 2, 3) c
), workflows AS MATERIALIZED (
    -- By workflow, of each unit and (unit IS NULL) of all of them; side 1 with AI, side 0 without. A workflow in which
    -- nobody decided in 90 days is silent.
    SELECT c.win, c.unit, c.workflow, c.tasks1, c.tasks, c.outcomes1, c.n1::double precision, c.k1::double precision,
           c.n0::double precision, c.k0::double precision, c.cycle_n1, c.cycle_ln1, c.cycle_sq1, c.cycle_n0, c.cycle_ln0,
           c.cycle_sq0, c.chosen_on, c.ca, c.wa, c.co, c.wo, c.decided > 0 AS spoken
      FROM (SELECT m.win, m.unit, c.workflow,
                   sum(c.tasks) FILTER (WHERE i.now) AS tasks, coalesce(sum(c.tasks) FILTER (WHERE i.ai), 0) AS tasks1,
                   coalesce(sum(c.outcomes) FILTER (WHERE i.ai), 0) AS outcomes1,
                   coalesce(sum(c.success_n) FILTER (WHERE i.ai), 0) AS n1, coalesce(sum(c.success_k) FILTER (WHERE i.ai), 0) AS k1,
                   coalesce(sum(c.success_n) FILTER (WHERE i.not_ai), 0) AS n0,
                   coalesce(sum(c.success_k) FILTER (WHERE i.not_ai), 0) AS k0,
                   coalesce(sum(c.cycle_n) FILTER (WHERE i.ai), 0) AS cycle_n1, sum(c.cycle_ln) FILTER (WHERE i.ai) AS cycle_ln1,
                   sum(c.cycle_ln_sq) FILTER (WHERE i.ai) AS cycle_sq1,
                   coalesce(sum(c.cycle_n) FILTER (WHERE i.not_ai), 0) AS cycle_n0,
                   sum(c.cycle_ln) FILTER (WHERE i.not_ai) AS cycle_ln0, sum(c.cycle_ln_sq) FILTER (WHERE i.not_ai) AS cycle_sq0,
                   sum(c.chosen_on) FILTER (WHERE i.ai) AS chosen_on, sum(c.ca) FILTER (WHERE i.ai) AS ca,
                   sum(c.wa) FILTER (WHERE i.ai) AS wa, sum(c.co) FILTER (WHERE i.ai) AS co,
                   sum(c.wo) FILTER (WHERE i.ai) AS wo, coalesce(sum(c.decided) FILTER (WHERE c.ai), 0) AS decided
              FROM cells c
              JOIN members m ON m.team = c.team
             CROSS JOIN LATERAL (SELECT c.span = ANY (m.spans) AS now, c.ai AND c.span = ANY (m.spans) AS ai,
                                        NOT c.ai AND c.span = ANY (m.spans) AS not_ai) i
             WHERE m.unit IS NOT NULL
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
COMMENT ON FUNCTION uptake.rollup_cells IS 'Figures made of cells over the union of the teams on day d, by the rules of each measure: lifts by workflow, reliance without silent workflows, traceable over d - 34 to d - 7';

-- ---- from people ----------------------------------------------------------------------------------------------------

CREATE FUNCTION uptake.rollup_pulse(teams text[], d date, only_win text, small uptake.small_team[]) RETURNS SETOF uptake.rollup_part
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
WITH answers AS MATERIALIZED (
    -- Who is in several teams answers in each: so a total says nothing of those who are.
    SELECT a.*, CASE WHEN u.team IS NULL THEN 'team ' || a.team ELSE u.unit END AS unit, u.people
      FROM uptake.latest_answers(teams, d, only_win) a
      LEFT JOIN uptake.rollup_units(teams, small) u ON u.source = a.question AND u.win = a.win AND u.team = a.team
), units AS (
    SELECT win, question, unit, avg(score)::double precision AS effect, count(*) AS answers,
           count(*) * var_pop(score)::double precision AS squares, coalesce(min(people), count(*)) AS people
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
    SELECT win, question, avg(score) FILTER (WHERE unit IS NOT NULL)::double precision AS estimate,
           nullif(count(*) FILTER (WHERE unit IS NOT NULL), 0) AS n, count(DISTINCT team) FILTER (WHERE unit IS NULL) AS left_out
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
COMMENT ON FUNCTION uptake.rollup_pulse IS 'Mean of people''s latest answers over the teams on day d, by window';

CREATE FUNCTION uptake.rollup_people(teams text[], d date, small uptake.small_team[]) RETURNS SETOF uptake.rollup_part
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
WITH figures AS MATERIALIZED (
    SELECT f.*, CASE WHEN u.team IS NULL THEN 'team ' || f.team ELSE u.unit END AS unit, u.people,
           CASE WHEN f.kind = 'mean' THEN nullif(((f.hi - f.lo) / (2 * 1.959963984540054)) ^ 2, 0) END AS variance
      FROM uptake.people_figures(teams, d) f
      LEFT JOIN uptake.rollup_units(teams, small) u ON u.source = f.measure AND u.win = f.win AND u.team = f.team
), units AS MATERIALIZED (
    SELECT measure, kind, unit, sum(n) AS n, sum(k) AS k, sum(beginners_n) AS beginners_n, sum(beginners_k) AS beginners_k,
           sum(others_n) AS others_n, sum(others_k) AS others_k,
           CASE WHEN kind = 'mean' AND count(*) > 1 THEN sum(estimate / variance) / sum(1 / variance)
                WHEN kind IN ('mean', 'count') THEN sum(estimate)
                WHEN kind = 'gap' THEN sum(beginners_k) / sum(beginners_n) - sum(others_k) / sum(others_n)
                ELSE sum(k) / sum(n) END AS estimate,
           1 / sum(1 / variance) AS variance, coalesce(min(people), sum(behind)) AS behind, sum(headcount) AS headcount
      FROM figures WHERE estimate IS NOT NULL AND unit IS NOT NULL GROUP BY measure, kind, unit
), sums AS MATERIALIZED (
    SELECT measure, sum(n) AS n,
           CASE min(kind) WHEN 'count' THEN sum(estimate)
                WHEN 'gap' THEN sum(beginners_k) / sum(beginners_n) - sum(others_k) / sum(others_n)
                WHEN 'mean' THEN NULL ELSE sum(k) / sum(n) END AS estimate,
           sum(beginners_k) / sum(beginners_n) AS beginners, sum(others_k) / sum(others_n) AS others,
           CASE WHEN measure = 'trained' AND sum(estimate) = 0 THEN sum(headcount) ELSE sum(behind) END AS behind
      FROM units GROUP BY measure
), effects AS (
    SELECT u.measure, array_agg(u.estimate ORDER BY u.unit) AS effects,
           array_agg(CASE u.kind WHEN 'share' THEN s.estimate * (1 - s.estimate) / u.n WHEN 'rate' THEN s.estimate / u.n
                          WHEN 'gap' THEN s.beginners * (1 - s.beginners) / u.beginners_n
                                          + s.others * (1 - s.others) / u.others_n
                          WHEN 'mean' THEN u.variance END ORDER BY u.unit) AS variances
      FROM units u JOIN sums s USING (measure) GROUP BY u.measure
), words AS (
    SELECT measure, count(*) FILTER (WHERE estimate IS NOT NULL AND unit IS NULL)::integer AS left_out,
           mode() WITHIN GROUP (ORDER BY because) FILTER (WHERE estimate IS NULL) AS because
      FROM figures GROUP BY measure
)
SELECT w.win, w.measure,
       CASE WHEN w.kind = 'mean' THEN (uptake.random_effects(e.effects, e.variances)).estimate ELSE s.estimate END,
       s.n, coalesce(s.behind, 0)::bigint, coalesce(b.left_out, 0),
       CASE WHEN s.measure IS NOT NULL THEN NULL WHEN b.left_out > 0 THEN 'suppressed' ELSE coalesce(b.because, 'no_people') END,
       false, w.least_value, w.greatest_value, e.effects, e.variances
  FROM uptake.rollup_of_people() w LEFT JOIN sums s USING (measure) LEFT JOIN effects e USING (measure)
  LEFT JOIN words b USING (measure)
$$;
COMMENT ON FUNCTION uptake.rollup_people IS 'Figures about people over the frozen rows of the teams on day d: cases and trials of shares and rates are summed up, counts too; of judgement and learning, which cannot be, the mean of teams stands';

-- ---- for analysts ---------------------------------------------------------------------------------------------------

CREATE FUNCTION uptake.rollup_day(teams text[] DEFAULT NULL) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT min(t.evaluated_through) FROM uptake.team t WHERE teams IS NULL OR t.team IN (SELECT unnest(teams)));
COMMENT ON FUNCTION uptake.rollup_day IS 'The last day that is closed for each of these teams (NULL = all)';

CREATE FUNCTION uptake.group_teams(grp text, day date DEFAULT NULL) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT coalesce(array_agg(g.team ORDER BY g.team), '{}') FROM uptake.team_group g
         WHERE g.grp = group_teams.grp AND daterange(g.valid_from, g.valid_to) @> coalesce(day, uptake.rollup_day()));
COMMENT ON FUNCTION uptake.group_teams IS 'The teams of a group on a day (NULL = the last that is closed for all teams)';

CREATE FUNCTION uptake.groups_on(day date DEFAULT NULL, OUT grp text, OUT teams text[]) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT g.grp, array_agg(g.team ORDER BY g.team)
  FROM uptake.team_group g
 WHERE daterange(g.valid_from, g.valid_to) @> coalesce(day, uptake.rollup_day())
 GROUP BY g.grp
$$;
COMMENT ON FUNCTION uptake.groups_on IS 'The groups of a day (NULL = the last that is closed for all teams), each with its teams';

CREATE TYPE uptake.rollup_row AS (
    measure text, win text, estimate double precision, lo double precision, hi double precision, n double precision,
    team_mean double precision, tau2 double precision, teams integer, people bigint, left_out integer, because text,
    as_of date, watermark timestamptz, definitions text);
COMMENT ON TYPE uptake.rollup_row IS 'A figure over several teams; its columns are those of uptake.organisation_health';

CREATE FUNCTION uptake.rollup_over(teams text[], d date, only_win text, small uptake.small_team[]) RETURNS SETOF uptake.rollup_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    least_group integer;
    by_rules text;
    seen timestamptz;
BEGIN
    SELECT max(h.min_group), CASE WHEN count(DISTINCT h.definitions) = 1 THEN min(h.definitions) END, min(s.watermark)
      INTO least_group, by_rules, seen
      FROM unnest(teams) name
      JOIN uptake.team t ON t.team = name
      LEFT JOIN uptake.shard s ON s.partition = t.partition
      LEFT JOIN uptake.health h ON h.partition = t.partition AND h.team = t.team AND h.day = d;
    RETURN QUERY
    SELECT p.measure, p.win, shown.estimate, shown.lo, shown.hi, shown.n, shown.team_mean, shown.tau2, shown.teams,
           shown.people, p.left_out, CASE WHEN p.because IS NULL AND shown.people IS NULL THEN 'suppressed' ELSE p.because END,
           d, seen, by_rules
      FROM (SELECT * FROM uptake.rollup_cells(teams, d, only_win, small)
            UNION ALL SELECT * FROM uptake.rollup_pulse(teams, d, only_win, small)
            UNION ALL SELECT * FROM uptake.rollup_people(teams, d, small)) p
      LEFT JOIN LATERAL (
           SELECT p.estimate, uptake.scale_back(r.lo, p.is_ln, p.least_value, p.greatest_value) AS lo,
                  uptake.scale_back(r.hi, p.is_ln, p.least_value, p.greatest_value) AS hi, p.n,
                  CASE WHEN r.teams >= 3 THEN uptake.scale_back(r.estimate, p.is_ln, p.least_value, p.greatest_value) END
                      AS team_mean,
                  CASE WHEN r.teams >= 3 THEN r.tau2 END AS tau2,
                  (SELECT count(effect)::integer FROM unnest(p.effects) effect) AS teams, p.people
             FROM uptake.random_effects(p.effects, p.variances) r
            WHERE p.because IS NULL AND p.people >= least_group) shown ON true
     WHERE only_win IS NULL OR p.win = only_win OR p.measure = 'traceable'
     ORDER BY p.measure, p.win;
END
$$;
COMMENT ON FUNCTION uptake.rollup_over IS 'uptake.rollup on a day that is closed for all these teams, with who is small on that day in the organisation (uptake.small_teams)';

CREATE FUNCTION uptake.rollup(teams text[], win text DEFAULT NULL, day date DEFAULT NULL) RETURNS SETOF uptake.rollup_row
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chosen text[];
    d date;
BEGIN
    IF win NOT IN ('1d', '7d', '28d', '90d', 'own') THEN
        RAISE EXCEPTION 'win is %, not 1d, 7d, 28d, 90d, own or NULL for all', quote_literal(win) USING ERRCODE = '22023';
    END IF;
    SELECT array_agg(t.team ORDER BY t.team), least(day, min(t.evaluated_through))
      INTO chosen, d
      FROM uptake.team t
     WHERE rollup.teams IS NULL OR t.team IN (SELECT unnest(rollup.teams));
    IF chosen IS NULL OR d IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM uptake.rollup_over(chosen, d, win, ARRAY(SELECT s FROM uptake.small_teams(d, win) s));
END
$$;
COMMENT ON FUNCTION uptake.rollup IS
'Several teams as one (NULL = all), in one window or all (NULL), on the last day that is closed for each of them or an earlier one. estimate: what uptaked would say of the union of their work, as far as it is known today. Who is too small to be seen counts with a whole block of such teams, or not at all (uptake.small_teams; left_out). lo and hi: 95 % interval of team_mean, the mean of such teams (uptake.random_effects), known from 3 teams on; estimate need not lie between them. Teams are compared as they are, by cycle_ratio on the scale of ln; the variance of a team is the spread within teams over its own cases (uptake.rollup_part). traceable has days of its own and comes with every window';

CREATE FUNCTION uptake.rollup_groups(OUT grp text, OUT figure uptake.rollup_row) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT g.grp, r
  FROM uptake.rollup_day() day
 CROSS JOIN LATERAL (SELECT array_agg(s) AS small FROM uptake.small_teams(day) s) of_day
 CROSS JOIN LATERAL uptake.groups_on(day) g
 CROSS JOIN LATERAL uptake.rollup_over(g.teams, day, NULL, of_day.small) r
 WHERE EXISTS (SELECT FROM uptake.team t WHERE t.team = ANY (g.teams))
$$;
COMMENT ON FUNCTION uptake.rollup_groups IS 'The teams of each group as one, on the last day that is closed for all teams: uptake.rollup';

CREATE VIEW uptake.organisation_health WITH (security_barrier) AS
SELECT r.* FROM uptake.rollup(NULL) r;
COMMENT ON VIEW uptake.organisation_health IS 'All teams as one, on the last day that is closed for all of them: uptake.rollup';

CREATE VIEW uptake.group_health WITH (security_barrier) AS
SELECT g.grp, (g.figure).* FROM uptake.rollup_groups() g;
COMMENT ON VIEW uptake.group_health IS 'The teams of each group as one, by who belongs to it on the last day that is closed for all teams: uptake.rollup';

-- ---- diagnoses ------------------------------------------------------------------------------------------------------

CREATE TYPE uptake.diagnosis_row AS (
    diagnosis text, teams_with bigint, teams_judged bigint, as_of date, definitions text);
COMMENT ON TYPE uptake.diagnosis_row IS 'How many teams have a diagnosis; its columns are those of uptake.organisation_diagnosis';

CREATE FUNCTION uptake.rollup_diagnosis(teams text[], day date DEFAULT NULL) RETURNS SETOF uptake.diagnosis_row
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
WITH words (word, measures, questions) AS (VALUES
    ('skills_gap', '{reason_skill_share}'::text[], '{tool_clear}'::uptake.question[]),
    ('work_design_gap', '{reason_design_share}', '{role_clear,workflow_clear,role_change_clear}'),
    ('bypassing', '{bypass_rate}', '{}'), ('over_trust', '{over_reliance}', '{}'),
    ('under_trust', '{under_reliance}', '{}'), ('worse', '{success_lift,quality_lift}', '{}'),
    ('faster_but_worse', '{faster_but_worse}', '{}'), ('fading', '{durability_14,durability_28}', '{}'),
    ('hollow_entry', '{entry_gap}', '{}'), ('training_only', '{layered_share}', '{}'),
    ('no_room', '{}', '{learning_time,safe_to_try,creative_room}'), ('no_coaching', '{}', '{coached}'),
    ('old_targets', '{}', '{targets_fit}')
), chosen AS (
    SELECT t.partition, t.team, least(rollup_diagnosis.day, min(t.evaluated_through) OVER ()) AS d
      FROM uptake.team t WHERE teams IS NULL OR t.team IN (SELECT unnest(teams))
), judged AS MATERIALIZED (
    SELECT h.partition, h.team, h.day, h.diagnosis, h.measures, h.definitions
      FROM chosen t JOIN uptake.health h ON h.partition = t.partition AND h.team = t.team AND h.day = t.d
     WHERE h.headcount >= h.min_group
), answered AS MATERIALIZED (
    SELECT j.team, p.question
      FROM judged j
      JOIN uptake.pulse p ON p.partition = j.partition AND p.team = j.team AND p.day BETWEEN j.day - 89 AND j.day
     GROUP BY 1, 2 HAVING count(DISTINCT p.person) >= 2
), verdicts AS (
    SELECT j.team, j.day, j.definitions, w.word, w.word = ANY (j.diagnosis) AS has_it,
           w.word = ANY (j.diagnosis) OR j.measures ?| w.measures
           OR EXISTS (SELECT FROM answered a WHERE a.team = j.team AND a.question = ANY (w.questions)) AS could_be_told
      FROM judged j CROSS JOIN words w
)
SELECT w.word, count(*) FILTER (WHERE v.has_it), count(*) FILTER (WHERE v.could_be_told), (SELECT min(d) FROM chosen),
       (SELECT CASE WHEN count(DISTINCT j.definitions) = 1 THEN min(j.definitions) END FROM judged j)
  FROM words w LEFT JOIN verdicts v USING (word)
 GROUP BY w.word ORDER BY 2 DESC, 1
$$;
COMMENT ON FUNCTION uptake.rollup_diagnosis IS
'How many of the teams (NULL = all) have each diagnosis, of those of which it could be told: something that it follows from is known, and the team has at least min_group people';

CREATE VIEW uptake.organisation_diagnosis WITH (security_barrier) AS
SELECT r.* FROM uptake.rollup_diagnosis(NULL) r;
COMMENT ON VIEW uptake.organisation_diagnosis IS 'How many of all teams have each diagnosis: uptake.rollup_diagnosis';

CREATE VIEW uptake.group_diagnosis WITH (security_barrier) AS
SELECT g.grp, r.*
  FROM uptake.rollup_day() day
 CROSS JOIN LATERAL uptake.groups_on(day) g
 CROSS JOIN LATERAL uptake.rollup_diagnosis(g.teams, day) r;
COMMENT ON VIEW uptake.group_diagnosis IS 'How many teams of each group have each diagnosis: uptake.rollup_diagnosis';

DO $$
DECLARE
    of_view text;
    of_column record;
BEGIN
    FOREACH of_view IN ARRAY ARRAY['organisation_health', 'group_health'] LOOP
        FOR of_column IN SELECT * FROM (VALUES
            ('measure', 'its name'), ('win', '1d, 7d, 28d, 90d (days up to as_of) or own'),
            ('estimate', 'what uptaked would say of all their work together; NULL = unknown'),
            ('lo', 'lower limit of team_mean, 95 %, teams as the trials; NULL below 3 teams or while all are equal'), ('hi', 'upper limit of team_mean'),
            ('n', 'trials, or exposure of a rate'), ('team_mean', 'mean of such teams, each weighed by its precision and how much teams differ'),
            ('tau2', 'variance between teams, on the scale on which they are compared'),
            ('teams', 'teams that have the figure by themselves; small ones together count as one'),
            ('people', 'people who stand behind it; whoever is in several teams counts in each'),
            ('left_out', 'teams that do not count, for they are too small to be seen and too few of their kind are among these teams'),
            ('because', 'why it is unknown; suppressed: too few people to be shown'), ('as_of', 'the day it is as of'),
            ('watermark', 'up to when events are known of all these teams'),
            ('definitions', 'version of the rules by which the teams were judged that day; NULL: not the same for all'),
            ('grp', 'name of the group')) c (name, help)
             WHERE of_view = 'group_health' OR c.name <> 'grp' LOOP
            EXECUTE format('COMMENT ON COLUMN uptake.%I.%I IS %L', of_view, of_column.name, of_column.help);
        END LOOP;
    END LOOP;
    FOREACH of_view IN ARRAY ARRAY['organisation_diagnosis', 'group_diagnosis'] LOOP
        FOR of_column IN SELECT * FROM (VALUES
            ('diagnosis', 'its name'), ('teams_with', 'teams that have it'), ('teams_judged', 'teams of which it could be told'),
            ('as_of', 'the day it is as of'), ('definitions', 'version of the rules; NULL: not the same for all teams'),
            ('grp', 'name of the group')) c (name, help)
             WHERE of_view = 'group_diagnosis' OR c.name <> 'grp' LOOP
            EXECUTE format('COMMENT ON COLUMN uptake.%I.%I IS %L', of_view, of_column.name, of_column.help);
        END LOOP;
    END LOOP;
END
$$;

SELECT uptake.grant_roles();
