/* Lines of plain and compressed files, whatever their ends and however long they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/strbuf.h"
#include "io/file_source.h"
#include "support/temp_dir.h"

enum { LONG_BYTES = 1000000 };

static struct temp_dir dir;

static int make_dir(void **state)
{
    (void)state;
    struct up_err err;
    return temp_dir_init(&dir, &err);
}

static int remove_dir(void **state)
{
    (void)state;
    temp_dir_done(&dir);
    return 0;
}

/* Writes the file plain or compressed; returns its path. */
static const char *write_file(const char *name, const void *bytes, size_t length, bool compressed)
{
    static char path[TEMP_DIR_PATH_MAX];
    temp_dir_join(&dir, name, path);
    gzFile file = gzopen(path, compressed ? "wb" : "wbT");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes, (unsigned)length), (int)length);
    assert_int_equal(gzclose(file), Z_OK);
    return path;
}

static struct file_source *open_source(const char *path)
{
    struct file_source *source = NULL;
    struct up_err err = {0};
    if (file_source_open(path, &source, &err) != UP_OK)
        fail_msg("%s", err.text);
    return source;
}

static void expect_line(struct file_source *source, const char *expected)
{
    struct text line;
    struct up_err err;
    assert_int_equal(file_source_next(source, &line, &err), 1);
    assert_int_equal(line.length, strlen(expected));
    assert_memory_equal(line.bytes, expected, line.length);
}

static void expect_end(struct file_source *source)
{
    struct text line;
    struct up_err err;
    assert_int_equal(file_source_next(source, &line, &err), 0);
    assert_int_equal(file_source_next(source, &line, &err), 0);
}

static void lines_end_with_lf_or_crlf(void **state)
{
    (void)state;
    static const char bytes[] = "one\ntwo\r\n\n\r\nfour\r\r\nlast";
    for (int compressed = 0; compressed < 2; compressed++) {
        struct file_source *source =
            open_source(write_file("lines", bytes, sizeof bytes - 1, compressed == 1));
        for (int round = 0; round < 2; round++) {
            struct up_err err;
            expect_line(source, "one");
            expect_line(source, "two");
            expect_line(source, "");
            expect_line(source, "");
            expect_line(source, "four");
            expect_line(source, "last");
            expect_end(source);
            assert_int_equal(file_source_rewind(source, &err), UP_OK);
        }
        file_source_close(source);
    }
}

static void a_last_line_end_begins_no_line(void **state)
{
    (void)state;
    struct file_source *source = open_source(write_file("ended", "a\nb\n", 4, false));
    expect_line(source, "a");
    expect_line(source, "b");
    expect_end(source);
    file_source_close(source);
    source = open_source(write_file("empty", "", 0, false));
    expect_end(source);
    file_source_close(source);
}

static void lines_may_be_longer_than_any_block(void **state)
{
    (void)state;
    struct strbuf bytes = {0};
    for (int line = 0; line < 5; line++) {
        memset(strbuf_room(&bytes, LONG_BYTES + 1), 'a' + line, LONG_BYTES);
        bytes.length += LONG_BYTES;
        strbuf_add_char(&bytes, '\n');
        strbuf_add_text(&bytes, "short\n");
    }
    struct file_source *source = open_source(write_file("long.gz", bytes.data, bytes.length, true));
    for (int i = 0; i < 5; i++) {
        struct text line;
        struct up_err err;
        assert_int_equal(file_source_next(source, &line, &err), 1);
        assert_int_equal(line.length, LONG_BYTES);
        assert_int_equal(line.bytes[0], 'a' + i);
        assert_int_equal(line.bytes[LONG_BYTES - 1], 'a' + i);
        expect_line(source, "short");
    }
    expect_end(source);
    assert_true(file_source_progress(source) > 0.9);
    file_source_close(source);
    strbuf_done(&bytes);
}

static void a_file_that_is_cut_off_is_an_error(void **state)
{
    (void)state;
    char bytes[20000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i % 64 == 63 ? '\n' : 'a' + (char)(i * i % 23));
    const char *path = write_file("cut.gz", bytes, sizeof bytes, true);
    FILE *file = fopen(path, "rb");
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    file = fopen(path, "wb");
    assert_int_equal(fwrite(bytes, 1, length / 2, file), length / 2);
    fclose(file);
    struct file_source *source = open_source(path);
    struct text line;
    struct up_err err;
    int code;
    do
        code = file_source_next(source, &line, &err);
    while (code > 0);
    assert_int_equal(code, UP_ECORRUPT);
    file_source_close(source);
}

/* Blocks put together are the file, and lines go on behind a block. */
static void blocks_are_the_bytes_as_they_are(void **state)
{
    (void)state;
    char *bytes = malloc(LONG_BYTES);
    assert_non_null(bytes);
    for (size_t i = 0; i < LONG_BYTES; i++)
        bytes[i] = (char)(i % 251);
    struct file_source *source = open_source(write_file("blocks", bytes, LONG_BYTES, true));
    struct strbuf read = {0};
    struct text block;
    struct up_err err;
    while (file_source_next_block(source, &block, &err) > 0)
        strbuf_add(&read, block.bytes, block.length);
    assert_int_equal(read.length, LONG_BYTES);
    assert_memory_equal(read.data, bytes, LONG_BYTES);
    file_source_close(source);
    strbuf_done(&read);
    free(bytes);
    source = open_source(write_file("both", "a\nb\r\nc", 6, false));
    expect_line(source, "a");
    assert_int_equal(file_source_next_block(source, &block, &err), 1);
    assert_true(text_equal(block, text_of("b\r\nc")));
    assert_int_equal(file_source_next_block(source, &block, &err), 0);
    file_source_close(source);
}

static void what_is_not_there_is_an_error(void **state)
{
    (void)state;
    char path[TEMP_DIR_PATH_MAX];
    struct file_source *source = NULL;
    struct up_err err = {0};
    temp_dir_join(&dir, "nothing", path);
    assert_int_equal(file_source_open(path, &source, &err), UP_EIO);
    assert_null(source);
    assert_non_null(strstr(err.text, "No such file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_with_lf_or_crlf),
        cmocka_unit_test(a_last_line_end_begins_no_line),
        cmocka_unit_test(lines_may_be_longer_than_any_block),
        cmocka_unit_test(a_file_that_is_cut_off_is_an_error),
        cmocka_unit_test(blocks_are_the_bytes_as_they_are),
        cmocka_unit_test(what_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
