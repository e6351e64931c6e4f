/* What cells say about work and evidence: shares of AI, bypass, kinds; how far the mix moved. */
#include "model/task_mix.h"

#include "model/record.h"
#include "stat/divergence.h"
#include "stat/interval.h"

/* Under so many tasks with a kind a mix is no mix. */
enum { MIX_TASKS_MIN = 20 };

static const enum counter kind_counters[KINDS] = {COUNTER_kind_routine, COUNTER_kind_judgement,
                                                  COUNTER_kind_creative, COUNTER_kind_relational};

static int64_t sum_of(const int64_t kinds[KINDS])
{
    return kinds[0] + kinds[1] + kinds[2] + kinds[3];
}

/* The first kind is routine. */
static int64_t not_routine(const int64_t kinds[KINDS])
{
    return kinds[1] + kinds[2] + kinds[3];
}

struct task_mix_baseline task_mix_look_back(const struct window_sums *sums)
{
    int32_t start = sums->team->first_cell_day;
    struct task_mix_baseline baseline = {.last_day = INT32_MIN};
    if (start == DAY_NEVER)
        return baseline;
    baseline.last_day = start + BASELINE_DAYS - 1;
    for (size_t i = 0; i < sums->count; i++) {
        const struct workflow *workflow = &sums->team->workflows[sums->workflows[i].number];
        struct counters held = {{0}};
        windows_add_days(sums->shard, workflow, ARMS_ALL, start, baseline.last_day, &held);
        for (int k = 0; k < KINDS; k++)
            baseline.kinds[k] += workflow->baseline_kinds[k] + held.at[kind_counters[k]];
    }
    return baseline;
}

static void put_shares(const struct counters *all, const struct counters *ai, int64_t layered,
                       struct record *record)
{
    int64_t tasks = all->at[COUNTER_tasks], ai_tasks = ai->at[COUNTER_tasks];
    int64_t outcomes = all->at[COUNTER_outcomes], by_self = all->at[COUNTER_self_outcomes];
    uint32_t no_work = record_reason(BECAUSE_NO_WORK, tasks == 0);
    record_put(record, MEASURE_ai_share, interval_wilson(ai_tasks, tasks), no_work);
    record_put(record, MEASURE_manual_share, interval_wilson(tasks - ai_tasks, tasks), no_work);
    record_put(record, MEASURE_outcome_share, interval_wilson(outcomes, tasks), no_work);
    record_put(record, MEASURE_self_scored, interval_wilson(by_self, outcomes + by_self),
               no_work | record_reason(BECAUSE_NO_OUTCOMES, true));
    record_put(record, MEASURE_layered_share, interval_wilson(layered, ai_tasks),
               record_reason(BECAUSE_NO_WORK, true));
}

static void put_workarounds(const struct counters *all, const struct counters *ai, int64_t bypasses,
                            struct record *record)
{
    int64_t overridden = ai->at[COUNTER_modified] + ai->at[COUNTER_rejected];
    int64_t reasons = all->at[COUNTER_reason_n];
    record_put(record, MEASURE_bypass_rate,
               interval_wilson(bypasses, bypasses + ai->at[COUNTER_tasks]),
               record_reason(BECAUSE_NO_WORK, true));
    uint32_t no_reasons = record_reason(BECAUSE_NO_WORK, bypasses + overridden == 0) |
                          record_reason(BECAUSE_NO_REASONS, true);
    record_put(record, MEASURE_reason_skill_share,
               interval_wilson(all->at[COUNTER_reason_skill], reasons), no_reasons);
    record_put(record, MEASURE_reason_design_share,
               interval_wilson(all->at[COUNTER_reason_design], reasons), no_reasons);
}

static void put_kinds(const struct counters *all, int32_t first_day,
                      const struct task_mix_baseline *baseline, struct record *record)
{
    int64_t now[KINDS];
    for (int k = 0; k < KINDS; k++)
        now[k] = all->at[kind_counters[k]];
    int64_t n = sum_of(now), base_n = sum_of(baseline->kinds);
    uint32_t no_work = record_reason(BECAUSE_NO_WORK, all->at[COUNTER_tasks] == 0);
    record_put(record, MEASURE_kind_share, interval_wilson(n, all->at[COUNTER_tasks]), no_work);
    record_put(record, MEASURE_nonroutine_share, interval_wilson(not_routine(now), n),
               no_work | record_reason(BECAUSE_NO_KIND, true));
    bool overlaps = first_day <= baseline->last_day;
    struct estimate shift = estimate_unknown(), gain = estimate_unknown();
    if (!overlaps && n >= MIX_TASKS_MIN && base_n >= MIX_TASKS_MIN) {
        shift = divergence_jensen_shannon(now, baseline->kinds, KINDS);
        gain = interval_newcombe(not_routine(now), n, not_routine(baseline->kinds), base_n);
    }
    uint32_t reasons = record_reason(BECAUSE_TOO_NEW, overlaps) | no_work |
                       record_reason(BECAUSE_NO_KIND, n == 0 || base_n == 0);
    record_put(record, MEASURE_mix_shift, shift, reasons);
    record_put(record, MEASURE_nonroutine_share_gain, gain, reasons);
}

void task_mix_measure(const struct window_sums *sums, const struct task_mix_baseline *baseline,
                      struct record *record)
{
    struct counters all = {{0}}, ai = {{0}}, bypass = {{0}};
    int64_t layered = 0;
    windows_pool_all(sums, ARMS_ALL, &all);
    windows_pool_all(sums, ARMS_AI, &ai);
    windows_pool_all(sums, ARMS_BYPASS, &bypass);
    for (size_t i = 0; i < sums->count; i++)
        layered += sums->workflows[i].layered;
    put_shares(&all, &ai, layered, record);
    put_workarounds(&all, &ai, bypass.at[COUNTER_tasks], record);
    put_kinds(&all, sums->first_day, baseline, record);
}
