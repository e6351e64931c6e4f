/* Is training durable, does it reproduce itself? measures.md, Training. */
#include "model/training_measures.h"

#include "model/record.h"
#include "stat/interval.h"

enum {
    YEAR_DAYS = 365,
    LONG_DAYS = 400,    /* trainings of D - 399 ... D are looked at */
    TAUGHT_DAYS = 90,   /* a training of D - 89 ... D can be the fruit of an earlier one */
    SETTLED_DAYS = 28,  /* a training of D - 28 or before can have changed the work of D's weeks */
    LOOK_DAYS = 7,      /* durability looks at so many days */
    TRIAL_DAYS = 14,    /* and reproduction at so many on each side of the training */
    USED_WEEKS = 5,
    USED_TASKS_MIN = 5, /* AI tasks in these weeks */
    ENGAGED_SHARE = 5,  /* every so-manieth of them engaged */
};

/* The training a list goes on with, NULL at its end. */
static const struct training *training_at(const struct people *people, uint32_t handle)
{
    return handle == 0 ? NULL : pool_at(&people->shard->trainings, handle);
}

static int32_t day_of(const struct training *training)
{
    return event_day(training->key.time_ms);
}

void training_measure(const struct people *people, enum window window, struct record *record)
{
    int32_t first_day = people->day - measure_window_days(window) + 1;
    int64_t completions = 0;
    int64_t seconds = 0;
    for (size_t i = 0; i < people->count; i++) {
        const struct training *training = training_at(people, people->members[i].person->trainings);
        for (; training != NULL; training = training_at(people, training->next)) {
            if (day_of(training) < first_day || day_of(training) > people->day)
                continue;
            completions++;
            seconds += training->seconds;
        }
    }
    record_put_count(record, MEASURE_completions, (double)completions);
    record_put_count(record, MEASURE_training_hours, (double)seconds / 3600);
}

/* ---- durability ------------------------------------------------------------------------------ */

static const struct {
    enum measure measure;
    int32_t days;
} DELAYS[] = {
    {MEASURE_durability_14, 14},
    {MEASURE_durability_28, 28},
    {MEASURE_durability_180, 180},
};
enum { DELAY_COUNT = sizeof DELAYS / sizeof DELAYS[0] };

struct durability {
    int64_t old, counted, used; /* trainings */
};

static void look_later(const struct people *people, const struct person *person, int32_t first,
                       bool manual_work, struct durability *durability)
{
    int32_t last = first + LOOK_DAYS - 1;
    if (last > people->day)
        return;
    durability->old++;
    int32_t set_days = people->day_set_days;
    /* Absence is not fading, but only where absence can be told. */
    if (manual_work && !person_has_any_day(person, set_days, DAY_SET_WORKED, first, last))
        return;
    durability->counted++;
    durability->used += person_has_any_day(person, set_days, DAY_SET_PRACTISED, first, last);
}

/* ---- reproduction ---------------------------------------------------------------------------- */

static bool was_trained_before(const struct people *people, struct pseudonym id, int64_t time_ms)
{
    for (size_t i = 0; i < people->count; i++) {
        const struct person *person = people->members[i].person;
        if (pseudonym_equal(person->id, id))
            return person->first_training_ms < time_ms;
    }
    return false;
}

static bool began_capability(const struct people *people, const struct person *person,
                             int32_t first, int32_t last)
{
    const struct capability *capability;
    for (uint32_t at = person->capabilities; at != 0; at = capability->next) {
        capability = pool_at(&people->shard->capabilities, at);
        if (first <= capability->first_day && capability->first_day <= last)
            return true;
    }
    return false;
}

/* Did a colleague who had been trained teach, and does the person do more with AI since? */
static bool bore_fruit(const struct people *people, const struct person *person,
                       const struct training *training)
{
    if (!training->has_teacher || pseudonym_equal(training->teacher, person->id) ||
        !was_trained_before(people, training->teacher, training->key.time_ms))
        return false;
    int32_t day = day_of(training);
    int32_t last = day + TRIAL_DAYS < people->day ? day + TRIAL_DAYS : people->day;
    int32_t set_days = people->day_set_days;
    int32_t after = person_count_days(person, set_days, DAY_SET_PRACTISED, day + 1, last);
    int32_t before =
        person_count_days(person, set_days, DAY_SET_PRACTISED, day - TRIAL_DAYS, day - 1);
    return after > before || began_capability(people, person, day + 1, last);
}

/* ---- what is left of it in the work of the last weeks ---------------------------------------- */

struct practice {
    int64_t trained, fresh; /* people of the headcount: long enough ago, or only of late */
    int64_t kept;           /* of the trained: still use AI */
    int64_t there, changed; /* of the trained: worked; and in another way */
};

