/* The schedule of pages: its bounds hold over a long life, restoring goes on where it stood. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/mem.h"
#include "codec/task_pages.h"
#include "support/dice.h"

enum { BYTES_PER_TASK = 60, SEGMENTS_MAX = 20000 };

/* What PostgreSQL would hold. */
struct store {
    struct task_pages_segment segments[SEGMENTS_MAX];
    size_t count;
    int64_t written_pages, written_deltas;
};

static void keep(struct store *store, struct task_pages_segment segment)
{
    assert_true(store->count < SEGMENTS_MAX);
    store->segments[store->count++] = segment;
}

static void forget(struct store *store, int64_t number)
{
    size_t left = 0;
    for (size_t i = 0; i < store->count; i++) {
        if (store->segments[i].number >= number)
            store->segments[left++] = store->segments[i];
    }
    store->count = left;
}

static void checkpoint(struct task_pages *pages, struct store *store, int64_t number,
                       int64_t changed, int64_t live)
{
    int64_t delta_bytes = changed * BYTES_PER_TASK;
    if (changed > 0)
        keep(store, (struct task_pages_segment){
                        .number = number, .page = -1, .tasks = changed, .bytes = delta_bytes});
    store->written_deltas += delta_bytes;
    task_pages_begin(pages, number, changed, delta_bytes, live);
    struct task_pages_segment segment;
    uint64_t first, last;
    while (task_pages_next(pages, number, &segment, &first, &last)) {
        assert_true(first <= last);
        segment.tasks = live / segment.pages;
        segment.bytes = segment.tasks * BYTES_PER_TASK + 20;
        store->written_pages += segment.bytes;
        keep(store, segment);
        int64_t before = task_pages_wrote(pages, segment.tasks, segment.bytes);
        if (before > 0)
            forget(store, before);
    }
}

static int64_t stored_deltas(const struct store *store)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < store->count; i++)
        bytes += store->segments[i].page < 0 ? store->segments[i].bytes : 0;
    return bytes;
}

/* Every hash is in a page that is younger than all deltas that were deleted, or in a delta that is
 * still there. */
static void test_a_long_life_stays_bounded(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct store *store = mem_alloc(sizeof *store);
    struct task_pages pages = {0};
    int64_t live = 100000;
    int64_t greatest_delta = 0;
    for (int64_t number = 1; number <= 3000; number++) {
        int64_t changed = dice_below(&dice, 5) == 0 ? 0 : dice_below(&dice, 4000);
        greatest_delta = changed > greatest_delta ? changed : greatest_delta;
        live += dice_below(&dice, 200) - 100;
        checkpoint(&pages, store, number, changed, live);
        assert_int_equal(stored_deltas(store), pages.delta_bytes);
        /* A round begins at the size of what is open, and ends within half of it (pages are a bit
         * larger). */
        assert_true(pages.delta_bytes <= (live * 17 / 10 + 2 * greatest_delta) * BYTES_PER_TASK);
    }
    assert_true(store->written_pages < 13 * store->written_deltas / 10);
    mem_free(store);
}

static void test_a_young_shard_writes_nothing_twice(void **state)
{
    (void)state;
    struct store *store = mem_alloc(sizeof *store);
    struct task_pages pages = {0};
    for (int64_t number = 1; number <= 50; number++)
        checkpoint(&pages, store, number, 1000, 1000 * number);
    assert_int_equal(store->written_pages, 0);
    mem_free(store);
}

static void test_pages_of_a_round_cover_every_hash_once(void **state)
{
    (void)state;
    for (uint32_t count = 1; count <= 1024; count *= 4) {
        struct task_pages pages = {.round = 5, .pages = count, .allowance = INT64_MAX};
        uint64_t expected = 0;
        for (uint32_t page = 0; page < count; page++) {
            struct task_pages_segment segment;
            uint64_t first, last;
            assert_true(task_pages_next(&pages, 6, &segment, &first, &last));
            assert_int_equal(segment.page, page);
            assert_int_equal(segment.round, 5);
            assert_true(first == expected);
            expected = last + 1;
            assert_int_equal(task_pages_wrote(&pages, 1, 1), page + 1 == count ? 5 : 0);
        }
        assert_true(expected == 0); /* went round exactly once */
    }
}

static void test_restoring_goes_on_where_it_stood(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct store *store = mem_alloc(sizeof *store);
    struct task_pages pages = {0};
    for (int64_t number = 1; number <= 1500; number++) {
        checkpoint(&pages, store, number, dice_below(&dice, 3000), 50000);
        struct task_pages restored = {0};
        for (size_t i = 0; i < store->count; i++)
            task_pages_restore(&restored, &store->segments[i]);
        assert_int_equal(restored.delta_bytes, pages.delta_bytes);
        assert_int_equal(restored.round, pages.round);
        assert_int_equal(restored.page, pages.page);
        assert_int_equal(restored.pages, pages.pages);
        if (pages.round != 0)
            assert_int_equal(restored.round_delta_bytes, pages.round_delta_bytes);
        if (dice_below(&dice, 10) == 0)
            pages = restored;
    }
    mem_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_long_life_stays_bounded),
        cmocka_unit_test(test_a_young_shard_writes_nothing_twice),
        cmocka_unit_test(test_pages_of_a_round_cover_every_hash_once),
        cmocka_unit_test(test_restoring_goes_on_where_it_stood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
