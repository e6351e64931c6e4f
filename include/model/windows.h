/* Sums of cells over days, by workflow and arm: all measures made of cells follow from them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "model/cell.h"
#include "model/shard.h"
#include "model/team.h"

struct workflow_sums {
    struct text name;
    uint32_t number; /* in team->workflows */
    uint32_t arms;   /* bits 1 << arm of those with a cell in these days */
    int64_t layered; /* AI tasks on days with no redesign of the workflow on or before */
    struct counters by_arm[ARMS];
};

/* Sums over first_day ... day, which grow backwards, so that the nested windows take one pass.
 * Borrows from the shard: valid until that changes. */
struct window_sums {
    const struct shard *shard;
    const struct team *team;
    int32_t day;
    int32_t first_day; /* day + 1 = nothing yet */
    bool *decided; /* by number: a person decided on advice in that workflow on day - 89 ... day */
    size_t count;
    struct workflow_sums workflows[]; /* by the bytes of their names */
};

/* All workflows of the team instead of one. */
#define WINDOWS_WHOLE_TEAM SIZE_MAX

/* Nothing summed yet; of one workflow (number in team->workflows) or WINDOWS_WHOLE_TEAM. For
 * windows_free(). */
struct window_sums *windows_new(const struct shard *shard, const struct team *team, int32_t day,
                                size_t only);
void windows_free(struct window_sums *sums);

/* Takes in the days from first_day on; first_day is not later than the first day so far. */
void windows_extend(struct window_sums *sums, int32_t first_day);

/* Adds the sums of a pool of arms (bits 1 << arm): of one workflow, or of all. */
void windows_pool(const struct workflow_sums *workflow, uint32_t arms, struct counters *counters);
void windows_pool_all(const struct window_sums *sums, uint32_t arms, struct counters *counters);
/* Did a person decide on any advice of the team (of the one workflow) on day - 89 ... day? */
bool windows_any_decided(const struct window_sums *sums);

/* a - b, counter by counter. */
struct counters windows_minus(const struct counters *a, const struct counters *b);

/* Adds the cells of a workflow and pool of first_day ... last_day. */
void windows_add_days(const struct shard *shard, const struct workflow *workflow, uint32_t arms,
                      int32_t first_day, int32_t last_day, struct counters *counters);

/* Did a person decide on any advice of the workflow on day - 89 ... day? In the others silence is
 * not consent. */
bool windows_is_decided(const struct shard *shard, const struct workflow *workflow, int32_t day);
/* Any Manual task on day - 89 ... day? Without one the feed reports AI use only. */
bool windows_has_manual_work(const struct shard *shard, const struct team *team, int32_t day);
