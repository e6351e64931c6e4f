/* Laws of an evaluation over random teams. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/alarms.h"
#include "model/evaluation.h"
#include "unit/model/hand_made_people.h"
#include "unit/model/random_cells.h"

enum { D = 20500, ROUNDS = 40 };

static struct evaluation evaluation, other;
static struct record workflow_windows[WINDOWS];

static void start(struct hand_made *made)
{
    hand_made_init(made);
    calendar_init(&made->shard.calendar);
    made->shard.teams_in_organisation = 8;
    made->team.alarms = alarms_new();
}

static void stop(struct hand_made *made)
{
    alarms_free(made->team.alarms);
    calendar_done(&made->shard.calendar);
    hand_made_people_done(made);
    hand_made_done(made);
}

static void add_people(struct dice *dice, struct hand_made *made)
{
    static const char *const levels[] = {NULL, "entry", "senior"};
    int64_t count = dice_below(dice, 9);
    for (int64_t i = 0; i < count; i++) {
        struct person *person = hand_made_person(made, (uint64_t)i + 1, D - 200);
        if (random_cells_flip(dice, 0.7))
            hand_made_status(made, person, D - (int32_t)dice_below(dice, 200),
                             random_cells_flip(dice, 0.8) ? STATUS_ACTIVE : STATUS_LEFT,
                             levels[dice_below(dice, 3)]);
        for (int32_t day = D - 120; day <= D; day++) {
            const struct week_counters week = {.at = {[WEEK_TASKS] = 3,
                                                      [WEEK_AI] = 2,
                                                      [WEEK_ENGAGED] = 1,
                                                      [WEEK_KINDS] = 2,
                                                      [WEEK_NOT_ROUTINE] = 1,
                                                      [WEEK_CA] = 1,
                                                      [WEEK_CO] = day % 2}};
            if (!random_cells_flip(dice, 0.4))
                continue;
            hand_made_work(made, person, day, random_cells_flip(dice, 0.6));
            hand_made_week(person, day / 7, &week);
        }
        if (random_cells_flip(dice, 0.6))
            hand_made_training(made, person, D - (int32_t)dice_below(dice, 150),
                               (uint64_t)dice_below(dice, 4));
        hand_made_answer(made, person, D - (int32_t)dice_below(dice, 100),
                         (enum question)dice_below(dice, QUESTIONS),
                         (uint8_t)(1 + dice_below(dice, 5)));
    }
}

static void fill(struct dice *dice, struct hand_made *made, const char *workflow)
{
    int32_t first = D - (int32_t)dice_below(dice, 180);
    random_cells_fill(dice, made, workflow, first, D, dice_unit(dice) * 0.5);
}

static bool belongs(const struct measure_info *info, enum window window)
{
    return info->where == (window == WINDOW_OWN ? WHERE_OWN : WHERE_WINDOWS);
}

static void assert_one_is_lawful(const struct measure_info *info, const struct estimate *e,
                                 enum because because)
{
    assert_int_equal(e->known, because == BECAUSE_NONE);
    assert_int_not_equal(because, BECAUSE_SUPPRESSED);
    if (!e->known) {
        assert_int_not_equal(info->kind, KIND_COUNT);
        return;
    }
    if (info->kind == KIND_FLAG)
        assert_true(e->value == 0 || e->value == 1);
    if (info->kind != KIND_ESTIMATE) {
        assert_false(e->has_interval);
        return;
    }
    assert_true(e->n > 0);
    if (e->has_interval)
        assert_true(e->lo <= e->value + 1e-12 && e->value <= e->hi + 1e-12);
    assert_true(info->least <= e->value && e->value <= info->most);
    if (e->has_interval)
        assert_true(info->least <= e->lo && e->hi <= info->most);
}

static void assert_lawful(const struct record *record, enum window window, bool cells_only)
{
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        if (belongs(info, window) && (!cells_only || info->source == SOURCE_CELLS)) {
            assert_one_is_lawful(info, &record->values[m], record->because[m]);
        } else {
            assert_false(record->values[m].known);
            assert_int_equal(record->because[m], BECAUSE_NONE);
        }
    }
}

static void assert_same_estimate(const struct estimate *a, const struct estimate *b)
{
    assert_int_equal(a->known, b->known);
    if (!a->known)
        return;
    assert_int_equal(a->has_interval, b->has_interval);
    assert_true(a->value == b->value && a->n == b->n);
    if (a->has_interval)
        assert_true(a->lo == b->lo && a->hi == b->hi);
}

static void assert_same_record(const struct record *a, const struct record *b, bool cells_only)
{
    for (int m = 0; m < MEASURES; m++) {
        if (cells_only && measure_info((enum measure)m)->source != SOURCE_CELLS)
            continue;
        assert_int_equal(a->because[m], b->because[m]);
        assert_same_estimate(&a->values[m], &b->values[m]);
    }
}

static void test_known_or_because(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    static const char *const names[] = {"a", "b", ""};
    for (int i = 0; i < ROUNDS; i++) {
        struct hand_made made;
        start(&made);
        for (int64_t n = dice_below(&dice, 4); n > 0; n--)
            fill(&dice, &made, names[n - 1]);
        add_people(&dice, &made);
        evaluation_make(&made.shard, &made.team, D, EVALUATION_ALL_WINDOWS, &evaluation);
        for (int w = 0; w < WINDOWS; w++)
            assert_lawful(&evaluation.windows[w], (enum window)w, false);
        assert_int_equal(evaluation.day, D);
        for (size_t n = 0; n < made.team.workflow_count; n++) {
            evaluation_make_workflow(&made.shard, &made.team, n, D, workflow_windows);
            for (int w = 0; w < WINDOWS; w++)
                assert_lawful(&workflow_windows[w], (enum window)w, true);
        }
        stop(&made);
    }
}

static void test_one_workflow_is_the_team(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < ROUNDS; i++) {
        struct hand_made made;
        start(&made);
        fill(&dice, &made, "only");
        hand_made_redesign(&made, "only", D - 10);
        evaluation_make(&made.shard, &made.team, D, EVALUATION_ALL_WINDOWS, &evaluation);
        evaluation_make_workflow(&made.shard, &made.team, 0, D, workflow_windows);
        for (int w = 0; w < WINDOWS; w++)
            assert_same_record(&evaluation.windows[w], &workflow_windows[w], true);
        stop(&made);
    }
}

/* Counts beyond 2^31 and beyond what a float holds, of people, too. */
static void test_large_counts(void **state)
{
    (void)state;
    const int64_t n = INT64_C(1) << 33, timed = INT64_C(1) << 20;
    struct counters cell = {.at = {[COUNTER_tasks] = n,
                                   [COUNTER_outcomes] = n,
                                   [COUNTER_success_n] = n,
                                   [COUNTER_success_k] = n / 2,
                                   [COUNTER_rework_n] = n,
                                   [COUNTER_rework_k] = 1,
                                   [COUNTER_quality_n] = n,
                                   [COUNTER_quality_sum] = n * 5000,
                                   [COUNTER_quality_sq] = n * 5000 * 5000 + n,
                                   [COUNTER_cycle_n] = timed,
                                   [COUNTER_cycle_ln] = timed * 700000,
                                   [COUNTER_cycle_ln_sq] = timed * 700000 * 700000 + timed,
                                   [COUNTER_kind_routine] = n}};
    struct hand_made made;
    start(&made);
    for (int32_t day = D - 40; day <= D; day++) {
        hand_made_add(&made, "w", day, ARM_NONE, &cell);
        struct counters ai = cell;
        ai.at[COUNTER_decided] = n;
        ai.at[COUNTER_accepted] = ai.at[COUNTER_modified] = n / 2;
        ai.at[COUNTER_ca] = ai.at[COUNTER_wo] = n / 4;
        ai.at[COUNTER_co] = ai.at[COUNTER_wa] = n / 8;
        hand_made_add(&made, "w", day, ARM_AI, &ai);
    }
    struct person *person = hand_made_person(&made, 1, D - 300);
    const struct week_counters week = {.at = {[WEEK_TASKS] = n, [WEEK_AI] = n, [WEEK_ENGAGED] = n / 2, [WEEK_CA] = n}};
    hand_made_work(&made, person, D, true);
    hand_made_week(person, D / 7, &week);
    hand_made_training(&made, person, D - 100, 0);
    evaluation_make(&made.shard, &made.team, D, EVALUATION_ALL_WINDOWS, &evaluation);
    for (int w = 0; w < WINDOWS; w++)
        assert_lawful(&evaluation.windows[w], (enum window)w, false);
    const struct record *month = &evaluation.windows[WINDOW_28D];
    assert_true(month->values[MEASURE_ai_share].value == 0.5);
    assert_true(month->values[MEASURE_success_lift].n == 28.0 * 2 * (double)n);
    assert_true(month->values[MEASURE_over_reliance].value == 0.5);
    assert_true(evaluation.windows[WINDOW_OWN].values[MEASURE_changed_work].value == 1);
    stop(&made);
}

