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
    win text, measure text, estimate double precision, n double precision, people bigint, because text, is_ln boolean,
    least_value double precision, greatest_value double precision, effects double precision[],
    variances double precision[]);
COMMENT ON TYPE uptake.rollup_part IS
'A figure over teams before its interval: what the union says, and of each team an effect with its variance. A variance is the spread within teams, the same for all, over what the team has of cases: by its own spread a team with none or all of few would count as certain, and whoever happens to be low would weigh more. So the mean of teams that do not differ is that of the union';

-- ---- from cells -----------------------------------------------------------------------------------------------------

CREATE FUNCTION uptake.rollup_cells(teams text[], d date) RETURNS SETOF uptake.rollup_part
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
WITH windows AS MATERIALIZED (
    SELECT w.*, floor((w.first_day - DATE 'epoch') / 7.0)::integer AS first_week,
           floor((w.last_day - DATE 'epoch') / 7.0)::integer AS last_week
      FROM (VALUES ('1d', d, d, '{1}'::integer[]), ('7d', d - 6, d, '{1,7}'), ('28d', d - 27, d, '{1,7,28}'),
                   ('90d', d - 89, d, '{1,7,28,35,90}'), ('own', d - 34, d - 7, '{28,35}')) w (win, first_day, last_day, spans)
), chosen AS MATERIALIZED (
    SELECT t.partition, t.team, t.first_cell_day FROM unnest(teams) name JOIN uptake.team t ON t.team = name
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
    -- By workflow, of each team and (team IS NULL) of all of them; side 1 with AI, side 0 without. A workflow in which
    -- nobody decided in 90 days is silent.
    SELECT w.win, c.team, c.workflow,
           coalesce(sum(c.tasks) FILTER (WHERE c.ai), 0) AS tasks1, sum(c.tasks) AS tasks,
           coalesce(sum(c.outcomes) FILTER (WHERE c.ai), 0) AS outcomes1,
           coalesce(sum(c.success_n) FILTER (WHERE c.ai), 0)::double precision AS n1,
           coalesce(sum(c.success_k) FILTER (WHERE c.ai), 0)::double precision AS k1,
           coalesce(sum(c.success_n) FILTER (WHERE NOT c.ai), 0)::double precision AS n0,
           coalesce(sum(c.success_k) FILTER (WHERE NOT c.ai), 0)::double precision AS k0,
           coalesce(sum(c.cycle_n) FILTER (WHERE c.ai), 0) AS cycle_n1, sum(c.cycle_ln) FILTER (WHERE c.ai) AS cycle_ln1,
           sum(c.cycle_ln_sq) FILTER (WHERE c.ai) AS cycle_sq1,
           coalesce(sum(c.cycle_n) FILTER (WHERE NOT c.ai), 0) AS cycle_n0,
           sum(c.cycle_ln) FILTER (WHERE NOT c.ai) AS cycle_ln0, sum(c.cycle_ln_sq) FILTER (WHERE NOT c.ai) AS cycle_sq0,
           sum(c.chosen_on) FILTER (WHERE c.ai) AS chosen_on, sum(c.ca) FILTER (WHERE c.ai) AS ca,
           sum(c.wa) FILTER (WHERE c.ai) AS wa, sum(c.co) FILTER (WHERE c.ai) AS co, sum(c.wo) FILTER (WHERE c.ai) AS wo,
           coalesce(max(sum(c.decided) FILTER (WHERE c.ai AND w.win = '90d')) OVER (PARTITION BY c.team, c.workflow), 0) > 0
               AS spoken
      FROM cells c JOIN windows w ON c.span = ANY (w.spans)
     GROUP BY GROUPING SETS ((w.win, c.workflow), (w.win, c.team, c.workflow))
), weighed AS (
    SELECT s.*, CASE WHEN n1 >= 1 AND n0 >= 1 THEN n1 * n0 / (n1 + n0) END AS w,
           CASE WHEN cycle_n1 >= 2 AND cycle_n0 >= 2
                THEN (cycle_n1 * cycle_n0)::double precision / (cycle_n1 + cycle_n0)::double precision END AS cycle_w
      FROM workflows s
), units AS MATERIALIZED (
    SELECT win, team, sum(tasks)::double precision AS tasks, sum(tasks1)::double precision AS tasks1,
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
      FROM weighed GROUP BY win, team
), spreads AS (
    -- Within teams: of a share that of the union, of ln(cycle) about the means of teams and workflows.
    SELECT t.win, t.cycle1, t.cycle0, coalesce(u.p1 * (1 - u.p1), 0) AS success1, coalesce(u.p0 * (1 - u.p0), 0) AS success0,
           u.ca * u.wo / nullif(u.ca + u.wo, 0) ^ 2 AS kept, u.co * u.wa / nullif(u.co + u.wa, 0) ^ 2 AS caught,
           u.tasks1 * (u.tasks - u.tasks1) / u.tasks ^ 2 AS ai_share,
           u.outcomes1 * (u.tasks1 - u.outcomes1) / nullif(u.tasks1, 0) ^ 2 AS traceable
      FROM units u
      JOIN (SELECT win, (sum(cycle_spread1) / nullif(sum(cycle_df1), 0))::double precision / 65536.0 ^ 2 AS cycle1,
                   (sum(cycle_spread0) / nullif(sum(cycle_df0), 0))::double precision / 65536.0 ^ 2 AS cycle0
              FROM units WHERE team IS NOT NULL GROUP BY win) t ON t.win = u.win
     WHERE u.team IS NULL
), figures AS MATERIALIZED (
    SELECT u.win, u.team, f.*
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
), people AS MATERIALIZED (
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
), behind AS (
    -- Put together by grouping: a join would be planned as if there were few teams.
    SELECT win, measure, count(DISTINCT person) AS people
      FROM (SELECT win, array_agg(person) FILTER (WHERE person IS NOT NULL) AS persons,
                   array_agg(measure) FILTER (WHERE measure IS NOT NULL) AS measures
              FROM (SELECT win, team, person, NULL AS measure FROM people
                    UNION ALL SELECT win, team, NULL, measure FROM figures WHERE team IS NOT NULL AND trials > 0) both_of
             GROUP BY win, team) of_teams,
           unnest(measures) measure, unnest(persons) person
     GROUP BY 1, 2
), compared AS (
    SELECT win, measure, array_agg(effect ORDER BY team) AS effects, array_agg(variance ORDER BY team) AS variances
      FROM figures WHERE team IS NOT NULL AND trials > 0 GROUP BY 1, 2
)
SELECT w.win, m.measure, f.estimate, f.n, coalesce(b.people, 0),
       CASE WHEN f.estimate IS NOT NULL THEN NULL
            WHEN w.win = 'own' AND (SELECT min(first_cell_day) FROM chosen) BETWEEN d - 6 AND d THEN 'too_new'
            ELSE coalesce(f.because, 'no_work') END,
       m.measure = 'cycle_ratio', m.least_value, 1, c.effects, c.variances
  FROM windows w
 CROSS JOIN (VALUES ('success_lift', -1), ('cycle_ratio', 0), ('judgement', 0), ('over_reliance', 0), ('ai_share', 0),
                    ('traceable', 0)) m (measure, least_value)
  LEFT JOIN figures f ON f.win = w.win AND f.measure = m.measure AND f.team IS NULL
  LEFT JOIN behind b ON b.win = w.win AND b.measure = m.measure
  LEFT JOIN compared c ON c.win = w.win AND c.measure = m.measure
 WHERE (w.win = 'own') = (m.measure = 'traceable')
