/* Segments of tasks: what is written is read, damage is seen; the fuzzer's corpus again. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "codec/task_segment.h"
#include "support/random_events.h"

#include "../../fuzz/fuzz_segment.c"

enum { TASKS = 3000, FEW = 40 };

struct fixture {
    struct settings settings;
    struct dice dice;
    struct shard *shard;
    uint32_t handles[TASKS];
    size_t count;
    struct strbuf bytes;
};

static void collect(void *arg, uint32_t handle)
{
    struct fixture *fixture = arg;
    if (fixture->count < TASKS)
        fixture->handles[fixture->count++] = handle;
}

static int make(void **state)
{
    struct fixture *fixture = mem_alloc(sizeof *fixture);
    settings_default(&fixture->settings);
    fixture->dice = dice_take();
    fixture->shard = shard_new(&fixture->settings, 0, 1, NULL);
    int64_t from_ms = INT64_C(20000) * DAY_MS;
    struct random_world world = {.dice = &fixture->dice,
                                 .from_ms = from_ms,
                                 .to_ms = from_ms + INT64_C(20) * DAY_MS,
                                 .teams = 12,
                                 .users = 8,
                                 .tasks = 400};
    for (int i = 0; i < 12000; i++) {
        struct event event = random_event(&world);
        if (shard_judge(fixture->shard, &event, -1) == REJECT_NONE)
            shard_apply(fixture->shard, 0, &event);
    }
    index_each_in_range(&fixture->shard->task_index, 0, UINT64_MAX, collect, fixture);
    assert_int_equal(fixture->count, TASKS);
    struct task_segment_writer *writer = task_segment_writer_new();
    /* Twice: what the writer remembers of a segment must not show in the next. */
    task_segment_write(writer, fixture->shard, fixture->handles + 100, 1000, &fixture->bytes);
    strbuf_reset(&fixture->bytes);
    task_segment_write(writer, fixture->shard, fixture->handles, fixture->count, &fixture->bytes);
    task_segment_writer_free(writer);
    *state = fixture;
    return 0;
}

static int drop(void **state)
{
    struct fixture *fixture = *state;
    shard_free(fixture->shard);
    strbuf_done(&fixture->bytes);
    mem_free(fixture);
    return 0;
}

struct comparison {
    const struct fixture *fixture;
    size_t seen;
};

static int compare(void *arg, const struct task *task, struct text team, struct text workflow,
                   const struct pseudonym *person, struct up_err *err)
{
    struct comparison *comparison = arg;
    const struct shard *shard = comparison->fixture->shard;
    const struct task *original =
        pool_at(&shard->tasks, comparison->fixture->handles[comparison->seen++]);
    (void)err;
    struct task expected = *original;
    expected.team = expected.person = expected.workflow = expected.dirty = 0;
    assert_memory_equal(task, &expected, sizeof expected);
    assert_true(text_equal(team, names_text(&shard->names, shard->teams[original->team].name)));
    assert_int_equal(person != NULL, task_has(original, TASK_WORK));
    if (person != NULL) {
        uint32_t name = shard->teams[original->team].workflows[original->workflow].name;
        assert_true(text_equal(workflow, names_text(&shard->names, name)));
        assert_true(pseudonym_equal(*person, shard_person(shard, original->person)->id));
    }
    return UP_OK;
}

static void test_what_is_written_is_read(void **state)
{
    struct fixture *fixture = *state;
    struct comparison comparison = {.fixture = fixture};
    struct up_err err = {0};
    assert_int_equal(
        task_segment_read(fixture->bytes.data, fixture->bytes.length, compare, &comparison, &err),
        UP_OK);
    assert_int_equal(comparison.seen, TASKS);
    printf("bytes per task: %.1f\n", (double)fixture->bytes.length / TASKS);
    assert_true(fixture->bytes.length < 66U * TASKS);
}

static void test_an_empty_page_can_be_stored(void **state)
{
    struct fixture *fixture = *state;
    struct task_segment_writer *writer = task_segment_writer_new();
    struct strbuf bytes = {0};
    struct comparison comparison = {.fixture = fixture};
    task_segment_write(writer, fixture->shard, NULL, 0, &bytes);
    assert_int_equal(task_segment_read(bytes.data, bytes.length, compare, &comparison, NULL),
                     UP_OK);
    assert_int_equal(comparison.seen, 0);
    task_segment_writer_free(writer);
    strbuf_done(&bytes);
}