static void look_at_weeks(const struct people *people, const struct person *person,
                          struct practice *practice)
{
    int32_t week = people->day / 7;
    struct week_counters sums = {{0}};
    person_sum_weeks(person, week - USED_WEEKS + 1, week, &sums);
    int64_t ai = sums.at[WEEK_AI];
    bool kept = ai >= USED_TASKS_MIN;
    practice->kept += kept;
    if (!person_has_any_day(person, people->day_set_days, DAY_SET_WORKED,
                            7 * (week - USED_WEEKS + 1), people->day))
        return;
    practice->there++;
    practice->changed += kept && ENGAGED_SHARE * sums.at[WEEK_ENGAGED] >= ai &&
                         sums.at[WEEK_BYPASS] <= ai;
}

/* ---- everybody's trainings ------------------------------------------------------------------- */

struct training_sums {
    int64_t in_year, trained;      /* trainings, people of D - 364 ... D */
    int64_t with_format, embedded; /* of these trainings */
    int64_t known;                 /* trainings of D - 399 ... D */
    struct durability durability[DELAY_COUNT];
    int64_t earlier; /* people trained on D - 399 ... D - 90 */
    int64_t taught;
    struct practice practice;
};

/* What one person's trainings say of the person. */
struct person_trainings {
    bool in_year, earlier, taught, settled, fresh;
};

static void add_training(const struct people *people, const struct person *person,
                         const struct training *training, bool manual_work,
                         struct training_sums *sums, struct person_trainings *says)
{
    int32_t day = day_of(training);
    int32_t age = people->day - day;
    if (age < 0 || age >= LONG_DAYS)
        return;
    sums->known++;
    for (int i = 0; i < DELAY_COUNT; i++)
        look_later(people, person, day + DELAYS[i].days, manual_work, &sums->durability[i]);
    if (age < YEAR_DAYS) {
        says->in_year = true;
        sums->in_year++;
        sums->with_format += training->format != FORMAT_ABSENT;
        sums->embedded += training->format != FORMAT_ABSENT && training->format != FORMAT_COURSE;
    }
    if (age >= TAUGHT_DAYS)
        says->earlier = true;
    else if (!says->taught)
        says->taught = bore_fruit(people, person, training);
    if (age >= SETTLED_DAYS)
        says->settled = true;
    else
        says->fresh = true;
}

static void add_person(const struct people *people, const struct people_member *member,
                       bool manual_work, struct training_sums *sums)
{
    const struct person *person = member->person;
    struct person_trainings says = {.in_year = false};
    const struct training *training = training_at(people, person->trainings);
    for (; training != NULL; training = training_at(people, training->next))
        add_training(people, person, training, manual_work, sums, &says);
    sums->trained += says.in_year;
    sums->earlier += says.earlier;
    sums->taught += says.taught;
    if (!member->counts)
        return;
    sums->practice.fresh += says.fresh;
    sums->practice.trained += says.settled;
    if (says.settled)
        look_at_weeks(people, person, &sums->practice);
}

static void put_practice(const struct people *people, const struct practice *practice,
                         struct record *record)
{
    uint32_t reasons =
        record_reason(BECAUSE_NO_PEOPLE, people->headcount == 0) |
        record_reason(BECAUSE_NO_TRAINING, practice->trained == 0 && practice->fresh == 0) |
        record_reason(BECAUSE_TOO_NEW, practice->trained == 0) |
        record_reason(BECAUSE_NO_WORK, true);
    record_put(record, MEASURE_kept_using, interval_wilson(practice->kept, practice->trained),
               reasons);
    record_put(record, MEASURE_changed_work, interval_wilson(practice->changed, practice->there),
               reasons);
}

void training_measure_own(const struct people *people, bool manual_work, struct record *record)
{
    struct training_sums sums = {.in_year = 0};
    for (size_t i = 0; i < people->count; i++)
        add_person(people, &people->members[i], manual_work, &sums);
    record_put_count(record, MEASURE_trained, (double)sums.trained);
    record_put(record, MEASURE_embedded_share, interval_wilson(sums.embedded, sums.with_format),
               record_reason(BECAUSE_NO_TRAINING, sums.in_year == 0) |
                   record_reason(BECAUSE_NO_KIND, true));
    uint32_t no_training = record_reason(BECAUSE_NO_TRAINING, sums.known == 0);
    for (int i = 0; i < DELAY_COUNT; i++) {
        const struct durability *durability = &sums.durability[i];
        record_put(record, DELAYS[i].measure,
                   interval_wilson(durability->used, durability->counted),
                   no_training | record_reason(BECAUSE_TOO_NEW, durability->old == 0) |
                       record_reason(BECAUSE_NO_WORK, true));
    }
    record_put(record, MEASURE_reproduction, interval_garwood(sums.taught, (double)sums.earlier),
               no_training | record_reason(BECAUSE_TOO_NEW, true));
    put_practice(people, &sums.practice, record);
}
