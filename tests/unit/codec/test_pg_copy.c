/* PostgreSQL's binary format: what is written is read, cut anywhere; damage is seen. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "codec/pg_array.h"
#include "codec/pg_copy.h"
#include "codec/pg_days.h"
#include "codec/pg_image.h"
#include "support/dice.h"

static uint32_t u32_at(const char *at)
{
    const unsigned char *byte = (const unsigned char *)at;
    return (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 | byte[3];
}

/* The row of an array of one row as a row that was read: the same fields, without their types. */
static void read_back(const struct strbuf *array, struct pg_row *row)
{
    assert_int_equal(u32_at(array->data), 1);
    assert_int_equal(u32_at(array->data + 12), 1);
    assert_int_equal(u32_at(array->data + 20), array->length - 24);
    *row = (struct pg_row){.count = (int)u32_at(array->data + 24)};
    const char *at = array->data + 28;
    for (int i = 0; i < row->count; i++) {
        int32_t length = (int32_t)u32_at(at + 4);
        row->fields[i] = (struct pg_field){.bytes = (const uint8_t *)at + 8, .length = length};
        at += 8 + (length > 0 ? length : 0);
    }
    assert_ptr_equal(at, array->data + array->length);
}

static void test_values_come_back(void **state)
{
    (void)state;
    const int64_t counts[] = {0, 1, INT64_MAX, -7, 0};
    const struct pseudonym user = {.low = UINT64_C(0x0102030405060708), .high = UINT64_MAX};
    struct pg_array array = {0};
    pg_array_begin_row(&array, 17);
    pg_array_i16(&array, -3);
    pg_array_i32(&array, INT32_MIN);
    pg_array_i64(&array, INT64_MIN);
    pg_array_counts(&array, counts, 5);
    pg_array_text(&array, text_of("\xc3\xa9\""));
    pg_array_text(&array, text_of(""));
    pg_array_day(&array, 0);
    pg_array_day(&array, INT32_MAX);
    pg_array_time(&array, 1);
    pg_array_time(&array, -1);
    pg_array_pseudonym(&array, user);
    pg_array_null_pseudonym(&array);
    pg_array_null_i32(&array);
    pg_array_end_row(&array);
    struct strbuf bytes = pg_array_take(&array);
    struct pg_row row;
    struct pseudonym back;
    read_back(&bytes, &row);
    assert_int_equal(pg_row_i16(&row), -3);
    assert_int_equal(pg_row_i32(&row), INT32_MIN);
    assert_int_equal(pg_row_i64(&row), INT64_MIN);
    for (int i = 0; i < 5; i++)
        assert_int_equal(pg_row_i64_or(&row, 0), counts[i]);
    assert_true(text_equal(pg_row_text(&row), text_of("\xc3\xa9\"")));
    assert_int_equal(pg_row_text(&row).length, 0);
    assert_int_equal(pg_row_day_or(&row, -9), 0);
    assert_int_equal(pg_row_day_or(&row, -9), -9);
    assert_int_equal(pg_row_time_or(&row, -9), 1);
    assert_int_equal(pg_row_time_or(&row, -9), -9);
    assert_true(pg_row_pseudonym(&row, &back));
    assert_true(pseudonym_equal(user, back));
    assert_false(pg_row_pseudonym(&row, &back));
    assert_int_equal(pg_row_i32_or(&row, 5), 5);
    assert_false(row.failed);
    assert_int_equal(row.next, row.count);
    (void)pg_row_field(&row);
    assert_true(row.failed);
    strbuf_done(&bytes);
}

