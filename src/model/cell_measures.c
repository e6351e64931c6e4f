/* All measures made of cells, over a team or one of its workflows. */
#include "model/cell_measures.h"

#include "model/record.h"
#include "model/reliance_measures.h"
#include "model/results.h"
#include "model/task_mix.h"
#include "model/traceability.h"

/* Days of the own measures. The sums grow from one to the next, back from the evaluated day. */
enum { WEEK = 7, MONTH = 28, MATURED = 35, TWO_MONTHS = 56, QUARTER = 90 };

static void make_window(const struct window_sums *sums, const struct task_mix_baseline *baseline,
                        struct record *record)
{
    reliance_measure(sums, record);
    results_measure(sums, record);
    task_mix_measure(sums, baseline, record);
}

/* The AI pool of the last `days` days, all that was not taken in so far included. */
static struct counters ai_of_last(struct window_sums *sums, int32_t days)
{
    windows_extend(sums, sums->day - days + 1);
    struct counters ai = {{0}};
    windows_pool_all(sums, ARMS_AI, &ai);
    return ai;
}

/* The earliest cell is so young that nothing of `days` days ago can be there. */
static uint32_t younger_than(const struct window_sums *sums, int32_t days)
{
    int32_t start = sums->team->first_cell_day;
    return record_reason(BECAUSE_TOO_NEW, sums->day - days < start && start <= sums->day);
}

void cell_measures_make(struct window_sums *sums, enum evaluation_extent extent,
                        struct record ret_windows[WINDOWS])
{
    bool all = extent == EVALUATION_ALL_WINDOWS;
    struct record *own = &ret_windows[WINDOW_OWN], *month = &ret_windows[WINDOW_28D];
    struct task_mix_baseline baseline = task_mix_look_back(sums);
    if (all) {
        windows_extend(sums, sums->day);
        make_window(sums, &baseline, &ret_windows[WINDOW_1D]);
    }
    struct counters ai_week = ai_of_last(sums, WEEK);
    if (all)
        make_window(sums, &baseline, &ret_windows[WINDOW_7D]);
    struct counters ai_month = ai_of_last(sums, MONTH);
    make_window(sums, &baseline, month);
    struct counters ai_matured = ai_of_last(sums, MATURED);
    struct counters ai_two_months = ai_of_last(sums, TWO_MONTHS);
    if (all) {
        windows_extend(sums, sums->day - QUARTER + 1);
        make_window(sums, &baseline, &ret_windows[WINDOW_90D]);
    }
    struct counters matured = windows_minus(&ai_matured, &ai_week);
    traceability_measure(&matured, younger_than(sums, WEEK), own);
    struct counters before = windows_minus(&ai_two_months, &ai_month);
    reliance_measure_autonomy(&ai_month, &before, month, younger_than(sums, MONTH), own);
}
