/* A mapping file is read as a whole: all its mistakes are found, with their lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/import_map.h"
#include "support/temp_dir.h"

/* Expected: "LINE: beginning" of each message, with a bar behind each. */
static void check(const char *text, const char *expected)
{
    struct temp_dir dir;
    struct up_err err;
    struct import_map map;
    char path[TEMP_DIR_PATH_MAX];
    assert_int_equal(temp_dir_init(&dir, &err), UP_OK);
    temp_dir_join(&dir, "m", path);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(import_map_read(path, &map, &err), UP_OK);
    const char *message = strbuf_text(&map.messages);
    size_t found = 0;
    for (; *expected != '\0'; found++) {
        const char *bar = strchr(expected, '|'), *said = strstr(message, "/m:");
        if (said == NULL || strncmp(said + 3, expected, (size_t)(bar - expected)) != 0)
            fail_msg("'%.80s' instead of '%s'", said != NULL ? said + 3 : "", expected);
        message = strchr(said, '\n') + 1;
        expected = bar + 1;
    }
    assert_string_equal(message, "");
    assert_int_equal(map.mistakes, found);
    import_map_done(&map);
    temp_dir_done(&dir);
}

#define USAGE "[event e]\ntype = usage\ntime = ${at}\nuser = ${who}\nassist = ai\n"

static void test_sound_maps(void **state)
{
    (void)state;
    check(USAGE, "");
    check("# a comment\n[file]\nseparator = tab\ndecimal = ,\nsource = urn:x\n" USAGE, "");
    check(USAGE "time_format = %Y-%m-%d\ntime_zone = -05:00\nonly = ${a} | b, c\nonly = ${d} | e\n", "");
    check("[event r]\ntype = redesign\ntime = ${at}\nworkflow = ${w}\nteam_of = ${who}\n", "");
    check(USAGE "[event f]\ntype = pulse\ntime = ${at}\nuser = ${who}\nquestion = coached\nscore = ${s} | times 0.5\n", "");
}

static void test_mistakes(void **state)
{
    (void)state;
    check("", "1: there is no [event NAME]|");
    check("[files]\na = b\n" USAGE, "2: [files] is no section|");
    check("[file]\nseparator = ab\n" USAGE, "2: [file] has the keys|");
    check("[event e]\ntime = ${at}\n", "2: [event e] has no type|");
    check("[event e]\ntype = use\ntime = ${at}\n", "2: 'use' is no type|2: [event e] has no type|");
    check("[event e]\ntype = usage\nassist = ai\n", "2: [event e] has no time|2: [event e] has no user|");
    check(USAGE "programme = x\n", "6: 'programme' is no member of usage events|");
    check(USAGE "time_format = %Q\n", "6: time_format is|2: [event e]: its times have no offset|");
    check(USAGE "time_format = %Y-%m-%d\n", "2: [event e]: its times have no offset|");
    check(USAGE "time_zone = CET\n", "6: time_zone 'CET'|");
    check(USAGE "only = ${a}\n", "6: what may it be?|");
    check(USAGE "task = ${a\n", "6: '${' without|");
    check(USAGE "task =\n", "6: there is no value|");
    check(USAGE "task = ${a} | b\n", "6: 'b' is not old=new|");
    check(USAGE "task = ${a} | \"b=c\n", "6: a quote is not closed|");
    check(USAGE "task = ${a} | times x\n", "6: 'times x' is not `times`|");
    check(USAGE "task = ${a} | times -1\n", "6: 'times -1' is not `times`|");
    check(USAGE "task\n", "6: is no `key = value`|");
    check("[event r]\ntype = redesign\ntime = ${at}\nworkflow = ${w}\nuser = ${who}\n",
          "2: [event r]: redesign events have no user|");
    check("[event r]\ntype = outcome\ntime = ${at}\n", "2: [event r] has no task|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sound_maps), cmocka_unit_test(test_mistakes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
