/* The schema: from nothing, by several at once, refused when newer, closed to analysts. */
#include "pg_fixture.h"

#include <sys/wait.h>

#include "codec/migrations.h"
#include "model/cell.h"
#include "model/measure.h"

static void test_from_nothing_and_again(void **state)
{
    struct pg_database *database = *state;
    struct up_err err = {0};
    int applied = -1;
    assert_int_equal(migrate_run(database->conninfo, &applied, &err), UP_OK);
    assert_int_equal(applied, migrations_version());
    assert_int_equal(migrate_run(database->conninfo, &applied, &err), UP_OK);
    assert_int_equal(applied, 0);
    char expected[32];
    (void)snprintf(expected, sizeof expected, "%d\t%d\n", migrations_version(),
                   migrations_version());
    assert_string_equal(
        pg_ask(database->session, "SELECT count(*), max(version) FROM uptake.schema_version"),
        expected);
}

static void test_migrations_are_numbered_without_a_gap(void **state)
{
    (void)state;
    size_t count;
    const struct migration *migrations = migrations_list(&count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(migrations[i].version, i + 1);
}

static void test_several_at_once_apply_each_migration_once(void **state)
{
    struct pg_database *database = *state;
    pid_t children[4];
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            int applied = 0;
            _exit(migrate_run(database->conninfo, &applied, NULL) == UP_OK ? applied : 99);
        }
    }
    int applied = 0;
    for (int i = 0; i < 4; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status));
        applied += WEXITSTATUS(status);
    }
    assert_int_equal(applied, migrations_version());
}

static void test_a_newer_schema_is_refused(void **state)
{
    struct pg_database *database = *state;
    struct up_err err = {0};
    int applied = -1;
    assert_int_equal(migrate_run(database->conninfo, &applied, &err), UP_OK);
    pg_run(database->session,
           "INSERT INTO uptake.schema_version (version, name) VALUES (1000, 'of tomorrow')");
    assert_int_equal(migrate_run(database->conninfo, &applied, &err), UP_EVERSION);
    assert_non_null(strstr(err.text, "version 1000"));
}

static void test_a_migration_that_fails_leaves_nothing(void **state)
{
    struct pg_database *database = *state;
    struct up_err err = {0};
    int applied = -1;
    pg_run(database->session, "CREATE SCHEMA uptake; CREATE TABLE uptake.health (x int)");
    assert_int_not_equal(migrate_run(database->conninfo, &applied, &err), UP_OK);
    assert_non_null(strstr(err.text, "migration 3 (outputs)"));
    assert_string_equal(pg_ask(database->session, "SELECT max(version) FROM uptake.schema_version"),
                        "2\n");
    assert_string_equal(pg_ask(database->session, "SELECT to_regclass('uptake.measure')"), "\n");
    pg_run(database->session, "DROP TABLE uptake.health");
    assert_int_equal(migrate_run(database->conninfo, &applied, &err), UP_OK);
    assert_int_equal(applied, migrations_version() - 2);
}

static void test_everything_has_a_comment(void **state)
{
    struct pg_database *database = *state;
    assert_string_equal(
        pg_ask(
            database->session,
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = "
            "c.oid WHERE c.relnamespace = 'uptake'::regnamespace AND c.relkind IN ('r', 'p', 'v') "
            "AND a.attnum > 0 AND col_description(c.oid, a.attnum) IS NULL"),
        "");
    assert_string_equal(
        pg_ask(database->session,
               "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'uptake'::regnamespace "
               "AND c.relkind IN ('r', 'p', 'v') AND obj_description(c.oid, 'pg_class') IS NULL"),
        "");
    assert_string_equal(
        pg_ask(database->session,
               "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'uptake'::regnamespace AND "
               "obj_description(p.oid, 'pg_proc') IS NULL"),
        "");
    assert_string_equal(
        pg_ask(database->session,
               "SELECT t.typname FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid WHERE "
               "t.typnamespace = 'uptake'::regnamespace AND t.typelem = 0 AND (t.typtype = 'e' OR "
               "c.relkind = 'c') AND obj_description(t.oid, 'pg_type') IS NULL"),
        "");
}