$$;
COMMENT ON FUNCTION uptake.rollup_cells IS 'Figures made of cells over the union of the teams on day d, by the rules of each measure: lifts by workflow, reliance without silent workflows, traceable over d - 34 to d - 7';

-- ---- from people ----------------------------------------------------------------------------------------------------

CREATE FUNCTION uptake.rollup_pulse(teams text[], d date) RETURNS SETOF uptake.rollup_part
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
WITH windows (win, first_day) AS (VALUES ('1d', d), ('7d', d - 6), ('28d', d - 27), ('90d', d - 89)
), answers AS MATERIALIZED (
    SELECT DISTINCT ON (w.win, p.question, p.team, p.person) w.win, p.question, p.team, p.person, p.score, p.at
      FROM unnest(teams) name
      JOIN uptake.team t ON t.team = name
      JOIN uptake.pulse p ON p.partition = t.partition AND p.team = t.team AND p.day BETWEEN d - 89 AND d
      JOIN windows w ON p.day >= w.first_day
     ORDER BY w.win, p.question, p.team, p.person, p.day DESC
), of_teams AS (
    SELECT win, question, team, avg(score)::double precision AS effect, count(*) AS people,
           count(*) * var_pop(score)::double precision AS squares
      FROM answers GROUP BY 1, 2, 3
), spreads AS (
    -- The width of a whole-number answer leaves at least that variance.
    SELECT win, question, greatest(sum(squares) / nullif(sum(people - 1), 0), 1.0 / 12)::double precision AS spread
      FROM of_teams GROUP BY 1, 2
), compared AS (
    SELECT win, question, array_agg(effect ORDER BY team) AS effects, array_agg(spread / people ORDER BY team) AS variances
      FROM of_teams JOIN spreads USING (win, question) GROUP BY 1, 2
), everybody AS (
    -- Who is in several teams has one latest answer.
    SELECT win, question, avg(score)::double precision AS estimate, count(*) AS people
      FROM (SELECT DISTINCT ON (win, question, person) * FROM answers ORDER BY win, question, person, at DESC, team) latest
     GROUP BY 1, 2
)
SELECT w.win, q::text, CASE WHEN e.people >= 2 THEN e.estimate END, e.people::double precision, coalesce(e.people, 0),
       CASE WHEN e.people IS NULL THEN 'no_survey' WHEN e.people < 2 THEN 'too_few' END, false, 1, 5, c.effects, c.variances
  FROM windows w
 CROSS JOIN unnest(enum_range(NULL::uptake.question)) q
  LEFT JOIN everybody e ON e.win = w.win AND e.question = q
  LEFT JOIN compared c ON c.win = w.win AND c.question = q
