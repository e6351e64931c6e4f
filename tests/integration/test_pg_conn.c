/* The connection on the loop: pipelines, errors, losses, copies, clear words for what is wrong. */
#include "pg_fixture.h"

#include "codec/pg_array.h"
#include "io/pg_conn.h"
#include "io/resolver.h"

struct seen {
    int downs, idles, answers, code;
    char reason[UP_ERR_TEXT_MAX];
    enum pg_outcome outcome;
    char sqlstate[6];
    int64_t value;
    int rows;
    struct strbuf bytes;
    size_t portions;
};

struct fixture {
    struct pg_database database;
    struct loop *loop;
    struct resolver *resolver;
    struct pg_conn *conn;
    struct seen seen;
};

static const struct pg_statement insert = {"insert",
                                           "INSERT INTO public.t VALUES ($1) RETURNING x * 2", 1};
static const struct pg_statement count_rows = {"count_rows", "SELECT count(*) FROM public.t", 0};
static const struct pg_statement sleeps = {"sleeps", "SELECT pg_sleep(20)", 0};
static const struct pg_statement wrong = {"wrong", "SELECT nonsense FROM nowhere", 0};

static void on_state(void *arg, enum pg_state state, const struct up_err *err)
{
    struct seen *seen = arg;
    if (state == PG_IDLE) {
        seen->idles++;
        return;
    }
    seen->downs++;
    seen->code = err->code;
    (void)snprintf(seen->reason, sizeof seen->reason, "%s", err->text);
}

static void on_answer(void *arg, const struct pg_answer *answer)
{
    struct seen *seen = arg;
    seen->answers++;
    seen->outcome = answer->outcome;
    seen->code = answer->err.code;
    memcpy(seen->sqlstate, answer->sqlstate, sizeof seen->sqlstate);
    (void)snprintf(seen->reason, sizeof seen->reason, "%s", answer->err.text);
}

/* Also reads the value that the last call of three gave. */
static void on_value(void *arg, const struct pg_answer *answer)
{
    struct seen *seen = arg;
    on_answer(arg, answer);
    struct pg_row row;
    seen->rows = pg_answer_rows(answer, 2);
    pg_answer_row(answer, 2, 0, &row);
    seen->value = pg_row_i64(&row);
    assert_false(row.failed);
}

static int on_bytes(void *arg, const void *bytes, size_t length, struct up_err *err)
{
    struct seen *seen = arg;
    (void)err;
    strbuf_add(&seen->bytes, bytes, length);
    seen->portions++;
    return UP_OK;
}

static bool is_idle(void *arg)
{
    return pg_conn_state(((struct fixture *)arg)->conn) == PG_IDLE;
}

static bool is_down(void *arg)
{
    return ((struct fixture *)arg)->seen.downs > 0;
}

static bool is_answered(void *arg)
{
    return ((struct fixture *)arg)->seen.answers > 0;
}

static struct pg_conn_settings usual(const char *conninfo)
{
    return (struct pg_conn_settings){.conninfo = conninfo,
                                     .application_name = "uptake test",
                                     .statement_timeout_ms = 10000,
                                     .lock_timeout_ms = 300,
                                     .idle_transaction_timeout_ms = 10000,
                                     .silence_max_ms = 10000,
                                     .seed = 1};
}

static void connect_with(struct fixture *fixture, const struct pg_conn_settings *settings)
{
    struct up_err err = {0};
    pg_conn_free(fixture->conn);
    strbuf_done(&fixture->seen.bytes);
    fixture->seen = (struct seen){0};
    fixture->conn =
        pg_conn_new(fixture->loop, fixture->resolver, settings, on_state, &fixture->seen, &err);
    assert_non_null(fixture->conn);
}

static void connect_to(struct fixture *fixture, const char *conninfo)
{
    struct pg_conn_settings settings = usual(conninfo);
    connect_with(fixture, &settings);
}

static void send(struct fixture *fixture, const struct pg_image *image)
{
    fixture->seen.answers = 0;
    assert_int_equal(pg_conn_send(fixture->conn, image, on_answer, &fixture->seen), UP_OK);
    pg_run_until(fixture->loop, is_answered, fixture);
}

static void add_insert(struct pg_image *image, int64_t value)
{
    pg_image_add(image, &insert)->values[0] = pg_value_i64(value);
}