static void test_arrays_come_back(void **state)
{
    (void)state;
    const struct text names[] = {text_of("a"), text_of(""), text_of("long, \"quoted\"")};
    const int32_t days[] = {0, 20000, 2932896};
    const int32_t small[] = {INT32_MIN, 0, 7};
    const int64_t large[] = {INT64_MIN, 1, 2};
    const bool flags[] = {true, false, true};
    struct pg_array array = {0};
    pg_array_begin_row(&array, 6);
    pg_array_texts(&array, names, 3);
    pg_array_days(&array, days, 3);
    pg_array_i32s(&array, small, 3);
    pg_array_i64s(&array, large, 3);
    pg_array_bools(&array, flags, 3);
    pg_array_texts(&array, NULL, 0);
    pg_array_end_row(&array);
    struct strbuf bytes = pg_array_take(&array);
    struct pg_row row;
    read_back(&bytes, &row);
    struct text texts[3];
    int32_t i32s[3], dates[3];
    int64_t i64s[3];
    bool bools[3];
    assert_int_equal(pg_row_texts(&row, texts, 3), 3);
    assert_int_equal(pg_row_days(&row, dates, 3), 3);
    assert_int_equal(pg_row_i32s(&row, i32s, 2), 3);
    assert_int_equal(pg_row_i64s(&row, i64s, 3), 3);
    assert_int_equal(pg_row_bools(&row, bools, 3), 3);
    assert_int_equal(pg_row_texts(&row, texts, 0), 0);
    assert_false(row.failed);
    for (int i = 0; i < 3; i++) {
        assert_true(text_equal(texts[i], names[i]));
        assert_int_equal(dates[i], days[i]);
        assert_int_equal(i64s[i], large[i]);
        assert_int_equal(bools[i], flags[i]);
    }
    assert_int_equal(i32s[0], INT32_MIN);
    assert_int_equal(i32s[1], 0);
    strbuf_done(&bytes);
}

/* Whatever an array's bytes are, reading it neither crashes nor leaves its field. */
static void test_damaged_arrays_are_seen_or_harmless(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    const struct text names[] = {text_of("one"), text_of("two"), text_of("three")};
    struct pg_array array = {0};
    pg_array_begin_row(&array, 1);
    pg_array_texts(&array, names, 3);
    pg_array_end_row(&array);
    struct strbuf bytes = pg_array_take(&array);
    int failed = 0;
    for (int i = 0; i < 20000; i++) {
        struct pg_row row;
        struct text texts[3] = {{0}};
        read_back(&bytes, &row);
        uint8_t damaged[64];
        size_t length = (size_t)row.fields[0].length;
        memcpy(damaged, row.fields[0].bytes, length);
        damaged[dice_below(&dice, (int64_t)length)] = (uint8_t)dice_bits(&dice);
        row.fields[0] = (struct pg_field){
            .bytes = damaged, .length = (int32_t)dice_below(&dice, (int64_t)length + 1)};
        (void)pg_row_texts(&row, texts, 3);
        failed += row.failed;
        for (int t = 0; t < 3 && !row.failed; t++)
            assert_true(texts[t].length <= (uint32_t)row.fields[0].length);
    }
    assert_true(failed > 10000);
    strbuf_done(&bytes);
}

/* ---- streams ------------------------------------------------------------------------------ */

