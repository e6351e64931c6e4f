/* What others than the writer may know of a closed day of a team. measures.md, Small groups. */
#include "model/shown.h"

#include "base/mem.h"
#include "model/calendar.h"
#include "model/diagnosis.h"
#include "model/people.h"
#include "model/privacy.h"
#include "model/windows.h"

/* Days before the change that it is compared with; outcomes mature in a week. */
enum { BEFORE_DAYS = 28, MATURING_DAYS = 7 };

static bool is_group(const struct people *people, int64_t group)
{
    return group >= (int64_t)people->shard->settings->min_group;
}

/* Mean of the practising shares of days that were not hidden; the people of the last headcount at
 * least stand behind it. */
static struct estimate mean_practising(const struct people *people, int32_t first, int32_t last)
{
    double sum = 0;
    int days = 0;
    int64_t group = 0;
    for (int32_t day = first; day <= last; day++) {
        struct people_share share = people_practising(people, day, 1);
        if (share.headcount == 0 || calendar_day(&people->shard->calendar, day).hidden)
            continue;
        sum += (double)share.practising / (double)share.headcount;
        group = share.headcount;
        days++;
    }
    return days > 0 && is_group(people, group) ? estimate_point(sum / days, days)
                                               : estimate_unknown();
}

static struct estimate bypassed(const struct people *people, int32_t first, int32_t last)
{
    struct counters ai = {{0}};
    struct counters bypass = {{0}};
    const struct team *team = people->team;
    for (size_t w = 0; w < team->workflow_count; w++) {
        windows_add_days(people->shard, &team->workflows[w], ARMS_AI, first, last, &ai);
        windows_add_days(people->shard, &team->workflows[w], ARMS_BYPASS, first, last, &bypass);
    }
    double tasks = (double)(ai.at[COUNTER_tasks] + bypass.at[COUNTER_tasks]);
    if (tasks <= 0 || !is_group(people, privacy_count_workers(people, first, last)))
        return estimate_unknown();
    return estimate_point((double)bypass.at[COUNTER_tasks] / tasks, last - first + 1);
}

static struct shown_change change_of(const struct alarm_since *since)
{
    return (struct shown_change){.since = since->mean.known ? since->day : INT32_MIN,
                                 .after = since->mean};
}

static void show_changes(const struct people *people, struct shown *shown)
{
    const struct alarm_step *step = &shown->evaluation.step;
    int32_t day = people->day;
    shown->relapsing = change_of(&step->since_relapsing);
    if (!is_group(people, people->headcount))
        shown->relapsing.after = estimate_unknown();
    if (shown->relapsing.since != INT32_MIN)
        shown->relapsing.before = mean_practising(people, shown->relapsing.since - BEFORE_DAYS,
                                                  shown->relapsing.since - 1);

    shown->bypassing = change_of(&step->since_bypassing);
    int32_t since = shown->bypassing.since;
    if (since != INT32_MIN && !is_group(people, privacy_count_workers(people, since, day)))
        shown->bypassing.after = estimate_unknown();
    if (since != INT32_MIN)
        shown->bypassing.before = bypassed(people, since - BEFORE_DAYS, since - 1);

    shown->over_trust = change_of(&step->since_over_trust);
    since = shown->over_trust.since;
    if (since != INT32_MIN && !is_group(people, privacy_count_workers(people, since - MATURING_DAYS,
                                                                      day - MATURING_DAYS)))
        shown->over_trust.after = estimate_unknown();
}

struct shown *shown_new(const struct shard *shard, const struct team *team,
                        const struct evaluation *evaluation)
{
    static const enum window windows[] = {WINDOW_28D, WINDOW_90D, WINDOW_OWN};
    struct shown *shown = mem_alloc(sizeof *shown);
    shown->evaluation = *evaluation;
    for (size_t i = 0; i < sizeof windows / sizeof windows[0]; i++)
        privacy_suppress(shard, team, evaluation->day, windows[i], shard->settings->min_group,
                         &shown->evaluation.windows[windows[i]]);
    struct people people;
    people_init(&people, shard, team, evaluation->day);
    shown->evaluation.diagnosis = diagnosis_find(&people, &shown->evaluation);
    if (!is_group(&people, people.headcount))
        shown->evaluation.step.plateau = estimate_unknown();
    show_changes(&people, shown);
    people_done(&people);
    return shown;
}

void shown_free(struct shown *shown)
{
    mem_free(shown);
}
