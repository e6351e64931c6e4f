/* What the daemon's and the analysts' roles must not do, tried on everything that the catalogue has. */
#include "pg_fixture.h"

/* Tries a statement as a role and takes it back; NULL when it was refused for lack of a privilege. */
static const char try_as_sql[] =
    "CREATE FUNCTION pg_temp.try_as(who text, statement text) RETURNS text LANGUAGE plpgsql AS $f$ "
    "BEGIN"
    "  EXECUTE format('SET LOCAL ROLE %I', who);"
    "  EXECUTE statement;"
    "  RAISE EXCEPTION 'was done' USING ERRCODE = 'TEST0';"
    "EXCEPTION"
    "  WHEN insufficient_privilege THEN RETURN NULL;"
    "  WHEN SQLSTATE 'TEST0' THEN RETURN statement || ': was done';"
    "  WHEN OTHERS THEN RETURN statement || ': ' || SQLERRM;"
    "END $f$";

/* All that the schema has and anything can be done to, with its kind for ALTER and DROP. */
static const char things_sql[] =
    "CREATE TEMP VIEW thing AS "
    "SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, "
    "c.oid::regclass::text AS name FROM pg_class c "
    "WHERE relnamespace = 'uptake'::regnamespace AND relkind IN ('r', 'p', 'v', 'S') "
    "UNION ALL SELECT CASE prokind WHEN 'a' THEN 'AGGREGATE' WHEN 'p' THEN 'PROCEDURE' ELSE "
    "'FUNCTION' END, p.oid::regprocedure::text FROM pg_proc p "
    "WHERE pronamespace = 'uptake'::regnamespace "
    "UNION ALL SELECT 'TYPE', t.oid::regtype::text FROM pg_type t LEFT JOIN pg_class c ON c.oid = "
    "t.typrelid WHERE typnamespace = 'uptake'::regnamespace AND typelem = 0 AND "
    "(typtype IN ('e', 'd') OR c.relkind = 'c') "
    "UNION ALL SELECT 'SCHEMA', 'uptake'";

static struct pg_session *session_of(void **state)
{
    return ((struct pg_database *)*state)->session;
}

/* Each row of `query` is a statement that the role must not get through with. */
static void assert_all_refused(struct pg_session *session, const char *role, const char *query)
{
    char sql[3000];
    int length = snprintf(sql, sizeof sql, "SELECT count(*) FROM (%s) s (statement)", query);
    UP_ASSERT(length > 0 && (size_t)length < sizeof sql);
    if (atoi(pg_ask(session, sql)) == 0)
        fail_msg("nothing to try: %s", query);
    length = snprintf(sql, sizeof sql,
                      "SELECT t FROM (%s) s (statement), pg_temp.try_as('%s', s.statement) t "
                      "WHERE t IS NOT NULL",
                      query, role);
    UP_ASSERT(length > 0 && (size_t)length < sizeof sql);
    const char *done = pg_ask(session, sql);
    if (done[0] != '\0')
        fail_msg("%s is not refused: %s", role, done);
}

/* ---- what nobody but the owner may --------------------------------------------------------- */

static const char *const roles[] = {"test_daemon", "test_analyst"};

