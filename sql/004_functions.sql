-- What must happen inside the database: the fence, taking a partition, months.

CREATE FUNCTION uptake.fence(p integer, e bigint, c uuid, n bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE uptake.shard SET number = number + 1, saved_at = now()
     WHERE partition = p AND epoch = e AND claim = c AND number = n;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'partition %: checkpoint % of epoch % is not the next one', p, n, e USING ERRCODE = 'UP001';
    END IF;
END
$$;
COMMENT ON FUNCTION uptake.fence IS 'Begins a checkpoint; fails with UP001 unless epoch, claim and number are the caller''s';

CREATE FUNCTION uptake.take(p integer, partitions integer, fingerprint bytea, instance text, least_epoch bigint)
RETURNS SETOF uptake.shard
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    stored uptake.shard;
BEGIN
    SELECT * INTO stored FROM uptake.shard s
     WHERE s.partitions <> take.partitions OR s.key_fingerprint <> fingerprint ORDER BY s.partition LIMIT 1;
    IF FOUND AND stored.partitions <> take.partitions THEN
        RAISE EXCEPTION 'the topics have % partitions, but what is stored was made of %',
                        take.partitions, stored.partitions
              USING ERRCODE = 'UP002',
                    HINT = 'Teams would move between partitions: restore the topics, or begin with an empty database.';
    ELSIF FOUND THEN
        RAISE EXCEPTION 'the key of the pseudonyms is not the one that the stored people were made with'
              USING ERRCODE = 'UP003',
                    HINT = 'Restore the key file: with another key every person would be a new one.';
    END IF;
    INSERT INTO uptake.shard (partition, partitions, key_fingerprint) VALUES (p, take.partitions, fingerprint)
        ON CONFLICT DO NOTHING;
    RETURN QUERY
        UPDATE uptake.shard s
           SET epoch = greatest(s.epoch, least_epoch) + 1, claim = gen_random_uuid(), instance = take.instance,
               claimed_at = now()
         WHERE s.partition = p
        RETURNING s.*;
END
$$;
COMMENT ON FUNCTION uptake.take IS 'Makes the caller own a partition; UP002: other number of partitions, UP003: other key';

CREATE FUNCTION uptake.add_months(days date[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    month date;
    parent text;
    child text;
    made integer := 0;
BEGIN
    FOR month IN SELECT DISTINCT date_trunc('month', d::timestamp)::date FROM unnest(days) d ORDER BY 1 LOOP
        FOREACH parent IN ARRAY ARRAY['cell', 'health'] LOOP
            child := parent || to_char(month, '_YYYYMM');
            CONTINUE WHEN to_regclass(format('uptake.%I', child)) IS NOT NULL;
            PERFORM pg_advisory_xact_lock(hashtext('uptake.add_months'));
            CONTINUE WHEN to_regclass(format('uptake.%I', child)) IS NOT NULL;
            EXECUTE format('CREATE TABLE uptake.%I (LIKE uptake.%I INCLUDING CONSTRAINTS) WITH (fillfactor = 80)',
                           child, parent);
            EXECUTE format('COMMENT ON TABLE uptake.%I IS %L', child, parent || ' of ' || to_char(month, 'YYYY-MM'));
            EXECUTE format('ALTER TABLE uptake.%I ATTACH PARTITION uptake.%I FOR VALUES FROM (%L) TO (%L)',
                           parent, child, month, (month + interval '1 month')::date);
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION uptake.add_months IS 'Makes the months of cell and health that these days need; returns how many were new';

CREATE FUNCTION uptake.drop_old_months(retention_months integer) RETURNS integer
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
        SELECT p.relname AS parent, c.relname AS name, to_date(right(c.relname, 6), 'YYYYMM') AS month
          FROM pg_inherits i
          JOIN pg_class c ON c.oid = i.inhrelid
          JOIN pg_class p ON p.oid = i.inhparent
         WHERE i.inhparent IN ('uptake.cell'::regclass, 'uptake.health'::regclass)
           AND to_date(right(c.relname, 6), 'YYYYMM') < first_kept
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
COMMENT ON FUNCTION uptake.drop_old_months IS 'Drops months of cell and health, counted from the slowest watermark; returns how many';