static void test_counters_are_those_of_the_model(void **state)
{
    struct pg_database *database = *state;
    struct strbuf expected = {0};
    for (int c = 0; c < COUNTERS; c++)
        strbuf_add_format(&expected, "%s\tbigint\t%s\n", cell_counter_name((enum counter)c),
                          cell_counter_help((enum counter)c));
    assert_string_equal(
        pg_ask(database->session,
               "SELECT attname, format_type(atttypid, NULL), col_description(attrelid, attnum) "
               "FROM pg_attribute WHERE attrelid = 'uptake.cell'::regclass AND attnum > 5 ORDER "
               "BY attnum"),
        strbuf_text(&expected));
    strbuf_done(&expected);
}

/* What is stored of measures, health and alarms can be traced: by which rules, as of when, knowing
 * events up to when, and whether the day had closed. */
static void test_every_stored_figure_can_be_traced(void **state)
{
    struct pg_database *database = *state;
    static const char traced_sql[] =
        "SELECT c.relname, string_agg(a.attname, ' ' ORDER BY a.attname) FROM pg_class c JOIN "
        "pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = 'uptake'::regnamespace AND "
        "c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnotnull AND a.attname IN "
        "('as_of', 'definitions', 'provisional', 'watermark') AND (c.relname IN ('measure', "
        "'health', 'alert') OR EXISTS (SELECT FROM pg_attribute d WHERE d.attrelid = c.oid AND "
        "d.attname = 'definitions')) GROUP BY c.relname ORDER BY c.relname COLLATE \"C\"";
    /* health is as of its `day`, which is part of its key; hindsight is of closed days only. */
    assert_string_equal(pg_ask(database->session, traced_sql),
                        "alert\tas_of definitions provisional watermark\n"
                        "health\tdefinitions provisional watermark\n"
                        "health_hindsight\tdefinitions watermark\n"
                        "measure\tas_of definitions provisional watermark\n"
                        "redesign_measure\tas_of definitions provisional watermark\n");
    assert_string_equal(
        pg_ask(database->session,
               "SELECT v.relname FROM pg_class v WHERE v.relnamespace = 'uptake'::regnamespace AND "
               "v.relname IN ('team_health', 'team_health_daily', 'team_measure', 'team_year', "
               "'team_hindsight', 'program_outcomes', 'redesign_outcomes', "
               "'sequence_outcomes', 'teaching_reach', "
               "'alert_open', 'alert_history') AND (SELECT count(*) FROM pg_attribute a WHERE "
               "a.attrelid = v.oid AND a.attname IN ('as_of', 'definitions', 'provisional', "
               "'watermark')) <> 4"),
        "");
    pg_run(database->session,
           "INSERT INTO uptake.alert (partition, team, kind, opened, resolved, min_group, "
           "headcount, definitions, watermark) VALUES (0, 'a', 'stalled', '2026-03-01', "
           "'2026-03-09', 5, 8, '1-x', '2026-03-02')");
    assert_string_equal(
        pg_ask(database->session, "SELECT as_of, provisional FROM uptake.alert_history"),
        "2026-03-01\tf\n");
    pg_run(database->session, "DELETE FROM uptake.alert");
}

static void assert_explained(struct pg_session *session)
{
    struct strbuf expected = {0};
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        strbuf_add_format(&expected, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", info->name, info->unit,
                          info->days, info->help, info->cannot_show, info->see, info->citation);
    }
    assert_string_equal(pg_ask(session, "SELECT measure, unit, days, help, cannot_show, see, "
                                        "citation FROM uptake.glossary"),
                        strbuf_text(&expected));
    strbuf_done(&expected);
}