static void test_nobody_else_changes_the_schema(void **state)
{
    struct pg_session *session = session_of(state);
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        assert_all_refused(session, roles[i],
                           "SELECT format('DROP %s %s CASCADE', kind, name) FROM thing");
        assert_all_refused(
            session, roles[i],
            "SELECT format('ALTER %s %s OWNER TO CURRENT_USER', kind, name) FROM thing");
        assert_all_refused(session, roles[i],
                           "SELECT format('ALTER TABLE %s ADD COLUMN more integer', name) "
                           "FROM thing WHERE kind = 'TABLE'");
        assert_all_refused(session, roles[i],
                           "SELECT format('COMMENT ON %s %s IS NULL', kind, name) FROM thing");
        assert_all_refused(session, roles[i],
                           "SELECT format('TRUNCATE %s CASCADE', name) FROM thing "
                           "WHERE kind = 'TABLE'");
        assert_all_refused(
            session, roles[i],
            "SELECT format('CREATE TRIGGER t BEFORE UPDATE ON %s EXECUTE FUNCTION "
            "suppress_redundant_updates_trigger()', name) FROM thing WHERE kind = 'TABLE'");
        assert_all_refused(session, roles[i],
                           "VALUES ('CREATE TABLE uptake.mine (x integer)'), "
                           "('CREATE VIEW uptake.mine AS SELECT 1'), "
                           "('CREATE FUNCTION uptake.mine() RETURNS integer LANGUAGE sql AS "
                           "''SELECT 1'''), "
                           "('CREATE TABLE public.mine (x integer)'), "
                           "('CREATE SCHEMA mine'), ('CREATE ROLE mine'), "
                           "('SELECT uptake.grant_roles()'), "
                           "('INSERT INTO uptake.schema_version VALUES (9999, ''mine'')'), "
                           "('UPDATE uptake.schema_version SET version = 9999'), "
                           "('DELETE FROM uptake.schema_version'), "
                           "('COPY (SELECT 1) TO PROGRAM ''true'''), "
                           "('SELECT pg_read_file(''postgresql.conf'')'), "
                           "('GRANT test_owner TO test_daemon'), ('SELECT * FROM pg_authid')");
    }
}

/* ---- analysts ------------------------------------------------------------------------------ */

static void test_analysts_see_no_table(void **state)
{
    struct pg_session *session = session_of(state);
    assert_all_refused(session, "test_analyst",
                       "SELECT format('SELECT FROM %s', name) FROM thing "
                       "WHERE kind IN ('TABLE', 'SEQUENCE')");
    assert_all_refused(session, "test_analyst",
                       "SELECT format('SELECT nextval(%L)', name) FROM thing "
                       "WHERE kind = 'SEQUENCE'");
}

static void test_analysts_write_nothing(void **state)
{
    struct pg_session *session = session_of(state);
    assert_all_refused(session, "test_analyst",
                       "SELECT format('INSERT INTO %s DEFAULT VALUES', name) FROM thing "
                       "WHERE kind = 'TABLE'");
    assert_all_refused(session, "test_analyst",
                       "SELECT format('DELETE FROM %s', name) FROM thing WHERE kind = 'TABLE'");
    assert_all_refused(session, "test_analyst",
                       "SELECT format('UPDATE %s SET %I = DEFAULT', attrelid::regclass, attname) "
                       "FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE relnamespace "
                       "= 'uptake'::regnamespace AND relkind IN ('r', 'p') AND attnum = 1");
    assert_all_refused(session, "test_analyst",
                       "SELECT format('SELECT uptake.%s', call) FROM (VALUES "
                       "('fence(0, 0, gen_random_uuid(), 0)'), ('drop_old_months(6)'), "
                       "('take(0, 1, '''', '''', 0)'), ('add_months(''{}'')')) c (call)");
}

/* What runs with the rights of its caller can do no more than its caller; what runs with those of
 * the owner must at least be made for reading. */
static void test_analysts_call_nothing_that_writes(void **state)
{
    assert_string_equal(
        pg_ask(session_of(state),
               "SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'uptake'::regnamespace "
               "AND has_function_privilege('test_analyst', oid, 'EXECUTE') AND provolatile = 'v'"),
        "");
}

/* A view with the rights of its owner must not run a condition of the analyst's before its own. */
static void test_every_view_is_a_barrier(void **state)
{
    assert_string_equal(
        pg_ask(
            session_of(state),
            "SELECT relname FROM pg_class WHERE relnamespace = 'uptake'::regnamespace AND relkind "
            "= 'v' AND NOT coalesce('security_barrier=true' = ANY (reloptions) OR "
            "'security_barrier' = ANY (reloptions) OR 'security_invoker=true' = ANY (reloptions), "
            "false)"),
        "");
}

