/* Appropriate reliance: a team by hand, silence, scoring that hangs on the decision. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/cell_measures.h"
#include "model/reliance_measures.h"
#include "stat/interval.h"
#include "support/near.h"
#include "unit/model/check_record.h"
#include "unit/model/hand_made.h"

enum { D = 20500 };
static const double EXACT = 1e-12;

static struct record measure(const struct hand_made *made, int32_t days)
{
    struct record record = {.because = {0}};
    struct window_sums *sums = windows_new(&made->shard, &made->team, D, WINDOWS_WHOLE_TEAM);
    windows_extend(sums, D - days + 1);
    reliance_measure(sums, &record);
    windows_free(sums);
    return record;
}

/* 80 decisions, 57 of them scored; 5 tasks decided by policy. */
static void add_decisions(struct hand_made *made)
{
    hand_made_add(
        made, "claims", D, ARM_AI,
        HAND_MADE_CELL([COUNTER_tasks] = 85, [COUNTER_outcomes] = 60, [COUNTER_auto] = 5,
                       [COUNTER_batch] = 17, [COUNTER_accepted] = 60, [COUNTER_modified] = 8,
                       [COUNTER_rejected] = 12, [COUNTER_decided] = 40, [COUNTER_ca] = 30,
                       [COUNTER_wa] = 10, [COUNTER_co] = 15, [COUNTER_wo] = 2, [COUNTER_ca_x] = 15,
                       [COUNTER_wa_x] = 5, [COUNTER_co_x] = 10, [COUNTER_wo_x] = 1,
                       [COUNTER_rair_n] = 10, [COUNTER_rair_k] = 7));
}

static void test_by_hand(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    add_decisions(&made);
    struct record r = measure(&made, 28);
    assert_near(check_value(&r, MEASURE_over_reliance), 10.0 / 25, EXACT);
    assert_near(check_value(&r, MEASURE_under_reliance), 2.0 / 32, EXACT);
    assert_near(check_value(&r, MEASURE_override_precision), 15.0 / 17, EXACT);
    assert_near(check_value(&r, MEASURE_judgement), (30.0 / 32 + 15.0 / 25) / 2, EXACT);
    assert_near(check_value(&r, MEASURE_judgement_explained_gain), 1.0 / 12, EXACT);
    assert_near(check_value(&r, MEASURE_accept_rate), 0.75, EXACT);
    assert_near(check_value(&r, MEASURE_override_rate), 0.25, EXACT);
    assert_near(check_value(&r, MEASURE_accepted_scored), 40.0 / 60, EXACT);
    assert_near(check_value(&r, MEASURE_overridden_scored), 17.0 / 20, EXACT);
    assert_near(check_value(&r, MEASURE_verification_bias), 0, 0);
    assert_near(check_value(&r, MEASURE_over_reliance_adjusted), 255.0 / 555, EXACT);
    assert_near(check_value(&r, MEASURE_under_reliance_adjusted), 40.0 / 805, EXACT);
    assert_near(check_value(&r, MEASURE_decided_share), 0.5, EXACT);
    assert_near(check_value(&r, MEASURE_scored_share), 57.0 / 80, EXACT);
    assert_near(check_value(&r, MEASURE_auto_share), 5.0 / 85, EXACT);
    assert_near(check_value(&r, MEASURE_batch_share), 0.2, EXACT);
    assert_near(check_value(&r, MEASURE_rair), 0.7, EXACT);
    check_unknown(&r, MEASURE_rsr, BECAUSE_TOO_FEW);
    assert_near(r.values[MEASURE_judgement].n, 57, 0);
    hand_made_done(&made);
}