static int refuse(void *arg, const struct task *task, struct text team, struct text workflow,
                  const struct pseudonym *person, struct up_err *err)
{
    (void)task;
    (void)team;
    (void)workflow;
    (void)person;
    return ++*(int *)arg < 3 ? UP_OK : up_fail(err, UP_ECORRUPT, "enough");
}

static void test_the_visitor_may_stop(void **state)
{
    struct fixture *fixture = *state;
    struct up_err err = {0};
    int seen = 0;
    assert_int_equal(
        task_segment_read(fixture->bytes.data, fixture->bytes.length, refuse, &seen, &err),
        UP_ECORRUPT);
    assert_int_equal(seen, 3);
    assert_string_equal(err.text, "enough");
}

static void test_every_damaged_byte_is_seen(void **state)
{
    struct fixture *fixture = *state;
    struct strbuf bytes = {0};
    struct task_segment_writer *writer = task_segment_writer_new();
    task_segment_write(writer, fixture->shard, fixture->handles, FEW, &bytes);
    task_segment_writer_free(writer);
    for (size_t i = 0; i < bytes.length; i++) {
        int seen = -1000;
        bytes.data[i] = (char)(bytes.data[i] ^ (1 << (i % 8)));
        int code = task_segment_read(bytes.data, bytes.length, refuse, &seen, NULL);
        assert_true(code == UP_ECORRUPT || (i == 3 && code == UP_EVERSION));
        assert_int_equal(seen, -1000);
        bytes.data[i] = (char)(bytes.data[i] ^ (1 << (i % 8)));
    }
    for (size_t length = 0; length < bytes.length; length++) {
        int seen = -1000;
        assert_int_equal(task_segment_read(bytes.data, length, refuse, &seen, NULL), UP_ECORRUPT);
        assert_int_equal(seen, -1000);
    }
    strbuf_done(&bytes);
}

static void test_a_newer_version_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct up_err err = {0};
    int seen = 0;
    fixture->bytes.data[3] = TASK_SEGMENT_VERSION + 1;
    assert_int_equal(
        task_segment_read(fixture->bytes.data, fixture->bytes.length, refuse, &seen, &err),
        UP_EVERSION);
    fixture->bytes.data[3] = TASK_SEGMENT_VERSION;
    assert_int_equal(seen, 0);
    assert_non_null(strstr(err.text, "version 2"));
}

/* Random damage behind a good checksum: nothing unsound comes out. */
static void test_damage_with_a_good_checksum(void **state)
{
    struct fixture *fixture = *state;
    struct strbuf bytes = {0};
    struct task_segment_writer *writer = task_segment_writer_new();
    task_segment_write(writer, fixture->shard, fixture->handles, FEW, &bytes);
    task_segment_writer_free(writer);
    static uint8_t body[1 << 16] = {1}, damaged[sizeof body];
    int length = LZ4_decompress_safe(bytes.data + 16, (char *)body + 1, (int)bytes.length - 16,
                                     sizeof body - 1);
    assert_true(length > 0);
    for (int i = 0; i < 20000; i++) {
        memcpy(damaged, body, (size_t)length + 1);
        int64_t count = 1 + dice_below(&fixture->dice, 3);
        for (int64_t k = 0; k < count; k++)
            damaged[1 + dice_below(&fixture->dice, length)] = (uint8_t)dice_bits(&fixture->dice);
        assert_int_equal(LLVMFuzzerTestOneInput(damaged, (size_t)length + 1), 0);
    }
    strbuf_done(&bytes);
}

static void test_the_corpus_of_the_fuzzer(void **state)
{
    (void)state;
    glob_t found = {0};
    assert_int_equal(glob(UPTAKE_TESTS_DIR "/fuzz/corpus/segment/*", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        static uint8_t bytes[1 << 16];
        FILE *file = fopen(found.gl_pathv[i], "rb");
        assert_non_null(file);
        size_t length = fread(bytes, 1, sizeof bytes, file);
        (void)fclose(file);
        assert_int_equal(LLVMFuzzerTestOneInput(bytes, length), 0);
    }
    globfree(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_an_empty_page_can_be_stored),
        cmocka_unit_test(test_the_visitor_may_stop),
        cmocka_unit_test(test_every_damaged_byte_is_seen),
        cmocka_unit_test(test_a_newer_version_is_refused),
        cmocka_unit_test(test_damage_with_a_good_checksum),
        cmocka_unit_test(test_the_corpus_of_the_fuzzer),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