static int make(void **state)
{
    struct fixture *fixture = mem_alloc(sizeof *fixture);
    pg_database_init(&fixture->database, "conn");
    pg_run(fixture->database.session, "CREATE TABLE public.t (x bigint PRIMARY KEY)");
    fixture->loop = loop_new(NULL);
    fixture->resolver = resolver_new(fixture->loop, NULL);
    connect_to(fixture, fixture->database.conninfo);
    pg_run_until(fixture->loop, is_idle, fixture);
    assert_int_equal(fixture->seen.idles, 1);
    assert_int_equal(fixture->seen.downs, 0);
    *state = fixture;
    return 0;
}

static int drop(void **state)
{
    struct fixture *fixture = *state;
    pg_conn_free(fixture->conn);
    resolver_free(fixture->resolver);
    loop_wait(fixture->loop, 0);
    loop_free(fixture->loop);
    strbuf_done(&fixture->seen.bytes);
    pg_database_done(&fixture->database);
    mem_free(fixture);
    return 0;
}

static void test_an_image_is_one_transaction(void **state)
{
    struct fixture *fixture = *state;
    struct pg_image image = {0};
    add_insert(&image, 1);
    add_insert(&image, 2);
    add_insert(&image, 21);
    assert_int_equal(pg_conn_send(fixture->conn, &image, on_value, &fixture->seen), UP_OK);
    assert_int_equal(pg_conn_send(fixture->conn, &image, on_value, &fixture->seen), UP_EAGAIN);
    pg_run_until(fixture->loop, is_answered, fixture);
    assert_int_equal(fixture->seen.outcome, PG_DONE);
    assert_int_equal(fixture->seen.rows, 1);
    assert_int_equal(fixture->seen.value, 42);
    assert_true(is_idle(fixture));
    assert_string_equal(pg_ask(fixture->database.session, "SELECT count(*), sum(x) FROM t"),
                        "3\t24\n");

    /* The second call fails: the first did not happen, the third was not tried; the same bytes can
     * be sent again. */
    struct pg_image broken = {0};
    add_insert(&broken, 4);
    add_insert(&broken, 2);
    add_insert(&broken, 5);
    for (int i = 0; i < 2; i++) {
        send(fixture, &broken);
        assert_int_equal(fixture->seen.outcome, PG_FAILED);
        assert_string_equal(fixture->seen.sqlstate, "23505");
        assert_int_equal(fixture->seen.code, UP_EIO);
    }
    pg_run(fixture->database.session, "DELETE FROM t WHERE x = 2");
    send(fixture, &broken);
    assert_int_equal(fixture->seen.outcome, PG_DONE);
    assert_string_equal(pg_ask(fixture->database.session, "SELECT count(*), sum(x) FROM t"),
                        "5\t33\n");
    pg_image_done(&image);
    pg_image_done(&broken);
}

/* What is prepared behind an error was never prepared; a statement that cannot be prepared stays
 * one. */
static void test_preparations_survive_errors(void **state)
{
    struct fixture *fixture = *state;
    struct pg_image image = {0};
    (void)pg_image_add(&image, &wrong);
    add_insert(&image, 7);
    (void)pg_image_add(&image, &count_rows);
    for (int i = 0; i < 2; i++) {
        send(fixture, &image);
        assert_int_equal(fixture->seen.outcome, PG_FAILED);
        assert_string_equal(fixture->seen.sqlstate, "42P01");
        assert_int_equal(fixture->seen.code, UP_EVERSION);
        assert_non_null(strstr(fixture->seen.reason, "--migrate"));
    }
    pg_image_done(&image);
    add_insert(&image, 8);
    (void)pg_image_add(&image, &count_rows);
    send(fixture, &image);
    assert_int_equal(fixture->seen.outcome, PG_DONE);
    pg_image_done(&image);
}

static void test_a_large_image_flows(void **state)
{
    struct fixture *fixture = *state;
    struct pg_image image = {0};
    for (int64_t i = 0; i < 30000; i++)
        add_insert(&image, 1000 + i);
    send(fixture, &image);
    assert_int_equal(fixture->seen.outcome, PG_DONE);
    assert_string_equal(pg_ask(fixture->database.session, "SELECT count(*) FROM t"), "30000\n");
    pg_image_done(&image);
}

