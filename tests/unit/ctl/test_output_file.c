/* Tests of ctl/output_file: a file is there as a whole or not at all. */
#include "ctl/output_file.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/strbuf.h"
#include "support/temp_dir.h"

static void write_whole(const char *path, const char *text)
{
    struct output_file output;
    struct up_err err;
    assert_int_equal(output_file_begin(&output, path, &err), UP_OK);
    assert_int_equal(output_file_write(&output, text, strlen(text), &err), UP_OK);
    assert_int_equal(output_file_end(&output, &err), UP_OK);
    output_file_give_up(&output);
}

static void assert_holds(const char *path, const char *expected)
{
    char text[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    assert_int_equal(fclose(file), 0);
    text[length] = '\0';
    assert_string_equal(text, expected);
}

static int files_in(const char *directory)
{
    int count = 0;
    DIR *open = opendir(directory);
    assert_non_null(open);
    for (struct dirent *entry; (entry = readdir(open)) != NULL;)
        count += entry->d_name[0] != '.';
    (void)closedir(open);
    return count;
}

static void a_file_is_written_and_replaced(void **state)
{
    struct strbuf path = {.length = 0};
    strbuf_add_format(&path, "%s/report", (const char *)*state);
    write_whole(strbuf_text(&path), "one");
    assert_holds(strbuf_text(&path), "one");
    assert_int_equal(chmod(strbuf_text(&path), 0600), 0);
    write_whole(strbuf_text(&path), "two");
    assert_holds(strbuf_text(&path), "two");
    struct stat now;
    assert_int_equal(stat(strbuf_text(&path), &now), 0);
    assert_int_equal(now.st_mode & 0777, 0600);
    assert_int_equal(files_in(*state), 1);
    strbuf_done(&path);
}

static void what_is_unfinished_leaves_the_old(void **state)
{
    struct strbuf path = {.length = 0};
    struct output_file output;
    struct up_err err;
    strbuf_add_format(&path, "%s/report", (const char *)*state);
    write_whole(strbuf_text(&path), "old");
    assert_int_equal(output_file_begin(&output, strbuf_text(&path), &err), UP_OK);
    assert_int_equal(output_file_write(&output, "half", 4, &err), UP_OK);
    assert_holds(strbuf_text(&path), "old");
    output_file_give_up(&output);
    assert_holds(strbuf_text(&path), "old");
    assert_int_equal(files_in(*state), 1);
    strbuf_done(&path);
}

static void where_nothing_can_be_written_it_is_said(void **state)
{
    struct strbuf path = {.length = 0};
    struct output_file output;
    struct up_err err;
    strbuf_add_format(&path, "%s/none/report", (const char *)*state);
    assert_int_equal(output_file_begin(&output, strbuf_text(&path), &err), UP_EIO);
    assert_non_null(strstr(err.text, "none/report cannot be written: No such file"));
    output_file_give_up(&output);
    strbuf_done(&path);
}

/* A disk that is full says so at the latest when all is flushed. */
static void a_full_disk_is_an_error(void **state)
{
    (void)state;
    struct up_err err;
    struct output_file output = {.file = fopen("/dev/full", "w"), .path = "/dev/full"};
    assert_non_null(output.file);
    (void)output_file_write(&output, "x", 1, &err);
    assert_int_equal(output_file_end(&output, &err), UP_EIO);
    assert_non_null(strstr(err.text, "No space left"));
    (void)fclose(output.file);
}

static int make_directory(void **state)
{
    static struct temp_dir directory;
    struct up_err err;
    *state = directory.path;
    return temp_dir_init(&directory, &err);
}

static int remove_directory(void **state)
{
    temp_dir_done(*state);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_directory, remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_written_and_replaced),
        TEST(what_is_unfinished_leaves_the_old),
        TEST(where_nothing_can_be_written_it_is_said),
        TEST(a_full_disk_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
