/* Results with AI against without, by workflow. measures.md, section of that name. */
#include "model/results.h"

#include "base/mem.h"
#include "model/record.h"
#include "stat/interval.h"
#include "stat/mean.h"
#include "stat/strata.h"

enum { QUALITY_SCALE = 10000, CYCLE_SCALE = 65536, EFFORT_SCALE = 10 };

/* The two pools of one workflow. */
struct sides {
    struct counters one, zero;
};

/* One comparison over the workflows of a team; strata and means have room for one a workflow. */
struct comparison {
    const struct counters *everything;
    size_t count;
    struct sides *sides;
    struct stratum_counts *strata;
    struct mean_stratum *means;
};

/* The counters of a mean. */
struct mean_counters {
    enum counter n, sum, squares;
};

static const struct mean_counters quality_counters = {COUNTER_quality_n, COUNTER_quality_sum,
                                                      COUNTER_quality_sq};
static const struct mean_counters cycle_counters = {COUNTER_cycle_n, COUNTER_cycle_ln,
                                                    COUNTER_cycle_ln_sq};
static const struct mean_counters effort_counters = {COUNTER_effort_n, COUNTER_effort_s10,
                                                     COUNTER_effort_sq};

/* Which measures take the results of a comparison. */
struct lift_names {
    enum measure success, quality, cycle, rework;
};

static const struct lift_names all_lifts = {MEASURE_success_lift, MEASURE_quality_lift,
                                            MEASURE_cycle_ratio, MEASURE_rework_lift};
static const struct lift_names drawn_lifts = {
    MEASURE_success_lift_randomised, MEASURE_quality_lift_randomised,
    MEASURE_cycle_ratio_randomised, MEASURE_rework_lift_randomised};

/* What has a workflow with both sides. */
struct found {
    bool success, rework, quality, cycle, effort;
};

static void fill_sides(const struct window_sums *sums, uint32_t one, uint32_t zero,
                       struct comparison *comparison)
{
    for (size_t i = 0; i < sums->count; i++) {
        comparison->sides[i] = (struct sides){.one = {{0}}, .zero = {{0}}};
        windows_pool(&sums->workflows[i], one, &comparison->sides[i].one);
        windows_pool(&sums->workflows[i], zero, &comparison->sides[i].zero);
    }
}

static bool fill_strata(const struct comparison *comparison, enum counter k, enum counter n)
{
    bool any = false;
    for (size_t i = 0; i < comparison->count; i++) {
        const struct sides *s = &comparison->sides[i];
        comparison->strata[i] =
            (struct stratum_counts){s->one.at[k], s->one.at[n], s->zero.at[k], s->zero.at[n]};
        any = any || (s->one.at[n] > 0 && s->zero.at[n] > 0);
    }
    return any;
}

static struct mean_sums mean_of(const struct counters *counters, struct mean_counters which)
{
    return (struct mean_sums){.n = counters->at[which.n],
                              .total = counters->at[which.sum],
                              .squares = counters->at[which.squares]};
}

static bool fill_means(const struct comparison *comparison, struct mean_counters which)
{
    bool any = false;
    for (size_t i = 0; i < comparison->count; i++) {
        const struct sides *s = &comparison->sides[i];
        comparison->means[i] =
            (struct mean_stratum){.one = mean_of(&s->one, which), .zero = mean_of(&s->zero, which)};
        any = any || (s->one.at[which.n] >= 2 && s->zero.at[which.n] >= 2);
    }
    return any;
}

static uint32_t reasons_without(const struct comparison *comparison, bool outcomes, bool strata)
{
    return record_reason(BECAUSE_NO_WORK, comparison->everything->at[COUNTER_tasks] == 0) |
           record_reason(BECAUSE_NO_OUTCOMES, !outcomes) |
           record_reason(BECAUSE_NO_COMPARISON, !strata);
}

