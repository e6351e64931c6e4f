/* The frozen history replays to the alarms that fired; rows of text are cut as they were sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/alarm_rerun.h"
#include "ctl/row_text.h"
#include "support/random_observations.h"

enum { FIRST_DAY = 20000, DAYS = 700 };

/* The threshold follows from the teams and the rate. */
static struct observation random_day(struct dice *dice, int32_t day)
{
    struct observation seen = random_observation(dice, day);
    seen.threshold = 0;
    seen.teams = 2 + (uint32_t)(day % 100 / 50);
    return seen;
}

/* What is frozen of a close suffices; what other alarms do in between changes nothing. */
static void test_the_same_rate_gives_the_same_alarms(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct alarms *live = alarms_new();
    struct alarms *replayed = alarms_new();
    struct alarms *strict = alarms_new();
    int opened = 0;
    int later = 0;
    for (int32_t day = FIRST_DAY; day < FIRST_DAY + DAYS; day++) {
        struct observation today = random_day(&dice, day);
        today.threshold = today.teams * 365 / 20.0;
        struct alarm_step step = alarms_step(live, &today);
        const struct alarm_rerun_day frozen = {.day = day,
                                               .x_relapsing = step.x_relapsing,
                                               .x_bypassing = step.x_bypassing,
                                               .x_over_trust = step.x_over_trust,
                                               .teams = step.teams,
                                               .redesigns = step.redesigns};
        struct alarm_step again = alarm_rerun_step(replayed, &frozen, 20);
        assert_int_equal(again.opened, step.opened & ALARM_RERUN_KINDS);
        assert_int_equal(again.resolved, step.resolved & ALARM_RERUN_KINDS);
        struct alarm_step other = alarm_rerun_step(strict, &frozen, 0.001);
        later += other.opened != again.opened;
        opened += again.opened != 0;
    }
    assert_true(opened >= 6);
    assert_true(later > 0);
    alarms_free(live);
    alarms_free(replayed);
    alarms_free(strict);
}

static void test_rows_are_cut(void **state)
{
    (void)state;
    struct strbuf rows = {.length = 0};
    struct text columns[3];
    size_t at = 0;
    assert_false(row_text_next(&rows, &at, columns, 3));
    strbuf_add_text(&rows, "a\t\tc d\n\t\t\nonly\n");
    assert_true(row_text_next(&rows, &at, columns, 3));
    assert_true(text_equal(columns[0], text_of("a")) && columns[1].length == 0 &&
                text_equal(columns[2], text_of("c d")));
    assert_true(row_text_next(&rows, &at, columns, 3));
    assert_int_equal(columns[0].length + columns[1].length + columns[2].length, 0);
    assert_true(row_text_next(&rows, &at, columns, 3));
    assert_true(text_equal(columns[0], text_of("only")) && columns[2].length == 0);
    assert_false(row_text_next(&rows, &at, columns, 3));
    strbuf_done(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_rate_gives_the_same_alarms),
        cmocka_unit_test(test_rows_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
