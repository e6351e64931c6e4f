-- Cells: integer counters over the tasks of one (team, workflow, day, arm). Any roll-up is a plain sum.

CREATE TABLE uptake.cell (
    partition integer NOT NULL,
    team text COLLATE "C" NOT NULL,
    workflow text COLLATE "C" NOT NULL,
    day date NOT NULL,
    arm uptake.arm NOT NULL,
    tasks bigint NOT NULL,
    outcomes bigint NOT NULL,
    self_outcomes bigint NOT NULL,
    fed_back bigint NOT NULL,
    success_n bigint NOT NULL,
    success_k bigint NOT NULL,
    quality_n bigint NOT NULL,
    quality_sum bigint NOT NULL,
    quality_sq bigint NOT NULL,
    cycle_n bigint NOT NULL,
    cycle_ln bigint NOT NULL,
    cycle_ln_sq bigint NOT NULL,
    effort_n bigint NOT NULL,
    effort_s10 bigint NOT NULL,
    effort_sq bigint NOT NULL,
    rework_n bigint NOT NULL,
    rework_k bigint NOT NULL,
    kind_routine bigint NOT NULL,
    kind_judgement bigint NOT NULL,
    kind_creative bigint NOT NULL,
    kind_relational bigint NOT NULL,
    explained bigint NOT NULL,
    batch bigint NOT NULL,
    accepted bigint NOT NULL,
    modified bigint NOT NULL,
    rejected bigint NOT NULL,
    auto bigint NOT NULL,
    decided bigint NOT NULL,
    reason_n bigint NOT NULL,
    reason_skill bigint NOT NULL,
    reason_design bigint NOT NULL,
    ca bigint NOT NULL,
    wa bigint NOT NULL,
    co bigint NOT NULL,
    wo bigint NOT NULL,
    ca_x bigint NOT NULL,
    wa_x bigint NOT NULL,
    co_x bigint NOT NULL,
    wo_x bigint NOT NULL,
    rair_n bigint NOT NULL,
    rair_k bigint NOT NULL,
    rsr_n bigint NOT NULL,
    rsr_k bigint NOT NULL,
    PRIMARY KEY (partition, team, workflow, day, arm)
) PARTITION BY RANGE (day);
COMMENT ON TABLE uptake.cell IS 'Counters over the tasks of a team, workflow, day and arm; by month';
COMMENT ON COLUMN uptake.cell.partition IS 'number of the partition';
COMMENT ON COLUMN uptake.cell.team IS 'the team';
COMMENT ON COLUMN uptake.cell.workflow IS 'the workflow; empty = none was named';
COMMENT ON COLUMN uptake.cell.day IS 'UTC day of the work';
COMMENT ON COLUMN uptake.cell.arm IS 'with AI, without, or around it';
COMMENT ON COLUMN uptake.cell.tasks IS 'tasks';
COMMENT ON COLUMN uptake.cell.outcomes IS 'tasks with an outcome by others than the person';
COMMENT ON COLUMN uptake.cell.self_outcomes IS 'tasks with an outcome by the person alone';
COMMENT ON COLUMN uptake.cell.fed_back IS 'AI tasks with an outcome at most 7 days after the work';
COMMENT ON COLUMN uptake.cell.success_n IS 'tasks whose outcome has success';
COMMENT ON COLUMN uptake.cell.success_k IS 'tasks whose success is true';
COMMENT ON COLUMN uptake.cell.quality_n IS 'tasks whose outcome has quality';
COMMENT ON COLUMN uptake.cell.quality_sum IS 'sum of quality, units of 1e-4';
COMMENT ON COLUMN uptake.cell.quality_sq IS 'sum of squares of quality, units of 1e-8';
COMMENT ON COLUMN uptake.cell.cycle_n IS 'tasks whose outcome has cycle_s';
COMMENT ON COLUMN uptake.cell.cycle_ln IS 'sum of ln(ms) of the cycle time, units of 2^-16';
COMMENT ON COLUMN uptake.cell.cycle_ln_sq IS 'sum of squares of ln(ms) of the cycle time, units of 2^-32';
COMMENT ON COLUMN uptake.cell.effort_n IS 'tasks whose outcome has effort_s';
COMMENT ON COLUMN uptake.cell.effort_s10 IS 'sum of hands-on time, tenths of a second';
COMMENT ON COLUMN uptake.cell.effort_sq IS 'sum of squares of hands-on time, hundredths of a square second';
COMMENT ON COLUMN uptake.cell.rework_n IS 'tasks whose outcome has rework';
COMMENT ON COLUMN uptake.cell.rework_k IS 'tasks whose rework is true';
COMMENT ON COLUMN uptake.cell.kind_routine IS 'routine tasks';
COMMENT ON COLUMN uptake.cell.kind_judgement IS 'tasks that ask for judgement';
COMMENT ON COLUMN uptake.cell.kind_creative IS 'creative tasks';
COMMENT ON COLUMN uptake.cell.kind_relational IS 'tasks about relations';
COMMENT ON COLUMN uptake.cell.explained IS 'tasks where the reasoning behind the advice was looked at';
COMMENT ON COLUMN uptake.cell.batch IS 'tasks reviewed in a batch';
COMMENT ON COLUMN uptake.cell.accepted IS 'AI tasks whose advice a person accepted, in silence too';
COMMENT ON COLUMN uptake.cell.modified IS 'AI tasks whose advice a person modified';
COMMENT ON COLUMN uptake.cell.rejected IS 'AI tasks whose advice a person rejected';
COMMENT ON COLUMN uptake.cell.auto IS 'AI tasks decided by policy';
COMMENT ON COLUMN uptake.cell.decided IS 'AI tasks with a decision of a person';
COMMENT ON COLUMN uptake.cell.reason_n IS 'bypass or overridden tasks with a reason';
COMMENT ON COLUMN uptake.cell.reason_skill IS 'those whose reason is a matter of skill';
COMMENT ON COLUMN uptake.cell.reason_design IS 'those whose reason is one of work design';
COMMENT ON COLUMN uptake.cell.ca IS 'accepted a right advice';
COMMENT ON COLUMN uptake.cell.wa IS 'accepted a wrong advice';
COMMENT ON COLUMN uptake.cell.co IS 'overrode a wrong advice';
COMMENT ON COLUMN uptake.cell.wo IS 'overrode a right advice';
COMMENT ON COLUMN uptake.cell.ca_x IS 'ca of explained tasks';
COMMENT ON COLUMN uptake.cell.wa_x IS 'wa of explained tasks';
COMMENT ON COLUMN uptake.cell.co_x IS 'co of explained tasks';
COMMENT ON COLUMN uptake.cell.wo_x IS 'wo of explained tasks';
COMMENT ON COLUMN uptake.cell.rair_n IS 'first answer wrong, advice right';
COMMENT ON COLUMN uptake.cell.rair_k IS 'of rair_n, success';
COMMENT ON COLUMN uptake.cell.rsr_n IS 'first answer right, advice wrong';
COMMENT ON COLUMN uptake.cell.rsr_k IS 'of rsr_n, success';

