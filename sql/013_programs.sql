-- What became of training programs, of those who teach, of teams by what they did first; and figures a year apart.

-- ---- mathematics ----------------------------------------------------------------------------------------------------

CREATE FUNCTION uptake.wilson(k double precision, n double precision, OUT lo double precision, OUT hi double precision)
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
SELECT CASE WHEN k <= 0 THEN 0 ELSE greatest(0, centre - half) END, CASE WHEN k >= n THEN 1 ELSE least(1, centre + half) END
  FROM (SELECT (k + z2 / 2) / (n + z2) AS centre, sqrt(z2 * (k * (n - k) / n + z2 / 4)) / (n + z2) AS half
          FROM (VALUES (1.959963984540054::double precision ^ 2)) q (z2)) w
 WHERE n > 0
$$;
COMMENT ON FUNCTION uptake.wilson IS 'The 95 % interval of a proportion k / n (Wilson 1927), without continuity correction; NULL for n = 0';

CREATE FUNCTION uptake.poisson_mean(k double precision, p double precision, z double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ln_factorial double precision := 0;
    mean double precision;
    peak double precision;
    term double precision;
    below double precision;
    i double precision;
    step double precision;
BEGIN
    IF k < 20 THEN
        FOR j IN 2 .. k::integer LOOP
            ln_factorial := ln_factorial + ln(j::double precision);
        END LOOP;
    ELSE
        ln_factorial := k * ln(k) - k + ln(2 * pi() * k) / 2 + (1 - (1 - 2 / (7 * k * k)) / (30 * k * k)) / (12 * k);
    END IF;
    mean := (k + 1) * (1 - 1 / (9 * (k + 1)) + z / (3 * sqrt(k + 1))) ^ 3;
    FOR attempt IN 1 .. 100 LOOP
        peak := exp(k * ln(mean) - mean - ln_factorial);
        term := peak;
        below := 0;
        i := k;
        LOOP
            below := below + term;
            EXIT WHEN i <= 0 OR term < 1e-18 * below;
            term := term * i / mean;
            i := i - 1;
        END LOOP;
        step := (below - p) / peak;
        mean := greatest(mean + step, mean / 2);
        EXIT WHEN abs(step) < 1e-13 * mean;
    END LOOP;
    RETURN mean;
END
$$;
COMMENT ON FUNCTION uptake.poisson_mean IS
'The mean of a Poisson distribution of which k or less has the probability p; z is the normal quantile of 1 - p. By Newton''s steps from Wilson and Hilferty''s approximation (Abramowitz and Stegun 26.4.17, 26.4.21)';

CREATE FUNCTION uptake.garwood(k double precision, exposure double precision, OUT lo double precision, OUT hi double precision)
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
SELECT CASE WHEN k > 0 THEN uptake.poisson_mean(k - 1, 0.975, -1.959963984540054) ELSE 0 END / nullif(exposure, 0),
       uptake.poisson_mean(k, 0.025, 1.959963984540054) / nullif(exposure, 0)
 WHERE exposure > 0 AND k >= 0
$$;
COMMENT ON FUNCTION uptake.garwood IS 'The exact 95 % interval of a rate of k events over an exposure (Garwood 1936); NULL without exposure';

CREATE FUNCTION uptake.judgement(ca double precision, wa double precision, co double precision, wo double precision,
                                 OUT estimate double precision, OUT lo double precision, OUT hi double precision,
                                 OUT n double precision)
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
SELECT (1 + h - f) / 2, (1 + h - f - sqrt((h - hit.lo) ^ 2 + (fault.hi - f) ^ 2)) / 2,
       (1 + h - f + sqrt((hit.hi - h) ^ 2 + (f - fault.lo) ^ 2)) / 2, ca + wa + co + wo
  FROM (SELECT co / nullif(co + wa, 0) AS h, wo / nullif(wo + ca, 0) AS f) rates,
       uptake.wilson(co, co + wa) hit, uptake.wilson(wo, wo + ca) fault
 WHERE h IS NOT NULL AND f IS NOT NULL
$$;
COMMENT ON FUNCTION uptake.judgement IS
'Balanced accuracy of accepting right (ca) and overriding wrong advice (co) against accepting wrong (wa) and overriding right (wo), with the interval of Newcombe (1998, method 10); NULL where it is unknown';

CREATE FUNCTION uptake.count_days(days bytea, days_from date, first_day date, last_day date) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
SELECT count(*) FILTER (WHERE get_bit(days, bit) = 1)
  FROM generate_series(greatest(first_day - days_from, 0), least(last_day - days_from, 8 * length(days) - 1)) bit
$$;
COMMENT ON FUNCTION uptake.count_days IS 'Days from first_day to last_day in a set of days of uptake.person, which begins with days_from';

-- ---- how far all is known ------------------------------------------------------------------------------------------

CREATE VIEW uptake.organisation_day WITH (security_barrier) AS
SELECT min(t.evaluated_through) AS d, coalesce(max(h.min_group), 5) AS least_group, min(s.watermark) AS watermark,
       CASE WHEN count(DISTINCT h.definitions) = 1 THEN min(h.definitions) END AS definitions
  FROM uptake.team t
  JOIN uptake.shard s USING (partition)
  LEFT JOIN uptake.health h ON h.partition = t.partition AND h.team = t.team AND h.day = t.evaluated_through;
COMMENT ON VIEW uptake.organisation_day IS 'How far all teams are known: one row';
COMMENT ON COLUMN uptake.organisation_day.d IS 'the last day that is closed for every team';
COMMENT ON COLUMN uptake.organisation_day.least_group IS 'people that must stand behind a figure for anybody to see it';
COMMENT ON COLUMN uptake.organisation_day.watermark IS 'up to when the events of every partition are known';
COMMENT ON COLUMN uptake.organisation_day.definitions IS 'version of the rules; NULL where teams were judged by different ones';

-- ---- programs -------------------------------------------------------------------------------------------------------

CREATE VIEW uptake.program_outcomes WITH (security_barrier) AS
WITH today AS MATERIALIZED (
    SELECT * FROM uptake.organisation_day
), small AS MATERIALIZED (
    -- What no total of teams counts is not in these totals either.
    SELECT s.source, s.team, s.block IS NULL AS is_left_out FROM today o, uptake.small_teams(o.d, 'own') s
), trainings AS MATERIALIZED (
    SELECT r.partition, r.team, r.person, r.program, r.at, r.teacher, r.seconds, (r.at AT TIME ZONE 'UTC')::date AS day, o.d
      FROM uptake.training r, today o WHERE (r.at AT TIME ZONE 'UTC')::date BETWEEN o.d - 399 AND o.d
), teams AS MATERIALIZED (
    -- An AI-only feed says nothing of absence; silence is not consent.
    SELECT t.partition, t.team, coalesce(sum(c.tasks) FILTER (WHERE c.arm NOT IN ('ai', 'ai_random')), 0) = 0 AS only_ai,
           coalesce(sum(c.decided), 0) > 0 AS spoken,
           sum(c.tasks) FILTER (WHERE c.arm IN ('ai', 'ai_random') AND c.day BETWEEN o.d - 34 AND o.d - 7) AS tasks,
           sum(c.outcomes) FILTER (WHERE c.arm IN ('ai', 'ai_random') AND c.day BETWEEN o.d - 34 AND o.d - 7) AS outcomes
      FROM today o CROSS JOIN uptake.team t
      LEFT JOIN uptake.cell c ON c.partition = t.partition AND c.team = t.team AND c.day BETWEEN o.d - 89 AND o.d
     GROUP BY t.partition, t.team
), graduates AS MATERIALIZED (
    -- Whoever is in two teams counts in each, by the latest training there.
    SELECT l.partition, l.team, l.person, l.program, l.d, l.first_day, p.days_from, p.worked,
           p.first_seen <= l.d AND CASE WHEN p.status IS NULL THEN uptake.count_days(p.worked, p.days_from, l.d - 27, l.d) > 0
                ELSE p.status = 'active' OR (p.status_at AT TIME ZONE 'UTC')::date > l.d END AS counts
      FROM (SELECT DISTINCT ON (partition, team, person) *, min(day) OVER (PARTITION BY partition, team, person) AS first_day
              FROM trainings ORDER BY partition, team, person, at DESC, program) l
      JOIN uptake.person p USING (partition, team, person)
), completed AS (
    SELECT program, count(*) FILTER (WHERE counts) AS completions, count(DISTINCT person) FILTER (WHERE counts) AS people,
           coalesce(sum(seconds) FILTER (WHERE counts), 0) / 3600.0 AS hours, bool_or(counts OR day > d - 365) AS any_completed,
           array_agg(DISTINCT person) FILTER (WHERE counts) AS persons
      FROM (SELECT *, day > d - 365 AND NOT EXISTS (SELECT FROM small s WHERE s.team = r.team AND s.source = 'trained'
                                                                          AND s.is_left_out) AS counts
              FROM trainings r) r
     GROUP BY program
), lasting AS (
    SELECT r.program, 'durability_' || delay AS measure, sum(week.practised)::double precision AS k,
           count(*)::double precision AS n, array_agg(DISTINCT r.person) AS persons
      FROM trainings r
      JOIN uptake.person p USING (partition, team, person)
      JOIN teams t USING (partition, team)
     CROSS JOIN unnest(ARRAY[14, 28, 180]) delay
     CROSS JOIN LATERAL (SELECT (uptake.count_days(p.practised, p.days_from, r.day + delay, r.day + delay + 6) > 0)::integer
                                AS practised) week
     WHERE r.day + delay + 6 <= r.d
       AND (t.only_ai OR uptake.count_days(p.worked, p.days_from, r.day + delay, r.day + delay + 6) > 0)
       AND NOT EXISTS (SELECT FROM small s WHERE s.team = r.team AND s.source = 'durability_' || delay AND s.is_left_out)
     GROUP BY r.program, delay
), changed AS (
    SELECT g.program, 'changed_work' AS measure,
           count(*) FILTER (WHERE w.ai >= 5 AND 5 * w.engaged >= w.ai AND w.bypass <= w.ai)::double precision AS k,
           count(*)::double precision AS n, array_agg(DISTINCT g.person) AS persons
      FROM graduates g
     CROSS JOIN LATERAL (SELECT floor((g.d - DATE 'epoch') / 7.0)::integer AS last_week) this
     CROSS JOIN LATERAL (SELECT coalesce(sum(ai), 0) AS ai, coalesce(sum(engaged), 0) AS engaged, coalesce(sum(bypass), 0) AS bypass
                           FROM uptake.person_week pw
                          WHERE pw.partition = g.partition AND pw.team = g.team AND pw.person = g.person
                            AND pw.week BETWEEN last_week - 4 AND last_week) w
     WHERE g.counts AND g.first_day <= g.d - 28
       AND uptake.count_days(g.worked, g.days_from, DATE 'epoch' + 7 * (last_week - 4), g.d) > 0
       AND NOT EXISTS (SELECT FROM small s WHERE s.team = g.team AND s.source = 'changed_work' AND s.is_left_out)
     GROUP BY g.program
), traced AS (
    -- Of teams that are seen by themselves.
    SELECT of_teams.program, 'traceable' AS measure, sum(t.outcomes)::double precision AS k, sum(t.tasks)::double precision AS n,
           of_programs.persons
      FROM (SELECT DISTINCT program, partition, team FROM graduates g
             WHERE NOT EXISTS (SELECT FROM small s WHERE s.team = g.team AND s.source = 'cells')) of_teams
      JOIN teams t USING (partition, team)
      JOIN (SELECT program, array_agg(DISTINCT person) AS persons FROM graduates GROUP BY program) of_programs USING (program)
     GROUP BY of_teams.program, of_programs.persons
), brought AS (
    SELECT q.program, count(DISTINCT r.person)::double precision AS k
      FROM trainings r
      JOIN graduates q ON q.partition = r.partition AND q.team = r.team AND q.person = r.teacher
      JOIN uptake.person p ON p.partition = r.partition AND p.team = r.team AND p.person = r.person
      JOIN uptake.person t ON t.partition = r.partition AND t.team = r.team AND t.person = r.teacher
     WHERE r.day > r.d - 90 AND r.teacher <> r.person AND t.first_training_at < r.at
       AND NOT EXISTS (SELECT FROM small s WHERE s.team = r.team AND s.source = 'reproduction' AND s.is_left_out)
       AND (uptake.count_days(p.practised, p.days_from, r.day + 1, least(r.day + 14, r.d))
            > uptake.count_days(p.practised, p.days_from, r.day - 14, r.day - 1)
            OR EXISTS (SELECT FROM unnest(p.capability_first) f WHERE f BETWEEN r.day + 1 AND least(r.day + 14, r.d)))
     GROUP BY q.program
), reproduced AS (
    SELECT g.program, 'reproduction' AS measure, coalesce(min(b.k), 0) AS k, count(DISTINCT g.person)::double precision AS n,
           array_agg(DISTINCT g.person) AS persons
      FROM graduates g LEFT JOIN brought b USING (program)
     WHERE g.first_day <= g.d - 90
       AND NOT EXISTS (SELECT FROM small s WHERE s.team = g.team AND s.source = 'reproduction' AND s.is_left_out)
     GROUP BY g.program
), scores AS MATERIALIZED (
    -- Thirteen weeks on each side of the week of the first training of the program, of those scored on both.
    SELECT program, person, sum(ca) FILTER (WHERE week < at_week) AS ca0, sum(wa) FILTER (WHERE week < at_week) AS wa0,
           sum(co) FILTER (WHERE week < at_week) AS co0, sum(wo) FILTER (WHERE week < at_week) AS wo0,
           sum(ca) FILTER (WHERE week > at_week) AS ca1, sum(wa) FILTER (WHERE week > at_week) AS wa1,
           sum(co) FILTER (WHERE week > at_week) AS co1, sum(wo) FILTER (WHERE week > at_week) AS wo1
      FROM (SELECT r.program, r.partition, r.team, r.person, floor((min(r.day) - DATE 'epoch') / 7.0)::integer AS at_week,
                   floor((min(r.d) - DATE 'epoch') / 7.0)::integer AS last_week
              FROM trainings r GROUP BY 1, 2, 3, 4) first
      JOIN teams t USING (partition, team)
      JOIN uptake.person_week pw USING (partition, team, person)
     WHERE t.spoken AND pw.week BETWEEN at_week - 13 AND least(at_week + 13, last_week)
     GROUP BY program, partition, team, person
    HAVING coalesce(sum(ca + wa + co + wo) FILTER (WHERE week < at_week), 0) > 0
       AND coalesce(sum(ca + wa + co + wo) FILTER (WHERE week > at_week), 0) > 0
), judged AS (
    SELECT s.program, side.measure, array_agg(DISTINCT s.person) AS persons, sum(side.ca)::double precision AS ca,
           sum(side.wa)::double precision AS wa, sum(side.co)::double precision AS co, sum(side.wo)::double precision AS wo
      FROM scores s
     CROSS JOIN LATERAL (VALUES ('judgement_before', s.ca0, s.wa0, s.co0, s.wo0),
                                ('judgement_after', s.ca1, s.wa1, s.co1, s.wo1)) side (measure, ca, wa, co, wo)
     GROUP BY s.program, side.measure
), figures AS MATERIALIZED (
    SELECT f.program, f.measure, f.persons, f.k / f.n AS estimate, w.lo, w.hi, f.n
      FROM (SELECT * FROM lasting UNION ALL SELECT * FROM changed UNION ALL SELECT * FROM traced) f, uptake.wilson(f.k, f.n) w
     WHERE f.n > 0
    UNION ALL
    SELECT f.program, f.measure, f.persons, f.k / f.n, g.lo, g.hi, f.n FROM reproduced f, uptake.garwood(f.k, f.n) g
    UNION ALL
    SELECT j.program, j.measure, j.persons, b.* FROM judged j, uptake.judgement(j.ca, j.wa, j.co, j.wo) b
    UNION ALL
    SELECT program, 'completions', persons, completions, NULL, NULL, people FROM completed WHERE people > 0
), visible AS MATERIALIZED (
    -- Where those with too few people have too few together, the next smallest is held back with them: a total of teams
    -- less all others would show them. Of judgement and traceable there is no such total.
    SELECT f.program, f.measure, f.estimate, f.lo, f.hi, f.n,
           f.is_few OR f.measure NOT IN ('traceable', 'judgement_before', 'judgement_after')
                    AND coalesce(h.people < f.least_group, false)
                    AND row_number() OVER (PARTITION BY f.measure, f.is_few ORDER BY cardinality(f.persons), f.program) = 1 AS is_held_back
      FROM (SELECT f.*, o.least_group, cardinality(f.persons) < o.least_group AS is_few FROM figures f, today o) f
      LEFT JOIN (SELECT measure, count(DISTINCT person) AS people
                   FROM figures f CROSS JOIN today o CROSS JOIN unnest(persons) person
                  WHERE cardinality(f.persons) < o.least_group GROUP BY measure) h USING (measure)
), shown AS (
    SELECT program, jsonb_object_agg(measure, jsonb_build_array(estimate, lo, hi, n)) AS f
      FROM visible WHERE NOT is_held_back GROUP BY program
), indicators AS (
    SELECT c.program, s.f,
           CASE WHEN (f #>> '{changed_work,1}')::double precision >= 0.5 THEN 'present'
                WHEN (f #>> '{changed_work,2}')::double precision < 0.5 THEN 'absent' ELSE 'unknown' END AS changed_work,
           CASE WHEN (f #>> '{traceable,1}')::double precision >= 0.5 THEN 'present'
                WHEN (f #>> '{traceable,2}')::double precision < 0.5 THEN 'absent' ELSE 'unknown' END AS traceable,
           CASE WHEN (f #>> '{reproduction,0}')::double precision >= 0.2 THEN 'present'
                WHEN (f #>> '{reproduction,2}')::double precision < 0.2 THEN 'absent' ELSE 'unknown' END AS reproduces,
           EXISTS (SELECT FROM graduates g WHERE g.program = c.program AND g.counts
                      AND uptake.count_days(g.worked, g.days_from, g.d - 27, g.d) > 0) AS at_work
      FROM completed c LEFT JOIN shown s USING (program)
)
SELECT c.program, v.completions, v.people, v.training_hours,
       (f #>> '{durability_14,0}')::double precision AS durability_14, (f #>> '{durability_14,1}')::double precision AS durability_14_lo,
       (f #>> '{durability_14,2}')::double precision AS durability_14_hi, (f #>> '{durability_14,3}')::double precision AS durability_14_n,
       (f #>> '{durability_28,0}')::double precision AS durability_28, (f #>> '{durability_28,1}')::double precision AS durability_28_lo,
       (f #>> '{durability_28,2}')::double precision AS durability_28_hi, (f #>> '{durability_28,3}')::double precision AS durability_28_n,
       (f #>> '{durability_180,0}')::double precision AS durability_180, (f #>> '{durability_180,1}')::double precision AS durability_180_lo,
       (f #>> '{durability_180,2}')::double precision AS durability_180_hi, (f #>> '{durability_180,3}')::double precision AS durability_180_n,
       (f #>> '{judgement_before,0}')::double precision AS judgement_before, (f #>> '{judgement_before,1}')::double precision AS judgement_before_lo,
       (f #>> '{judgement_before,2}')::double precision AS judgement_before_hi, (f #>> '{judgement_before,3}')::double precision AS judgement_before_n,
       (f #>> '{judgement_after,0}')::double precision AS judgement_after, (f #>> '{judgement_after,1}')::double precision AS judgement_after_lo,
       (f #>> '{judgement_after,2}')::double precision AS judgement_after_hi, (f #>> '{judgement_after,3}')::double precision AS judgement_after_n,
       (f #>> '{changed_work,0}')::double precision AS changed_work, (f #>> '{changed_work,1}')::double precision AS changed_work_lo,
       (f #>> '{changed_work,2}')::double precision AS changed_work_hi, (f #>> '{changed_work,3}')::double precision AS changed_work_n,
       (f #>> '{traceable,0}')::double precision AS traceable, (f #>> '{traceable,1}')::double precision AS traceable_lo,
       (f #>> '{traceable,2}')::double precision AS traceable_hi, (f #>> '{traceable,3}')::double precision AS traceable_n,
       (f #>> '{reproduction,0}')::double precision AS reproduction, (f #>> '{reproduction,1}')::double precision AS reproduction_lo,
       (f #>> '{reproduction,2}')::double precision AS reproduction_hi, (f #>> '{reproduction,3}')::double precision AS reproduction_n,
       i.changed_work AS changed_work_indicator, i.traceable AS traceable_indicator,
       i.reproduces AS reproduces_indicator,
       CASE WHEN NOT i.at_work THEN 'insufficient_evidence'
            WHEN i.changed_work = 'present' AND i.traceable = 'present' AND i.reproduces = 'present' THEN 'transformation'
            WHEN 'absent' IN (i.changed_work, i.traceable, i.reproduces) THEN 'theatre'
            ELSE 'insufficient_evidence' END AS program_verdict,
       o.d AS as_of, o.watermark, o.definitions, false AS provisional
  FROM today o CROSS JOIN completed c
  JOIN indicators i USING (program)
  LEFT JOIN LATERAL (SELECT c.completions, c.people, c.hours::double precision AS training_hours
                      WHERE i.f ? 'completions' OR NOT c.any_completed) v ON true;
COMMENT ON VIEW uptake.program_outcomes IS
'What became of each training program of the last 400 days, beside how often it was completed. No score is made of completions. Whoever is in several teams counts in each; a figure behind which there are too few people is NULL, and so is that of the next smallest program where the total less all others would show it. Teams that count in no total (uptake.small_teams) do not count here';
COMMENT ON COLUMN uptake.program_outcomes.program IS 'the program';
COMMENT ON COLUMN uptake.program_outcomes.completions IS 'trainings of it in 365 days; says nothing of an effect';
COMMENT ON COLUMN uptake.program_outcomes.people IS 'people trained by it in 365 days';
COMMENT ON COLUMN uptake.program_outcomes.training_hours IS 'hours of these trainings';
COMMENT ON COLUMN uptake.program_outcomes.changed_work_indicator IS 'did the work of these people change: present (lo >= 0.5), absent (hi < 0.5) or unknown';
COMMENT ON COLUMN uptake.program_outcomes.traceable_indicator IS 'do outcomes show what became of it: present (lo >= 0.5), absent (hi < 0.5) or unknown';
COMMENT ON COLUMN uptake.program_outcomes.reproduces_indicator IS 'do they bring on others: present (estimate >= 0.2), absent (hi < 0.2) or unknown';
COMMENT ON COLUMN uptake.program_outcomes.program_verdict IS
'transformation, theatre or insufficient_evidence, from the three indicators alone (default thresholds) over the people whose latest training is of the program; diagnoses are of teams';
COMMENT ON COLUMN uptake.program_outcomes.as_of IS 'the last day that is closed for every team';
COMMENT ON COLUMN uptake.program_outcomes.watermark IS 'up to when the events of every partition are known';
COMMENT ON COLUMN uptake.program_outcomes.definitions IS 'version of the rules; NULL where teams were judged by different ones';
COMMENT ON COLUMN uptake.program_outcomes.provisional IS 'the day has not closed';
DO $$
DECLARE
    figure record;
BEGIN
    FOR figure IN SELECT * FROM (VALUES
        ('durability_14', 'share of its trainings after which AI was used in the week that begins 14 days later, of who worked then'),
        ('durability_28', 'share of its trainings after which AI was used in the week that begins 28 days later, of who worked then'),
        ('durability_180', 'share of its trainings after which AI was used in the week that begins 180 days later, of who worked then'),
        ('judgement_before', 'balanced accuracy of accepting and overriding advice in the 13 weeks before somebody''s first training of the program, of those scored on both sides of it'),
        ('judgement_after', 'the same in the 13 weeks after it; what else changed in between is in it, too'),
        ('changed_work', 'share of people, whose latest training is of the program, that use AI and engage with its advice'),
        ('traceable', 'share of AI tasks with an outcome in the teams of these people that are seen by themselves: tasks do not say whose they are'),
        ('reproduction', 'people brought on by colleagues whose latest training is of the program, per person of these trained 90 to 399 days ago')
    ) f (name, help) LOOP
        EXECUTE format('COMMENT ON COLUMN uptake.program_outcomes.%I IS %L', figure.name, figure.help);
        EXECUTE format('COMMENT ON COLUMN uptake.program_outcomes.%I IS %L', figure.name || '_lo', 'lower limit of it, 95 %');
        EXECUTE format('COMMENT ON COLUMN uptake.program_outcomes.%I IS %L', figure.name || '_hi', 'upper limit of it, 95 %');
        EXECUTE format('COMMENT ON COLUMN uptake.program_outcomes.%I IS %L', figure.name || '_n', 'trials of it, or people');
    END LOOP;
END
$$;

-- ---- teaching -------------------------------------------------------------------------------------------------------

CREATE VIEW uptake.teaching_reach WITH (security_barrier) AS
WITH today AS MATERIALIZED (
    SELECT * FROM uptake.organisation_day
), left_out AS MATERIALIZED (
    SELECT s.source, s.team FROM today o, uptake.small_teams(o.d, 'own') s WHERE s.block IS NULL
), trainings AS MATERIALIZED (
    SELECT r.partition, r.team, r.person, r.at, (r.at AT TIME ZONE 'UTC')::date AS day,
           CASE WHEN r.teacher <> r.person THEN r.teacher END AS teacher, o.d
      FROM uptake.training r, today o WHERE (r.at AT TIME ZONE 'UTC')::date BETWEEN o.d - 399 AND o.d
), taught AS MATERIALIZED (
    SELECT r.teacher, r.person, r.team,
           NOT EXISTS (SELECT FROM uptake.person p WHERE p.partition = r.partition AND p.team = r.team AND p.person = r.teacher)
               AS elsewhere
      FROM trainings r
     WHERE r.teacher IS NOT NULL AND r.day > r.d - 365
       AND NOT EXISTS (SELECT FROM left_out l WHERE l.source = 'trained' AND l.team = r.team)
), top AS (
    SELECT teacher FROM taught GROUP BY teacher ORDER BY count(DISTINCT person) DESC, teacher LIMIT 5
), first_trained AS MATERIALIZED (
    SELECT person, min(first_training_at) AS at FROM uptake.person WHERE first_training_at IS NOT NULL GROUP BY person
), brought AS (
    SELECT count(DISTINCT r.person)::double precision AS k,
           count(DISTINCT r.person) FILTER (WHERE NOT EXISTS (
               SELECT FROM uptake.person t WHERE t.partition = r.partition AND t.team = r.team AND t.person = r.teacher))
               AS elsewhere
      FROM trainings r
      JOIN first_trained f ON f.person = r.teacher AND f.at < r.at
      JOIN uptake.person p ON p.partition = r.partition AND p.team = r.team AND p.person = r.person
     WHERE r.day > r.d - 90
       AND NOT EXISTS (SELECT FROM left_out l WHERE l.source = 'reproduction' AND l.team = r.team)
       AND (uptake.count_days(p.practised, p.days_from, r.day + 1, least(r.day + 14, r.d))
            > uptake.count_days(p.practised, p.days_from, r.day - 14, r.day - 1)
            OR EXISTS (SELECT FROM unnest(p.capability_first) c WHERE c BETWEEN r.day + 1 AND least(r.day + 14, r.d)))
), before AS (
    SELECT count(DISTINCT person)::double precision AS n FROM trainings r
     WHERE day <= d - 90 AND NOT EXISTS (SELECT FROM left_out l WHERE l.source = 'reproduction' AND l.team = r.team)
), counts AS (
    SELECT count(DISTINCT teacher) AS teachers, count(DISTINCT person) AS people_taught, count(DISTINCT team) AS teams_taught,
           count(DISTINCT team) FILTER (WHERE elsewhere) AS teams_taught_elsewhere,
           count(DISTINCT person) FILTER (WHERE teacher IN (SELECT teacher FROM top))::double precision
               / nullif(count(DISTINCT person), 0) AS share_of_top_five
      FROM taught
)
SELECT v.teachers, v.people_taught, v.teams_taught, v.teams_taught_elsewhere, v.share_of_top_five,
       r.reproduction, r.reproduction_lo, r.reproduction_hi, r.reproduction_n, r.people_brought_elsewhere,
       o.d AS as_of, o.watermark, o.definitions, false AS provisional
  FROM today o CROSS JOIN counts c CROSS JOIN brought b CROSS JOIN before n
  LEFT JOIN LATERAL (SELECT c.* WHERE c.teachers = 0 OR c.teachers >= o.least_group AND c.people_taught >= o.least_group) v ON true
  LEFT JOIN LATERAL (SELECT b.k / nullif(n.n, 0) AS reproduction, g.lo AS reproduction_lo, g.hi AS reproduction_hi, n.n AS reproduction_n,
                            b.elsewhere AS people_brought_elsewhere
                       FROM uptake.garwood(b.k, n.n) g WHERE n.n >= o.least_group) r ON true;
COMMENT ON VIEW uptake.teaching_reach IS
'How far teaching among colleagues reaches over all teams, by equal pseudonyms: one row. A figure behind which there are too few people is NULL; teams that count in no total (uptake.small_teams) do not count here';
COMMENT ON COLUMN uptake.teaching_reach.teachers IS 'people who taught colleagues in 365 days';
COMMENT ON COLUMN uptake.teaching_reach.people_taught IS 'people whom they taught';
COMMENT ON COLUMN uptake.teaching_reach.teams_taught IS 'teams in which they did';
COMMENT ON COLUMN uptake.teaching_reach.teams_taught_elsewhere IS 'teams taught by somebody of whom that team has no event';
COMMENT ON COLUMN uptake.teaching_reach.share_of_top_five IS 'of the people taught, those taught by any of the five who taught most: near 1 it hangs on few';
COMMENT ON COLUMN uptake.teaching_reach.reproduction IS 'people brought on in 90 days by colleagues who were trained before in whatever team, per person trained 90 to 399 days ago';
COMMENT ON COLUMN uptake.teaching_reach.reproduction_lo IS 'lower limit of it, 95 %';
COMMENT ON COLUMN uptake.teaching_reach.reproduction_hi IS 'upper limit of it, 95 %';
COMMENT ON COLUMN uptake.teaching_reach.reproduction_n IS 'people trained 90 to 399 days ago';
COMMENT ON COLUMN uptake.teaching_reach.people_brought_elsewhere IS 'of the people brought on, those by somebody of another team';
COMMENT ON COLUMN uptake.teaching_reach.as_of IS 'the last day that is closed for every team';
COMMENT ON COLUMN uptake.teaching_reach.watermark IS 'up to when the events of every partition are known';
COMMENT ON COLUMN uptake.teaching_reach.definitions IS 'version of the rules; NULL where teams were judged by different ones';
COMMENT ON COLUMN uptake.teaching_reach.provisional IS 'the day has not closed';

-- ---- what came first ------------------------------------------------------------------------------------------------

CREATE VIEW uptake.sequence_outcomes WITH (security_barrier) AS
WITH sequences AS MATERIALIZED (
    SELECT t.partition, t.team, CASE WHEN d.at IS NULL THEN 'only_trained' WHEN d.at < p.at THEN 'redesigned_first'
                                     ELSE 'trained_first' END AS sequence
      FROM uptake.team t
      JOIN (SELECT partition, team, min(first_training_at) AS at FROM uptake.person GROUP BY 1, 2) p USING (partition, team)
      LEFT JOIN (SELECT partition, team, min(at) AS at FROM uptake.redesign GROUP BY 1, 2) d USING (partition, team)
     WHERE p.at IS NOT NULL
), figures AS MATERIALIZED (
    SELECT s.sequence, w.measure, w.win, m.definitions, m.as_of, m.watermark, m.provisional, v.estimate,
           ((v.hi - v.lo) / (2 * 1.959963984540054)) ^ 2 AS variance
      FROM sequences s
     CROSS JOIN (VALUES ('durability_180', 'own'), ('success_lift', '90d'), ('judgement', '90d')) w (measure, win)
      JOIN uptake.measure m ON m.partition = s.partition AND m.team = s.team AND m.workflow IS NULL AND m.win = w.win
      LEFT JOIN LATERAL (SELECT (m.values #>> ARRAY[w.measure, '0'])::double precision AS estimate,
                                (m.values #>> ARRAY[w.measure, '1'])::double precision AS lo,
                                (m.values #>> ARRAY[w.measure, '2'])::double precision AS hi) v ON true
)
SELECT f.sequence, f.measure, f.win, f.teams, e.estimate,
       greatest(e.lo, CASE f.measure WHEN 'success_lift' THEN -1 ELSE 0 END) AS lo, least(e.hi, 1) AS hi, e.tau2,
       e.teams AS teams_known,
       f.as_of, f.watermark, f.definitions, f.provisional
  FROM (SELECT sequence, measure, win, definitions, count(*) AS teams, min(as_of) AS as_of, min(watermark) AS watermark,
               bool_or(provisional) AS provisional, array_agg(estimate) AS estimates, array_agg(variance) AS variances
          FROM figures GROUP BY sequence, measure, win, definitions) f,
       uptake.random_effects(f.estimates, f.variances) e;
COMMENT ON VIEW uptake.sequence_outcomes IS
'Teams that redesigned work before they trained, that trained first, and that only trained: what became of them, with teams as the trials (uptake.random_effects). Nobody drew lots for the sequence: an association. Teams whose figure is held back for few people do not count';
COMMENT ON COLUMN uptake.sequence_outcomes.sequence IS 'redesigned_first, trained_first (a redesign came later) or only_trained';
COMMENT ON COLUMN uptake.sequence_outcomes.measure IS 'durability_180, success_lift or judgement';
COMMENT ON COLUMN uptake.sequence_outcomes.win IS 'the window of the teams'' figures';
COMMENT ON COLUMN uptake.sequence_outcomes.teams IS 'teams of this sequence';
COMMENT ON COLUMN uptake.sequence_outcomes.estimate IS 'mean over teams; NULL = known of none';
COMMENT ON COLUMN uptake.sequence_outcomes.lo IS 'lower limit of it, 95 %; from 3 teams on';
COMMENT ON COLUMN uptake.sequence_outcomes.hi IS 'upper limit of it, 95 %; from 3 teams on';
COMMENT ON COLUMN uptake.sequence_outcomes.tau2 IS 'variance between teams';
COMMENT ON COLUMN uptake.sequence_outcomes.teams_known IS 'teams of which the figure is known';
COMMENT ON COLUMN uptake.sequence_outcomes.as_of IS 'the earliest day that one of the teams is evaluated as of';
COMMENT ON COLUMN uptake.sequence_outcomes.watermark IS 'up to when events of all these teams were known';
COMMENT ON COLUMN uptake.sequence_outcomes.definitions IS 'version of the rules; teams of another stand in a row of their own';
COMMENT ON COLUMN uptake.sequence_outcomes.provisional IS 'for one of the teams the day has not closed';

-- ---- a year apart ---------------------------------------------------------------------------------------------------

CREATE VIEW uptake.team_year WITH (security_barrier) AS
SELECT h.team, h.day, b.day AS year_before, v.measure, v.estimate, v.lo, v.hi, v.n,
       v.estimate_before, v.lo_before, v.hi_before, v.n_before, v.estimate - v.estimate_before AS change,
       v.estimate - v.estimate_before - sqrt((v.estimate - v.lo) ^ 2 + (v.hi_before - v.estimate_before) ^ 2) AS change_lo,
       v.estimate - v.estimate_before + sqrt((v.hi - v.estimate) ^ 2 + (v.estimate_before - v.lo_before) ^ 2) AS change_hi,
       h.definitions, h.day AS as_of, h.watermark, b.watermark AS watermark_before, h.provisional OR b.provisional AS provisional
  FROM uptake.health h
  JOIN uptake.health b ON b.partition = h.partition AND b.team = h.team AND b.day = (h.day - interval '1 year')::date
                      AND b.definitions = h.definitions
 CROSS JOIN LATERAL (
       SELECT key AS measure, CASE jsonb_typeof(f.value) WHEN 'array' THEN (f.value ->> 0)::double precision
            WHEN 'boolean' THEN (f.value::boolean)::integer ELSE f.value::double precision END AS estimate,
              CASE jsonb_typeof(f.value) WHEN 'array' THEN (f.value ->> 1)::double precision END AS lo,
              CASE jsonb_typeof(f.value) WHEN 'array' THEN (f.value ->> 2)::double precision END AS hi,
              CASE jsonb_typeof(f.value) WHEN 'array' THEN (f.value ->> 3)::double precision END AS n,
              CASE jsonb_typeof(g.value) WHEN 'array' THEN (g.value ->> 0)::double precision
            WHEN 'boolean' THEN (g.value::boolean)::integer ELSE g.value::double precision END AS estimate_before,
              CASE jsonb_typeof(g.value) WHEN 'array' THEN (g.value ->> 1)::double precision END AS lo_before,
              CASE jsonb_typeof(g.value) WHEN 'array' THEN (g.value ->> 2)::double precision END AS hi_before,
              CASE jsonb_typeof(g.value) WHEN 'array' THEN (g.value ->> 3)::double precision END AS n_before
         FROM jsonb_each(h.measures - h.suppressed || CASE WHEN h.headcount >= h.min_group AND h.health IS NOT NULL
                              THEN jsonb_build_object('health', jsonb_build_array(h.health, h.lo, h.hi, h.n)) ELSE '{}' END) f
         JOIN jsonb_each(b.measures - b.suppressed || CASE WHEN b.headcount >= b.min_group AND b.health IS NOT NULL
                              THEN jsonb_build_object('health', jsonb_build_array(b.health, b.lo, b.hi, b.n)) ELSE '{}' END) g
              USING (key)) v;
COMMENT ON VIEW uptake.team_year IS
'Figures of a closed day (28d and own windows) beside those of the same day a year before, as both were known then; only what is known and shown of both, by the same definitions';
COMMENT ON COLUMN uptake.team_year.team IS 'the team';
COMMENT ON COLUMN uptake.team_year.day IS 'the closed day';
COMMENT ON COLUMN uptake.team_year.year_before IS 'the closed day a year before';
COMMENT ON COLUMN uptake.team_year.measure IS 'its name; health is one, too';
COMMENT ON COLUMN uptake.team_year.estimate IS 'the figure; of a yes or no 1 or 0';
COMMENT ON COLUMN uptake.team_year.lo IS 'lower limit, 95 %';
COMMENT ON COLUMN uptake.team_year.hi IS 'upper limit, 95 %';
COMMENT ON COLUMN uptake.team_year.n IS 'trials, or exposure of a rate';
COMMENT ON COLUMN uptake.team_year.estimate_before IS 'the figure of a year before';
COMMENT ON COLUMN uptake.team_year.lo_before IS 'lower limit of that, 95 %';
COMMENT ON COLUMN uptake.team_year.hi_before IS 'upper limit of that, 95 %';
COMMENT ON COLUMN uptake.team_year.n_before IS 'trials, or exposure of a rate, of that';
COMMENT ON COLUMN uptake.team_year.change IS 'the figure less that of a year before';
COMMENT ON COLUMN uptake.team_year.change_lo IS 'lower limit of the change, 95 %: the two intervals square and add (Newcombe 1998), as if independent';
COMMENT ON COLUMN uptake.team_year.change_hi IS 'upper limit of the change, 95 %';
COMMENT ON COLUMN uptake.team_year.definitions IS 'version of the rules of both';
COMMENT ON COLUMN uptake.team_year.as_of IS 'the day the later figure is as of';
COMMENT ON COLUMN uptake.team_year.watermark IS 'up to when events were known for the later figure';
COMMENT ON COLUMN uptake.team_year.watermark_before IS 'up to when events were known for the earlier one';
COMMENT ON COLUMN uptake.team_year.provisional IS 'one of the days had not closed';

SELECT uptake.grant_roles();