/* The same cells, whose workflows came in another order. */
static void test_order_of_workflows(void **state)
{
    (void)state;
    static const char *const names[] = {"beta", "alpha", "", "gamma", "al"};
    enum { COUNT = sizeof names / sizeof names[0] };
    struct dice dice = dice_take();
    for (int i = 0; i < ROUNDS; i++) {
        struct hand_made forwards, backwards;
        start(&forwards);
        start(&backwards);
        struct dice seeds[COUNT];
        for (int n = 0; n < COUNT; n++) {
            seeds[n] = (struct dice){.state = dice_bits(&dice)};
            struct dice copy = seeds[n];
            fill(&copy, &forwards, names[n]);
        }
        for (int n = COUNT; n-- > 0;)
            fill(&seeds[n], &backwards, names[n]);
        evaluation_make(&forwards.shard, &forwards.team, D, EVALUATION_ALL_WINDOWS, &evaluation);
        evaluation_make(&backwards.shard, &backwards.team, D, EVALUATION_ALL_WINDOWS, &other);
        for (int w = 0; w < WINDOWS; w++)
            assert_same_record(&evaluation.windows[w], &other.windows[w], false);
        stop(&forwards);
        stop(&backwards);
    }
}

/* A close works out less, but what it works out is the same. */
static void test_close(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < ROUNDS; i++) {
        struct hand_made made;
        start(&made);
        fill(&dice, &made, "a");
        fill(&dice, &made, "b");
        add_people(&dice, &made);
        calendar_begin(&made.shard.calendar, D - 1);
        calendar_open(&made.shard.calendar, D, 8);
        evaluation_make(&made.shard, &made.team, D, EVALUATION_ALL_WINDOWS, &evaluation);
        assert_false(evaluation.provisional);
        evaluation_close(&made.shard, &made.team, D, &other);
        assert_same_record(&evaluation.windows[WINDOW_28D], &other.windows[WINDOW_28D], false);
        assert_same_record(&evaluation.windows[WINDOW_OWN], &other.windows[WINDOW_OWN], false);
        assert_same_estimate(&evaluation.health, &other.health);
        assert_int_equal(evaluation.diagnosis, other.diagnosis);
        assert_int_equal(evaluation.verdict, other.verdict);
        assert_int_equal(other.open, alarms_open_kinds(made.team.alarms));
        evaluation_make(&made.shard, &made.team, D + 1, EVALUATION_CLOSE, &evaluation);
        assert_true(evaluation.provisional);
        stop(&made);
    }
}

