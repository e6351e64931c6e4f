/* A file of groups is read as a whole: all its rows, or all its mistakes with their lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/groups_file.h"
#include "support/temp_dir.h"

#define HEAD "team,grp,valid_from,valid_to\n"

/* Reads a file with this text; messages name it `g`. */
static struct groups_file read_text(const char *text)
{
    struct temp_dir dir;
    struct up_err err;
    char path[TEMP_DIR_PATH_MAX];
    assert_int_equal(temp_dir_init(&dir, &err), UP_OK);
    temp_dir_join(&dir, "g", path);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
    struct groups_file file;
    assert_int_equal(groups_file_read(path, &file, &err), UP_OK);
    temp_dir_done(&dir);
    return file;
}

static void assert_rows(const char *text, const char *json)
{
    struct groups_file file = read_text(text);
    assert_string_equal(strbuf_text(&file.messages), "");
    assert_int_equal(file.mistakes, 0);
    assert_string_equal(strbuf_text(&file.json), json);
    groups_file_done(&file);
}

/* Expected: "LINE: beginning" of each message, with a bar behind each. */
static void assert_mistakes(const char *text, const char *expected)
{
    struct groups_file file = read_text(text);
    const char *message = strbuf_text(&file.messages);
    size_t found = 0;
    for (; *expected != '\0'; found++) {
        const char *bar = strchr(expected, '|');
        const char *said = strstr(message, "/g:");
        assert_non_null(said);
        if (strncmp(said + 3, expected, (size_t)(bar - expected)) != 0)
            fail_msg("'%.60s' instead of '%s'", said + 3, expected);
        message = strchr(said, '\n') + 1;
        expected = bar + 1;
    }
    assert_string_equal(message, "");
    assert_int_equal(file.mistakes, found);
    groups_file_done(&file);
}

static void test_rows_are_read_whatever_the_form(void **state)
{
    (void)state;
    static const char one[] =
        "[{\"team\":\"a\",\"grp\":\"x\",\"valid_from\":\"2025-01-01\",\"valid_to\":null}]";
    assert_rows(HEAD, "[]");
    assert_rows(HEAD "a,x,2025-01-01,\n", one);
    assert_rows(HEAD "a,x,2025-01-01,", one);
    assert_rows("\xef\xbb\xbfteam,grp,valid_from,valid_to\r\n\"a\",x,\"2025-01-01\",\"\"\r\n\r\n", one);
    assert_rows("\nvalid_to,\"grp\",team,valid_from\n\n,x,a,2025-01-01\n", one);
    assert_rows(HEAD "\"o'hara, \"\"ä\"\"\",x,2025-01-01,2025-01-02\n",
                "[{\"team\":\"o'hara, \\\"ä\\\"\",\"grp\":\"x\",\"valid_from\":\"2025-01-01\",\"valid_to\":\"2025-01-02\"}]");
}

static void test_periods_may_touch_and_groups_may_be_several(void **state)
{
    (void)state;
    struct groups_file file = read_text(HEAD "a,x,2025-02-01,\na,x,2025-01-01,2025-02-01\na,y,2025-01-01,\nb,x,2025-01-01,\n");
    assert_int_equal(file.mistakes, 0);
    assert_int_equal(file.rows, 4);
    groups_file_done(&file);
}

static void test_all_mistakes_are_said_with_their_lines(void **state)
{
    (void)state;
    assert_mistakes("", "1: the first line must name|");
    assert_mistakes("a,x,2025-01-01,\n", "1: 'a' is no column|1: 'x' is no column|1: '2025-01-01' is no column|"
                                         "1: '' is no column|1: the column team is missing|1: the column grp is|"
                                         "1: the column valid_from|1: the column valid_to|");
    assert_mistakes("team,grp,team,valid_to\na,b\n", "1: the column team comes twice|1: the column valid_from is missing|");
    assert_mistakes("team,grp,valid_from,valid_to,note\na,x,2025-01-01,,\n", "1: there are 5 columns|2: there are 5 fields|");
    assert_mistakes(HEAD "a,x,2025-01-01\n,,2025-01-01,\na,x,1.1.2025,2025-02-30\n\na,x,2025-01-02,2025-01-02\n\"a,x,,\n",
                    "2: there are 3 fields|3: team is empty|3: grp is empty|4: valid_from '1.1.2025' is no day|"
                    "4: valid_to '2025-02-30' is no day|6: valid_to 2025-01-02 is not after|7: a quote is not closed|");
    assert_mistakes(HEAD "a\tb,x,2025-01-01,\n\xff,x,2025-01-01,\n\xc2\x85,x,2025-01-01 ,\n",
                    "2: team has a control character|3: team is not UTF-8|4: team has a control|4: valid_from '2025-01-01 ' is no day|");
    char line[400];
    (void)snprintf(line, sizeof line, HEAD "%0128d,x,2025-01-01,\n%0129d,x,2025-01-01,\n", 1, 1);
    assert_mistakes(line, "3: team has 129 bytes|");
}

static void test_a_team_is_in_a_group_once_at_a_time(void **state)
{
    (void)state;
    assert_mistakes(HEAD "a,x,2025-01-01,\na,x,2025-01-01,\n", "3: team 'a' is in group 'x' at the same time by line 2|");
    assert_mistakes(HEAD "a,x,2025-03-01,2025-04-01\na,x,2025-01-01,2025-03-02\n", "3: team 'a' is in group 'x' at the same time by line 2|");
    /* A short period inside a long one does not hide the third. */
    assert_mistakes(HEAD "a,x,2025-01-01,2025-12-01\na,x,2025-02-01,2025-02-02\na,x,2025-06-01,2025-07-01\n",
                    "3: team 'a' is in group 'x' at the same time by line 2|4: team 'a' is in group 'x' at the same time by line 2|");
    assert_mistakes(HEAD "a,x,2025-01-01,\nb,x,2025-01-01,\na,x,2024-01-01,2024-06-01\na,y,2024-01-01,\na,x,2026-01-01,\n",
                    "6: team 'a' is in group 'x' at the same time by line 2|");
}

static void test_a_file_that_is_not_there(void **state)
{
    (void)state;
    struct groups_file file;
    struct up_err err;
    assert_int_equal(groups_file_read("/nowhere/groups.csv", &file, &err), UP_EIO);
    groups_file_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_read_whatever_the_form),
        cmocka_unit_test(test_periods_may_touch_and_groups_may_be_several),
        cmocka_unit_test(test_all_mistakes_are_said_with_their_lines),
        cmocka_unit_test(test_a_team_is_in_a_group_once_at_a_time),
        cmocka_unit_test(test_a_file_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
