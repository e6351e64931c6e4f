/* Rows become events as the mapping says; what it does not foresee is refused with its reason, never guessed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "ctl/import_csv.h"
#include "imported.h"
#include "support/temp_dir.h"

static void write_file(struct temp_dir *dir, const char *name, const char *text, char path[static TEMP_DIR_PATH_MAX])
{
    temp_dir_join(dir, name, path);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
}

/* Maps a file with a map, both as texts. Returns UP_OK, or what the file's columns are. */
static int import_texts(const char *map_text, const char *csv, struct imported *imported, struct strbuf *lines)
{
    static const struct import_options options = {.team = "t"};
    struct temp_dir dir;
    struct up_err err;
    struct import import;
    struct import_map map;
    struct file_source *source;
    char map_path[TEMP_DIR_PATH_MAX], csv_path[TEMP_DIR_PATH_MAX];
    assert_int_equal(temp_dir_init(&dir, &err), UP_OK);
    write_file(&dir, "m", map_text, map_path);
    write_file(&dir, "c", csv, csv_path);
    assert_int_equal(import_map_read(map_path, &map, &err), UP_OK);
    assert_string_equal(strbuf_text(&map.messages), "");
    assert_int_equal(file_source_open(csv_path, &source, &err), UP_OK);
    import_init(&import, &options, take_imported, imported);
    import_open(&import, "c");
    int code = import_csv_run(&import, &map, source, &err);
    note_reasons(&import, imported);
    for (size_t i = 0; i < import.count; i++)
        strbuf_add_format(lines, "%llu ", (unsigned long long)import.counts[i].line);
    file_source_close(source);
    import_done(&import);
    import_map_done(&map);
    temp_dir_done(&dir);
    return code;
}

static void check(const char *map, const char *csv, const char *events, const char *reasons, const char *lines)
{
    struct imported imported = {.events = {0}};
    struct strbuf at = {0};
    assert_int_equal(import_texts(map, csv, &imported, &at), UP_OK);
    strbuf_text(&imported.events);
    for (size_t i = 0; i < imported.events.length; i++)
        imported.events.data[i] = (char)(imported.events.data[i] == '"' ? '\'' : imported.events.data[i]);
    if (strcmp(strbuf_text(&imported.events), events) != 0)
        fail_msg("events %s\nnot    %s", strbuf_text(&imported.events), events);
    assert_string_equal(strbuf_text(&imported.reasons), reasons);
    assert_string_equal(strbuf_text(&at), lines);
    strbuf_done(&at);
    imported_done(&imported);
}

#define MAP                                                                                                            \
    "[event e]\ntype = usage\nid = ${n}\ntime = ${at}\nuser = ${who}\nassist = ${tool} | yes=ai, no=none\n"
#define HEAD "n,at,who,tool,x\n"
#define ADA "2025-10-01T12:00:00.000Z usage {'team':'t','user':'ada','assist':'ai'}|"

static void test_values(void **state)
{
    (void)state;
    check(MAP, HEAD "1,2025-10-01T12:00:00Z,ada,yes,\n", ADA, "", "");
    check(MAP, "\xef\xbb\xbftool,who,at,n\r\nyes,\" ada \",2025-10-01T12:00:00Z,1\r\n\r\n", ADA, "", "");
    check(MAP "task = ${n}-${x}\nteam = ${x}\nworkflow = w ${x}\n", HEAD "1,2025-10-01T12:00:00Z,ada,yes,b\n",
          "2025-10-01T12:00:00.000Z usage {'team':'b','user':'ada','assist':'ai','task':'1-b','workflow':'w b'}|", "", "");
    check(MAP "batch = ${x}\n", HEAD "1,2025-10-01T12:00:00Z,ada,yes,Yes\n2,2025-10-01T12:00:00Z,ada,yes,\n",
          "2025-10-01T12:00:00.000Z usage {'team':'t','user':'ada','assist':'ai','batch':true}|" ADA, "", "");
    check(MAP "kind = ${x} | a=routine, \"b, c=creative\", =, *=judgement\n",
          HEAD "1,2025-10-01T12:00:00Z,ada,yes,\"b, c\"\n2,2025-10-01T12:00:00Z,ada,yes,\n3,2025-10-01T12:00:00Z,ada,yes,z\n",
          "2025-10-01T12:00:00.000Z usage {'team':'t','user':'ada','assist':'ai','kind':'creative'}|" ADA
          "2025-10-01T12:00:00.000Z usage {'team':'t','user':'ada','assist':'ai','kind':'judgement'}|",
          "", "");
    check("[file]\nseparator = ;\ndecimal = ,\n[event e]\ntype = outcome\ntask = ${n}\ntime = ${at}\ntime_format = %d.%m.%Y\n"
          "time_zone = Z\neffort_s = ${x} | times 60\n",
          "n;at;x\n1;1.10.2025;1,5\n",
          "2025-10-01T12:00:00.000Z outcome {'team':'t','task':'1','effort_s':90}|", "", "");
    check("[file]\nseparator = tab\n[event e]\ntype = outcome\ntask = ${n}\ntime = ${at}\ntime_format = epoch_s\nquality = ${x}\n",
          "n\tat\tx\n1\t1759320000.5\t0.25\n",
          "2025-10-01T12:00:00.500Z outcome {'team':'t','task':'1','quality':0.25}|", "", "");
}