static void test_silence_is_not_consent(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    add_decisions(&made);
    struct record without = measure(&made, 28);
    hand_made_add(
        &made, "silent", D, ARM_AI,
        HAND_MADE_CELL([COUNTER_tasks] = 1000, [COUNTER_outcomes] = 1000, [COUNTER_accepted] = 1000,
                       [COUNTER_ca] = 900, [COUNTER_wa] = 100));
    struct record r = measure(&made, 28);
    assert_near(check_value(&r, MEASURE_over_reliance), check_value(&without, MEASURE_over_reliance), 0);
    assert_near(check_value(&r, MEASURE_accept_rate), 0.75, EXACT);
    assert_near(check_value(&r, MEASURE_decided_share), 40.0 / 1080, EXACT);
    assert_near(check_value(&r, MEASURE_scored_share), 1057.0 / 1080, EXACT);
    /* One decision within 90 days breaks the silence, in shorter windows too. */
    hand_made_add(
        &made, "silent", D - 89, ARM_AI,
        HAND_MADE_CELL([COUNTER_tasks] = 1, [COUNTER_accepted] = 1, [COUNTER_decided] = 1));
    r = measure(&made, 1);
    assert_near(check_value(&r, MEASURE_over_reliance), 110.0 / 125, EXACT);
    hand_made_done(&made);
}

static void test_why_unknown(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct record r = measure(&made, 28);
    check_unknown(&r, MEASURE_judgement, BECAUSE_NO_WORK);
    check_unknown(&r, MEASURE_auto_share, BECAUSE_NO_WORK);
    hand_made_add(&made, "w", D, ARM_NONE, HAND_MADE_CELL([COUNTER_tasks] = 3));
    r = measure(&made, 28);
    check_unknown(&r, MEASURE_scored_share, BECAUSE_NO_WORK);
    hand_made_add(&made, "w", D, ARM_AI,
                  HAND_MADE_CELL([COUNTER_tasks] = 3, [COUNTER_accepted] = 3));
    r = measure(&made, 28);
    check_unknown(&r, MEASURE_accept_rate, BECAUSE_NO_DECISIONS);
    check_unknown(&r, MEASURE_judgement, BECAUSE_NO_DECISIONS);
    check_unknown(&r, MEASURE_rair, BECAUSE_NO_OUTCOMES);
    assert_near(check_value(&r, MEASURE_decided_share), 0, 0);
    hand_made_add(
        &made, "w", D, ARM_AI,
        HAND_MADE_CELL([COUNTER_tasks] = 1, [COUNTER_accepted] = 1, [COUNTER_decided] = 1));
    r = measure(&made, 28);
    check_unknown(&r, MEASURE_judgement, BECAUSE_NO_OUTCOMES);
    check_unknown(&r, MEASURE_overridden_scored, BECAUSE_TOO_FEW);
    hand_made_add(
        &made, "w", D, ARM_AI,
        HAND_MADE_CELL([COUNTER_tasks] = 1, [COUNTER_accepted] = 1, [COUNTER_outcomes] = 1));
    r = measure(&made, 28);
    check_unknown(&r, MEASURE_judgement, BECAUSE_NO_TRUTH);
    check_unknown(&r, MEASURE_judgement_explained_gain, BECAUSE_NO_TRUTH);
    hand_made_add(&made, "w", D, ARM_AI,
                  HAND_MADE_CELL([COUNTER_tasks] = 1, [COUNTER_accepted] = 1,
                                 [COUNTER_outcomes] = 1, [COUNTER_wa] = 1));
    r = measure(&made, 28);
    check_unknown(&r, MEASURE_judgement, BECAUSE_TOO_FEW);
    check_unknown(&r, MEASURE_judgement_explained_gain, BECAUSE_NO_COMPARISON);
    assert_near(check_value(&r, MEASURE_over_reliance), 1, 0);
    hand_made_done(&made);
}

