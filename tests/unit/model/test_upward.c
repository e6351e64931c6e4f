/* The detectors of a share that rises: the reference's series, and what moves the level. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/upward.h"
#include "support/json_value.h"
#include "support/near.h"

typedef const struct json_value json;

static const double EXACT = 1e-9;

static enum edetector_event event_of(json *word)
{
    if (word->kind == JSON_NULL)
        return EDETECTOR_NOTHING;
    return strcmp(word->text, "opened") == 0 ? EDETECTOR_OPENED : EDETECTOR_RESOLVED;
}

static void replay(json *in, json *out, int events[3])
{
    struct upward upward = {.past_count = 0};
    json *fixed = json_member(in, "b");
    json *xs = json_member(in, "x");
    double threshold = json_number(json_member(in, "A"));
    for (size_t i = 0; i < xs->count; i++) {
        json *x = json_item(xs, i);
        struct estimate seen =
            x->kind == JSON_NULL ? estimate_unknown() : estimate_point(json_number(x), 1);
        struct estimate b = estimate_unknown();
        enum edetector_event event;
        if (fixed->kind == JSON_NULL) {
            event = upward_close(&upward, seen, threshold, &b);
        } else {
            b = estimate_point(json_number(fixed), 1);
            event = upward_close_fixed(&upward.detector, b.value, seen, threshold);
        }
        json *expected = json_item(out, i);
        json *level = json_item(expected, 0);
        assert_int_equal(b.known, level->kind != JSON_NULL);
        if (b.known)
            assert_near(b.value, json_number(level), EXACT);
        assert_near(edetector_evidence(&upward.detector), json_number(json_item(expected, 1)),
                    EXACT);
        assert_int_equal(event, event_of(json_item(expected, 2)));
        events[event]++;
    }
}

static void test_series_of_the_reference(void **state)
{
    (void)state;
    struct json_value *vectors = json_read_file("golden/stats_vectors.json");
    int events[3] = {0};
    int series = 0;
    for (size_t i = 0; i < vectors->count; i++) {
        json *row = json_item(vectors, i);
        if (strcmp(json_member(row, "f")->text, "upward") != 0)
            continue;
        replay(json_member(row, "in"), json_member(row, "out"), events);
        series++;
    }
    assert_int_equal(series, 16);
    assert_int_equal(events[EDETECTOR_OPENED], 10);
    assert_int_equal(events[EDETECTOR_RESOLVED], 1);
    json_free(vectors);
}

static struct estimate close_days(struct upward *upward, int days, double x)
{
    struct estimate b = estimate_unknown();
    for (int i = 0; i < days; i++)
        upward_close(upward, estimate_point(x, 1), 50, &b);
    return b;
}

static void test_the_level_follows_the_older_past(void **state)
{
    (void)state;
    struct upward upward = {.past_count = 0};
    assert_false(close_days(&upward, 48, 0.2).known);
    struct estimate b = close_days(&upward, 1, 0.2);
    assert_true(b.known);
    assert_near(b.value, 0.3, EXACT);
}

static void test_the_level_has_bounds(void **state)
{
    (void)state;
    struct upward low = {.past_count = 0};
    struct upward high = {.past_count = 0};
    assert_near(close_days(&low, 60, 0.01).value, 0.1, EXACT);
    assert_near(close_days(&high, 60, 0.8).value, 0.9, EXACT);
}

static void test_the_level_stands_still_while_open(void **state)
{
    (void)state;
    struct upward upward = {.past_count = 0};
    close_days(&upward, 60, 0.2);
    int closes = 0;
    struct estimate b = estimate_unknown();
    while (!upward.detector.open && closes++ < 60)
        b = close_days(&upward, 1, 1);
    assert_true(upward.detector.open);
    assert_near(close_days(&upward, 100, 1).value, b.value, 0);
    assert_true(upward.detector.open);
    /* Without an observation it stands just as still. */
    struct estimate still;
    upward_close(&upward, estimate_unknown(), 50, &still);
    assert_near(still.value, b.value, 0);
    close_days(&upward, 7, 0);
    assert_false(upward.detector.open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_series_of_the_reference),
        cmocka_unit_test(test_the_level_follows_the_older_past),
        cmocka_unit_test(test_the_level_has_bounds),
        cmocka_unit_test(test_the_level_stands_still_while_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