static const char stream[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
                             "\0\2\0\0\0\1a\0\0\0\2bc"
                             "\0\1\377\377\377\377"
                             "\0\0"
                             "\0\1\0\0\0\0"
                             "\377\377";
enum { STREAM_BYTES = sizeof stream - 1 };

static int note_row(void *arg, struct pg_row *row, struct up_err *err)
{
    struct strbuf *seen = arg;
    (void)err;
    strbuf_add_char(seen, '(');
    for (int i = 0; i < row->count; i++) {
        if (row->fields[i].length < 0)
            strbuf_add_char(seen, '-');
        else
            strbuf_add(seen, row->fields[i].bytes, (size_t)row->fields[i].length);
        strbuf_add_char(seen, ';');
    }
    strbuf_add_char(seen, ')');
    return UP_OK;
}

static void test_a_stream_may_be_cut_anywhere(void **state)
{
    (void)state;
    for (size_t first = 0; first <= STREAM_BYTES; first++) {
        for (size_t second = first; second <= STREAM_BYTES; second++) {
            struct pg_copy copy = {0};
            struct strbuf seen = {0};
            assert_int_equal(pg_copy_feed(&copy, stream, first, note_row, &seen, NULL), UP_OK);
            assert_int_equal(
                pg_copy_feed(&copy, stream + first, second - first, note_row, &seen, NULL), UP_OK);
            assert_int_equal(
                pg_copy_feed(&copy, stream + second, STREAM_BYTES - second, note_row, &seen, NULL),
                UP_OK);
            assert_string_equal(strbuf_text(&seen), "(a;bc;)(-;)()(;)");
            assert_true(copy.has_ended);
            assert_int_equal(copy.rest.length, 0);
            strbuf_done(&seen);
            pg_copy_done(&copy);
        }
    }
}

static int refuse_row(void *arg, struct pg_row *row, struct up_err *err)
{
    (void)arg;
    (void)row;
    return up_fail(err, UP_EINVAL, "no");
}

static void test_what_is_no_stream_is_refused(void **state)
{
    (void)state;
    struct pg_copy copy = {0};
    struct strbuf seen = {0};
    struct up_err err = {0};
    assert_int_equal(pg_copy_feed(&copy, "PGCOPX", 6, note_row, &seen, &err), UP_ECORRUPT);
    pg_copy_done(&copy);
    assert_int_equal(pg_copy_feed(&copy, stream, STREAM_BYTES, refuse_row, NULL, &err), UP_EINVAL);
    pg_copy_done(&copy);
    assert_int_equal(pg_copy_feed(&copy, stream, STREAM_BYTES, note_row, &seen, &err), UP_OK);
    assert_int_equal(pg_copy_feed(&copy, "\0\0", 2, note_row, &seen, &err), UP_ECORRUPT);
    pg_copy_done(&copy);
    assert_int_equal(pg_copy_feed(&copy, stream, 19, note_row, &seen, &err), UP_OK);
    assert_int_equal(pg_copy_feed(&copy, "\0\1\377\377\377\376", 6, note_row, &seen, &err),
                     UP_ECORRUPT);
    pg_copy_done(&copy);
    strbuf_done(&seen);
}

/* ---- days, images ------------------------------------------------------------------------- */

/* Every day of those added lies between the ends of a span of at most 28 days, which touches two
 * months at most. */
static void test_days_stand_for_all_their_months(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct pg_days days = {0};
    int32_t added[500];
    for (int i = 0; i < 500; i++) {
        added[i] = 20000 + (int32_t)dice_below(&dice, 700);
        pg_days_add(&days, added[i]);
    }
    assert_true(days.count <= 2 * (700 / 28 + 2));
    for (int i = 0; i < 500; i++) {
        int found = 0;
        for (size_t s = 0; s < days.count; s += 2) {
            assert_true(days.ends[s + 1] - days.ends[s] < 28);
            found += added[i] >= days.ends[s] && added[i] <= days.ends[s + 1];
        }
        assert_int_equal(found, 1);
    }
    pg_days_done(&days);
}

static void test_images_append(void **state)
{
    (void)state;
    static const struct pg_statement statement = {"s", "SELECT $1", 1};
    struct pg_image one = {0}, two = {0};
    pg_image_add(&one, &statement)->values[0] = pg_value_i32(1);
    pg_image_add(&two, &statement)->values[0] = pg_value_i64(2);
    pg_image_add(&two, &statement)->values[0] = pg_value_text(text_of("three"));
    pg_image_append(&one, &two);
    assert_int_equal(one.count, 3);
    assert_int_equal(two.count, 0);
    assert_int_equal(pg_image_bytes(&one), 4 + 8 + 5);
    pg_image_done(&one);
    assert_int_equal(pg_image_bytes(&one), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_come_back),
        cmocka_unit_test(test_arrays_come_back),
        cmocka_unit_test(test_damaged_arrays_are_seen_or_harmless),
        cmocka_unit_test(test_a_stream_may_be_cut_anywhere),
        cmocka_unit_test(test_what_is_no_stream_is_refused),
        cmocka_unit_test(test_days_stand_for_all_their_months),
        cmocka_unit_test(test_images_append),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