/* Whose function another may put something of his own into by his search_path runs it too. */
static void test_functions_of_the_owner_have_their_own_search_path(void **state)
{
    assert_string_equal(
        pg_ask(session_of(state),
               "SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'uptake'::regnamespace "
               "AND prosecdef AND NOT coalesce(array_to_string(proconfig, ' ') LIKE "
               "'%search_path=pg_catalog, pg_temp%', false)"),
        "");
}

static void test_the_public_may_nothing(void **state)
{
    struct pg_session *session = session_of(state);
    assert_all_refused(session, "test_nobody",
                       "SELECT format('SELECT FROM %s', name) FROM thing "
                       "WHERE kind IN ('TABLE', 'VIEW', 'SEQUENCE')");
    assert_string_equal(
        pg_ask(session, "SELECT has_schema_privilege('test_nobody', 'uptake', 'USAGE')"), "f\n");
    assert_string_equal(
        pg_ask(session,
               "SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'uptake'::regnamespace "
               "AND has_function_privilege('test_nobody', oid, 'EXECUTE')"),
        "");
}

/* ---- what they may ------------------------------------------------------------------------- */

/* So that "refused" above is no matter of a role that may nothing at all. */
static void test_each_may_what_is_its_own(void **state)
{
    struct pg_session *session = session_of(state);
    assert_string_equal(
        pg_ask(session, "SELECT t FROM thing, pg_temp.try_as('test_analyst', format('SELECT FROM "
                        "%s', name)) t WHERE kind = 'VIEW' AND t IS DISTINCT FROM format('SELECT "
                        "FROM %s: was done', name)"),
        "");
    assert_string_equal(
        pg_ask(session, "SELECT t FROM thing, pg_temp.try_as('test_daemon', format('DELETE FROM "
                        "%s', name)) t WHERE kind = 'TABLE' AND name !~ "
                        "'_[0-9]{6}$|schema_version' AND t IS DISTINCT FROM format('DELETE FROM "
                        "%s: was done', name)"),
        "");
}

/* ---- fixture ------------------------------------------------------------------------------- */

static int make(void **state)
{
    static struct pg_database database;
    pg_database_init(&database, "roles");
    pg_run(database.session,
           "DO $$ DECLARE name text; BEGIN FOREACH name IN ARRAY ARRAY['uptake_writer', "
           "'uptake_analyst', 'test_owner', 'test_daemon', 'test_analyst', 'test_nobody'] LOOP "
           "BEGIN EXECUTE format('CREATE ROLE %I LOGIN', name); EXCEPTION WHEN duplicate_object "
           "THEN END; END LOOP; EXECUTE format('GRANT CREATE ON DATABASE %I TO test_owner', "
           "current_database()); END $$; GRANT uptake_writer TO test_daemon; GRANT uptake_analyst "
           "TO test_analyst; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    /* As it is set up: the owner, no superuser, migrates. */
    char conninfo[600];
    (void)snprintf(conninfo, sizeof conninfo, "%s user=test_owner", database.conninfo);
    struct up_err err = {0};
    int applied = 0;
    if (migrate_run(conninfo, &applied, &err) != UP_OK)
        fail_msg("%s", err.text);
    pg_run(database.session, "SELECT uptake.add_months(ARRAY[date '2026-01-01'])");
    /* So that names are printed with their schema. */
    pg_run(database.session, "SET search_path = pg_catalog, pg_temp");
    pg_run(database.session, try_as_sql);
    pg_run(database.session, things_sql);
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
        cmocka_unit_test(test_nobody_else_changes_the_schema),
        cmocka_unit_test(test_analysts_see_no_table),
        cmocka_unit_test(test_analysts_write_nothing),
        cmocka_unit_test(test_analysts_call_nothing_that_writes),
        cmocka_unit_test(test_every_view_is_a_barrier),
        cmocka_unit_test(test_functions_of_the_owner_have_their_own_search_path),
        cmocka_unit_test(test_the_public_may_nothing),
        cmocka_unit_test(test_each_may_what_is_its_own),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