static void test_a_lock_held_is_not_waited_for_long(void **state)
{
    struct fixture *fixture = *state;
    struct pg_image image = {0};
    (void)pg_image_add(&image, &count_rows);
    pg_run(fixture->database.session, "BEGIN; LOCK TABLE t");
    send(fixture, &image);
    assert_int_equal(fixture->seen.outcome, PG_FAILED);
    assert_string_equal(fixture->seen.sqlstate, "55P03");
    assert_int_equal(fixture->seen.code, UP_EAGAIN);
    pg_run(fixture->database.session, "ROLLBACK");
    send(fixture, &image);
    assert_int_equal(fixture->seen.outcome, PG_DONE);
    pg_image_done(&image);
}

static void test_silence_ends_a_connection(void **state)
{
    struct fixture *fixture = *state;
    struct pg_conn_settings settings = usual(fixture->database.conninfo);
    settings.silence_max_ms = 300;
    connect_with(fixture, &settings);
    pg_run_until(fixture->loop, is_idle, fixture);
    struct pg_image image = {0};
    (void)pg_image_add(&image, &sleeps);
    send(fixture, &image);
    assert_int_equal(fixture->seen.outcome, PG_LOST);
    assert_int_equal(fixture->seen.code, UP_ECONN);
    pg_run_until(fixture->loop, is_idle, fixture);
    pg_image_done(&image);
}

static void test_a_lost_connection_comes_back(void **state)
{
    struct fixture *fixture = *state;
    struct pg_image image = {0};
    add_insert(&image, 1);
    (void)pg_image_add(&image, &sleeps);
    fixture->seen.answers = 0;
    assert_int_equal(pg_conn_send(fixture->conn, &image, on_answer, &fixture->seen), UP_OK);
    for (int i = 0; i < 20; i++)
        loop_wait(fixture->loop, 10);
    pg_run(fixture->database.session,
           "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
           "'uptake test' AND datname = current_database()");
    pg_run_until(fixture->loop, is_answered, fixture);
    assert_int_equal(fixture->seen.outcome, PG_LOST);
    assert_int_equal(fixture->seen.downs, 1);
    pg_run_until(fixture->loop, is_idle, fixture);
    pg_image_done(&image);
    add_insert(&image, 1);
    send(fixture, &image);
    assert_int_equal(fixture->seen.outcome, PG_DONE);
    pg_image_done(&image);
}

static void test_an_idle_connection_that_is_lost_comes_back(void **state)
{
    struct fixture *fixture = *state;
    pg_run(fixture->database.session,
           "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
           "'uptake test' AND datname = current_database()");
    pg_run_until(fixture->loop, is_down, fixture);
    pg_run_until(fixture->loop, is_idle, fixture);
    assert_int_equal(fixture->seen.idles, 2);
}

static void test_copy_comes_in_portions(void **state)
{
    struct fixture *fixture = *state;
    pg_run(fixture->database.session, "INSERT INTO t SELECT generate_series(1, 100000)");
    assert_int_equal(pg_conn_copy(fixture->conn, "COPY public.t TO STDOUT (FORMAT binary)",
                                  on_bytes, on_answer, &fixture->seen),
                     UP_OK);
    pg_run_until(fixture->loop, is_answered, fixture);
    assert_int_equal(fixture->seen.outcome, PG_DONE);
    assert_int_equal(fixture->seen.bytes.length, 19 + 100000 * 14 + 2);
    fixture->seen.answers = 0;
    assert_int_equal(
        pg_conn_copy(fixture->conn, "COPY nowhere TO STDOUT", on_bytes, on_answer, &fixture->seen),
        UP_OK);
    pg_run_until(fixture->loop, is_answered, fixture);
    assert_int_equal(fixture->seen.outcome, PG_FAILED);
    assert_string_equal(fixture->seen.sqlstate, "42P01");
    struct pg_image image = {0};
    (void)pg_image_add(&image, &count_rows);
    send(fixture, &image);
    assert_int_equal(fixture->seen.outcome, PG_DONE);
    pg_image_done(&image);
}

static void expect_refusal(struct fixture *fixture, const char *conninfo, int code,
                           const char *words)
{
    connect_to(fixture, conninfo);
    pg_run_until(fixture->loop, is_down, fixture);
    if (fixture->seen.code != code)
        fail_msg("code %d: %s", fixture->seen.code, fixture->seen.reason);
    if (strstr(fixture->seen.reason, words) == NULL)
        fail_msg("\"%s\" is not in: %s", words, fixture->seen.reason);
    assert_null(strstr(fixture->seen.reason, "secret"));
}

