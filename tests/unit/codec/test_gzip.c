/* Tests of codec/gzip: what is compressed reads back. */
#include "codec/gzip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <cmocka.h>

static void assert_reads_back(const char *bytes, size_t length)
{
    struct strbuf out = {0};
    strbuf_add_text(&out, "before");
    gzip_add(&out, bytes, length);
    z_stream stream = {0};
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    char *back = malloc(length + 1);
    assert_non_null(back);
    stream.next_in = (Bytef *)out.data + 6;
    stream.avail_in = (uInt)(out.length - 6);
    stream.next_out = (Bytef *)back;
    stream.avail_out = (uInt)length + 1;
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.total_out, length);
    assert_int_equal(stream.avail_in, 0);
    assert_memory_equal(back, bytes, length);
    assert_int_equal(inflateEnd(&stream), Z_OK);
    free(back);
    strbuf_done(&out);
}

static void everything_reads_back(void **state)
{
    (void)state;
    enum { MANY = 300000 };
    char *bytes = malloc(MANY);
    assert_non_null(bytes);
    uint32_t noise = 1;
    for (int i = 0; i < MANY; i++) {
        noise = noise * 1664525 + 1013904223;
        bytes[i] = (char)(noise >> 24);
    }
    assert_reads_back("x", 0);
    assert_reads_back("x", 1);
    assert_reads_back(bytes, MANY);
    memset(bytes, 'a', MANY);
    assert_reads_back(bytes, MANY);
    free(bytes);
}

static void what_repeats_shrinks(void **state)
{
    (void)state;
    struct strbuf out = {0};
    static char same[100000];
    gzip_add(&out, same, sizeof same);
    assert_true(out.length < 1000);
    strbuf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_reads_back),
        cmocka_unit_test(what_repeats_shrinks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
