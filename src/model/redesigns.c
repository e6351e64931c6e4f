/* The redesigns of a team that are judged on a day, as others than the writer may see them. */
#include "model/redesigns.h"

#include "base/mem.h"
#include "model/privacy.h"
#include "model/redesign.h"

void redesigns_done(struct redesigns *redesigns)
{
    mem_free(redesigns->at);
    *redesigns = (struct redesigns){0};
}

void redesigns_make(struct redesigns *redesigns, const struct shard *shard, const struct team *team,
                    int32_t day)
{
    size_t most = redesign_count_judged(team, day);
    if (most > REDESIGNS_MAX)
        most = REDESIGNS_MAX;
    redesigns->count = most;
    if (most == 0)
        return;
    mem_reserve(&redesigns->at, &redesigns->capacity, most, sizeof *redesigns->at);
    (void)evaluation_make_redesigns(shard, team, day, redesigns->at, most);
    for (size_t i = 0; i < most; i++)
        privacy_suppress_redesign(shard, team, day, shard->settings->min_group, &redesigns->at[i]);
}

bool redesigns_is_last(const struct redesign_evaluation *redesign, int32_t day)
{
    return day - event_day(redesign->time_ms) == REDESIGN_JUDGED_TO;
}
