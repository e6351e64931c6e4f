-- What a daemon starts again from, written in one transaction a checkpoint. Times are event times unless said.

CREATE SCHEMA IF NOT EXISTS uptake;
COMMENT ON SCHEMA uptake IS 'Rolling measures and health of teams that work with AI, kept by uptaked';

CREATE TABLE uptake.schema_version (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE uptake.schema_version IS 'The migrations that were applied, by number';
COMMENT ON COLUMN uptake.schema_version.version IS 'number of the migration';
COMMENT ON COLUMN uptake.schema_version.name IS 'what it was about';
COMMENT ON COLUMN uptake.schema_version.applied_at IS 'when it was applied';

CREATE TYPE uptake.arm AS ENUM ('ai', 'ai_random', 'none', 'none_random', 'bypass', 'bypass_random');
COMMENT ON TYPE uptake.arm IS 'With AI, without, or around it; _random: a lot decided';
CREATE TYPE uptake.person_status AS ENUM ('active', 'left', 'moved');
COMMENT ON TYPE uptake.person_status IS 'What the latest person event says';
CREATE TYPE uptake.training_format AS ENUM ('course', 'on_the_job', 'coaching', 'peer');
COMMENT ON TYPE uptake.training_format IS 'How a training was given';
CREATE TYPE uptake.question AS ENUM ('tool_clear', 'role_clear', 'role_change_clear', 'workflow_clear', 'creative_room',
    'coached', 'learning_time', 'safe_to_try', 'targets_fit', 'had_a_say');
COMMENT ON TYPE uptake.question IS 'The questions of the pulse';

-- ---- the shard ------------------------------------------------------------------------------------------------------

CREATE TABLE uptake.shard (
    partition integer PRIMARY KEY,
    partitions integer NOT NULL,
    key_fingerprint bytea NOT NULL,
    epoch bigint NOT NULL DEFAULT 0,
    claim uuid NOT NULL DEFAULT gen_random_uuid(),
    number bigint NOT NULL DEFAULT 0,
    instance text NOT NULL DEFAULT '',
    claimed_at timestamptz,
    saved_at timestamptz,
    watermark timestamptz,
    greatest timestamptz,
    teams integer NOT NULL DEFAULT 0,
    accepted bigint NOT NULL DEFAULT 0,
    rejected_malformed bigint NOT NULL DEFAULT 0,
    rejected_envelope bigint NOT NULL DEFAULT 0,
    rejected_unknown_type bigint NOT NULL DEFAULT 0,
    rejected_schema bigint NOT NULL DEFAULT 0,
    rejected_key bigint NOT NULL DEFAULT 0,
    rejected_misrouted bigint NOT NULL DEFAULT 0,
    rejected_too_late bigint NOT NULL DEFAULT 0,
    rejected_future bigint NOT NULL DEFAULT 0,
    last_opened date,
    quiet_history integer[] NOT NULL DEFAULT '{}',
    quiet_run integer NOT NULL DEFAULT 0,
    days_from date,
    days_quiet boolean[] NOT NULL DEFAULT '{}',
    days_hidden boolean[] NOT NULL DEFAULT '{}',
    days_teams integer[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE uptake.shard IS 'One row per partition: who owns it, how far it is, and what its teams share';
COMMENT ON COLUMN uptake.shard.partition IS 'number of the Kafka partition, across all topics';
COMMENT ON COLUMN uptake.shard.partitions IS 'partitions of each topic; another number is refused';
COMMENT ON COLUMN uptake.shard.key_fingerprint IS 'of the key of the pseudonyms; another key is refused';
COMMENT ON COLUMN uptake.shard.epoch IS 'grows by one each time an instance takes the partition';
COMMENT ON COLUMN uptake.shard.claim IS 'random, of the instance that took it';
COMMENT ON COLUMN uptake.shard.number IS 'checkpoints so far';
COMMENT ON COLUMN uptake.shard.instance IS 'name of the instance that took it';
COMMENT ON COLUMN uptake.shard.claimed_at IS 'when it was taken (wall clock)';
COMMENT ON COLUMN uptake.shard.saved_at IS 'when the last checkpoint began (wall clock)';
COMMENT ON COLUMN uptake.shard.watermark IS 'up to when events are known, as of the last checkpoint';
COMMENT ON COLUMN uptake.shard.greatest IS 'greatest time of an accepted event';
COMMENT ON COLUMN uptake.shard.teams IS 'teams of which the partition has a fact';
COMMENT ON COLUMN uptake.shard.accepted IS 'accepted events';
COMMENT ON COLUMN uptake.shard.rejected_malformed IS 'events refused as malformed';
COMMENT ON COLUMN uptake.shard.rejected_envelope IS 'events refused for their envelope';
COMMENT ON COLUMN uptake.shard.rejected_unknown_type IS 'events refused for their type';
COMMENT ON COLUMN uptake.shard.rejected_schema IS 'events refused for their data';
COMMENT ON COLUMN uptake.shard.rejected_key IS 'events refused for their Kafka key';
COMMENT ON COLUMN uptake.shard.rejected_misrouted IS 'events refused for their partition';
COMMENT ON COLUMN uptake.shard.rejected_too_late IS 'events refused because they are too late';
COMMENT ON COLUMN uptake.shard.rejected_future IS 'events refused because they are of the future';
COMMENT ON COLUMN uptake.shard.last_opened IS 'last day that was opened for evaluation';
COMMENT ON COLUMN uptake.shard.quiet_history IS '(team, person) pairs at work on the last 28 days that were not quiet';
COMMENT ON COLUMN uptake.shard.quiet_run IS 'quiet days in a row up to last_opened';
COMMENT ON COLUMN uptake.shard.days_from IS 'day of the first element of days_*';
COMMENT ON COLUMN uptake.shard.days_quiet IS 'was the day quiet';
COMMENT ON COLUMN uptake.shard.days_hidden IS 'is the practising share of the day unknown because it was quiet';
COMMENT ON COLUMN uptake.shard.days_teams IS 'teams of the organisation when the day was opened';

CREATE TYPE uptake.shard_row AS (
    watermark timestamptz, greatest timestamptz, teams integer, accepted bigint, rejected bigint[], last_opened date,
    quiet_history integer[], quiet_run integer, days_from date, days_quiet boolean[], days_hidden boolean[],
    days_teams integer[]);
COMMENT ON TYPE uptake.shard_row IS 'What a checkpoint sends of uptake.shard';

CREATE TABLE uptake.shard_offset (
    partition integer NOT NULL,
    topic text COLLATE "C" NOT NULL,
    next_offset bigint NOT NULL,
    greatest timestamptz,
    PRIMARY KEY (partition, topic)
);
COMMENT ON TABLE uptake.shard_offset IS 'Where reading goes on, in the same transaction as what was read';
COMMENT ON COLUMN uptake.shard_offset.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.shard_offset.topic IS 'name of the topic';
COMMENT ON COLUMN uptake.shard_offset.next_offset IS 'the first offset that does not count yet';
COMMENT ON COLUMN uptake.shard_offset.greatest IS 'greatest time of an accepted event of this topic';
CREATE TYPE uptake.shard_offset_row AS (topic text, next_offset bigint, greatest timestamptz);
COMMENT ON TYPE uptake.shard_offset_row IS 'What a checkpoint sends of uptake.shard_offset';

CREATE TABLE uptake.gap (
    partition integer NOT NULL,
    topic text COLLATE "C" NOT NULL,
    from_offset bigint NOT NULL,
    to_offset bigint NOT NULL,
    noticed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (partition, topic, from_offset)
);
COMMENT ON TABLE uptake.gap IS 'Messages that retention removed before they were read: figures of these days lack them';
COMMENT ON COLUMN uptake.gap.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.gap.topic IS 'name of the topic';
COMMENT ON COLUMN uptake.gap.from_offset IS 'first offset that was missed';
COMMENT ON COLUMN uptake.gap.to_offset IS 'first offset behind the gap';
COMMENT ON COLUMN uptake.gap.noticed_at IS 'when it was noticed (wall clock)';
CREATE TYPE uptake.gap_row AS (topic text, from_offset bigint, to_offset bigint);
COMMENT ON TYPE uptake.gap_row IS 'What a checkpoint sends of uptake.gap';

-- ---- teams and people -----------------------------------------------------------------------------------------------

CREATE TABLE uptake.team (
    partition integer NOT NULL,
    team text COLLATE "C" NOT NULL,
    first_day date NOT NULL,
    first_cell_day date,
    evaluated_through date,
    unmatched bigint NOT NULL,
    PRIMARY KEY (partition, team)
) WITH (fillfactor = 80);
COMMENT ON TABLE uptake.team IS 'Every team of which there is a fact';
COMMENT ON COLUMN uptake.team.partition IS 'number of the partition that has all its events';
COMMENT ON COLUMN uptake.team.team IS 'the key of its events';
COMMENT ON COLUMN uptake.team.first_day IS 'day of its earliest fact';
COMMENT ON COLUMN uptake.team.first_cell_day IS 'day of its earliest cell; its baseline starts here';
COMMENT ON COLUMN uptake.team.evaluated_through IS 'last day that was evaluated, or was open when the team appeared';
COMMENT ON COLUMN uptake.team.unmatched IS 'tasks without work, forgotten ones too';
CREATE TYPE uptake.team_row AS (
    team text, first_day date, first_cell_day date, evaluated_through date, unmatched bigint);
COMMENT ON TYPE uptake.team_row IS 'What a checkpoint sends of uptake.team';

CREATE TABLE uptake.person (
    partition integer NOT NULL,
    team text COLLATE "C" NOT NULL,
    person uuid NOT NULL,
    first_seen date NOT NULL,
    first_ai date,
    status uptake.person_status,
    status_at timestamptz,
    status_hash bigint,
    level text,
    level_at timestamptz,
    level_hash bigint,
    first_level text,
    first_level_at timestamptz,
    first_level_hash bigint,
    first_training_at timestamptz,
    days_from date,
    worked bytea NOT NULL,
    practised bytea NOT NULL,
    capability text[] NOT NULL,
    capability_first date[] NOT NULL,
    capability_last date[] NOT NULL,
    PRIMARY KEY (partition, team, person)
) WITH (fillfactor = 80);
COMMENT ON TABLE uptake.person IS 'People of teams, by pseudonym: a keyed hash, never a name';
COMMENT ON COLUMN uptake.person.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.person.team IS 'the team';
COMMENT ON COLUMN uptake.person.person IS 'pseudonym, the same in every store';
COMMENT ON COLUMN uptake.person.first_seen IS 'day of the first event of any kind';
COMMENT ON COLUMN uptake.person.first_ai IS 'day of the first AI use';
COMMENT ON COLUMN uptake.person.status IS 'of the latest person event';
COMMENT ON COLUMN uptake.person.status_at IS 'time of the latest person event';
COMMENT ON COLUMN uptake.person.status_hash IS 'hash that orders events of one time';
COMMENT ON COLUMN uptake.person.level IS 'of the latest person event that has one';
COMMENT ON COLUMN uptake.person.level_at IS 'time of that event';
COMMENT ON COLUMN uptake.person.level_hash IS 'hash that orders events of one time';
COMMENT ON COLUMN uptake.person.first_level IS 'of the earliest person event that has one';
COMMENT ON COLUMN uptake.person.first_level_at IS 'time of that event';
COMMENT ON COLUMN uptake.person.first_level_hash IS 'hash that orders events of one time';
COMMENT ON COLUMN uptake.person.first_training_at IS 'time of the earliest training';
COMMENT ON COLUMN uptake.person.days_from IS 'day of bit 0 of worked and practised';
COMMENT ON COLUMN uptake.person.worked IS 'days with any usage event: bit i of byte b = days_from + 8 b + i';
COMMENT ON COLUMN uptake.person.practised IS 'days with AI work, likewise';
COMMENT ON COLUMN uptake.person.capability IS 'capabilities of the tool that were used';
COMMENT ON COLUMN uptake.person.capability_first IS 'day of the first use of each';
COMMENT ON COLUMN uptake.person.capability_last IS 'day of the last use of each';
CREATE TYPE uptake.person_row AS (
    team text, person uuid, first_seen date, first_ai date, status text, status_at timestamptz, status_hash bigint,
    level text, level_at timestamptz, level_hash bigint, first_level text, first_level_at timestamptz,
    first_level_hash bigint, first_training_at timestamptz, days_from date, worked bytea, practised bytea,
    capability text[], capability_first date[], capability_last date[]);
COMMENT ON TYPE uptake.person_row IS 'What a checkpoint sends of uptake.person';

CREATE TABLE uptake.person_week (
    partition integer NOT NULL,
    team text COLLATE "C" NOT NULL,
    person uuid NOT NULL,
    week integer NOT NULL,
    tasks bigint NOT NULL,
    ai bigint NOT NULL,
    engaged bigint NOT NULL,
    bypass bigint NOT NULL,
    kinds bigint NOT NULL,
    not_routine bigint NOT NULL,
    ca bigint NOT NULL,
    wa bigint NOT NULL,
    co bigint NOT NULL,
    wo bigint NOT NULL,
    PRIMARY KEY (partition, team, person, week)
) WITH (fillfactor = 80);
COMMENT ON TABLE uptake.person_week IS 'Tasks of a person in a week, counted';
COMMENT ON COLUMN uptake.person_week.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.person_week.team IS 'the team';
COMMENT ON COLUMN uptake.person_week.person IS 'pseudonym';
COMMENT ON COLUMN uptake.person_week.week IS 'weeks since 1970-01-01: the week begins on 1970-01-01 + 7 × week';
COMMENT ON COLUMN uptake.person_week.tasks IS 'tasks';
COMMENT ON COLUMN uptake.person_week.ai IS 'AI tasks';
COMMENT ON COLUMN uptake.person_week.engaged IS 'AI tasks not decided by policy, explained or modified or rejected';
COMMENT ON COLUMN uptake.person_week.bypass IS 'tasks around the tool';
COMMENT ON COLUMN uptake.person_week.kinds IS 'tasks with a kind';
COMMENT ON COLUMN uptake.person_week.not_routine IS 'of these, not routine';
COMMENT ON COLUMN uptake.person_week.ca IS 'accepted a right advice';
COMMENT ON COLUMN uptake.person_week.wa IS 'accepted a wrong advice';
COMMENT ON COLUMN uptake.person_week.co IS 'overrode a wrong advice';
COMMENT ON COLUMN uptake.person_week.wo IS 'overrode a right advice';
CREATE TYPE uptake.person_week_row AS (
    team text, person uuid, week integer, tasks bigint, ai bigint, engaged bigint, bypass bigint, kinds bigint,
    not_routine bigint, ca bigint, wa bigint, co bigint, wo bigint);
COMMENT ON TYPE uptake.person_week_row IS 'What a checkpoint sends of uptake.person_week; NULL = 0';

CREATE TABLE uptake.training (
    partition integer NOT NULL,
    team text COLLATE "C" NOT NULL,
    person uuid NOT NULL,
    program text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    hash bigint NOT NULL,
    teacher uuid,
    seconds bigint NOT NULL,
    format uptake.training_format,
    PRIMARY KEY (partition, team, person, program, at)
);
COMMENT ON TABLE uptake.training IS 'Every training that a person completed';
COMMENT ON COLUMN uptake.training.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.training.team IS 'the team';
COMMENT ON COLUMN uptake.training.person IS 'pseudonym of who was trained';
COMMENT ON COLUMN uptake.training.program IS 'the program';
COMMENT ON COLUMN uptake.training.at IS 'when it was completed';
COMMENT ON COLUMN uptake.training.hash IS 'hash that orders events of one time';
COMMENT ON COLUMN uptake.training.teacher IS 'pseudonym of the colleague who taught; none for an official course';
COMMENT ON COLUMN uptake.training.seconds IS 'its length; 0 = not said';
COMMENT ON COLUMN uptake.training.format IS 'how it was given';
CREATE TYPE uptake.training_row AS (
    team text, person uuid, program text, at timestamptz, hash bigint, teacher uuid, seconds bigint, format text);
COMMENT ON TYPE uptake.training_row IS 'What a checkpoint sends of uptake.training';

CREATE TABLE uptake.redesign (
    partition integer NOT NULL,
    team text COLLATE "C" NOT NULL,
    workflow text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    hash bigint NOT NULL,
    label text,
    PRIMARY KEY (partition, team, workflow, at)
);
COMMENT ON TABLE uptake.redesign IS 'Every redesign of a workflow';
COMMENT ON COLUMN uptake.redesign.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.redesign.team IS 'the team';
COMMENT ON COLUMN uptake.redesign.workflow IS 'the workflow';
COMMENT ON COLUMN uptake.redesign.at IS 'when it took effect';
COMMENT ON COLUMN uptake.redesign.hash IS 'hash that orders events of one time';
COMMENT ON COLUMN uptake.redesign.label IS 'what the team calls it';
CREATE TYPE uptake.redesign_row AS (team text, workflow text, at timestamptz, hash bigint, label text);
COMMENT ON TYPE uptake.redesign_row IS 'What a checkpoint sends of uptake.redesign';

CREATE TABLE uptake.pulse (
    partition integer NOT NULL,
    team text COLLATE "C" NOT NULL,
    person uuid NOT NULL,
    question uptake.question NOT NULL,
    day date NOT NULL,
    at timestamptz NOT NULL,
    hash bigint NOT NULL,
    score smallint NOT NULL,
    PRIMARY KEY (partition, team, person, question, day)
);
COMMENT ON TABLE uptake.pulse IS 'Answers to the short survey: the latest of each day';
COMMENT ON COLUMN uptake.pulse.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.pulse.team IS 'the team';
COMMENT ON COLUMN uptake.pulse.person IS 'pseudonym';
COMMENT ON COLUMN uptake.pulse.question IS 'the question';
COMMENT ON COLUMN uptake.pulse.day IS 'the day';
COMMENT ON COLUMN uptake.pulse.at IS 'time of the latest answer of that day';
COMMENT ON COLUMN uptake.pulse.hash IS 'hash that orders events of one time';
COMMENT ON COLUMN uptake.pulse.score IS '1 to 5, 5 = fully agree';
CREATE TYPE uptake.pulse_row AS (
    team text, person uuid, question text, day date, at timestamptz, hash bigint, score smallint);
COMMENT ON TYPE uptake.pulse_row IS 'What a checkpoint sends of uptake.pulse';

-- ---- tasks ----------------------------------------------------------------------------------------------------------

CREATE TABLE uptake.task_segment (
    partition integer NOT NULL,
    number bigint NOT NULL,
    part integer NOT NULL,
    page integer,
    pages integer,
    round bigint,
    tasks integer NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (partition, number, part)
);
ALTER TABLE uptake.task_segment ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON TABLE uptake.task_segment IS 'Open tasks in bulk: what each checkpoint changed and, in turn, pages of all';
COMMENT ON COLUMN uptake.task_segment.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.task_segment.number IS 'the checkpoint it was written by; of two segments the later counts';
COMMENT ON COLUMN uptake.task_segment.part IS 'number within the checkpoint';
COMMENT ON COLUMN uptake.task_segment.page IS 'which page of its round, from 0; none: the changes of this checkpoint';
COMMENT ON COLUMN uptake.task_segment.pages IS 'pages of its round';
COMMENT ON COLUMN uptake.task_segment.round IS 'the checkpoint that wrote the first page of its round';
COMMENT ON COLUMN uptake.task_segment.tasks IS 'tasks in it';
COMMENT ON COLUMN uptake.task_segment.data IS 'versioned, compressed and with a checksum; only uptaked reads it';
CREATE TYPE uptake.task_segment_row AS (
    number bigint, part integer, page integer, pages integer, round bigint, tasks integer, data bytea);
COMMENT ON TYPE uptake.task_segment_row IS 'What a checkpoint sends of uptake.task_segment';