static void test_what_is_refused(void **state)
{
    (void)state;
    check(MAP, HEAD "1,2025-10-01 12:00,ada,yes,\n", "", "time(time)|", "2 ");
    check(MAP, HEAD "1,12.5,ada,yes,\n2,2025-10-01T12:00:00Z,ada,yes,\n", ADA, "time(time)|", "2 ");
    check(MAP, HEAD "1,2025-10-01T12:00:00Z,,yes,\n", "", "no_user(user)|", "2 ");
    check(MAP, HEAD "1,2025-10-01T12:00:00Z,ada,maybe,\n", "", "not_listed(assist)|", "2 ");
    check(MAP, HEAD ",2025-10-01T12:00:00Z,ada,yes,\n", "", "field(id)|", "2 ");
    check(MAP "batch = ${x}\n", HEAD "1,2025-10-01T12:00:00Z,ada,yes,perhaps\n", "", "field(batch)|", "2 ");
    check(MAP, HEAD "1,2025-10-01T12:00:00Z,a\xff,yes,\n", "", "refused(not UTF-8)|", "2 ");
    check("[event e]\ntype = outcome\ntask = ${n}\ntime = ${at}\nquality = ${x}\n",
          "n,at,x\n1,2025-10-01T12:00:00Z,nan\n2,2025-10-01T12:00:00Z,2\n3,2025-10-01T12:00:00Z,0x1\n", "",
          "field(quality)..|refused(quality)|", "2 3 ");
    check(MAP "only = ${x} | a, b\n", HEAD "1,2025-10-01T12:00:00Z,ada,yes,c\n2,2025-10-01T12:00:00Z,ada,yes,b\n", ADA,
          "condition(only)|", "2 ");
}

static void test_rows_of_several_lines_and_broken_ones(void **state)
{
    (void)state;
    check(MAP, HEAD "1,2025-10-01T12:00:00Z,ada,yes,\"two\n\"\"lines\"\"\"\n2,2025-10-01T12:00:00Z,ada,no?,\n", ADA,
          "not_listed(assist)|", "4 ");
    check(MAP, HEAD "1,2025-10-01T12:00:00Z,ada,yes\n2,2025-10-01T12:00:00Z,ada,yes,\n", ADA, "not_csv()|", "2 ");
    check(MAP, HEAD "1,\"x\"y,ada,yes,\n2,2025-10-01T12:00:00Z,ada,yes,\n", ADA, "not_csv()|", "2 ");
    /* A quote that nothing closes costs its own line only. */
    check(MAP, HEAD "1,\"2025,ada,yes,\n2,2025-10-01T12:00:00Z,ada,yes,\n3,\"2025,ada,yes,", ADA, "not_csv()..|", "2 ");
    struct strbuf csv = {0}, events = {0};
    strbuf_add_text(&csv, HEAD "0,\"x,ada,yes,\n");
    for (int i = 0; i < 4000; i++) {
        strbuf_add_format(&csv, "%d,2025-10-01T12:00:00Z,ada,yes,\n", i + 1);
        strbuf_add_text(&events, ADA);
    }
    check(MAP, strbuf_text(&csv), strbuf_text(&events), "not_csv()|", "2 ");
    strbuf_done(&csv);
    strbuf_done(&events);
}

static void test_columns_must_be_there(void **state)
{
    (void)state;
    struct imported imported = {.events = {0}};
    struct strbuf at = {0};
    assert_int_equal(import_texts(MAP, "n,at,who\n", &imported, &at), UP_EINVAL);
    assert_int_equal(import_texts(MAP, "n;at;who;tool\n", &imported, &at), UP_EINVAL);
    assert_int_equal(import_texts(MAP, "", &imported, &at), UP_EINVAL);
    imported_done(&imported);
    strbuf_done(&at);
}

/* Without an id a row is known by all that it says, whatever line it is in. */
static void test_ids(void **state)
{
    (void)state;
    static const char map[] = "[event e]\ntype = usage\ntime = ${at}\nuser = ${who}\nassist = ai\n";
    struct imported one = {.events = {0}}, moved = {.events = {0}}, other = {.events = {0}};
    struct strbuf at = {0};
    assert_int_equal(import_texts(map, "at,who,x\n2025-10-01T12:00:00Z,ada,1\n", &one, &at), UP_OK);
    assert_int_equal(import_texts(map, "at,who,x\n\n2025-10-01T12:00:00Z,\"ada\",1", &moved, &at), UP_OK);
    assert_int_equal(import_texts(map, "at,who,x\n2025-10-01T12:00:00Z,ada,2\n", &other, &at), UP_OK);
    assert_string_equal(strbuf_text(&one.lines), strbuf_text(&moved.lines));
    assert_string_not_equal(strbuf_text(&one.lines), strbuf_text(&other.lines));
    imported_done(&one);
    imported_done(&moved);
    imported_done(&other);
    strbuf_done(&at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_rows_of_several_lines_and_broken_ones),
        cmocka_unit_test(test_columns_must_be_there),
        cmocka_unit_test(test_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
