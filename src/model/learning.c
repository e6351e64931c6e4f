/* Do people learn, and do beginners get work to learn from? measures.md, People. */
#include "model/learning.h"

#include "model/record.h"
#include "stat/interval.h"
#include "stat/reliance.h"

/* Figures of weeks are of W - 25 ... W. What was learnt shows from the 14th week of AI use on. */
enum { RECENT_WEEKS = 26, LEARNT_WEEKS = 13 };

static int64_t count_scores(const struct week_counters *sums)
{
    return sums->at[WEEK_CA] + sums->at[WEEK_WA] + sums->at[WEEK_CO] + sums->at[WEEK_WO];
}

static struct estimate judgement(const struct week_counters *sums)
{
    const struct reliance_counts scored = {.ca = sums->at[WEEK_CA],
                                           .wa = sums->at[WEEK_WA],
                                           .co = sums->at[WEEK_CO],
                                           .wo = sums->at[WEEK_WO]};
    return reliance_judgement(&scored);
}

static void add(struct week_counters *sums, const struct week_counters *more)
{
    for (int i = 0; i < WEEK_COUNTERS; i++)
        sums->at[i] += more->at[i];
}

/* ---- beginners against everybody else -------------------------------------------------------- */

static void measure_entry(const struct people *people, bool any_decided, struct record *record)
{
    struct week_counters entry = {{0}};
    struct week_counters others = {{0}};
    size_t entry_people = 0;
    int32_t week = people->day / 7;
    for (size_t i = 0; i < people->count; i++) {
        const struct people_member *member = &people->members[i];
        entry_people += member->entry;
        person_sum_weeks(member->person, week - RECENT_WEEKS + 1, week,
                         member->entry ? &entry : &others);
    }
    uint32_t nobody = record_reason(BECAUSE_NO_PEOPLE, entry_people == 0);
    uint32_t no_kind = record_reason(BECAUSE_NO_KIND, true);
    record_put(record, MEASURE_entry_nonroutine_share,
               interval_wilson(entry.at[WEEK_NOT_ROUTINE], entry.at[WEEK_KINDS]),
               nobody | record_reason(BECAUSE_NO_WORK, entry.at[WEEK_TASKS] == 0) | no_kind);
    bool one_side = entry_people == 0 || entry_people == people->count;
    bool no_work = entry.at[WEEK_TASKS] == 0 || others.at[WEEK_TASKS] == 0;
    record_put(record, MEASURE_entry_gap,
               interval_newcombe(entry.at[WEEK_NOT_ROUTINE], entry.at[WEEK_KINDS],
                                 others.at[WEEK_NOT_ROUTINE], others.at[WEEK_KINDS]),
               record_reason(BECAUSE_NO_PEOPLE, one_side) |
                   record_reason(BECAUSE_NO_WORK, no_work) | no_kind);
    record_put(record, MEASURE_entry_judgement,
               any_decided ? judgement(&entry) : estimate_unknown(),
               nobody | record_reason(BECAUSE_NO_WORK, entry.at[WEEK_AI] == 0) |
                   record_reason(BECAUSE_NO_DECISIONS, !any_decided) |
                   record_reason(BECAUSE_NO_TRUTH, count_scores(&entry) == 0));
}

/* ---- late weeks against the first ones ------------------------------------------------------- */

struct gain {
    bool started; /* somebody uses AI */
    bool old;     /* since long enough */
    bool scored;  /* any decision of these was, on either side */
    bool both;    /* somebody has a scored one on both sides */
    struct week_counters late, early;
};

static void add_person(struct gain *gain, const struct person *person, int32_t day)
{
    if (person->first_ai > day)
        return;
    gain->started = true;
    int32_t week = day / 7;
    int32_t first = person->first_ai / 7;
    if (week < first + LEARNT_WEEKS)
        return;
    gain->old = true;
    struct week_counters late = {{0}};
    struct week_counters early = {{0}};
    int32_t recent = week - RECENT_WEEKS + 1;
    int32_t learnt = first + LEARNT_WEEKS;
    person_sum_weeks(person, recent > learnt ? recent : learnt, week, &late);
    person_sum_weeks(person, first, first + FIRST_WEEKS - 1, &early);
    gain->scored = gain->scored || count_scores(&late) > 0 || count_scores(&early) > 0;
    if (count_scores(&late) == 0 || count_scores(&early) == 0)
        return;
    gain->both = true;
    add(&gain->late, &late);
    add(&gain->early, &early);
}

static void put_gain(struct record *record, enum measure measure, const struct gain *gain,
                     bool any_decided)
{
    struct estimate value = estimate_unknown();
    if (any_decided)
        value = interval_square_and_add(judgement(&gain->late), judgement(&gain->early));
    record_put(record, measure, value,
               record_reason(BECAUSE_NO_PEOPLE, !gain->started) |
                   record_reason(BECAUSE_TOO_NEW, !gain->old) |
                   record_reason(BECAUSE_NO_DECISIONS, !any_decided) |
                   record_reason(BECAUSE_NO_TRUTH, !gain->scored) |
                   record_reason(BECAUSE_NO_COMPARISON, !gain->both));
}

static struct gain sum_gains(const struct gain *a, const struct gain *b)
{
    struct gain sum = *a;
    sum.started = a->started || b->started;
    sum.old = a->old || b->old;
    sum.scored = a->scored || b->scored;
    sum.both = a->both || b->both;
    add(&sum.late, &b->late);
    add(&sum.early, &b->early);
    return sum;
}

void learning_measure(const struct people *people, bool any_decided, struct record *record)
{
    measure_entry(people, any_decided, record);
    struct gain entry = {.started = false};
    struct gain others = {.started = false};
    for (size_t i = 0; i < people->count; i++) {
        const struct people_member *member = &people->members[i];
        add_person(member->entry ? &entry : &others, member->person, people->day);
    }
    struct gain everybody = sum_gains(&entry, &others);
    put_gain(record, MEASURE_learning_gain, &everybody, any_decided);
    put_gain(record, MEASURE_entry_learning_gain, &entry, any_decided);
}