$$;
COMMENT ON FUNCTION uptake.rollup_pulse IS 'Mean of people''s latest answers over the teams on day d, by window';

CREATE FUNCTION uptake.rollup_people(teams text[], d date) RETURNS SETOF uptake.rollup_part
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
WITH wanted (measure, win, kind, least_value, greatest_value, delay) AS (VALUES
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
), chosen AS MATERIALIZED (
    SELECT t.partition, t.team FROM unnest(teams) name JOIN uptake.team t ON t.team = name
), judged AS MATERIALIZED (
    SELECT h.team, h.measures, h.because, h.suppressed, h.headcount, h.min_group
      FROM chosen t JOIN uptake.health h ON h.partition = t.partition AND h.team = t.team AND h.day = d
), delays AS (
    SELECT t.team, w.delay, count(DISTINCT r.person) AS people
      FROM chosen t
      JOIN uptake.training r ON r.partition = t.partition AND r.team = t.team
      JOIN wanted w ON (r.at AT TIME ZONE 'UTC')::date BETWEEN d - 399 AND d - w.delay - 6
     GROUP BY 1, 2
), persons AS MATERIALIZED (
    -- What each has of tasks with a kind and of scored decisions in the last 26 weeks, and of the latter ever.
    SELECT t.team, pw.person, sum(pw.kinds) FILTER (WHERE pw.week > floor((d - DATE 'epoch') / 7.0) - 26) AS kinds,
           sum(pw.ca + pw.wa + pw.co + pw.wo) FILTER (WHERE pw.week > floor((d - DATE 'epoch') / 7.0) - 26) AS scored,
           sum(pw.ca + pw.wa + pw.co + pw.wo) AS ever_scored
      FROM chosen t
      JOIN uptake.person_week pw ON pw.partition = t.partition AND pw.team = t.team
                                 AND pw.week <= floor((d - DATE 'epoch') / 7.0)
     GROUP BY 1, 2
), ranked AS MATERIALIZED (
    -- What all who have more come to: who is not needed to reach a number of cases need not stand behind them.
    SELECT team, person, sum(kinds) OVER (PARTITION BY team ORDER BY kinds DESC, person) - kinds AS kinds_before,
           sum(scored) OVER (PARTITION BY team ORDER BY scored DESC, person) - scored AS scored_before,
           sum(ever_scored) OVER (PARTITION BY team ORDER BY ever_scored DESC, person) - ever_scored AS ever_scored_before
      FROM persons
), figures AS (
    SELECT w.*, j.team, j.headcount, s.people AS trained_people, j.because ->> w.measure AS why,
           CASE WHEN w.measure = ANY (j.suppressed) THEN 0 ELSE j.min_group END AS at_least,
           v.estimate, v.lo, v.hi, v.n, beginners.share AS beginners_share, beginners.n AS beginners_n
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
), counted AS (
    -- k of n, of a gap k of beginners; of who stands behind a figure at least so many.
    SELECT f.*, round(f.estimate * f.n) AS k, round(f.beginners_share * f.beginners_n) AS beginners_k,
           f.n - f.beginners_n AS others_n, round((f.beginners_share - f.estimate) * (f.n - f.beginners_n)) AS others_k,
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
                       FROM ranked r WHERE r.team = f.team))
                ELSE f.n END AS behind
      FROM figures f
), sums AS MATERIALIZED (
    SELECT measure, sum(n) AS n,
           CASE min(kind) WHEN 'count' THEN sum(estimate)
                WHEN 'gap' THEN sum(beginners_k) / sum(beginners_n) - sum(others_k) / sum(others_n)
                WHEN 'mean' THEN NULL ELSE sum(k) / sum(n) END AS estimate,
           sum(beginners_k) / sum(beginners_n) AS beginners, sum(others_k) / sum(others_n) AS others,
           CASE WHEN measure = 'trained' AND sum(estimate) = 0 THEN sum(headcount) ELSE sum(behind) END AS behind
      FROM counted WHERE estimate IS NOT NULL GROUP BY measure
), effects AS (
    SELECT c.measure, array_agg(c.estimate ORDER BY c.team) AS effects,
           array_agg(CASE c.kind WHEN 'share' THEN s.estimate * (1 - s.estimate) / c.n WHEN 'rate' THEN s.estimate / c.n
                          WHEN 'gap' THEN s.beginners * (1 - s.beginners) / c.beginners_n
                                          + s.others * (1 - s.others) / c.others_n
                          WHEN 'mean' THEN ((c.hi - c.lo) / (2 * 1.959963984540054)) ^ 2 END ORDER BY c.team) AS variances
      FROM counted c JOIN sums s USING (measure) WHERE c.estimate IS NOT NULL GROUP BY c.measure
), doubles AS (
    -- A pseudonym of several teams is one person; nobody knows of which figures, so each is taken to have it twice.
    SELECT count(*) - count(DISTINCT p.person) AS people
      FROM chosen t JOIN uptake.person p ON p.partition = t.partition AND p.team = t.team
), words AS (
    SELECT measure, mode() WITHIN GROUP (ORDER BY why) AS because FROM figures WHERE estimate IS NULL GROUP BY measure
)
SELECT w.win, w.measure,
       CASE WHEN w.kind = 'mean' THEN (uptake.random_effects(e.effects, e.variances)).estimate ELSE s.estimate END,
       s.n, greatest(0, coalesce(s.behind, 0) - (SELECT people FROM doubles))::bigint,
       CASE WHEN s.measure IS NULL THEN coalesce(b.because, 'no_people') END, false, w.least_value, w.greatest_value,
       e.effects, e.variances
  FROM wanted w LEFT JOIN sums s USING (measure) LEFT JOIN effects e USING (measure) LEFT JOIN words b USING (measure)
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