static void test_trusted(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    /* Only what was overridden is looked at: the adjusted figure is the one to read. */
    hand_made_add(
        &made, "w", D, ARM_AI,
        HAND_MADE_CELL([COUNTER_tasks] = 300, [COUNTER_outcomes] = 110, [COUNTER_accepted] = 200,
                       [COUNTER_rejected] = 100, [COUNTER_decided] = 300, [COUNTER_ca] = 10,
                       [COUNTER_wa] = 10, [COUNTER_co] = 60, [COUNTER_wo] = 30));
    struct record r = measure(&made, 28);
    assert_near(check_value(&r, MEASURE_verification_bias), 1, 0);
    assert_near(reliance_trusted_over(&r).value, check_value(&r, MEASURE_over_reliance_adjusted), 0);
    assert_near(reliance_trusted_under(&r).value, check_value(&r, MEASURE_under_reliance_adjusted), 0);
    r.values[MEASURE_over_reliance_adjusted].known = false;
    assert_near(reliance_trusted_over(&r).value, check_value(&r, MEASURE_over_reliance), 0);
    r.values[MEASURE_verification_bias].value = 0;
    assert_near(reliance_trusted_under(&r).value, check_value(&r, MEASURE_under_reliance), 0);
    hand_made_done(&made);
}

static void test_autonomy(void **state)
{
    (void)state;
    struct counters now = {.at = {[COUNTER_tasks] = 100, [COUNTER_batch] = 50}};
    struct counters before = {.at = {[COUNTER_tasks] = 100, [COUNTER_batch] = 10}};
    struct counters nothing = {{0}};
    struct record month = {.because = {0}}, own = {.because = {0}};
    month.because[MEASURE_over_reliance] = BECAUSE_NO_TRUTH;
    reliance_measure_autonomy(&now, &before, &month, 0, &own);
    check_unknown(&own, MEASURE_autonomy_unearned, BECAUSE_NO_TRUTH);
    reliance_measure_autonomy(&now, &nothing, &month, 0, &own);
    check_unknown(&own, MEASURE_autonomy_unearned, BECAUSE_NO_WORK);
    reliance_measure_autonomy(&now, &nothing, &month, 1U << BECAUSE_TOO_NEW, &own);
    check_unknown(&own, MEASURE_autonomy_unearned, BECAUSE_TOO_NEW);
    month.because[MEASURE_over_reliance] = BECAUSE_NONE;
    month.values[MEASURE_over_reliance] = interval_wilson(40, 80);
    reliance_measure_autonomy(&now, &before, &month, 0, &own);
    assert_near(check_value(&own, MEASURE_autonomy_unearned), 1, 0);
    reliance_measure_autonomy(&before, &now, &month, 0, &own);
    assert_near(check_value(&own, MEASURE_autonomy_unearned), 0, 0);
    month.values[MEASURE_over_reliance] = interval_wilson(20, 80);
    reliance_measure_autonomy(&now, &before, &month, 0, &own);
    assert_near(check_value(&own, MEASURE_autonomy_unearned), 0, 0);
}

/* The measures with days of their own look at exactly these days. */
static void test_own_days(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct record windows[WINDOWS] = {{.because = {0}}};
    for (int32_t day = D - 60; day <= D; day++) {
        bool inside = D - 34 <= day && day <= D - 7;
        hand_made_add(&made, "w", day, ARM_AI,
                      HAND_MADE_CELL([COUNTER_tasks] = 2, [COUNTER_outcomes] = inside ? 1 : 2,
                                     [COUNTER_fed_back] = day == D - 34 || day == D - 7));
    }
    struct window_sums *sums = windows_new(&made.shard, &made.team, D, WINDOWS_WHOLE_TEAM);
    cell_measures_make(sums, EVALUATION_CLOSE, windows);
    assert_near(check_value(&windows[WINDOW_OWN], MEASURE_traceable), 0.5, EXACT);
    assert_near(windows[WINDOW_OWN].values[MEASURE_traceable].n, 56, 0);
    assert_near(check_value(&windows[WINDOW_OWN], MEASURE_feedback_7d), 2.0 / 56, EXACT);
    windows_free(sums);
    hand_made_done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),     cmocka_unit_test(test_silence_is_not_consent),
        cmocka_unit_test(test_why_unknown), cmocka_unit_test(test_trusted),
        cmocka_unit_test(test_autonomy),    cmocka_unit_test(test_own_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
