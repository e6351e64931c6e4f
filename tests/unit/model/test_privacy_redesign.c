/* What a redesign changed is hidden where few worked in that workflow on one of its sides, however many the team has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/privacy.h"
#include "model/record.h"
#include "model/redesign.h"
#include "unit/model/hand_made_people.h"

enum { R = 20500, D = R + REDESIGN_JUDGED_FROM, MIN_GROUP = 5 };

/* A team of ten with three workflows, of which the first was redesigned on day R. */
struct scene {
    struct hand_made made;
    struct person *people[10];
    size_t redesigned, other, also_redesigned;
};

static void begin(struct scene *scene)
{
    struct hand_made *made = &scene->made;
    hand_made_init(made);
    scene->redesigned = hand_made_workflow(made, "redesigned");
    scene->other = hand_made_workflow(made, "other");
    scene->also_redesigned = hand_made_workflow(made, "also redesigned");
    hand_made_redesign(made, "redesigned", R);
    hand_made_redesign(made, "also redesigned", R + REDESIGN_SIDE_DAYS - 1);
    for (uint64_t i = 0; i < 10; i++) {
        scene->people[i] = hand_made_person(made, i + 1, R - 400);
        hand_made_status(made, scene->people[i], R - 400, STATUS_ACTIVE, NULL);
    }
}

static void end(struct scene *scene)
{
    hand_made_people_done(&scene->made);
    hand_made_done(&scene->made);
}

/* The first so many of the team each had a task in the workflow on a day. */
static void work(struct scene *scene, size_t workflow, int32_t day, int people)
{
    const struct week_counters week = {.at = {[WEEK_TASKS] = 1}};
    for (int i = 0; i < people; i++) {
        hand_made_task(&scene->made, scene->people[i], workflow, day);
        hand_made_week(scene->people[i], day / 7, &week);
    }
}

static bool hides_on(const struct scene *scene, int32_t day, enum measure measure)
{
    struct redesign_evaluation redesign = {.time_ms = (int64_t)R * DAY_MS,
                                           .workflow = scene->made.team.workflows[scene->redesigned].name};
    for (int m = 0; m < MEASURES; m++)
        record_put(&redesign.values, (enum measure)m, estimate_interval(0.5, 0.2, 0.8, 100), 0);
    privacy_suppress_redesign(&scene->made.shard, &scene->made.team, day, MIN_GROUP, &redesign);
    const struct record *record = &redesign.values;
    assert_int_equal(record->values[measure].known, record->because[measure] != BECAUSE_SUPPRESSED);
    return !record->values[measure].known;
}

static bool hides(const struct scene *scene, enum measure measure)
{
    return hides_on(scene, D, measure);
}

/* Nine of the team work elsewhere on these days. */
static void test_of_its_workflow(void **state)
{
    (void)state;
    struct scene scene;
    begin(&scene);
    work(&scene, scene.other, R - 1, 9);
    work(&scene, scene.other, R, 9);
    work(&scene, scene.redesigned, R - 1, 4);
    work(&scene, scene.redesigned, R, 4);
    assert_true(hides(&scene, MEASURE_redesign_success_change));
    assert_true(hides(&scene, MEASURE_redesign_success_did));
    assert_true(hides(&scene, MEASURE_redesign_cycle_ratio));
    assert_true(hides(&scene, MEASURE_redesign_kind_change));
    assert_false(hides(&scene, MEASURE_redesign_before_training)); /* that is of the team */
    hand_made_task(&scene.made, scene.people[4], scene.redesigned, R - 1);
    hand_made_task(&scene.made, scene.people[4], scene.redesigned, R);
    assert_false(hides(&scene, MEASURE_redesign_success_change));
    assert_false(hides(&scene, MEASURE_redesign_success_did));
    assert_false(hides(&scene, MEASURE_redesign_cycle_ratio));
    assert_false(hides(&scene, MEASURE_redesign_kind_change));
    end(&scene);
}

/* Days that lie outside do not count, and the people of one side not for the other. */
static void test_each_side(void **state)
{
    (void)state;
    struct scene scene;
    begin(&scene);
    work(&scene, scene.redesigned, R - REDESIGN_SIDE_DAYS - 1, 10);
    work(&scene, scene.redesigned, R + REDESIGN_SIDE_DAYS, 10);
    work(&scene, scene.redesigned, R - REDESIGN_SIDE_DAYS, 4);
    work(&scene, scene.redesigned, R + REDESIGN_SIDE_DAYS - 1, 10);
    assert_true(hides(&scene, MEASURE_redesign_success_change));
    work(&scene, scene.redesigned, R - 1, 5);
    assert_false(hides(&scene, MEASURE_redesign_success_change));
    end(&scene);
    begin(&scene);
    work(&scene, scene.redesigned, R - 1, 10);
    work(&scene, scene.redesigned, R, 4);
    assert_true(hides(&scene, MEASURE_redesign_success_change));
    end(&scene);
}

/* The change less the difference in differences would show what changed in a small comparison. */
static void test_of_the_comparison(void **state)
{
    (void)state;
    struct scene scene;
    begin(&scene);
    work(&scene, scene.redesigned, R - 1, 9);
    work(&scene, scene.redesigned, R, 9);
    work(&scene, scene.also_redesigned, R - 1, 9);
    work(&scene, scene.also_redesigned, R, 9);
    work(&scene, scene.other, R - 1, 5);
    work(&scene, scene.other, R, 4);
    assert_false(hides(&scene, MEASURE_redesign_success_change));
    assert_true(hides(&scene, MEASURE_redesign_success_did));
    work(&scene, scene.other, R + 1, 5);
    assert_false(hides(&scene, MEASURE_redesign_success_did));
    end(&scene);
}

/* Of days that nobody can know about any more there are too few people rather than too many. */
static void test_forgotten_days(void **state)
{
    (void)state;
    const int32_t last = R - 20 + PERSON_WORKFLOW_DAYS - 1;
    struct scene scene;
    begin(&scene);
    work(&scene, scene.redesigned, R - 20, 6);
    work(&scene, scene.redesigned, R + 5, 6);
    work(&scene, scene.redesigned, last, 6);
    assert_false(hides_on(&scene, last, MEASURE_redesign_success_change));
    work(&scene, scene.redesigned, last + 1, 2);
    assert_true(hides_on(&scene, last + 1, MEASURE_redesign_success_change));
    end(&scene);
}

static void test_answers(void **state)
{
    (void)state;
    struct scene scene;
    begin(&scene);
    for (int i = 0; i < 6; i++) {
        hand_made_answer(&scene.made, scene.people[i], R, QUESTION_ROLE_CLEAR, 3);
        if (i < 4)
            hand_made_answer(&scene.made, scene.people[i], R - 1, QUESTION_ROLE_CLEAR, 3);
    }
    assert_true(hides(&scene, MEASURE_redesign_role_change));
    hand_made_answer(&scene.made, scene.people[4], R - 1, QUESTION_ROLE_CLEAR, 3);
    assert_false(hides(&scene, MEASURE_redesign_role_change));
    end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_of_its_workflow),   cmocka_unit_test(test_each_side),
        cmocka_unit_test(test_of_the_comparison), cmocka_unit_test(test_forgotten_days),
        cmocka_unit_test(test_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
