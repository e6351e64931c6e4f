/* The whole state of one Kafka partition number, across all topics. Pure: time, settings and events come in as arguments. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/index.h"
#include "base/pool.h"
#include "model/calendar.h"
#include "model/cell.h"
#include "model/event.h"
#include "model/names.h"
#include "model/person.h"
#include "model/rows.h"
#include "model/settings.h"
#include "model/task.h"
#include "model/team.h"

enum { TOPICS_MAX = 64 };

/* One input topic as the watermark sees it. */
struct shard_topic {
    int64_t greatest_ms; /* greatest time of an accepted event; -1 = none yet */
    bool idle;
};

/* A change to a cell or week that memory has forgotten: saved as a difference. */
struct old_cell {
    uint32_t team;
    uint16_t workflow;
    uint8_t arm;
    int32_t day;
    struct counters difference;
};
struct old_week {
    uint32_t person;
    int32_t week;
    struct week_counters difference;
};

/* A cell that came to 0 tasks: its row is to be deleted. */
struct gone_cell {
    uint32_t team;
    uint16_t workflow;
    uint8_t arm;
    int32_t day;
};

/* Which workflow and day has a dirty cell. */
struct dirty_cells {
    uint32_t team;
    uint16_t workflow;
    int32_t day;
};

struct evaluation;

struct shard {
    const struct settings *settings;
    int32_t partition;
    struct names names;

    int64_t watermark_ms; /* -1 = no value yet */
    int64_t greatest_ms;  /* greatest time of an accepted event of any topic; -1 = none */
    struct shard_topic topics[TOPICS_MAX];
    int topic_count;
    struct calendar calendar;
    uint32_t teams_in_organisation; /* A's number of teams, as known at the last commit */
    bool counts_own_teams; /* A counts at least those that are here: a commit lags behind a history that is read fast */

    struct team *teams; /* number of a team = its place, from 0 */
    size_t team_count, team_capacity;
    uint32_t workflows_most; /* of any one team */
    struct index team_index;
    struct pool persons; /* struct person; handle = number of the person */
    struct index person_index;
    struct pool capabilities, trainings, pulses, person_workflows;
    struct pool tasks; /* struct task */
    struct index task_index;
    struct cell_store cells;

    int64_t accepted;
    int64_t rejected[REJECT_REASONS];

    /* Changed since the last cut. */
    uint32_t *dirty_tasks;
    size_t dirty_task_count, dirty_task_capacity;
    struct dirty_cells *dirty_cells;
    size_t dirty_cell_count, dirty_cell_capacity;
    uint32_t *dirty_persons;
    size_t dirty_person_count, dirty_person_capacity;
    struct gone_cell *gone_cells;
    size_t gone_cell_count, gone_cell_capacity;
    struct old_cell *old_cells;
    size_t old_cell_count, old_cell_capacity;
    struct old_week *old_weeks;
    size_t old_week_count, old_week_capacity;

    uint64_t closes;         /* days of teams evaluated so far */
    size_t close_next;       /* team at which the next slice of day closes starts */
    int32_t closing_through; /* last day that the present round of slices is about */
    int32_t closed_through;  /* last day for which every team is evaluated; INT32_MIN = none */
    uint32_t sweep_next; /* task at which the next slice of forgetting starts */
    size_t forget_next;  /* team at which it goes on */

    /* Teams of which something that a publication shows changed, the oldest change first. Whoever publishes takes
     * them out and clears team->changed. */
    uint32_t *changed_teams;
    size_t changed_count, changed_capacity;

    struct sink *outputs;           /* borrowed; gets health rows as days are evaluated */
    struct evaluation *evaluation;  /* room for one evaluation, owned */
};

/* settings must outlive the shard. `outputs` receives health rows as days are evaluated (may be NULL: dropped). */
struct shard *shard_new(const struct settings *settings, int32_t partition, int topic_count, struct sink *outputs);
void shard_free(struct shard *shard);

/* ---- events ------------------------------------------------------------------------------------------------- */

/* too_late, future, or a team's workflow too many (`schema`); REJECT_NONE = take it. wall_ms < 0: nothing is
 * `future`. Changes nothing. */
enum reject shard_judge(const struct shard *shard, const struct event *event, int64_t wall_ms);

/* Takes an event that was judged: moves the watermark, opens days that it passes, evaluates this team for them,
 * then applies the event. */
