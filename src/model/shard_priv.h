/* What the files of the shard share among themselves. */
#pragma once

#include "model/shard.h"

/* An accepted event of that time was read from the topic: moves the watermark and opens days. */
void shard_see(struct shard *shard, int topic, int64_t time_ms);

/* Number of a team = its place. */
static inline uint32_t shard_team_number(const struct shard *shard, const struct team *team)
{
    return (uint32_t)(team - shard->teams);
}

/* By which a person is found. */
static inline uint64_t shard_person_hash(uint32_t team, struct pseudonym id)
{
    uint64_t x = (id.low ^ ((uint64_t)team << 32 | team)) * UINT64_C(0x9e3779b97f4a7c15);
    return x ^ x >> 29;
}

/* The team of that name, made if the partition has no fact of it yet. */
struct team *shard_take_team(struct shard *shard, struct text name);
/* The number of a workflow in its team, made if it is new. */
uint16_t shard_take_workflow(struct shard *shard, struct team *team, uint32_t name);
/* The number of a workflow in its team, or -1. */
int32_t shard_find_workflow(const struct team *team, uint32_t name);
/* The handle of a person, made (not yet dirty) if it is new; 0 from find when there is none. */
uint32_t shard_take_person(struct shard *shard, uint32_t team, struct pseudonym id);
uint32_t shard_find_person(const struct shard *shard, uint32_t team, struct pseudonym id);
uint32_t shard_find_task(const struct shard *shard, struct task_id id);

/* Puts the person on the list of those to save. */
void shard_list_person(struct shard *shard, uint32_t handle);

/* Adds the difference between two contributions of one task (either may count nothing) to cells and weeks. */
void shard_count(struct shard *shard, struct team *team, const struct contribution *before,
                 const struct contribution *after);
/* Adds a redesign that the team does not have yet. */
void shard_put_redesign(struct team *team, const struct redesign *redesign);
/* Puts counters into a cell of memory (not a forgotten one), as a load does. */
void shard_put_cell(struct shard *shard, struct team *team, uint16_t workflow, int32_t day, enum arm arm,
                    const struct counters *counters);

/* Frees cells that no evaluation needs any more and that are saved. */
void shard_forget_cells(struct shard *shard, struct team *team);

/* The first day whose cells, and the first week whose counters, memory keeps for the team. */
int32_t shard_cells_needed_from(const struct shard *shard, const struct team *team);
int32_t shard_weeks_needed_from(const struct shard *shard, const struct team *team);

/* Has the watermark passed the task's newest time by more than join_window? at_ms: the time to take where the
 * watermark has no value. */
static inline bool shard_forgets(const struct shard *shard, const struct task *task, int64_t at_ms)
{
    int64_t watermark_ms = shard->watermark_ms >= 0 ? shard->watermark_ms : at_ms;
    return watermark_ms - task_newest_ms(task) > shard->settings->join_window_ms;
}
