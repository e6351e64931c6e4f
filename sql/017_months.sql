-- Old months are found among the months only: a plan that read the names of all tables first took others for dates.

CREATE OR REPLACE FUNCTION uptake.drop_old_months(retention_months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first_kept date;
    child record;
    dropped integer := 0;
BEGIN
    IF retention_months < 6 THEN
        RAISE EXCEPTION 'retention_months = %: evaluation needs at least 6', retention_months USING ERRCODE = '22023';
    END IF;
    -- A partition without a watermark, or that lags, keeps the months that it still needs.
    SELECT (date_trunc('month', min(coalesce(watermark, 'epoch')) AT TIME ZONE 'UTC')
            - make_interval(months => retention_months))::date
      INTO first_kept FROM uptake.shard WHERE teams > 0;
    FOR child IN
        WITH children AS MATERIALIZED (
            SELECT p.relname AS parent, c.relname AS name
              FROM pg_inherits i
              JOIN pg_class c ON c.oid = i.inhrelid
              JOIN pg_class p ON p.oid = i.inhparent
             WHERE i.inhparent IN ('uptake.cell'::regclass, 'uptake.health'::regclass))
        SELECT parent, name, to_date(right(name, 6), 'YYYYMM') AS month
          FROM children
         WHERE to_date(right(name, 6), 'YYYYMM') < first_kept
         ORDER BY 2
    LOOP
        IF child.parent = 'cell' THEN
            EXECUTE format(
                'INSERT INTO uptake.cell_baseline
                 SELECT c.* FROM uptake.%I c JOIN uptake.team t USING (partition, team)
                  WHERE c.day BETWEEN t.first_cell_day AND t.first_cell_day + 27 ON CONFLICT DO NOTHING', child.name);
        END IF;
        EXECUTE format('DROP TABLE uptake.%I', child.name);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;