static void test_measures_are_explained_by_the_registry(void **state)
{
    struct pg_database *database = *state;
    struct up_err err = {0};
    int applied = -1;
    pg_run(database->session, "SET ROLE uptake_analyst");
    assert_explained(database->session);
    assert_string_equal(
        pg_ask(database->session,
               "SELECT kind, least, most, better, stands, source FROM "
               "uptake.glossary WHERE measure IN ('d_prime', 'redesign_success_did') "
               "ORDER BY measure"),
        "estimate\t\t\tmore\twindows\tcells\n"
        "estimate\t-2\t2\tmore\tredesign\tcells\n");
    pg_run(database->session, "RESET ROLE");
    /* What an older program left is put right, and what is right is not written again. */
    pg_run(database->session, "UPDATE uptake.measure_glossary SET help = 'as it was' WHERE measure "
                              "= 'judgement'; DELETE FROM uptake.measure_glossary WHERE measure = "
                              "'rair'");
    static const char versions[] = "SELECT string_agg(xmin::text, ' ' ORDER BY place) FROM "
                                   "uptake.measure_glossary";
    assert_int_equal(migrate_run(database->conninfo, &applied, &err), UP_OK);
    assert_int_equal(applied, 0);
    assert_explained(database->session);
    struct strbuf written = {0};
    strbuf_add_text(&written, pg_ask(database->session, versions));
    assert_int_equal(migrate_run(database->conninfo, &applied, &err), UP_OK);
    assert_string_equal(pg_ask(database->session, versions), strbuf_text(&written));
    strbuf_done(&written);
}

static void test_analysts_see_views_only(void **state)
{
    struct pg_database *database = *state;
    pg_run(database->session, "SET ROLE uptake_analyst");
    assert_string_equal(pg_ask(database->session, "SELECT count(*) FROM uptake.team_health"),
                        "0\n");
    struct up_err err = {0};
    assert_int_equal(pg_session_run(database->session, "SELECT * FROM uptake.person", &err),
                     UP_EAUTH);
    assert_int_equal(pg_session_run(database->session, "SELECT uptake.drop_old_months(6)", &err),
                     UP_EAUTH);
    pg_run(database->session, "RESET ROLE");
}

static void note_warning(void *arg, const char *text)
{
    strbuf_add_text(arg, text);
    strbuf_add_char(arg, '\n');
}

static void test_an_owner_that_may_not_create_roles_is_told_and_goes_on(void **state)
{
    struct pg_database *database = *state;
    /* Away, as databases of other tests may hold grants to them. */
    pg_run(database->session,
           "DO $$ BEGIN CREATE ROLE uptake_writer; EXCEPTION WHEN duplicate_object THEN END $$;DO "
           "$$ BEGIN CREATE ROLE uptake_analyst; EXCEPTION WHEN duplicate_object THEN END $$;DO "
           "$$ BEGIN CREATE ROLE test_owner LOGIN; EXCEPTION WHEN duplicate_object THEN END "
           "$$;ALTER ROLE uptake_writer RENAME TO away_writer;ALTER ROLE uptake_analyst RENAME TO "
           "away_analyst;DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO test_owner', "
           "current_database()); END $$");
    char conninfo[600];
    (void)snprintf(conninfo, sizeof conninfo, "%s user=test_owner", database->conninfo);
    struct up_err err = {0};
    int applied = 0;
    int code = migrate_run(conninfo, &applied, &err);
    struct strbuf warnings = {0};
    struct pg_session *owner = pg_session_open(conninfo, "test", note_warning, &warnings, &err);
    int code_again =
        owner == NULL ? UP_ECONN : pg_session_run(owner, "SELECT uptake.grant_roles()", &err);
    pg_session_close(owner);
    pg_run(database->session, "ALTER ROLE away_writer RENAME TO uptake_writer;"
                              "ALTER ROLE away_analyst RENAME TO uptake_analyst");
    assert_int_equal(code, UP_OK);
    assert_int_equal(applied, migrations_version());
    assert_int_equal(code_again, UP_OK);
    assert_non_null(strstr(strbuf_text(&warnings), "CREATE ROLE uptake_writer NOLOGIN"));
    assert_non_null(strstr(strbuf_text(&warnings), "CREATE ROLE uptake_analyst NOLOGIN"));
    strbuf_done(&warnings);
    pg_run(database->session,
           "SELECT uptake.grant_roles(); SET ROLE uptake_analyst; SELECT * FROM uptake.alert_open");
}

