/* Small groups: which figures may be shown to others than the writer. measures.md, Small groups. */
#include "model/privacy.h"

#include "model/headcount.h"
#include "model/people.h"
#include "model/record.h"

enum { WEEK_DAYS = 7, YEAR_DAYS = 365, TRAINING_DAYS = 400, RECENT_WEEKS = 26, LEARNT_WEEKS = 13 };

/* Days first ... last, on which somebody must have done something to stand behind a figure. */
struct span {
    int32_t first, last;
};

typedef bool stands_behind(const struct people *people, const struct people_member *member,
                           struct span days);

static int64_t count(const struct people *people, stands_behind *holds, int32_t first, int32_t last)
{
    int64_t group = 0;
    for (size_t i = 0; i < people->count; i++)
        group += holds(people, &people->members[i], (struct span){first, last});
    return group;
}

static int64_t week_sum(const struct person *person, int32_t first_week, int32_t last_week,
                        enum week_counter from, enum week_counter to)
{
    struct week_counters sums = {{0}};
    person_sum_weeks(person, first_week, last_week, &sums);
    int64_t total = 0;
    for (enum week_counter c = from; c <= to; c++)
        total += sums.at[c];
    return total;
}

static bool had_task(const struct people *people, const struct people_member *member,
                     struct span days)
{
    for (int32_t week = days.first / WEEK_DAYS; week <= days.last / WEEK_DAYS; week++) {
        int32_t monday = week * WEEK_DAYS, sunday = monday + WEEK_DAYS - 1;
        if (person_has_any_day(member->person, people->day_set_days, DAY_SET_WORKED,
                               monday > days.first ? monday : days.first,
                               sunday < days.last ? sunday : days.last) &&
            week_sum(member->person, week, week, WEEK_TASKS, WEEK_TASKS) > 0)
            return true;
    }
    return false;
}

static bool counted(const struct people *people, const struct people_member *member,
                    struct span days)
{
    return headcount_count_days(member->person, people->day_set_days, days.first, days.last) > 0;
}

/* Part of the headcount on one end or the other. */
static bool was_beginner(const struct people *people, const struct people_member *member,
                         struct span days)
{
    return member->entry && (headcount_has(member->person, people->day_set_days, days.first) ||
                             headcount_has(member->person, people->day_set_days, days.last));
}

static bool has_training(const struct people *people, const struct person *person, struct span days,
                         bool with_format)
{
    const struct training *training;
    for (uint32_t at = person->trainings; at != 0; at = training->next) {
        training = pool_at(&people->shard->trainings, at);
        int32_t day = event_day(training->key.time_ms);
        if (days.first <= day && day <= days.last &&
            (!with_format || training->format != FORMAT_ABSENT))
            return true;
    }
    return false;
}

static bool trained(const struct people *people, const struct people_member *member,
                    struct span days)
{
    return has_training(people, member->person, days, false);
}

static bool trained_somehow(const struct people *people, const struct people_member *member,
                            struct span days)
{
    return has_training(people, member->person, days, true);
}

/* ---- what the counters by week say: over the weeks that end with that of the last day ---- */

static bool has_recent(const struct people_member *member, int32_t last_day, enum week_counter from,
                       enum week_counter to)
{
    int32_t week = last_day / WEEK_DAYS;
    return week_sum(member->person, week - RECENT_WEEKS + 1, week, from, to) > 0;
}

static bool beginner_with_kinds(const struct people *people, const struct people_member *member,
                                struct span days)
{
    (void)people;
    return member->entry && has_recent(member, days.last, WEEK_KINDS, WEEK_KINDS);
}

static bool other_with_kinds(const struct people *people, const struct people_member *member,
                             struct span days)
{
    (void)people;
    return !member->entry && has_recent(member, days.last, WEEK_KINDS, WEEK_KINDS);
}

static bool beginner_scored(const struct people *people, const struct people_member *member,
                            struct span days)
{
    (void)people;
    return member->entry && has_recent(member, days.last, WEEK_CA, WEEK_WO);
}

/* A scored decision in the first weeks of AI use and another since the 14th. */
static bool learnt(const struct people *people, const struct people_member *member,
                   struct span days)
{
    (void)people;
    const struct person *person = member->person;
    if (person->first_ai > days.last)
        return false;
    int32_t week = days.last / WEEK_DAYS, first = person->first_ai / WEEK_DAYS;
    int32_t since = week - RECENT_WEEKS + 1;
    if (since < first + LEARNT_WEEKS)
        since = first + LEARNT_WEEKS;
    return since <= week && week_sum(person, since, week, WEEK_CA, WEEK_WO) > 0 &&
           week_sum(person, first, first + FIRST_WEEKS - 1, WEEK_CA, WEEK_WO) > 0;
}

