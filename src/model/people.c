/* The people of a team as one evaluation sees them. measures.md, Adoption, People. */
#include "model/people.h"

#include "base/mem.h"
#include "base/panic.h"
#include "model/headcount.h"
#include "model/record.h"
#include "stat/interval.h"

enum { MONTH_DAYS = 28, BLOCK_DAYS = 7, BLOCKS = 4, HELD_DAYS = 90, YEAR_DAYS = 365 };
static const double DAYS_A_YEAR = 365.25;

static bool is_entry_level(const struct shard *shard, const struct person_register *level)
{
    return level->key.time_ms >= 0 &&
           settings_is_entry_level(shard->settings, names_text(&shard->names, level->value));
}

static void look_at(struct people *people, struct people_member *member)
{
    const struct person *person = member->person;
    member->entry = is_entry_level(people->shard, &person->level);
    member->counts = headcount_has(person, people->day_set_days, people->day);
    if (person->first_ai <= people->day && person->first_ai < people->first_ai_day)
        people->first_ai_day = person->first_ai;
    if (!member->counts)
        return;
    people->headcount++;
    people->worked_28d = people->worked_28d ||
                         person_has_any_day(person, people->day_set_days, DAY_SET_WORKED,
                                            people->day - MONTH_DAYS + 1, people->day);
}

void people_init(struct people *people, const struct shard *shard, const struct team *team,
                 int32_t day)
{
    *people = (struct people){
        .shard = shard,
        .team = team,
        .day = day,
        .day_set_days = shard->settings->retention.day_set_days,
        .members = mem_alloc_array(team->person_count, sizeof people->members[0]),
        .first_ai_day = DAY_NEVER,
    };
    const struct person *person;
    for (uint32_t at = team->persons; at != 0; at = person->next_in_team) {
        UP_ASSERT(people->count < team->person_count);
        person = pool_at(&shard->persons, at);
        struct people_member *member = &people->members[people->count++];
        member->person = person;
        look_at(people, member);
    }
}

void people_done(struct people *people)
{
    mem_free(people->members);
    *people = (struct people){.day = 0};
}

struct people_share people_practising(const struct people *people, int32_t day, int32_t days)
{
    struct people_share share = {0, 0};
    for (size_t i = 0; i < people->count; i++) {
        const struct people_member *member = &people->members[i];
        bool counts = day == people->day
                          ? member->counts
                          : headcount_has(member->person, people->day_set_days, day);
        if (!counts)
            continue;
        share.headcount++;
        share.practising += person_has_any_day(member->person, people->day_set_days,
                                               DAY_SET_PRACTISED, day - days + 1, day);
    }
    return share;
}

/* ---- capabilities ---------------------------------------------------------------------------- */

struct capability_counts {
    bool named; /* by anybody, up to the day */
    int64_t fresh, held;
};

/* (person, capability) pairs of the headcount: first used on fresh_from ... day; used up to the day
 * and still of late. */
static struct capability_counts count_capabilities(const struct people *people, int32_t fresh_from)
{
    struct capability_counts counts = {.named = false};
    const struct capability *capability;
    for (size_t i = 0; i < people->count; i++) {
        const struct people_member *member = &people->members[i];
        for (uint32_t at = member->person->capabilities; at != 0; at = capability->next) {
            capability = pool_at(&people->shard->capabilities, at);
            if (capability->first_day > people->day)
                continue;
            counts.named = true;
            if (!member->counts)
                continue;
            counts.fresh += capability->first_day >= fresh_from;
            counts.held += capability->last_day > people->day - HELD_DAYS;
        }
    }
    return counts;
}

static void put_capabilities(const struct people *people, enum measure measure, int64_t pairs,
                             bool named, struct record *record)
{
    struct estimate rate = estimate_unknown();
    if (named)
        rate = interval_garwood(pairs, people->headcount);
    record_put(record, measure, rate,
               record_reason(BECAUSE_NO_PEOPLE, people->headcount == 0) |
                   record_reason(BECAUSE_NO_KIND, true));
}

/* ---- coming and going ------------------------------------------------------------------------ */

