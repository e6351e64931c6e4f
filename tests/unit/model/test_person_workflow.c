/* Who had a task in a workflow: the same in any order of events, and never denied to somebody who had one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/person_workflow.h"
#include "support/dice.h"
#include "unit/model/hand_made_people.h"

enum { DAYS = 400, FIRST = 20000, SETS = 448 };

static void test_one_day(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, FIRST);
    hand_made_work(&made, person, FIRST + 10, true);
    struct person_workflow workflow;
    person_workflow_begin(&workflow, 7, FIRST + 10);
    assert_int_equal(workflow.name, 7);
    assert_false(person_workflow_see(&workflow, FIRST + 10));
    assert_true(person_workflow_stands_behind(&workflow, person, SETS, FIRST + 10, FIRST + 10));
    assert_true(person_workflow_stands_behind(&workflow, person, SETS, FIRST - 80, FIRST + 10));
    assert_false(person_workflow_stands_behind(&workflow, person, SETS, FIRST + 11, FIRST + 40));
    assert_false(person_workflow_stands_behind(&workflow, person, SETS, FIRST - 20, FIRST + 9));
    /* Work elsewhere does not count, in whatever week there was none here. */
    hand_made_work(&made, person, FIRST + 20, true);
    assert_false(person_workflow_stands_behind(&workflow, person, SETS, FIRST + 20, FIRST + 40));
    assert_true(person_workflow_see(&workflow, FIRST + 20));
    assert_true(person_workflow_stands_behind(&workflow, person, SETS, FIRST + 10, FIRST + 12));
    assert_false(person_workflow_stands_behind(&workflow, person, SETS, FIRST + 11, FIRST + 12));
    hand_made_people_done(&made);
    hand_made_done(&made);
}

/* The earliest days there are: weeks before the first do not exist. */
static void test_beginning_of_time(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, 0);
    hand_made_work(&made, person, 3, true);
    struct person_workflow workflow;
    person_workflow_begin(&workflow, 1, 3);
    assert_true(person_workflow_stands_behind(&workflow, person, SETS, -86, 3));
    assert_false(person_workflow_stands_behind(&workflow, person, SETS, -86, 2));
    hand_made_people_done(&made);
    hand_made_done(&made);
}

/* A life in 400 days: some days of work elsewhere, some here. */
struct life {
    struct hand_made made;
    struct person *person;
    bool here[DAYS];
    int32_t order[DAYS]; /* days of work here */
    size_t count;
};

static void life_init(struct life *life, struct dice *dice)
{
    *life = (struct life){.count = 0};
    hand_made_init(&life->made);
    life->person = hand_made_person(&life->made, 1, FIRST);
    for (int32_t d = 0; d < DAYS; d++) {
        life->here[d] = d == 0 || dice_below(dice, 9) == 0;
        if (life->here[d] || dice_below(dice, 4) == 0)
            hand_made_work(&life->made, life->person, FIRST + d, true);
        if (life->here[d])
            life->order[life->count++] = d;
    }
}

static void life_done(struct life *life)
{
    hand_made_people_done(&life->made);
    hand_made_done(&life->made);
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

static void check_windows(const struct life *life, const struct person_workflow *workflow)
{
    for (int32_t last = DAYS - 120; last < DAYS; last++) {
        for (int32_t days = 1; days <= 56; days += 9) {
            int32_t first = last - days + 1;
            bool any = false;
            for (int32_t d = first; d <= last; d++)
                any |= life->here[d];
            bool found = person_workflow_stands_behind(workflow, life->person, SETS, FIRST + first,
                                                       FIRST + last);
            if (any)
                assert_true(found);
            else if (found)
                assert_true(person_has_any_day(life->person, SETS, DAY_SET_WORKED, FIRST + first,
                                               FIRST + last));
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
        assert_memory_equal(&forward, &shuffled, sizeof forward);
        life_done(&life);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_day),
        cmocka_unit_test(test_beginning_of_time),
        cmocka_unit_test(test_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
