-- Statistics that views need inside the database, and grants that take new functions in by themselves.

CREATE FUNCTION uptake.student_tail(t double precision, df double precision, peak double precision)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x double precision := t * t / df;
    log1p double precision := CASE WHEN 1 + x = 1 THEN x ELSE ln(1 + x) * x / (1 + x - 1) END;
    density double precision := peak * exp(-(df + 1) / 2 * log1p);
    term double precision := 1;
    total double precision := 1;
    d double precision := 1;
    j double precision := 0;
BEGIN
    IF t * t < least(df, 6.25) THEN
        LOOP
            term := term * (x / (1 + x)) * (df + 1 + j) / (3 + j);
            total := total + term;
            j := j + 2;
            EXIT WHEN term <= 1e-17 * total;
        END LOOP;
        RETURN 0.5 - t * density * total;
    END IF;
    LOOP
        j := j + 1;
        d := 1 / (1 + j * (df + j - 1) / ((df + 2 * j - 2) * (df + 2 * j) * x) * d);
        term := term * (d - 1);
        total := total + term;
        EXIT WHEN abs(term) <= 1e-17 * total;
    END LOOP;
    RETURN density * (t / df + 1 / t) * total;
END
$$;
COMMENT ON FUNCTION uptake.student_tail IS
'Mass of Student''s distribution above t > 0; peak is its density at 0. The series of the incomplete beta function where it is fast (Abramowitz and Stegun 26.5.4), else the continued fraction (26.5.8), by Steed''s algorithm';