static void test_what_is_wrong_is_said_clearly(void **state)
{
    struct fixture *fixture = *state;
    char conninfo[600];
    (void)snprintf(conninfo, sizeof conninfo, "%s password=secret1", getenv("UPTAKE_TEST_PG_TCP"));
    expect_refusal(fixture, conninfo, UP_EAUTH, "28P01");
    expect_refusal(fixture, getenv("UPTAKE_TEST_PG_TCP"), UP_EAUTH, "wants a password");
    (void)snprintf(conninfo, sizeof conninfo, "%s user=nobody_at_all", getenv("UPTAKE_TEST_PG"));
    expect_refusal(fixture, conninfo, UP_EAUTH, "nobody_at_all");
    (void)snprintf(conninfo, sizeof conninfo, "%s dbname=no_such_database",
                   getenv("UPTAKE_TEST_PG"));
    expect_refusal(fixture, conninfo, UP_EINVAL, "no database \"no_such_database\"");
    expect_refusal(fixture, "host=127.0.0.1 port=1 password=secret1", UP_ECONN, "refused");
    expect_refusal(fixture, "host=no-such-host.invalid password=secret1", UP_ECONN,
                   "no-such-host.invalid");
    struct up_err err = {0};
    struct pg_conn_settings settings = usual("password=secret1 host");
    assert_null(pg_conn_new(fixture->loop, NULL, &settings, on_state, &fixture->seen, &err));
    assert_int_equal(err.code, UP_EINVAL);
    assert_null(strstr(err.text, "secret"));
}

static void test_a_name_is_resolved_without_blocking(void **state)
{
    struct fixture *fixture = *state;
    char conninfo[600];
    const char *tcp = getenv("UPTAKE_TEST_PG_TCP");
    const char *rest = strchr(tcp, ' ');
    assert_true(strncmp(tcp, "host=127.0.0.1 ", 15) == 0);
    (void)snprintf(conninfo, sizeof conninfo, "host=localhost%s password=%s", rest,
                   getenv("UPTAKE_TEST_PG_PASSWORD"));
    connect_to(fixture, conninfo);
    pg_run_until(fixture->loop, is_idle, fixture);
}

static void test_a_server_that_only_reads_is_left(void **state)
{
    struct fixture *fixture = *state;
    struct pg_image image = {0};
    add_insert(&image, 1);
    pg_run(fixture->database.session, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET "
                                      "default_transaction_read_only = on', current_database()); "
                                      "END $$");
    expect_refusal(fixture, fixture->database.conninfo, UP_ECONN, "read-only");
    pg_run(fixture->database.session,
           "SET default_transaction_read_only = off; DO $$ BEGIN EXECUTE format('ALTER DATABASE "
           "%I SET default_transaction_read_only = off', current_database()); END $$");
    pg_run_until(fixture->loop, is_idle, fixture);
    send(fixture, &image);
    assert_int_equal(fixture->seen.outcome, PG_DONE);
    pg_image_done(&image);
}

int main(void)
{
    pg_require_server();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_image_is_one_transaction, make, drop),
        cmocka_unit_test_setup_teardown(test_preparations_survive_errors, make, drop),
        cmocka_unit_test_setup_teardown(test_a_large_image_flows, make, drop),
        cmocka_unit_test_setup_teardown(test_a_lock_held_is_not_waited_for_long, make, drop),
        cmocka_unit_test_setup_teardown(test_silence_ends_a_connection, make, drop),
        cmocka_unit_test_setup_teardown(test_a_lost_connection_comes_back, make, drop),
        cmocka_unit_test_setup_teardown(test_an_idle_connection_that_is_lost_comes_back, make,
                                        drop),
        cmocka_unit_test_setup_teardown(test_copy_comes_in_portions, make, drop),
        cmocka_unit_test_setup_teardown(test_what_is_wrong_is_said_clearly, make, drop),
        cmocka_unit_test_setup_teardown(test_a_name_is_resolved_without_blocking, make, drop),
        cmocka_unit_test_setup_teardown(test_a_server_that_only_reads_is_left, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
