-- An alarm's life: what it rests on, what the diagnosis suggests, whom it is for.

CREATE TABLE uptake.owner (
    scope text NOT NULL CHECK (scope IN ('team', 'group')),
    name text NOT NULL,
    owner text NOT NULL CHECK (owner <> '' AND owner !~ '[[:cntrl:]]'),
    PRIMARY KEY (scope, name)
);
COMMENT ON TABLE uptake.owner IS 'Whom an alarm of a team is for: the owner of the team, else of its group; kept by the operator';
COMMENT ON COLUMN uptake.owner.scope IS 'team or group';
COMMENT ON COLUMN uptake.owner.name IS 'the team, or the group of uptake.team_group';
COMMENT ON COLUMN uptake.owner.owner IS 'who is told: a role, a mailbox, a queue';

CREATE FUNCTION uptake.owner_of(wanted text, day date) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_owner text;
BEGIN
    SELECT o.owner INTO found_owner FROM uptake.owner o WHERE o.scope = 'team' AND o.name = wanted;
    IF found_owner IS NULL AND to_regclass('uptake.team_group') IS NOT NULL THEN
        SELECT o.owner INTO found_owner
          FROM uptake.team_group g JOIN uptake.owner o ON o.scope = 'group' AND o.name = g.grp
         WHERE g.team = wanted AND g.valid_from <= day AND (g.valid_to IS NULL OR day < g.valid_to)
         ORDER BY g.grp LIMIT 1;
    END IF;
    RETURN found_owner;
END
$$;
COMMENT ON FUNCTION uptake.owner_of IS 'The owner of a team on a day: its own, else that of its group; NULL = none is known';

ALTER TABLE uptake.alert ADD COLUMN suggests text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN uptake.alert.suggests IS 'what the diagnosis suggests: skills, work_design, both or nothing';
COMMENT ON COLUMN uptake.alert.team IS 'the team; empty = the whole partition';
COMMENT ON COLUMN uptake.alert.evidence IS 'the figures behind it: measures, detector, days; none that few people stand behind';
COMMENT ON COLUMN uptake.alert.sentence IS 'what it says, for people; names nobody';
COMMENT ON COLUMN uptake.alert.audience IS 'service (the feed is faulty) or adoption';

CREATE TYPE uptake.alert_change AS (
    team text, kind text, day date, opens boolean, audience text, sentence text, suggests text[], evidence jsonb,
    min_group integer, headcount integer, definitions text, watermark timestamptz);
COMMENT ON TYPE uptake.alert_change IS 'What a checkpoint sends of uptake.alert: an opening or a resolving';

-- Sentence and evidence hold no figure that few people stand behind.
CREATE VIEW uptake.alert_history WITH (security_barrier) AS
SELECT id, CASE WHEN team = '' THEN partition::text ELSE team END || '/' || kind || '/' || to_char(opened, 'YYYY-MM-DD') AS name,
       partition, team, kind, opened, resolved, audience, owner, sentence, suggests, evidence,
       acknowledged_at, acknowledged_by, note, definitions, watermark
  FROM uptake.alert;
COMMENT ON VIEW uptake.alert_history IS 'Every alarm there was, open or resolved';
COMMENT ON COLUMN uptake.alert_history.id IS 'number of the row';
COMMENT ON COLUMN uptake.alert_history.name IS 'team, kind and day opened: what to acknowledge it by';
COMMENT ON COLUMN uptake.alert_history.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.alert_history.team IS 'the team; empty = the whole partition';
COMMENT ON COLUMN uptake.alert_history.kind IS 'which alarm';
COMMENT ON COLUMN uptake.alert_history.opened IS 'the day whose close opened it';
COMMENT ON COLUMN uptake.alert_history.resolved IS 'the day whose close resolved it; NULL = open';
COMMENT ON COLUMN uptake.alert_history.audience IS 'service (the feed is faulty) or adoption';
COMMENT ON COLUMN uptake.alert_history.owner IS 'whom it is for';
COMMENT ON COLUMN uptake.alert_history.sentence IS 'what it says, for people';
COMMENT ON COLUMN uptake.alert_history.suggests IS 'what the diagnosis suggests: skills, work_design, both or nothing';
COMMENT ON COLUMN uptake.alert_history.evidence IS 'the figures behind it';
COMMENT ON COLUMN uptake.alert_history.acknowledged_at IS 'when somebody took it up (wall clock)';
COMMENT ON COLUMN uptake.alert_history.acknowledged_by IS 'who took it up';
COMMENT ON COLUMN uptake.alert_history.note IS 'what they said';
COMMENT ON COLUMN uptake.alert_history.definitions IS 'version of the rules';
COMMENT ON COLUMN uptake.alert_history.watermark IS 'up to when events were known when it opened';

CREATE OR REPLACE VIEW uptake.alert_open WITH (security_barrier) AS
SELECT id, team, kind, opened, audience, owner, acknowledged_at, acknowledged_by, note, sentence, evidence, definitions,
       watermark, suggests, name
  FROM uptake.alert_history
 WHERE resolved IS NULL;
COMMENT ON COLUMN uptake.alert_open.suggests IS 'what the diagnosis suggests: skills, work_design, both or nothing';
COMMENT ON COLUMN uptake.alert_open.name IS 'team, kind and day opened: what to acknowledge it by';

SELECT uptake.grant_roles();
