/* The relapse detector: the reference's series, and what restarts what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/relapse.h"
#include "support/json_value.h"
#include "support/near.h"

typedef const struct json_value json;

enum { MONDAY = 20003 };
static const double EXACT = 1e-9;

static struct estimate share(json *x)
{
    return x->kind == JSON_NULL ? estimate_unknown() : estimate_point(json_number(x), 1);
}

static void check_point(struct estimate actual, json *expected)
{
    assert_int_equal(actual.known, expected->kind != JSON_NULL);
    if (actual.known)
        assert_near(actual.value, json_number(expected), EXACT);
}

static enum edetector_event event_of(json *word)
{
    if (word->kind == JSON_NULL)
        return EDETECTOR_NOTHING;
    return strcmp(word->text, "opened") == 0 ? EDETECTOR_OPENED : EDETECTOR_RESOLVED;
}

/* Returns how often the alarm opened. */
static int replay(json *in, json *out)
{
    struct relapse relapse = {.redesigns_noted = 0};
    json *xs = json_member(in, "x");
    json *marks = json_member(in, "redesigns");
    int32_t day0 = (int32_t)json_integer(json_member(in, "day0"));
    double threshold = json_number(json_member(in, "A"));
    int opened = 0;
    for (size_t i = 0; i < xs->count; i++) {
        int32_t redesigns = 0;
        for (size_t mark = 0; mark < marks->count; mark++)
            redesigns += json_integer(json_item(marks, mark)) <= (int64_t)i;
        struct relapse_step step = relapse_close(&relapse, day0 + (int32_t)i,
                                                 share(json_item(xs, i)), redesigns, threshold);
        json *expected = json_item(out, i);
        check_point(step.m, json_item(expected, 0));
        check_point(step.y, json_item(expected, 1));
        assert_near(edetector_evidence(&relapse.detector), json_number(json_item(expected, 2)),
                    EXACT);
        assert_int_equal(step.event, event_of(json_item(expected, 3)));
        opened += step.event == EDETECTOR_OPENED;
    }
    return opened;
}

static void test_series_of_the_reference(void **state)
{
    (void)state;
    struct json_value *vectors = json_read_file("golden/stats_vectors.json");
    int series = 0;
    int opened = 0;
    for (size_t i = 0; i < vectors->count; i++) {
        json *row = json_item(vectors, i);
        if (strcmp(json_member(row, "f")->text, "relapsing") != 0)
            continue;
        opened += replay(json_member(row, "in"), json_member(row, "out"));
        series++;
    }
    assert_int_equal(series, 16);
    assert_int_equal(opened, 11);
    json_free(vectors);
}

/* Closes `days` days with the same share; returns the day after the last. */
static int32_t close_days(struct relapse *relapse, int32_t day, int days, double x,
                          int32_t redesigns)
{
    for (int i = 0; i < days; i++, day++)
        relapse_close(relapse, day, estimate_point(x, 1), redesigns, 100);
    return day;
}

static void test_a_reference_needs_twenty_days(void **state)
{
    (void)state;
    struct relapse relapse = {.redesigns_noted = 0};
    int32_t day = close_days(&relapse, MONDAY, 19, 0.5, 0);
    assert_false(relapse.has_r);
    close_days(&relapse, day, 1, 0.5, 0);
    assert_true(relapse.has_r && relapse.has_q);
    assert_near(relapse.r, 0.5, EXACT);
    assert_near(relapse.q, 1, EXACT);
}

static void test_a_reference_of_zero_tells_nothing(void **state)
{
    (void)state;
    struct relapse relapse = {.redesigns_noted = 0};
    int32_t day = close_days(&relapse, MONDAY, 40, 0, 0);
    assert_true(relapse.has_r);
    assert_false(relapse.has_q);
    struct relapse_step step =
        relapse_close(&relapse, day, estimate_point(0, 1), 0, 100);
    assert_false(step.y.known);
    /* The first day above it makes a reference. */
    relapse_close(&relapse, day + 1, estimate_point(0.5, 1), 0, 100);
    assert_true(relapse.has_q);
}

static void test_an_unknown_day_changes_nothing(void **state)
{
    (void)state;
    struct relapse relapse = {.redesigns_noted = 0};
    int32_t day = close_days(&relapse, MONDAY, 30, 0.5, 0);
    day = close_days(&relapse, day, 3, 0.1, 0);
    struct relapse before = relapse;
    struct relapse_step step = relapse_close(&relapse, day, estimate_unknown(), 0, 100);
    assert_memory_equal(&before, &relapse, sizeof before);
    assert_false(step.y.known || step.m.known);
}

static void test_a_redesign_restarts_the_reference_behind_its_day(void **state)
{
    (void)state;
    struct relapse relapse = {.redesigns_noted = 0};
    int32_t day = close_days(&relapse, MONDAY, 33, 0.8, 0);
    day = close_days(&relapse, day, 2, 0.1, 0);
    assert_true(edetector_evidence(&relapse.detector) > 0);
    day = close_days(&relapse, day, 1, 0.3, 1);
    assert_false(relapse.has_r);
    assert_int_equal(relapse.window_count, 0);
    assert_int_equal(relapse.known_count, 36); /* the factors of weekdays never restart */
    assert_near(edetector_evidence(&relapse.detector), 0, 0);
    close_days(&relapse, day, 20, 0.3, 1);
    assert_near(relapse.r, 0.3, EXACT);
}

static void test_a_fall_opens_and_recovery_resolves(void **state)
{
    (void)state;
    struct relapse relapse = {.redesigns_noted = 0};
    int32_t day = close_days(&relapse, MONDAY, 60, 0.8, 0);
    int32_t fell = day;
    while (!relapse.detector.open && day < fell + 60)
        day = close_days(&relapse, day, 1, 0.2, 0);
    assert_true(relapse.detector.open);
    assert_in_range(day - fell, 2, 20);
    double evidence = edetector_evidence(&relapse.detector);
    day = close_days(&relapse, day, 6, 0.8, 0);
    assert_true(relapse.detector.open);
    assert_near(edetector_evidence(&relapse.detector), evidence, 0);
    struct relapse_step step = relapse_close(&relapse, day, estimate_point(0.8, 1), 0, 100);
    assert_int_equal(step.event, EDETECTOR_RESOLVED);
    assert_true(step.y.known);
    assert_false(relapse.detector.open || relapse.has_r);
    assert_int_equal(relapse.window_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_series_of_the_reference),
        cmocka_unit_test(test_a_reference_needs_twenty_days),
        cmocka_unit_test(test_a_reference_of_zero_tells_nothing),
        cmocka_unit_test(test_an_unknown_day_changes_nothing),
        cmocka_unit_test(test_a_redesign_restarts_the_reference_behind_its_day),
        cmocka_unit_test(test_a_fall_opens_and_recovery_resolves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
