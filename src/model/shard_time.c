/* The watermark, the days it opens, and the evaluation of teams for them. */
#include "base/panic.h"
#include "model/evaluation.h"
#include "shard_priv.h"

enum { CALENDAR_DAYS = 90 };

/* The first day that the watermark has not closed: days before it are over and past their grace. */
static int64_t open_until(const struct shard *shard, int64_t watermark_ms)
{
    int64_t ms = watermark_ms - shard->settings->grace_ms;
    return ms >= 0 ? ms / DAY_MS : -((-ms + DAY_MS - 1) / DAY_MS);
}

/* The first value closes nothing: days behind it are nobody's to evaluate. */
static void begin(struct shard *shard, int64_t watermark_ms)
{
    int32_t day = (int32_t)open_until(shard, watermark_ms) - 1;
    calendar_begin(&shard->calendar, day);
    for (size_t i = 0; i < shard->team_count; i++) {
        shard->teams[i].evaluated_through = day;
        shard->teams[i].dirty = true;
    }
}

/* Opens the next day, and tells when that makes the partition silent, or ends it. */
static void open_day(struct shard *shard)
{
    struct calendar *calendar = &shard->calendar;
    bool was_silent = calendar->quiet_run >= QUIET_RUN_SILENT;
    uint32_t teams = shard->teams_in_organisation;
    if (shard->counts_own_teams && shard->team_count > teams)
        teams = (uint32_t)shard->team_count;
    calendar_open(calendar, calendar->last_opened + 1, teams);
    bool is_silent = calendar->quiet_run >= QUIET_RUN_SILENT;
    if (is_silent != was_silent && shard->outputs != NULL && shard->outputs->silence != NULL)
        shard->outputs->silence(shard->outputs->arg, shard, calendar->last_opened, is_silent);
}

static void move_watermark(struct shard *shard, int64_t to_ms)
{
    if (to_ms <= shard->watermark_ms)
        return;
    bool is_first = shard->watermark_ms < 0 && shard->calendar.last_opened == INT32_MIN;
    /* Windows end with the day of the watermark: a new one changes every team. */
    if (event_day(to_ms) != shard_day(shard))
        shard_touch_all(shard);
    shard->watermark_ms = to_ms;
    if (is_first) {
        begin(shard, to_ms);
        return;
    }
    int64_t until = open_until(shard, to_ms);
    while (shard->calendar.last_opened + 1 < until)
        open_day(shard);
}

/* The smallest greatest time of the topics that are not idle; -1 while one of these has none, or all are idle. */
static int64_t slowest_topic(const struct shard *shard)
{
    int64_t slowest = INT64_MAX;
    for (int i = 0; i < shard->topic_count; i++) {
        const struct shard_topic *topic = &shard->topics[i];
        if (!topic->idle && topic->greatest_ms < slowest)
            slowest = topic->greatest_ms;
    }
    return slowest == INT64_MAX ? -1 : slowest;
}

void shard_see(struct shard *shard, int topic, int64_t time_ms)
{
    UP_ASSERT(topic >= 0 && topic < shard->topic_count);
    if (time_ms > shard->topics[topic].greatest_ms)
        shard->topics[topic].greatest_ms = time_ms;
    if (time_ms > shard->greatest_ms)
        shard->greatest_ms = time_ms;
    move_watermark(shard, slowest_topic(shard));
}

void shard_set_idle(struct shard *shard, int topic, bool idle)
{
    UP_ASSERT(topic >= 0 && topic < shard->topic_count);
    shard->topics[topic].idle = idle;
    move_watermark(shard, slowest_topic(shard));
}

bool shard_all_idle(const struct shard *shard)
{
    for (int i = 0; i < shard->topic_count; i++) {
        if (!shard->topics[i].idle)
            return false;
    }
    return true;
}

void shard_advance(struct shard *shard, int64_t to_ms)
{
    move_watermark(shard, to_ms);
}

int32_t shard_day(const struct shard *shard)
{
    return shard->watermark_ms < 0 ? INT32_MIN : event_day(shard->watermark_ms);
}

/* ---- evaluation ------------------------------------------------------------------------------------------------ */

void shard_catch_up(struct shard *shard, struct team *team)
{
    while (team->evaluated_through < shard->calendar.last_opened) {
        evaluation_close(shard, team, team->evaluated_through + 1, shard->evaluation);
        team->evaluated_through++;
        shard->closes++;
        team->dirty = team->alarms_dirty = true;
        if (shard->outputs != NULL && shard->outputs->closed != NULL)
            shard->outputs->closed(shard->outputs->arg, shard, team, shard->evaluation);
    }
}

bool shard_close_slice(struct shard *shard, size_t teams_max)
{
    while (shard->closed_through < shard->calendar.last_opened) {
        if (shard->close_next == 0)
            shard->closing_through = shard->calendar.last_opened;
        if (shard->close_next < shard->team_count) {
            if (teams_max-- == 0)
                return false;
            shard_catch_up(shard, &shard->teams[shard->close_next++]);
        } else {
            /* A full round: every team is at least where the round began. */
            shard->closed_through = shard->closing_through;
            shard->close_next = 0;
            calendar_forget(&shard->calendar, shard->closed_through + 1 - CALENDAR_DAYS);
        }
    }
    return true;
}