void shard_apply(struct shard *shard, int topic, const struct event *event);

/* Counts a refused message. */
void shard_count_reject(struct shard *shard, enum reject reject);

/* Where the records of an event are, most likely: numbers + 1 of team and workflow, handles; 0 = not known. */
struct shard_places {
    uint32_t team, workflow, person, task;
};

/* Looks for them ahead, and asks the processor for the memory that shard_apply_at() will touch. A pass over a batch of
 * events for each step, in this order: a step reads what the one before has asked for. The shard may change between
 * the steps. *places: zeroed before the first. */
enum shard_step { SHARD_STEP_TEAM, SHARD_STEP_RECORDS, SHARD_STEP_COUNTS, SHARD_STEP_CELLS, SHARD_STEPS };
void shard_look_ahead(const struct shard *shard, const struct event *event, enum shard_step step,
                      struct shard_places *places);
/* shard_apply() with what was found. */
void shard_apply_at(struct shard *shard, int topic, const struct event *event, const struct shard_places *places);

/* ---- time ----------------------------------------------------------------------------------------------------- */

/* Takes the topic in (idle = false) or leaves it out (true) of the watermark, and moves the watermark. */
void shard_set_idle(struct shard *shard, int topic, bool idle);
/* Are all topics idle? */
bool shard_all_idle(const struct shard *shard);
/* Moves the watermark to at least `to_ms` (all topics idle: the wall clock; the close of --as-of) and opens days. */
void shard_advance(struct shard *shard, int64_t to_ms);

/* ---- evaluation in slices ----------------------------------------------------------------------------------- */

/* Evaluates at most `teams_max` teams for all days opened since their last; true when none is left behind. */
bool shard_close_slice(struct shard *shard, size_t teams_max);
/* Evaluates one team for all opened days, e.g. before it is published. */
void shard_catch_up(struct shard *shard, struct team *team);
/* The day that a provisional evaluation is of: the day of the watermark; INT32_MIN without one. */
int32_t shard_day(const struct shard *shard);

/* Puts a team, or all, on the list of those to publish. */
void shard_touch_team(struct shard *shard, struct team *team);
void shard_touch_all(struct shard *shard);

/* ---- memory ------------------------------------------------------------------------------------------------------ */

/* Frees forgotten tasks, and what no evaluation needs any more and is saved: looks at most at `records_max` records. */
void shard_forget_slice(struct shard *shard, size_t records_max);

/* ---- look-up ----------------------------------------------------------------------------------------------------- */

/* NULL when the partition has no fact of that team. */
struct team *shard_find_team(const struct shard *shard, struct text name);
struct person *shard_person(const struct shard *shard, uint32_t handle);
/* Bytes of changes that the next cut will hold, about. */
size_t shard_unsaved_bytes(const struct shard *shard);

/* ---- saving and loading --------------------------------------------------------------------------------------- */

/* Gives every changed row to the sink and marks all as saved. Teams, then their rows. */
void shard_cut(struct shard *shard, struct sink *sink);

/* Loading: shard row first, then teams, persons, and the rest in any order; shard_load_done() last. Rows are as
 * shard_cut() gave them. UP_ECORRUPT when a row does not fit what was loaded before. */
int shard_load_shard(struct shard *shard, const struct shard_row *row, struct up_err *err);
int shard_load_team(struct shard *shard, const struct team_row *row, struct up_err *err);
int shard_load_person(struct shard *shard, const struct person_row *row, struct up_err *err);
int shard_load_cell(struct shard *shard, const struct cell_row *row, struct up_err *err);
int shard_load_week(struct shard *shard, const struct week_row *row, struct up_err *err);
int shard_load_training(struct shard *shard, const struct training_row *row, struct up_err *err);
int shard_load_redesign(struct shard *shard, const struct redesign_row *row, struct up_err *err);
int shard_load_pulse(struct shard *shard, const struct pulse_row *row, struct up_err *err);
/* A task of a segment, later segments later; one that the watermark has passed is left out. team, workflow and
 * person of `task` are read from the arguments instead. */
int shard_load_task(struct shard *shard, const struct task *task, struct text team, struct text workflow,
                    const struct pseudonym *person, struct up_err *err);
/* Takes over `alarms` where UP_OK is returned. */
int shard_load_alarms(struct shard *shard, struct text team, struct alarms *alarms, struct up_err *err);
void shard_load_done(struct shard *shard);