CREATE TYPE uptake.cell_row AS (
    team text, workflow text, day date, arm text, tasks bigint, outcomes bigint, self_outcomes bigint,
    fed_back bigint, success_n bigint, success_k bigint, quality_n bigint, quality_sum bigint, quality_sq bigint,
    cycle_n bigint, cycle_ln bigint, cycle_ln_sq bigint, effort_n bigint, effort_s10 bigint, effort_sq bigint,
    rework_n bigint, rework_k bigint, kind_routine bigint, kind_judgement bigint, kind_creative bigint,
    kind_relational bigint, explained bigint, batch bigint, accepted bigint, modified bigint, rejected bigint,
    auto bigint, decided bigint, reason_n bigint, reason_skill bigint, reason_design bigint, ca bigint, wa bigint,
    co bigint, wo bigint, ca_x bigint, wa_x bigint, co_x bigint, wo_x bigint, rair_n bigint, rair_k bigint,
    rsr_n bigint, rsr_k bigint);
COMMENT ON TYPE uptake.cell_row IS 'What a checkpoint sends of uptake.cell; NULL = 0';

CREATE TABLE uptake.cell_baseline (LIKE uptake.cell INCLUDING COMMENTS,
    PRIMARY KEY (partition, team, workflow, day, arm));
COMMENT ON TABLE uptake.cell_baseline IS 'Cells of the first 28 days of a team, kept when their month is dropped';