CREATE TYPE uptake.rollup_row AS (
    measure text, win text, estimate double precision, lo double precision, hi double precision, n double precision,
    team_mean double precision, tau2 double precision, teams integer, people bigint, because text, as_of date,
    watermark timestamptz, definitions text);
COMMENT ON TYPE uptake.rollup_row IS 'A figure over several teams; its columns are those of uptake.organisation_health';

CREATE FUNCTION uptake.rollup(teams text[], win text DEFAULT NULL, day date DEFAULT NULL) RETURNS SETOF uptake.rollup_row
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chosen text[];
    d date;
    least_group integer;
    by_rules text;
    seen timestamptz;
BEGIN
    IF win NOT IN ('1d', '7d', '28d', '90d', 'own') THEN
        RAISE EXCEPTION 'win is %, not 1d, 7d, 28d, 90d, own or NULL for all', quote_literal(win) USING ERRCODE = '22023';
    END IF;
    SELECT array_agg(t.team ORDER BY t.team), min(t.evaluated_through), min(s.watermark)
      INTO chosen, d, seen
      FROM uptake.team t LEFT JOIN uptake.shard s USING (partition)
     WHERE rollup.teams IS NULL OR t.team IN (SELECT unnest(rollup.teams));
    IF d IS NULL THEN
        RETURN;
    END IF;
    d := least(day, d);
    SELECT max(h.min_group), CASE WHEN count(DISTINCT h.definitions) = 1 THEN min(h.definitions) END
      INTO least_group, by_rules
      FROM unnest(chosen) name
      JOIN uptake.team t ON t.team = name
      JOIN uptake.health h ON h.partition = t.partition AND h.team = t.team AND h.day = d;
    RETURN QUERY
    SELECT p.measure, p.win, shown.estimate, shown.lo, shown.hi, shown.n, shown.team_mean, shown.tau2, shown.teams,
           shown.people, CASE WHEN p.because IS NULL AND shown.people IS NULL THEN 'suppressed' ELSE p.because END,
           d, seen, by_rules
      FROM (SELECT * FROM uptake.rollup_cells(chosen, d) UNION ALL SELECT * FROM uptake.rollup_pulse(chosen, d)
            UNION ALL SELECT * FROM uptake.rollup_people(chosen, d)) p
      LEFT JOIN LATERAL (
           SELECT p.estimate, uptake.scale_back(r.lo, p.is_ln, p.least_value, p.greatest_value) AS lo,
                  uptake.scale_back(r.hi, p.is_ln, p.least_value, p.greatest_value) AS hi, p.n,
                  CASE WHEN r.teams >= 3 THEN uptake.scale_back(r.estimate, p.is_ln, p.least_value, p.greatest_value) END
                      AS team_mean,
                  CASE WHEN r.teams >= 3 THEN r.tau2 END AS tau2,
                  (SELECT count(effect)::integer FROM unnest(p.effects) effect) AS teams, p.people
             FROM uptake.random_effects(p.effects, p.variances) r
            WHERE p.because IS NULL AND p.people >= least_group) shown ON true
     WHERE rollup.win IS NULL OR p.win = rollup.win OR p.measure = 'traceable'
     ORDER BY p.measure, p.win;