/* An index of all months is made month by month, where it is missing, and gone on with where it was left. */
static void test_old_months_are_indexed_one_by_one(void **state)
{
    struct pg_database *database = *state;
    struct up_err err = {0};
    int applied = 0;
    static const char look[] = "SELECT p.indisvalid, count(m.inhrelid) FROM pg_index p LEFT JOIN pg_inherits m "
                               "ON m.inhparent = p.indexrelid WHERE p.indexrelid = 'uptake.health_by_day'::regclass GROUP BY 1";
    assert_int_equal(migrate_run(database->conninfo, &applied, &err), UP_OK);
    pg_run(database->session, "SELECT uptake.add_months(ARRAY[date '2025-11-01', '2025-12-01', '2026-01-01'])");
    assert_string_equal(pg_ask(database->session, look), "t\t3\n");
    /* As an old installation has it right after the migration, and one month that was being made. */
    pg_run(database->session, "DROP INDEX uptake.health_by_day; "
                              "CREATE INDEX health_by_day ON ONLY uptake.health (day, team) "
                              "INCLUDE (health, headcount, min_group, definitions); "
                              "CREATE INDEX health_by_day_of_202512 ON uptake.health_202512 (day, team) "
                              "INCLUDE (health, headcount, min_group, definitions)");
    assert_string_equal(pg_ask(database->session, look), "f\t0\n");
    for (int i = 0; i < 2; i++) {
        if (migrate_run(database->conninfo, &applied, &err) != UP_OK)
            fail_msg("%s", err.text);
        assert_string_equal(pg_ask(database->session, look), "t\t3\n");
    }
    assert_string_equal(pg_ask(database->session, "SELECT count(*) FROM pg_indexes WHERE schemaname = 'uptake' AND "
                                                  "indexname LIKE 'health_by_day_of_%'"),
                        "3\n");
}

static int make_empty(void **state)
{
    static struct pg_database database;
    pg_database_init(&database, "migrate");
    *state = &database;
    return 0;
}

static int make_migrated(void **state)
{
    static struct pg_database database;
    pg_database_init_migrated(&database, "migrate");
    *state = &database;
    return 0;
}

static int drop(void **state)
{
    pg_database_done(*state);
    return 0;
}

int main(void)
{
    pg_require_server();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_migrations_are_numbered_without_a_gap),
        cmocka_unit_test_setup_teardown(test_from_nothing_and_again, make_empty, drop),
        cmocka_unit_test_setup_teardown(test_several_at_once_apply_each_migration_once, make_empty,
                                        drop),
        cmocka_unit_test_setup_teardown(test_old_months_are_indexed_one_by_one, make_empty, drop),
        cmocka_unit_test_setup_teardown(test_a_newer_schema_is_refused, make_empty, drop),
        cmocka_unit_test_setup_teardown(test_a_migration_that_fails_leaves_nothing, make_empty,
                                        drop),
        cmocka_unit_test_setup_teardown(test_everything_has_a_comment, make_migrated, drop),
        cmocka_unit_test_setup_teardown(test_counters_are_those_of_the_model, make_migrated, drop),
        cmocka_unit_test_setup_teardown(test_every_stored_figure_can_be_traced, make_migrated,
                                        drop),
        cmocka_unit_test_setup_teardown(test_measures_are_explained_by_the_registry, make_migrated,
                                        drop),
        cmocka_unit_test_setup_teardown(test_analysts_see_views_only, make_migrated, drop),
        cmocka_unit_test_setup_teardown(test_an_owner_that_may_not_create_roles_is_told_and_goes_on,
                                        make_empty, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
