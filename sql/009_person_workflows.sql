-- In which workflows and on which days people had tasks, so that figures by workflow can be held back where they are too few.

ALTER TABLE uptake.person
    ADD COLUMN workflow text[] NOT NULL DEFAULT '{}',
    ADD COLUMN workflow_last date[] NOT NULL DEFAULT '{}',
    ADD COLUMN workflow_days bigint[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN uptake.person.workflow IS 'workflows in which the person had a task; empty in rows of before this migration';
COMMENT ON COLUMN uptake.person.workflow_last IS 'last day of such work in each';
COMMENT ON COLUMN uptake.person.workflow_days IS 'the last 64 days of such work in each: bit i = workflow_last less i';
CREATE TYPE uptake.person_workflows_row AS (
    team text, person uuid, first_seen date, first_ai date, status text, status_at timestamptz, status_hash bigint,
    level text, level_at timestamptz, level_hash bigint, first_level text, first_level_at timestamptz,
    first_level_hash bigint, first_training_at timestamptz, days_from date, worked bytea, practised bytea,
    capability text[], capability_first date[], capability_last date[],
    workflow text[], workflow_last date[], workflow_days bigint[]);
COMMENT ON TYPE uptake.person_workflows_row IS 'What a checkpoint sends of uptake.person';
COMMENT ON TYPE uptake.person_row IS 'What a checkpoint of an earlier version sends of uptake.person';