END
$$;
COMMENT ON FUNCTION uptake.rollup IS
'Several teams as one (NULL = all), in one window or all (NULL), on the last day that is closed for each of them or an earlier one. estimate: what uptaked would say of the union of their work, as far as it is known today. lo and hi: 95 % interval of team_mean, the mean of such teams (uptake.random_effects), known from 3 teams on; estimate need not lie between them. Teams are compared as they are, by cycle_ratio on the scale of ln; the variance of a team is the spread within teams over its own cases (uptake.rollup_part). traceable has days of its own and comes with every window';

CREATE VIEW uptake.organisation_health WITH (security_barrier) AS
SELECT r.* FROM uptake.rollup(NULL) r;
COMMENT ON VIEW uptake.organisation_health IS 'All teams as one, on the last day that is closed for all of them: uptake.rollup';

CREATE VIEW uptake.group_health WITH (security_barrier) AS
SELECT g.grp, r.*
  FROM uptake.rollup_day() day
 CROSS JOIN LATERAL (SELECT DISTINCT t.grp FROM uptake.team_group t
                      WHERE daterange(t.valid_from, t.valid_to) @> day) g
 CROSS JOIN LATERAL uptake.rollup(uptake.group_teams(g.grp, day), NULL, day) r;
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
 CROSS JOIN LATERAL (SELECT DISTINCT t.grp FROM uptake.team_group t
                      WHERE daterange(t.valid_from, t.valid_to) @> day) g
 CROSS JOIN LATERAL uptake.rollup_diagnosis(uptake.group_teams(g.grp, day), day) r;
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
            ('teams', 'teams that have the figure by themselves'), ('people', 'at least so many people stand behind it'),
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
