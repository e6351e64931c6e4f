-- What each measure says, for those who ask in SQL; and alarms say as of when they are, as all that is stored does.

CREATE TABLE uptake.measure_glossary (
    measure text COLLATE "C" PRIMARY KEY,
    place integer NOT NULL,
    kind text NOT NULL,
    unit text NOT NULL,
    least double precision,
    most double precision,
    better text NOT NULL,
    stands text NOT NULL,
    days text NOT NULL,
    source text NOT NULL,
    help text NOT NULL,
    cannot_show text NOT NULL,
    see text NOT NULL,
    citation text NOT NULL
);
COMMENT ON TABLE uptake.measure_glossary IS 'What each measure says; kept by uptaked from its own registry, at each start that may migrate';
COMMENT ON COLUMN uptake.measure_glossary.measure IS 'its name';
COMMENT ON COLUMN uptake.measure_glossary.place IS 'where it stands in a list of all';
COMMENT ON COLUMN uptake.measure_glossary.kind IS 'estimate (with limits and n), flag (yes or no) or count';
COMMENT ON COLUMN uptake.measure_glossary.unit IS 'of the figure';
COMMENT ON COLUMN uptake.measure_glossary.least IS 'no figure lies below; NULL = without bound';
COMMENT ON COLUMN uptake.measure_glossary.most IS 'no figure lies above; NULL = without bound';
COMMENT ON COLUMN uptake.measure_glossary.better IS 'what is better: more, less or neither';
COMMENT ON COLUMN uptake.measure_glossary.stands IS 'in the rolling windows, in own (days of its own), or once per redesign';
COMMENT ON COLUMN uptake.measure_glossary.days IS 'its own days, D being the evaluated one and W its week; empty = those of the window';
COMMENT ON COLUMN uptake.measure_glossary.source IS 'made of cells (then there by workflow, too), people, training or pulse';
COMMENT ON COLUMN uptake.measure_glossary.help IS 'what it says';
COMMENT ON COLUMN uptake.measure_glossary.cannot_show IS 'what it does not say';
COMMENT ON COLUMN uptake.measure_glossary.see IS 'measures to show beside it: without the first no target may be set on it';
COMMENT ON COLUMN uptake.measure_glossary.citation IS 'where its method is published; empty = own definition';

CREATE VIEW uptake.glossary WITH (security_barrier) AS
SELECT measure, kind, unit, least, most, better, stands, days, source, help, cannot_show, see, citation
  FROM uptake.measure_glossary
 ORDER BY place;
COMMENT ON VIEW uptake.glossary IS 'What each measure says and cannot show, and what to show beside it';
COMMENT ON COLUMN uptake.glossary.measure IS 'its name, as in uptake.team_measure';
COMMENT ON COLUMN uptake.glossary.kind IS 'estimate (with limits and n), flag (yes or no) or count';
COMMENT ON COLUMN uptake.glossary.unit IS 'of the figure';
COMMENT ON COLUMN uptake.glossary.least IS 'no figure lies below; NULL = without bound';
COMMENT ON COLUMN uptake.glossary.most IS 'no figure lies above; NULL = without bound';
COMMENT ON COLUMN uptake.glossary.better IS 'what is better: more, less or neither';
COMMENT ON COLUMN uptake.glossary.stands IS 'in the rolling windows, in own (days of its own), or once per redesign';
COMMENT ON COLUMN uptake.glossary.days IS 'its own days, D being the evaluated one and W its week; empty = those of the window';
COMMENT ON COLUMN uptake.glossary.source IS 'made of cells (then there by workflow, too), people, training or pulse';
COMMENT ON COLUMN uptake.glossary.help IS 'what it says';
COMMENT ON COLUMN uptake.glossary.cannot_show IS 'what it does not say';
COMMENT ON COLUMN uptake.glossary.see IS 'measures to show beside it: without the first no target may be set on it';
COMMENT ON COLUMN uptake.glossary.citation IS 'where its method is published; empty = own definition';
COMMENT ON COLUMN uptake.team_measure.measure IS 'its name; what it says and cannot show: uptake.glossary';

-- An alarm is decided when a day closes, from frozen figures, and never for a day that has not closed.
ALTER TABLE uptake.alert
    ADD COLUMN as_of date NOT NULL GENERATED ALWAYS AS (opened) STORED,
    ADD COLUMN provisional boolean NOT NULL GENERATED ALWAYS AS (false) STORED;
COMMENT ON COLUMN uptake.alert.as_of IS 'the day that its evidence is as of';
COMMENT ON COLUMN uptake.alert.provisional IS 'the day had not closed: never so';

CREATE OR REPLACE VIEW uptake.alert_history WITH (security_barrier) AS
SELECT id, CASE WHEN team = '' THEN partition::text ELSE team END || '/' || kind || '/' || to_char(opened, 'YYYY-MM-DD') AS name,
       partition, team, kind, opened, resolved, audience, owner, sentence, suggests, evidence,
       acknowledged_at, acknowledged_by, note, definitions, watermark, as_of, provisional
  FROM uptake.alert;
COMMENT ON COLUMN uptake.alert_history.as_of IS 'the day that its evidence is as of';
COMMENT ON COLUMN uptake.alert_history.provisional IS 'the day had not closed: never so';

CREATE OR REPLACE VIEW uptake.alert_open WITH (security_barrier) AS
SELECT id, team, kind, opened, audience, owner, acknowledged_at, acknowledged_by, note, sentence, evidence, definitions,
       watermark, suggests, name, as_of, provisional
  FROM uptake.alert_history
 WHERE resolved IS NULL;
COMMENT ON COLUMN uptake.alert_open.as_of IS 'the day that its evidence is as of';
COMMENT ON COLUMN uptake.alert_open.provisional IS 'the day had not closed: never so';

SELECT uptake.grant_roles();
