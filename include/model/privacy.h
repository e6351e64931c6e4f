/* Small groups: which figures may be shown to others than the writer. measures.md, Small groups. */
#pragma once

#include <stdint.h>

#include "model/evaluation.h"
#include "model/measure.h"
#include "model/people.h"
#include "model/shard.h"
#include "model/team.h"

/* Makes every known figure of a team's record of `day` unknown (BECAUSE_SUPPRESSED) that has fewer
 * than min_group people behind it. What is unknown keeps its word.
 *
 * Behind a figure made of cells stand the people with a task in its days. Cells do not know people,
 * so that these are counted from people's sets of days and their counters by week: who worked on
 * one of the days, in an epoch week in which a task of theirs counts. That is never too few, and
 * too many only where somebody's work of the very days had no task while other work of that week
 * had one. */
void privacy_suppress(const struct shard *shard, const struct team *team, int32_t day,
                      enum window window, uint32_t min_group, struct record *record);

/* The same of the measures of one workflow (number in team->workflows) in all windows: behind them
 * stands who had a task in that workflow, as model/person_workflow.h knows. The team's total less
 * the workflows that are shown must not show a small one either: where all that are hidden have
 * fewer than min_group people together, the next smallest (of equal ones the first by name) is hidden
 * too. That is complementary suppression: Willenborg and de Waal (2001), Elements of Statistical
 * Disclosure Control, chapters 1 and 4. */
void privacy_suppress_workflow(const struct shard *shard, const struct team *team, size_t workflow,
                               int32_t day, uint32_t min_group, struct record windows[WINDOWS]);

/* The same of the measures of a redesign that is judged on `day`, which compare two sides: each must hold min_group
 * people, and what is compared with the team's other workflows min_group of theirs as well. Of the earlier days
 * model/person_workflow.h forgets more from the 36th day after the redesign on, so that more is hidden then. */
void privacy_suppress_redesign(const struct shard *shard, const struct team *team, int32_t day,
                               uint32_t min_group, struct redesign_evaluation *redesign);

/* People of the team with a task on first ... last, counted as privacy_suppress() counts. */
int64_t privacy_count_workers(const struct people *people, int32_t first, int32_t last);