static bool beginner_learnt(const struct people *people, const struct people_member *member,
                            struct span days)
{
    return member->entry && learnt(people, member, days);
}

/* ---- how many stand behind a figure ---- */

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Trainings are the trials: no more people than these, and no more than had one early enough. */
static int64_t behind_durability(const struct people *people, double trainings, int32_t delay)
{
    int32_t last = people->day - delay - WEEK_DAYS + 1;
    return smaller((int64_t)trainings,
                   count(people, trained, people->day - TRAINING_DAYS + 1, last));
}

/* A sum over those who were trained; that there are none is said of everybody. */
static int64_t behind_trainings(const struct people *people, int32_t first_day)
{
    int64_t group = count(people, trained, first_day, people->day);
    return group > 0 ? group : people->headcount;
}

static int64_t behind_own(const struct people *people, enum measure measure,
                          const struct estimate *figure)
{
    int32_t day = people->day;
    switch (measure) {
    case MEASURE_traceable:
    case MEASURE_feedback_7d:
        return count(people, had_task, day - 34, day - 7);
    case MEASURE_autonomy_unearned:
        return count(people, had_task, day - 55, day);
    case MEASURE_headcount:
        return people->headcount;
    case MEASURE_attrition_365:
        return count(people, counted, day - YEAR_DAYS + 1, day);
    case MEASURE_entry_nonroutine_share:
        return count(people, beginner_with_kinds, day, day);
    case MEASURE_entry_gap:
        return smaller(count(people, beginner_with_kinds, day, day),
                       count(people, other_with_kinds, day, day));
    case MEASURE_entry_judgement:
        return count(people, beginner_scored, day, day);
    case MEASURE_learning_gain:
        return count(people, learnt, day, day);
    case MEASURE_entry_learning_gain:
        return count(people, beginner_learnt, day, day);
    case MEASURE_trained:
        return behind_trainings(people, day - YEAR_DAYS + 1);
    case MEASURE_embedded_share:
        return count(people, trained_somehow, day - YEAR_DAYS + 1, day);
    case MEASURE_durability_14:
        return behind_durability(people, figure->n, 14);
    case MEASURE_durability_28:
        return behind_durability(people, figure->n, 28);
    case MEASURE_durability_180:
        return behind_durability(people, figure->n, 180);
    default:
        return (int64_t)figure->n; /* people */
    }
}

static int64_t behind_windowed(const struct people *people, enum measure measure,
                               const struct estimate *figure, struct span days)
{
    switch (measure) {
    case MEASURE_attrition:
        return count(people, counted, days.first, days.last);
    case MEASURE_entry_headcount_change:
        return count(people, was_beginner, days.first - 1, days.last);
    case MEASURE_completions:
    case MEASURE_training_hours:
        return behind_trainings(people, days.first);
    default:
        return (int64_t)figure->n; /* people */
    }
}

int64_t privacy_count_workers(const struct people *people, int32_t first, int32_t last)
{
    return count(people, had_task, first, last);
}

static void suppress(const struct people *people, enum window window, uint32_t min_group,
                     struct record *record)
{
    struct span days = {people->day - measure_window_days(window) + 1, people->day};
    int64_t workers =
        window == WINDOW_OWN ? 0 : privacy_count_workers(people, days.first, days.last);
    for (int m = 0; m < MEASURES; m++) {
        const struct estimate *figure = &record->values[m];
        if (!figure->known)
            continue;
        int64_t group;
        if (window == WINDOW_OWN)
            group = behind_own(people, (enum measure)m, figure);
        else if (measure_info((enum measure)m)->source == SOURCE_CELLS)
            group = workers;
        else
            group = behind_windowed(people, (enum measure)m, figure, days);
        if (group < (int64_t)min_group)
            record_suppress(record, (enum measure)m);
    }
}

void privacy_suppress(const struct shard *shard, const struct team *team, int32_t day,
                      enum window window, uint32_t min_group, struct record *record)
{
    struct people people;
    people_init(&people, shard, team, day);
    suppress(&people, window, min_group, record);
    people_done(&people);
}