static struct estimate attrition(const struct people *people, int32_t days)
{
    if (people->team->persons_with_event == 0)
        return estimate_unknown(); /* nobody says who leaves */
    int32_t first = people->day - days + 1;
    int64_t left = 0;
    int64_t exposure_days = 0;
    for (size_t i = 0; i < people->count; i++) {
        const struct person *person = people->members[i].person;
        exposure_days +=
            headcount_count_days(person, people->day_set_days, first, people->day);
        if (person->status.key.time_ms < 0 || person->status.value != STATUS_LEFT)
            continue;
        int32_t day = event_day(person->status.key.time_ms);
        left += first <= day && day <= people->day;
    }
    return interval_garwood(left, (double)exposure_days / DAYS_A_YEAR);
}

static int32_t entry_headcount_change(const struct people *people, int32_t days)
{
    int32_t change = 0;
    for (size_t i = 0; i < people->count; i++) {
        const struct people_member *member = &people->members[i];
        if (!member->entry)
            continue;
        change += member->counts;
        change -= headcount_has(member->person, people->day_set_days, people->day - days);
    }
    return change;
}

static struct estimate progressed(const struct people *people)
{
    int64_t began = 0;
    int64_t moved_on = 0;
    for (size_t i = 0; i < people->count; i++) {
        const struct people_member *member = &people->members[i];
        if (!member->counts || !is_entry_level(people->shard, &member->person->first_level))
            continue;
        began++;
        moved_on += !member->entry;
    }
    return interval_wilson(moved_on, began);
}

/* ---- regular use ----------------------------------------------------------------------------- */

/* Who uses AI in all but one of the four 7-day blocks in which anybody of the headcount worked. */
static int64_t count_regular(const struct people *people)
{
    int64_t by_blocks[BLOCKS + 1] = {0}; /* people by the number of blocks in which they use AI */
    bool live[BLOCKS] = {false};
    for (size_t i = 0; i < people->count; i++) {
        const struct people_member *member = &people->members[i];
        if (!member->counts)
            continue;
        int used = 0;
        for (int block = 0; block < BLOCKS; block++) {
            int32_t first = people->day - MONTH_DAYS + 1 + block * BLOCK_DAYS;
            int32_t last = first + BLOCK_DAYS - 1;
            used += person_has_any_day(member->person, people->day_set_days, DAY_SET_PRACTISED,
                                       first, last);
            live[block] = live[block] || person_has_any_day(member->person, people->day_set_days,
                                                            DAY_SET_WORKED, first, last);
        }
        by_blocks[used]++;
    }
    int needed = live[0] + live[1] + live[2] + live[3] - 1;
    int64_t regular = 0;
    for (int used = needed > 1 ? needed : 1; used <= BLOCKS; used++)
        regular += by_blocks[used];
    return regular;
}

/* ---- records --------------------------------------------------------------------------------- */

void people_measure(const struct people *people, enum window window, struct record *record)
{
    int32_t days = measure_window_days(window);
    uint32_t nobody = record_reason(BECAUSE_NO_PEOPLE, true);
    struct people_share share = people_practising(people, people->day, days);
    record_put(record, MEASURE_practising, interval_wilson(share.practising, share.headcount),
               nobody);
    struct capability_counts capabilities = count_capabilities(people, people->day - days + 1);
    put_capabilities(people, MEASURE_capabilities_new, capabilities.fresh, capabilities.named,
                     record);
    record_put(record, MEASURE_attrition, attrition(people, days), nobody);
    record_put_count(record, MEASURE_entry_headcount_change, entry_headcount_change(people, days));
}

void people_measure_own(const struct people *people, struct record *record)
{
    uint32_t nobody = record_reason(BECAUSE_NO_PEOPLE, true);
    record_put_count(record, MEASURE_headcount, people->headcount);
    struct capability_counts capabilities = count_capabilities(people, people->day);
    put_capabilities(people, MEASURE_capabilities_held, capabilities.held, capabilities.named,
                     record);
    record_put(record, MEASURE_regular, interval_wilson(count_regular(people), people->headcount),
               nobody);
    record_put(record, MEASURE_attrition_365, attrition(people, YEAR_DAYS), nobody);
    record_put(record, MEASURE_progressed, progressed(people), nobody);
}