CREATE FUNCTION uptake.t_quantile(p double precision, df double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    upper double precision := least(p, 1 - p);
    half double precision := df / 2;
    factor double precision := 1;
    r2 double precision;
    series double precision;
    peak double precision;
    z double precision;
    x2 double precision;
    t double precision;
    tail double precision;
    step double precision;
BEGIN
    IF NOT (p > 0 AND p < 1 AND df > 0 AND df < 'Infinity') THEN
        RAISE EXCEPTION 't_quantile(%, %): p must lie between 0 and 1, df above 0', p, df USING ERRCODE = '22023';
    ELSIF p = 0.5 THEN
        RETURN 0;
    END IF;
    -- The density at 0, Gamma((df + 1)/2) / (Gamma(df/2) sqrt(pi df)).
    WHILE half < 12 LOOP
        factor := factor * half / (half + 0.5);
        half := half + 1;
    END LOOP;
    r2 := 1 / (half * half);
    series := 1.0 / 8 + r2 * (-1.0 / 192 + r2 * (1.0 / 640 + r2 * (-17.0 / 14336 + r2 * (31.0 / 18432 - r2 * 691.0 / 180224))));
    peak := factor * sqrt(half) * exp(-series / half) / sqrt(pi() * df);
    -- Where to start: 26.2.23, widened by the first two terms of 26.7.5; or the far tail's leading term.
    z := sqrt(-2 * ln(upper));
    z := z - (2.515517 + z * (0.802853 + z * 0.010328)) / (1 + z * (1.432788 + z * (0.189269 + z * 0.001308)));
    x2 := z * z;
    t := z * (1 + ((x2 + 1) / 4 + ((5 * x2 + 16) * x2 + 3) / 96 / df) / df);
    IF df <= 50 THEN
        step := (upper * sqrt(df) / peak) ^ (2 / df);
        t := greatest(z, t, CASE WHEN step < 1 THEN sqrt(df * (1 / step - 1)) ELSE 0 END);
    END IF;
    t := greatest(t, 1e-3);
    -- Newton's steps for ln tail(ln t), which is concave: they cannot run away.
    FOR i IN 1 .. 200 LOOP
        tail := uptake.student_tail(t, df, peak);
        step := ln(tail / upper) * tail / (peak * exp(-(df + 1) / 2 * ln(1 + t * t / df)) * t);
        t := t * exp(least(step, 2));
        EXIT WHEN abs(step) < 1e-13;
    END LOOP;
    RETURN CASE WHEN p < 0.5 THEN -t ELSE t END;
END
$$;
COMMENT ON FUNCTION uptake.t_quantile IS
'The quantile of Student''s distribution with df degrees of freedom (any df > 0). Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 26.2.23, 26.5, 26.7.5';

CREATE FUNCTION uptake.random_effects(
    estimates double precision[], variances double precision[],
    OUT estimate double precision, OUT lo double precision, OUT hi double precision,
    OUT tau2 double precision, OUT q double precision, OUT teams integer)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    y double precision[];
    v double precision[];
    w double precision;
    w_square double precision;
    fixed double precision;
    spread double precision;
BEGIN
    SELECT array_agg(s.y ORDER BY s.place), array_agg(s.v ORDER BY s.place), count(*)
      INTO y, v, teams
      FROM unnest(estimates, variances) WITH ORDINALITY s (y, v, place)
     WHERE s.y > '-Infinity' AND s.y < 'Infinity' AND s.v > 0 AND s.v < 'Infinity';
    IF teams = 0 THEN
        RETURN;
    END IF;
    SELECT sum(1 / s.v), sum(1 / (s.v * s.v)), sum(s.y / s.v) / sum(1 / s.v)
      INTO w, w_square, fixed
      FROM unnest(y, v) s (y, v);
    SELECT sum((s.y - fixed) * (s.y - fixed) / s.v) INTO q FROM unnest(y, v) s (y, v);
    tau2 := CASE WHEN teams > 1 THEN greatest(0, (q - (teams - 1)) / (w - w_square / w)) ELSE 0 END;
    SELECT sum(s.y / (s.v + tau2)) / sum(1 / (s.v + tau2)), sum(1 / (s.v + tau2))
      INTO estimate, w
      FROM unnest(y, v) s (y, v);
    IF teams < 3 OR (SELECT min(s) = max(s) FROM unnest(y) s) THEN
        RETURN;
    END IF;
    SELECT sum((s.y - estimate) * (s.y - estimate) / (s.v + tau2)) / (teams - 1) / w
      INTO spread
      FROM unnest(y, v) s (y, v);
    lo := estimate - uptake.t_quantile(0.975, teams - 1) * sqrt(spread);
    hi := estimate + uptake.t_quantile(0.975, teams - 1) * sqrt(spread);
END
$$;
COMMENT ON FUNCTION uptake.random_effects IS
'Mean over teams, with teams as the trials: tau2 is the variance between them (DerSimonian and Laird 1986, from Cochran''s q), lo and hi the 95 % interval of the mean (Hartung and Knapp 2001, Sidik and Jonkman 2002; Student t with teams - 1). Both arrays have one element a team; one with an unknown estimate, or without a variance above 0, does not count. lo and hi are NULL below 3 teams, or while all estimates are equal';

-- Again, with: what only reads is for analysts too. A function that is to see the writer's tables for them is SECURITY
-- DEFINER and suppresses small groups; any other runs with their own rights.
CREATE OR REPLACE FUNCTION uptake.grant_roles() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    missing text;
    view_name text;
    reading regprocedure;
BEGIN
    FOREACH missing IN ARRAY ARRAY['uptake_writer', 'uptake_analyst'] LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = missing);
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', missing);
        EXCEPTION
            WHEN insufficient_privilege THEN
                RAISE WARNING 'the role % is missing and % may not create it', missing, current_user
                    USING HINT = format('Let an administrator run "CREATE ROLE %I NOLOGIN", '
                                        'then the owner "SELECT uptake.grant_roles()".', missing);
            WHEN duplicate_object OR unique_violation THEN
                NULL; -- of another database of this server, at this very moment
        END;
    END LOOP;
    REVOKE ALL ON SCHEMA uptake FROM PUBLIC;
    REVOKE ALL ON ALL FUNCTIONS IN SCHEMA uptake FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'uptake_writer') THEN
        GRANT USAGE ON SCHEMA uptake TO uptake_writer;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA uptake TO uptake_writer;
        REVOKE INSERT, UPDATE, DELETE ON uptake.schema_version FROM uptake_writer;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA uptake TO uptake_writer;
        REVOKE EXECUTE ON FUNCTION uptake.grant_roles() FROM uptake_writer;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'uptake_analyst') THEN
        GRANT USAGE ON SCHEMA uptake TO uptake_analyst;
        FOR view_name IN SELECT viewname FROM pg_views WHERE schemaname = 'uptake' LOOP
            EXECUTE format('GRANT SELECT ON uptake.%I TO uptake_analyst', view_name);
        END LOOP;
        FOR reading IN SELECT oid FROM pg_proc WHERE pronamespace = 'uptake'::regnamespace AND provolatile <> 'v' LOOP
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO uptake_analyst', reading);
        END LOOP;
    END IF;
END
$$;

SELECT uptake.grant_roles();
