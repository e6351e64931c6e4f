/* Keys land where Kafka's clients put them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/partitioner.h"
#include "support/json_value.h"

/* What librdkafka 2.0's rd_kafka_msg_partitioner_* answer. */
static void test_librdkafka(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        int32_t partitions, murmur2, consistent, fnv1a;
    } examples[] = {{"a", 3, 1, 0, 0},
                    {"a", 1000, 524, 907, 76},
                    {"team-7", 3, 1, 2, 2},
                    {"team-7", 1000, 904, 220, 196},
                    {"sales emea", 3, 2, 1, 0},
                    {"sales emea", 1000, 591, 881, 595},
                    {"\xc3\xa9quipe", 3, 2, 1, 2},
                    {"\xc3\xa9quipe", 1000, 118, 489, 249},
                    {"0123456789abcdef", 3, 0, 0, 1},
                    {"0123456789abcdef", 1000, 52, 11, 251},
                    {"x", 3, 1, 0, 1},
                    {"x", 1000, 46, 923, 601}};
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        const char *key = examples[i].key;
        size_t length = strlen(key);
        int32_t partitions = examples[i].partitions;
        assert_int_equal(partitioner_partition(PARTITIONER_MURMUR2, key, length, partitions),
                         examples[i].murmur2);
        assert_int_equal(partitioner_partition(PARTITIONER_CONSISTENT, key, length, partitions),
                         examples[i].consistent);
        assert_int_equal(partitioner_partition(PARTITIONER_FNV1A, key, length, partitions),
                         examples[i].fnv1a);
    }
}

/* The keys are texts of characters below U+0080, so that their bytes are what the file holds. */
static void test_vectors(void **state)
{
    (void)state;
    struct json_value *all = json_read_file("golden/stats_vectors.json");
    int checked = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct json_value *row = &all->items[i];
        if (strcmp(json_member(row, "f")->text, "partition") != 0)
            continue;
        const struct json_value *key = json_item(json_member(row, "in"), 0);
        int64_t partitions = json_integer(json_item(json_member(row, "in"), 1));
        assert_int_equal(
            partitioner_partition(PARTITIONER_MURMUR2, key->text, key->count, (int32_t)partitions),
            json_integer(json_member(row, "out")));
        checked++;
    }
    json_free(all);
    assert_true(checked > 0);
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum partitioner partitioner;
    } names[] = {
        {"murmur2", PARTITIONER_MURMUR2},       {"murmur2_random", PARTITIONER_MURMUR2},
        {"consistent", PARTITIONER_CONSISTENT}, {"consistent_random", PARTITIONER_CONSISTENT},
        {"fnv1a", PARTITIONER_FNV1A},           {"fnv1a_random", PARTITIONER_FNV1A}};
    enum partitioner found;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_true(partitioner_from_name(text_of(names[i].name), &found));
        assert_int_equal(found, names[i].partitioner);
    }
    assert_false(partitioner_from_name(text_of("random"), &found));
    assert_false(partitioner_from_name(text_of("murmur"), &found));
    assert_false(partitioner_from_name(text_of(""), &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_librdkafka),
                                       cmocka_unit_test(test_vectors),
                                       cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
