/* What the detectors look at when a day closes. measures.md, Alarms. */
#include "model/observe.h"

#include "model/calendar.h"
#include "model/windows.h"
#include "stat/interval.h"
#include "stat/slope.h"

enum {
    WEEK_DAYS = 7,
    SUNDAY = 6,
    LIVELY_DAYS_MIN = 3,   /* a week is known when so many of its days were not quiet */
    ENTHUSIASM_DAYS = 84,  /* no plateau so soon after the first AI use */
    PLATEAU_WEEKS_MAX = 12 /* the weeks judged are the last known of so many */
};
/* Outcomes have had a week to mature. */
static const int32_t MATURING_DAYS = 7;
static const double YEAR_DAYS = 365;

/* ---- the plateau ----------------------------------------------------------------------------- */

/* The practising share of the week that ends with `sunday`; false when the week is not known. */
static bool look_at_week(const struct people *people, int32_t sunday, struct slope_week *ret_week)
{
    int lively = 0;
    for (int32_t day = sunday - WEEK_DAYS + 1; day <= sunday; day++)
        lively += !calendar_day(&people->shard->calendar, day).quiet;
    if (lively < LIVELY_DAYS_MIN)
        return false;
    struct people_share share = people_practising(people, sunday, WEEK_DAYS);
    *ret_week = (struct slope_week){.practising = share.practising, .headcount = share.headcount};
    return share.headcount > 0;
}

static struct estimate over_weeks(const struct slope_week weeks[SLOPE_PLATEAU_WEEKS])
{
    int64_t practising = 0;
    int64_t headcount = 0;
    for (int i = 0; i < SLOPE_PLATEAU_WEEKS; i++) {
        practising += weeks[i].practising;
        headcount += weeks[i].headcount;
    }
    return interval_wilson(practising, headcount);
}

static enum flag judge_plateau(const struct people *people, struct estimate *ret_share)
{
    struct slope_week weeks[SLOPE_PLATEAU_WEEKS];
    if (calendar_weekday(people->day) != SUNDAY ||
        !look_at_week(people, people->day, &weeks[SLOPE_PLATEAU_WEEKS - 1]))
        return FLAG_UNKNOWN;
    if (people->first_ai_day == DAY_NEVER || people->day - people->first_ai_day <= ENTHUSIASM_DAYS)
        return FLAG_FALSE;
    int missing = SLOPE_PLATEAU_WEEKS - 1;
    for (int back = 1; back < PLATEAU_WEEKS_MAX && missing > 0; back++) {
        if (look_at_week(people, people->day - back * WEEK_DAYS, &weeks[missing - 1]))
            missing--;
    }
    if (missing > 0)
        return FLAG_FALSE;
    *ret_share = over_weeks(weeks);
    return flag_of(slope_is_plateau(weeks));
}

/* ---- shares of the day ----------------------------------------------------------------------- */

static struct estimate share_of(int64_t k, int64_t n)
{
    return n == 0 ? estimate_unknown() : estimate_point((double)k / (double)n, (double)n);
}

static struct estimate look_at_bypass(const struct people *people)
{
    struct counters ai = {{0}};
    struct counters bypass = {{0}};
    const struct team *team = people->team;
    int32_t day = people->day;
    for (size_t w = 0; w < team->workflow_count; w++) {
        windows_add_days(people->shard, &team->workflows[w], ARMS_AI, day, day, &ai);
        windows_add_days(people->shard, &team->workflows[w], ARMS_BYPASS, day, day, &bypass);
    }
    return share_of(bypass.at[COUNTER_tasks], bypass.at[COUNTER_tasks] + ai.at[COUNTER_tasks]);
}

static struct estimate look_at_trust(const struct people *people, const bool *decided)
{
    struct counters ai = {{0}};
    const struct team *team = people->team;
    int32_t day = people->day - MATURING_DAYS;
    for (size_t w = 0; w < team->workflow_count; w++) {
        if (decided[w])
            windows_add_days(people->shard, &team->workflows[w], ARMS_AI, day, day, &ai);
    }
    return share_of(ai.at[COUNTER_wa], ai.at[COUNTER_wa] + ai.at[COUNTER_co]);
}

static int32_t count_redesigns(const struct people *people)
{
    int32_t count = 0;
    for (size_t i = 0; i < people->team->redesign_count; i++)
        count += event_day(people->team->redesigns[i].key.time_ms) <= people->day;
    return count;
}

struct observation observe_day(const struct people *people, const bool *decided)
{
    const struct shard *shard = people->shard;
    struct opened_day opened = calendar_day(&shard->calendar, people->day);
    struct observation seen = {
        .day = people->day,
        .x_bypassing = look_at_bypass(people),
        .x_over_trust = look_at_trust(people, decided),
        .redesigns = count_redesigns(people),
        .silence = silence_look(people),
        .hidden = opened.hidden,
        .teams = opened.teams,
        .threshold = opened.teams * YEAR_DAYS / shard->settings->false_alarms_per_year,
    };
    seen.stalled = judge_plateau(people, &seen.plateau);
    if (!opened.hidden) {
        struct people_share today = people_practising(people, people->day, 1);
        seen.x_relapsing = share_of(today.practising, today.headcount);
    }
    return seen;
}
