/* A file of teams says where somebody is on a day, or where it is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/teams_file.h"
#include "support/temp_dir.h"

static struct teams_file read_text(const char *text)
{
    struct temp_dir dir;
    struct up_err err;
    struct teams_file file;
    char path[TEMP_DIR_PATH_MAX];
    assert_int_equal(temp_dir_init(&dir, &err), UP_OK);
    temp_dir_join(&dir, "t", path);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(teams_file_read(path, &file, &err), UP_OK);
    temp_dir_done(&dir);
    return file;
}

/* expected: "team name", or "-". */
static void assert_found(const struct teams_file *file, const char *user, int32_t day, const char *expected)
{
    struct text team, name;
    struct strbuf found = {0};
    if (teams_file_find(file, text_of(user), day, &team, &name))
        strbuf_add_format(&found, "%.*s %.*s", (int)team.length, team.bytes, (int)name.length, name.bytes);
    else
        strbuf_add_text(&found, "-");
    assert_string_equal(strbuf_text(&found), expected);
    strbuf_done(&found);
}

static void test_who_is_where(void **state)
{
    (void)state;
    enum { JANUARY = 20089, FEBRUARY = JANUARY + 31, MARCH = FEBRUARY + 28 }; /* the first of them, 2025 */
    struct teams_file file = read_text("user,team,valid_from,valid_to,name\nbob,north,,,\nada,north,2025-03-01,,a.l\n"
                                       "ada,south,2025-01-01,2025-02-01,a.l\n\"ad\",east,,2025-01-01,\n");
    assert_string_equal(strbuf_text(&file.messages), "");
    assert_found(&file, "bob", 0, "north bob");
    assert_found(&file, "bob", MARCH, "north bob");
    assert_found(&file, "ada", JANUARY - 1, "-");
    assert_found(&file, "ada", JANUARY, "south a.l");
    assert_found(&file, "ada", FEBRUARY - 1, "south a.l");
    assert_found(&file, "ada", FEBRUARY, "-");
    assert_found(&file, "ada", MARCH, "north a.l");
    assert_found(&file, "ad", JANUARY - 1, "east ad");
    assert_found(&file, "ad", JANUARY, "-");
    assert_found(&file, "adam", JANUARY, "-");
    assert_found(&file, "", JANUARY, "-");
    teams_file_done(&file);
    file = read_text("team,user\nnorth,ada\n");
    assert_found(&file, "ada", JANUARY, "north ada");
    teams_file_done(&file);
}

/* What is wrong is said by line, without the person's name. */
static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", ":1: the first line must name the columns: user,team,valid_from,valid_to,name\n"},
        {"user\n", ":1: the column team is missing: the first line names the columns\n"},
        {"user,team,grp\n", ":1: 'grp' is no column: they are user, team, valid_from, valid_to, name\n"},
        {"user,team\nada\n", ":2: there are 1 fields, not 2\n"},
        {"user,team\n,north\n", ":2: user is empty\n"},
        {"user,team,valid_from,valid_to\nada,north,2025-02-01,2025-02-01\n",
         ":2: valid_to 2025-02-01 is not after valid_from 2025-02-01\n"},
        {"user,team,valid_from\nada,north,\nada,south,2025-01-01\n",
         ":3: the user is in a team at the same time by line 2\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct teams_file file = read_text(cases[i].text);
        const char *message = strbuf_text(&file.messages);
        assert_non_null(strstr(message, "/t:"));
        assert_string_equal(strstr(message, "/t:") + 2, cases[i].message);
        assert_int_equal(file.mistakes, 1);
        teams_file_done(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_who_is_where), cmocka_unit_test(test_mistakes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