static bool put_share_lift(const struct comparison *comparison, enum counter k, enum counter n,
                           enum measure measure, struct record *record)
{
    bool found = fill_strata(comparison, k, n);
    record_put(record, measure, strata_mh_difference(comparison->strata, comparison->count),
               reasons_without(comparison, comparison->everything->at[n] > 0, found));
    return found;
}

static struct found put_lifts(const struct comparison *comparison, const struct lift_names *names,
                              struct record *record)
{
    const struct counters *all = comparison->everything;
    struct found found = {
        .success = put_share_lift(comparison, COUNTER_success_k, COUNTER_success_n, names->success,
                                  record),
        .rework =
            put_share_lift(comparison, COUNTER_rework_k, COUNTER_rework_n, names->rework, record),
    };
    found.quality = fill_means(comparison, quality_counters);
    record_put(
        record, names->quality,
        estimate_clip(mean_difference(comparison->means, comparison->count, QUALITY_SCALE), -1, 1),
        reasons_without(comparison, all->at[COUNTER_quality_n] > 0, found.quality));
    found.cycle = fill_means(comparison, cycle_counters);
    record_put(record, names->cycle,
               interval_exp(mean_difference(comparison->means, comparison->count, CYCLE_SCALE)),
               reasons_without(comparison, all->at[COUNTER_cycle_n] > 0, found.cycle));
    return found;
}

static void put_simpson(const struct comparison *comparison, struct found found,
                        struct record *record)
{
    fill_strata(comparison, COUNTER_success_k, COUNTER_success_n);
    record_put_flag(record, MEASURE_simpson, strata_simpson(comparison->strata, comparison->count),
                    reasons_without(comparison, comparison->everything->at[COUNTER_success_n] > 0,
                                    found.success));
}

static void put_faster_but_worse(const struct comparison *comparison, struct found found,
                                 struct record *record)
{
    const struct counters *all = comparison->everything;
    struct estimate cycle = record->values[MEASURE_cycle_ratio];
    struct estimate success = record->values[MEASURE_success_lift];
    struct estimate quality = record->values[MEASURE_quality_lift];
    enum flag flag = FLAG_UNKNOWN;
    if (cycle.known && (success.known || quality.known)) {
        bool worse = (success.known && success.hi < 0) || (quality.known && quality.hi < 0);
        flag = flag_of(cycle.hi < 1 && worse);
    }
    bool outcomes =
        all->at[COUNTER_cycle_n] > 0 && all->at[COUNTER_success_n] + all->at[COUNTER_quality_n] > 0;
    record_put_flag(
        record, MEASURE_faster_but_worse, flag,
        reasons_without(comparison, outcomes, found.cycle && (found.success || found.quality)));
}

static void put_freed_hours(const struct comparison *comparison, struct record *record)
{
    bool found = fill_means(comparison, effort_counters);
    record_put(
        record, MEASURE_freed_hours,
        mean_freed_hours(comparison->means, comparison->count, EFFORT_SCALE),
        reasons_without(comparison, comparison->everything->at[COUNTER_effort_n] > 0, found));
}

void results_measure(const struct window_sums *sums, struct record *record)
{
    struct counters everything = {{0}};
    windows_pool_all(sums, ARMS_ALL, &everything);
    struct comparison comparison = {
        .everything = &everything,
        .count = sums->count,
        .sides = mem_alloc_array(sums->count + 1, sizeof *comparison.sides),
        .strata = mem_alloc_array(sums->count + 1, sizeof *comparison.strata),
        .means = mem_alloc_array(sums->count + 1, sizeof *comparison.means),
    };
    fill_sides(sums, ARMS_AI_DRAWN, ARMS_MANUAL_DRAWN, &comparison);
    put_lifts(&comparison, &drawn_lifts, record);
    fill_sides(sums, ARMS_AI, ARMS_MANUAL, &comparison);
    struct found found = put_lifts(&comparison, &all_lifts, record);
    put_simpson(&comparison, found, record);
    put_faster_but_worse(&comparison, found, record);
    put_freed_hours(&comparison, record);
    mem_free(comparison.means);
    mem_free(comparison.strata);
    mem_free(comparison.sides);
}
