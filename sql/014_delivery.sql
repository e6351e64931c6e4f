-- Delivery of alerts: the outbox says since when a row waits, acknowledgements are told too, old rows go.

ALTER TABLE uptake.alert_delivery ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN uptake.alert_delivery.created_at IS 'when the event was committed (wall clock)';
COMMENT ON COLUMN uptake.alert_delivery.receiver IS 'notify, redis, webhook or alertmanager with its URL';
COMMENT ON COLUMN uptake.alert_delivery.event IS 'opened, acknowledged or resolved';

CREATE FUNCTION uptake.deliver_acknowledgement() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Alertmanager knows no acknowledgement.
    INSERT INTO uptake.alert_delivery (alert, receiver, event)
    SELECT new.id, receiver, 'acknowledged' FROM uptake.alert_delivery
     WHERE alert = new.id AND event = 'opened' AND receiver NOT LIKE 'alertmanager %'
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION uptake.deliver_acknowledgement IS 'Puts an acknowledgement into the outbox, for whom the opening was put there';
CREATE TRIGGER deliver_acknowledgement AFTER UPDATE OF acknowledged_at ON uptake.alert
    FOR EACH ROW WHEN (old.acknowledged_at IS NULL AND new.acknowledged_at IS NOT NULL)
    EXECUTE FUNCTION uptake.deliver_acknowledgement();
COMMENT ON TRIGGER deliver_acknowledgement ON uptake.alert IS 'An acknowledgement is delivered too';

-- Whoever is told of an alarm gets both, and some take little: NOTIFY 8,000 bytes with everything around them.
CREATE FUNCTION uptake.bound_acknowledgement() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF octet_length(new.acknowledged_by) > 200 OR octet_length(new.note) > 4000 THEN
        RAISE EXCEPTION 'acknowledged_by has 200 bytes at most, note 4000' USING ERRCODE = 'string_data_right_truncation';
    END IF;
    RETURN new;
END
$$;
COMMENT ON FUNCTION uptake.bound_acknowledgement IS 'Refuses an acknowledgement that is too long to be told';
CREATE TRIGGER bound_acknowledgement BEFORE UPDATE OF acknowledged_by, note ON uptake.alert
    FOR EACH ROW EXECUTE FUNCTION uptake.bound_acknowledgement();
COMMENT ON TRIGGER bound_acknowledgement ON uptake.alert IS 'An acknowledgement is short enough to be told';

CREATE FUNCTION uptake.forget_deliveries(keep_days integer) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    WITH gone AS (
        DELETE FROM uptake.alert_delivery d USING uptake.alert a
         WHERE a.id = d.alert AND a.resolved IS NOT NULL
           AND coalesce(d.delivered_at, d.created_at) < now() - make_interval(days => keep_days)
        RETURNING 1)
    SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION uptake.forget_deliveries IS 'Drops rows of resolved alerts from the outbox that are as old; returns how many';

SELECT uptake.grant_roles();
