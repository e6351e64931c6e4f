/* Who had a task in a workflow: the same in any order of events, told to the day, and never of somebody who had none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/person_workflow.h"
#include "support/dice.h"

enum { DAYS = 400, FIRST = 20000, REACH = PERSON_WORKFLOW_DAYS - 1 };

static void test_one_day(void **state)
{
    (void)state;
    struct person_workflow workflow;
    person_workflow_begin(&workflow, 7, FIRST + 10);
    assert_int_equal(workflow.name, 7);
    assert_false(person_workflow_see(&workflow, FIRST + 10));
    assert_true(person_workflow_stands_behind(&workflow, FIRST + 10, FIRST + 10));
    assert_true(person_workflow_stands_behind(&workflow, FIRST - 80, FIRST + 10));
    assert_false(person_workflow_stands_behind(&workflow, FIRST + 11, FIRST + 40));
    assert_false(person_workflow_stands_behind(&workflow, FIRST - 20, FIRST + 9));
    assert_true(person_workflow_see(&workflow, FIRST + 20));
    assert_true(person_workflow_stands_behind(&workflow, FIRST + 10, FIRST + 12));
    assert_false(person_workflow_stands_behind(&workflow, FIRST + 11, FIRST + 12));
}

static void test_reach(void **state)
{
    (void)state;
    struct person_workflow workflow;
    person_workflow_begin(&workflow, 1, FIRST);
    assert_true(person_workflow_see(&workflow, FIRST + REACH));
    assert_true(person_workflow_stands_behind(&workflow, FIRST, FIRST));
    assert_true(person_workflow_see(&workflow, FIRST + REACH + 1));
    assert_false(person_workflow_stands_behind(&workflow, FIRST, FIRST));
    assert_true(person_workflow_stands_behind(&workflow, FIRST, FIRST + REACH));
    assert_false(person_workflow_see(&workflow, FIRST));
    /* Further ahead than is remembered. */
    assert_true(person_workflow_see(&workflow, FIRST + 1000));
    assert_int_equal(workflow.days, 1);
    assert_false(person_workflow_stands_behind(&workflow, FIRST, FIRST + 999));
}

/* The earliest days there are. */
static void test_beginning_of_time(void **state)
{
    (void)state;
    struct person_workflow workflow;
    person_workflow_begin(&workflow, 1, 3);
    assert_true(person_workflow_stands_behind(&workflow, -86, 3));
    assert_false(person_workflow_stands_behind(&workflow, -86, 2));
}

/* A life in 400 days, some of them with work in the workflow. */
struct life {
    bool here[DAYS];
    int32_t order[DAYS]; /* days of work here */
    size_t count;
};

static void life_init(struct life *life, struct dice *dice)
{
    *life = (struct life){.count = 0};
    int64_t rarity = 2 + dice_below(dice, 60);
    for (int32_t d = 0; d < DAYS; d++) {
        life->here[d] = d == 0 || dice_below(dice, rarity) == 0;
        if (life->here[d])
            life->order[life->count++] = d;
    }
}

static struct person_workflow see_all(const struct life *life)
{
    struct person_workflow workflow;
    person_workflow_begin(&workflow, 1, FIRST + life->order[0]);
    for (size_t i = 1; i < 2 * life->count; i++)
        (void)person_workflow_see(&workflow, FIRST + life->order[i % life->count]);
    return workflow;
}

static void shuffle(struct life *life, struct dice *dice)
{
    for (size_t i = life->count; i-- > 1;) {
        size_t j = (size_t)dice_below(dice, (int64_t)i + 1);
        int32_t swapped = life->order[i];
        life->order[i] = life->order[j];
        life->order[j] = swapped;
    }
}

/* As of each of the last days of all, in windows of any length. */
static void check_windows(const struct life *life, const struct person_workflow *workflow)
{
    for (int32_t last = DAYS - 120; last < DAYS; last++) {
        for (int32_t days = 1; days <= 91; days += 9) {
            int32_t first = last - days + 1;
            bool any = false;
            for (int32_t d = first; d <= last; d++)
                any |= life->here[d] && FIRST + d >= workflow->last_day - REACH;
            assert_int_equal(person_workflow_stands_behind(workflow, FIRST + first, FIRST + last), any);
        }
    }
}

static void test_any_order(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int round = 0; round < 100; round++) {
        struct life life;
        life_init(&life, &dice);
        struct person_workflow forward = see_all(&life);
        check_windows(&life, &forward);
        shuffle(&life, &dice);
        struct person_workflow shuffled = see_all(&life);
        assert_int_equal(forward.last_day, shuffled.last_day);
        assert_int_equal(forward.days, shuffled.days);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_day),
        cmocka_unit_test(test_reach),
        cmocka_unit_test(test_beginning_of_time),
        cmocka_unit_test(test_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
