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

/* ---- beginners against everybody else ------------------------------------------------------- */

/* What one side of the team did in W - 25 ... W. */
struct side {
    size_t people;
    struct week_counters sums;
};

static void put_entry(struct record *record, const struct side *entry, const struct side *others,
                      bool any_decided)
{
    const int64_t *e = entry->sums.at;
    const int64_t *o = others->sums.at;
    uint32_t nobody = record_reason(BECAUSE_NO_PEOPLE, entry->people == 0);
    uint32_t no_kind = record_reason(BECAUSE_NO_KIND, true);
    record_put(record, MEASURE_entry_nonroutine_share,
               interval_wilson(e[WEEK_NOT_ROUTINE], e[WEEK_KINDS]),
               nobody | record_reason(BECAUSE_NO_WORK, e[WEEK_TASKS] == 0) | no_kind);
    bool one_side = entry->people == 0 || others->people == 0;
    bool no_work = e[WEEK_TASKS] == 0 || o[WEEK_TASKS] == 0;
    record_put(record, MEASURE_entry_gap,
               interval_newcombe(e[WEEK_NOT_ROUTINE], e[WEEK_KINDS], o[WEEK_NOT_ROUTINE],
                                 o[WEEK_KINDS]),
               record_reason(BECAUSE_NO_PEOPLE, one_side) |
                   record_reason(BECAUSE_NO_WORK, no_work) | no_kind);
    record_put(record, MEASURE_entry_judgement,
               any_decided ? judgement(&entry->sums) : estimate_unknown(),
               nobody | record_reason(BECAUSE_NO_WORK, e[WEEK_AI] == 0) |
                   record_reason(BECAUSE_NO_DECISIONS, !any_decided) |
                   record_reason(BECAUSE_NO_TRUTH, count_scores(&entry->sums) == 0));
}

/* ---- late weeks against the first ones ------------------------------------------------------- */

struct gain {
    bool started; /* somebody uses AI */
    bool old;     /* since long enough */
    bool scored;  /* any decision of these was, on either side */
    bool both;    /* somebody has a scored one on both sides */
    struct week_counters late, early;
};

/* recent: what the person did in W - 25 ... W. */
static void add_gain(struct gain *gain, const struct person *person, int32_t day,
                     const struct week_counters *recent)
{
    if (person->first_ai > day)
        return;
    gain->started = true;
    int32_t week = day / 7;
    int32_t first = person->first_ai / 7;
    int32_t learnt = first + LEARNT_WEEKS;
    if (week < learnt)
        return;
    gain->old = true;
    struct week_counters late = *recent;
    if (learnt > week - RECENT_WEEKS + 1) {
        late = (struct week_counters){{0}};
        person_sum_weeks(person, learnt, week, &late);
    }
    struct week_counters early = {{0}};
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
    /* [1]: of entry level. */
    struct side sides[2] = {{0}};
    struct gain gains[2] = {{0}};
    int32_t week = people->day / 7;
    for (size_t i = 0; i < people->count; i++) {
        const struct people_member *member = &people->members[i];
        struct week_counters recent = {{0}};
        person_sum_weeks(member->person, week - RECENT_WEEKS + 1, week, &recent);
        sides[member->entry].people++;
        add(&sides[member->entry].sums, &recent);
        add_gain(&gains[member->entry], member->person, people->day, &recent);
    }
    put_entry(record, &sides[1], &sides[0], any_decided);
    struct gain everybody = sum_gains(&gains[0], &gains[1]);
    put_gain(record, MEASURE_learning_gain, &everybody, any_decided);
    put_gain(record, MEASURE_entry_learning_gain, &gains[1], any_decided);
}
