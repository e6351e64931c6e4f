/* The guard of offsets: nothing twice, nothing left out unseen, holes believed the second time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/kafka_guard.h"

static enum kafka_guard_verdict message(struct kafka_guard *guard, int64_t offset, uint64_t batch)
{
    enum kafka_guard_verdict verdict = kafka_guard_judge(guard, offset, batch, false);
    if (verdict == KAFKA_GUARD_TAKE || verdict == KAFKA_GUARD_HOLE)
        guard->expected = offset + 1;
    return verdict;
}

static void takes_what_follows(void **state)
{
    (void)state;
    struct kafka_guard guard;
    kafka_guard_init(&guard, 10);
    for (int64_t offset = 10; offset < 20; offset++)
        assert_int_equal(message(&guard, offset, 1), KAFKA_GUARD_TAKE);
    assert_int_equal(guard.expected, 20);
}

static void an_unknown_start_takes_anything(void **state)
{
    (void)state;
    struct kafka_guard guard;
    kafka_guard_init(&guard, -2);
    assert_int_equal(guard.expected, -1);
    assert_int_equal(message(&guard, 77, 1), KAFKA_GUARD_TAKE);
    assert_int_equal(message(&guard, 78, 1), KAFKA_GUARD_TAKE);
}

static void drops_repeated_offsets(void **state)
{
    (void)state;
    struct kafka_guard guard;
    kafka_guard_init(&guard, 10);
    assert_int_equal(message(&guard, 10, 1), KAFKA_GUARD_TAKE);
    assert_int_equal(message(&guard, 10, 2), KAFKA_GUARD_DROP);
    assert_int_equal(message(&guard, 3, 2), KAFKA_GUARD_DROP);
    assert_int_equal(guard.expected, 11);
}

static void a_jump_that_was_an_error_heals(void **state)
{
    (void)state;
    struct kafka_guard guard;
    kafka_guard_init(&guard, 10);
    assert_int_equal(message(&guard, 15, 1), KAFKA_GUARD_REREAD);
    /* The rest of the same drain is older than the seek. */
    assert_int_equal(message(&guard, 16, 1), KAFKA_GUARD_DROP);
    for (int64_t offset = 10; offset < 18; offset++)
        assert_int_equal(message(&guard, offset, 2), KAFKA_GUARD_TAKE);
}

static void a_jump_is_believed_the_second_time(void **state)
{
    (void)state;
    struct kafka_guard guard;
    kafka_guard_init(&guard, 10);
    assert_int_equal(message(&guard, 12, 1), KAFKA_GUARD_REREAD);
    assert_int_equal(guard.expected, 10);
    assert_int_equal(message(&guard, 12, 2), KAFKA_GUARD_HOLE);
    assert_int_equal(message(&guard, 13, 2), KAFKA_GUARD_TAKE);
    /* The next one is read again, too. */
    assert_int_equal(message(&guard, 20, 3), KAFKA_GUARD_REREAD);
}

static void jumps_that_differ_do_not_go_on_for_ever(void **state)
{
    (void)state;
    struct kafka_guard guard;
    kafka_guard_init(&guard, 10);
    assert_int_equal(message(&guard, 12, 1), KAFKA_GUARD_REREAD);
    assert_int_equal(message(&guard, 14, 2), KAFKA_GUARD_REREAD);
    assert_int_equal(message(&guard, 16, 3), KAFKA_GUARD_REREAD);
    assert_int_equal(message(&guard, 18, 4), KAFKA_GUARD_HOLE);
}

static void known_holes_are_taken_at_once(void **state)
{
    (void)state;
    struct kafka_guard guard;
    kafka_guard_init(&guard, 10);
    assert_int_equal(kafka_guard_judge(&guard, 12, 1, true), KAFKA_GUARD_TAKE);
    assert_int_equal(guard.expected, 12);
    assert_int_equal(kafka_guard_judge(&guard, 11, 1, true), KAFKA_GUARD_DROP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_follows),
        cmocka_unit_test(an_unknown_start_takes_anything),
        cmocka_unit_test(drops_repeated_offsets),
        cmocka_unit_test(a_jump_that_was_an_error_heals),
        cmocka_unit_test(a_jump_is_believed_the_second_time),
        cmocka_unit_test(jumps_that_differ_do_not_go_on_for_ever),
        cmocka_unit_test(known_holes_are_taken_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