static void test_nothing_known(void **state)
{
    (void)state;
    struct hand_made made;
    start(&made);
    evaluation_make(&made.shard, &made.team, D, EVALUATION_ALL_WINDOWS, &evaluation);
    assert_false(evaluation.health.known);
    assert_int_equal(evaluation.verdict, VERDICT_INSUFFICIENT_EVIDENCE);
    assert_int_equal(evaluation.diagnosis, 0);
    assert_int_equal(evaluation.state, STATE_NO_DATA);
    assert_true(evaluation.provisional);
    struct redesign_evaluation redesign;
    assert_int_equal(evaluation_make_redesigns(&made.shard, &made.team, D, &redesign, 1), 0);
    hand_made_redesign(&made, "w", D - 30);
    hand_made_redesign(&made, "v", D - 30);
    assert_int_equal(evaluation_make_redesigns(&made.shard, &made.team, D, &redesign, 1), 2);
    assert_int_equal(redesign.workflow, names_find(&made.shard.names, text_of("v")));
    stop(&made);
}

static void test_names(void **state)
{
    (void)state;
    for (int d = 1; d < DIAGNOSES; d++)
        assert_true(strcmp(evaluation_diagnosis_name((enum diagnosis)(d - 1)),
                           evaluation_diagnosis_name((enum diagnosis)d)) < 0);
    for (int a = 1; a < ALARM_KINDS; a++)
        assert_true(strcmp(evaluation_alarm_name((enum alarm_kind)(a - 1)),
                           evaluation_alarm_name((enum alarm_kind)a)) < 0);
    assert_string_equal(evaluation_diagnosis_name(DIAGNOSIS_WORSE), "worse");
    assert_string_equal(evaluation_alarm_name(ALARM_OVER_TRUST), "over_trust");
    assert_string_equal(evaluation_verdict_name(VERDICT_THEATRE), "theatre");
    assert_string_equal(evaluation_presence_name(PRESENCE_ABSENT), "absent");
    assert_string_equal(evaluation_state_name(STATE_EMERGING), "emerging");
    assert_string_equal(evaluation_component_name(HEALTH_DURABILITY), "durability");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_or_because),   cmocka_unit_test(test_one_workflow_is_the_team),
        cmocka_unit_test(test_order_of_workflows), cmocka_unit_test(test_close),
        cmocka_unit_test(test_nothing_known),      cmocka_unit_test(test_names),
        cmocka_unit_test(test_large_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
