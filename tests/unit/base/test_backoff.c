/* Tests of base/backoff. */
#include "base/backoff.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static void waits_double_within_their_halves(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct backoff backoff;
        backoff_init(&backoff, 100, 5000, seed);
        static const int64_t ceilings[] = {100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000};
        for (size_t i = 0; i < sizeof ceilings / sizeof ceilings[0]; i++) {
            int64_t wait = backoff_next_ms(&backoff);
            if (wait < ceilings[i] / 2 || wait > ceilings[i])
                fail_msg("seed %ju, attempt %zu: %jd ms", (uintmax_t)seed, i, (intmax_t)wait);
        }
    }
}

static void a_success_starts_anew(void **state)
{
    (void)state;
    struct backoff backoff;
    backoff_init(&backoff, 10, 100000, 1);
    for (int i = 0; i < 10; i++)
        (void)backoff_next_ms(&backoff);
    assert_true(backoff_next_ms(&backoff) > 1000);
    backoff_reset(&backoff);
    assert_in_range(backoff_next_ms(&backoff), 5, 10);
    assert_in_range(backoff_next_ms(&backoff), 10, 20);
}

static void seeds_spread_the_waits(void **state)
{
    (void)state;
    int in_lower_half = 0;
    for (uint64_t seed = 0; seed < 1000; seed++) {
        struct backoff backoff;
        struct backoff same;
        backoff_init(&backoff, 1000, 1000, seed);
        backoff_init(&same, 1000, 1000, seed);
        int64_t wait = backoff_next_ms(&backoff);
        assert_int_equal(wait, backoff_next_ms(&same));
        in_lower_half += wait < 750;
    }
    assert_in_range(in_lower_half, 400, 600);
}

static void the_extremes_hold(void **state)
{
    (void)state;
    struct backoff backoff;
    backoff_init(&backoff, 1, 1, 7);
    assert_int_equal(backoff_next_ms(&backoff), 1);
    assert_int_equal(backoff_next_ms(&backoff), 1);
    backoff_init(&backoff, 1, INT64_MAX, 7);
    for (int i = 0; i < 100; i++)
        assert_true(backoff_next_ms(&backoff) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_double_within_their_halves),
        cmocka_unit_test(a_success_starts_anew),
        cmocka_unit_test(seeds_spread_the_waits),
        cmocka_unit_test(the_extremes_hold),
    };
    return cmocka_run_group_tests_name("base/backoff", tests, NULL, NULL);
}
