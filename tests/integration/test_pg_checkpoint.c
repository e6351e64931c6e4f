/* Checkpoints among zombies, lost answers, restarts, locks, full disks, other settings. */
#include "pg_life.h"

#include <sys/socket.h>

#include "codec/pg_sql.h"
#include "../../src/io/pg_conn_priv.h"
#include "support/process.h"

enum { FIRST_DAY = 20000, MANY = 3000 };

struct fixture {
    struct pg_database database;
    struct loop *loop;
    struct life life, other;
    struct dice dice;
};

static void read_events(struct fixture *fixture, struct life *life, int count)
{
    int64_t from_ms = (int64_t)FIRST_DAY * DAY_MS;
    struct random_world world = {.dice = &fixture->dice,
                                 .from_ms = from_ms,
                                 .to_ms = from_ms + INT64_C(3) * DAY_MS,
                                 .teams = 3,
                                 .users = 6,
                                 .tasks = 100000};
    for (int i = 0; i < count; i++) {
        struct event event = random_event(&world);
        life_read(life, &event);
    }
}

/* Everything a checkpoint writes, in one number. */
static void remember_rows(struct pg_session *session, char ret_digest[static 64])
{
    (void)snprintf(
        ret_digest, 64, "%s",
        pg_ask(session,
               "SELECT md5(concat((SELECT string_agg(c::text, '|' ORDER BY c::text) FROM "
               "uptake.cell c), (SELECT string_agg(o::text, '|' ORDER BY o::text) FROM "
               "uptake.shard_offset o), (SELECT string_agg(p::text, '|' ORDER BY p::text) FROM "
               "uptake.person p), (SELECT string_agg(t::text, '|' ORDER BY t::text) FROM "
               "uptake.task_segment t), "
               "(SELECT string_agg(s.number::text || s.epoch, '|') FROM uptake.shard s)))"));
}

static void test_a_zombie_writes_nothing(void **state)
{
    struct fixture *fixture = *state;
    life_begin(&fixture->life);
    read_events(fixture, &fixture->life, 500);
    life_save(&fixture->life);
    read_events(fixture, &fixture->life, 500);

    life_begin(&fixture->other);
    assert_int_equal(checkpoint_claim(fixture->other.checkpoint)->epoch,
                     checkpoint_claim(fixture->life.checkpoint)->epoch + 1);
    assert_int_equal(fixture->other.shard->accepted, 500);
    assert_true(fixture->other.next_offsets[0] + fixture->other.next_offsets[1] == 500);
    char before[64], after[64];
    remember_rows(fixture->database.session, before);
    life_cut(&fixture->life);
    assert_int_equal(life_settle(&fixture->life), CHECKPOINT_FENCED);
    remember_rows(fixture->database.session, after);
    assert_string_equal(before, after);
    assert_int_equal(checkpoint_run(fixture->life.checkpoint, true, 0), CHECKPOINT_FENCED);
    assert_int_equal(checkpoint_bytes(fixture->life.checkpoint), 0);
    life_save(&fixture->other);
}

static bool is_sent(void *arg)
{
    struct life *life = arg;
    return checkpoint_run(life->checkpoint, true, clock_mono_us()) == CHECKPOINT_SENT;
}

/* Reads what the server says until it is ready for the next command, and throws it away. */
static void throw_answers_away(int descriptor, int64_t deadline_us)
{
    static const char ready[] = {'Z', 0, 0, 0, 5, 'I'};
    char thrown[4096 + sizeof ready] = {0};
    while (memcmp(thrown, ready, sizeof ready) != 0) {
        ssize_t count = recv(descriptor, thrown + sizeof ready, 4096, MSG_DONTWAIT);
        assert_int_not_equal(count, 0);
        if (count > 0)
            memmove(thrown, thrown + count, sizeof ready);
        assert_true(clock_mono_us() < deadline_us);
    }
}

/* Lets libpq send all while a lock keeps the server from answering, then takes the lock away
   and the answer with it. */
static void lose_the_answer(struct fixture *fixture)
{
    struct pg_conn *conn = fixture->life.conn;
    int64_t deadline_us = clock_mono_us() + INT64_C(1000) * PG_WAIT_MS;
    while (!conn->pipeline.is_sync_sent || PQflush(conn->connection) != 0) {
        assert_true(clock_mono_us() < deadline_us);
        loop_wait(fixture->loop, 1);
        assert_int_equal(checkpoint_step(fixture->life.checkpoint), CHECKPOINT_SENT);
    }
    pg_run(fixture->database.session, "COMMIT");
    int descriptor = PQsocket(conn->connection);
    throw_answers_away(descriptor, deadline_us);
    (void)shutdown(descriptor, SHUT_RDWR);
}

static void test_a_lost_answer_is_found_in_the_row(void **state)
{
    struct fixture *fixture = *state;
    int failures = 0;
    life_begin(&fixture->life);
    read_events(fixture, &fixture->life, 500);
    life_save(&fixture->life);
    read_events(fixture, &fixture->life, 500);
    pg_run(fixture->database.session, "BEGIN; LOCK TABLE uptake.cell");
    life_cut(&fixture->life);
    pg_run_until(fixture->loop, is_sent, &fixture->life);
    lose_the_answer(fixture);
    char before[64], after[64];
    remember_rows(fixture->database.session, before);
    assert_int_equal(life_settle(&fixture->life), CHECKPOINT_SAVED);
    remember_rows(fixture->database.session, after);
    assert_string_equal(before, after);
    assert_int_equal(checkpoint_claim(fixture->life.checkpoint)->number, 2);
    assert_int_equal(checkpoint_error(fixture->life.checkpoint, &failures)->code, UP_ECONN);
    assert_int_equal(failures, 1);
    read_events(fixture, &fixture->life, 500);
    life_save(&fixture->life);
}

static void test_a_restart_in_the_middle_repeats_the_bytes(void **state)
{
    struct fixture *fixture = *state;
    const char *const argv[] = {"bash", UPTAKE_TESTS_DIR "/support/servers.sh", "restart",
                                "postgres", NULL};
    if (getenv("UPTAKE_TEST_DIR") == NULL)
        skip();
    life_begin(&fixture->life);
    read_events(fixture, &fixture->life, MANY);
    pg_run(fixture->database.session,
           "BEGIN; SELECT * FROM uptake.team FOR UPDATE; LOCK TABLE uptake.person");
    life_cut(&fixture->life);
    pg_run_until(fixture->loop, is_sent, &fixture->life);
    for (int i = 0; i < 5; i++)
        loop_wait(fixture->loop, 5);
    assert_int_equal(checkpoint_step(fixture->life.checkpoint), CHECKPOINT_SENT);
    struct process restart = {0};
    assert_int_equal(process_start(&restart, argv, NULL, "/dev/null", "/dev/null", NULL), 0);
    assert_true(process_wait(&restart, 300000));
    assert_int_equal(restart.result, 0);
    process_done(&restart);
    assert_int_equal(life_settle(&fixture->life), CHECKPOINT_SAVED);
    pg_session_close(fixture->database.session);
    fixture->database.session = pg_open(fixture->database.conninfo);
    assert_string_equal(
        pg_ask(fixture->database.session, "SELECT number, accepted FROM uptake.shard"),
        "1\t3000\n");
    life_die(&fixture->life);
    life_begin(&fixture->life);
    assert_int_equal(fixture->life.shard->accepted, MANY);
}

static void test_a_lock_is_waited_out(void **state)
{
    struct fixture *fixture = *state;
    int failures = 0;
    life_begin(&fixture->life);
    read_events(fixture, &fixture->life, 500);
    pg_run(fixture->database.session, "BEGIN; LOCK TABLE uptake.cell");
    life_cut(&fixture->life);
    int64_t deadline_us = clock_mono_us() + INT64_C(1000) * PG_WAIT_MS;
    while (failures < 2) {
        (void)checkpoint_run(fixture->life.checkpoint, true, clock_mono_us());
        loop_wait(fixture->loop, 10);
        const struct up_err *err = checkpoint_error(fixture->life.checkpoint, &failures);
        assert_int_equal(err->code, failures > 0 ? UP_EAGAIN : UP_OK);
        assert_true(clock_mono_us() < deadline_us);
    }
    pg_run(fixture->database.session, "ROLLBACK");
    assert_int_equal(life_settle(&fixture->life), CHECKPOINT_SAVED);
}

/* Its instance was stopped between two statements of a checkpoint: the session has the lock, and no timeout of
 * PostgreSQL's sees it. */
static PGconn *freeze_a_checkpoint(const char *conninfo)
{
    PGconn *frozen = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(frozen), CONNECTION_OK);
    assert_int_equal(PQenterPipelineMode(frozen), 1);
    assert_int_equal(PQsendQueryParams(frozen, "UPDATE uptake.shard SET number = number + 1", 0, NULL, NULL, NULL, NULL, 1),
                     1);
    assert_int_equal(PQsendFlushRequest(frozen), 1);
    assert_int_equal(PQflush(frozen), 0);
    PGresult *answer = PQgetResult(frozen);
    assert_int_equal(PQresultStatus(answer), PGRES_COMMAND_OK);
    PQclear(answer);
    return frozen;
}

static void test_a_frozen_instance_does_not_keep_a_partition(void **state)
{
    struct fixture *fixture = *state;
    life_begin(&fixture->life);
    read_events(fixture, &fixture->life, 100);
    life_save(&fixture->life);
    PGconn *frozen = freeze_a_checkpoint(fixture->database.conninfo);

    fixture->other.request.frozen_ms = 100;
    life_begin(&fixture->other);
    assert_int_equal(checkpoint_claim(fixture->other.checkpoint)->number, checkpoint_claim(fixture->life.checkpoint)->number);
    assert_int_equal(fixture->other.shard->accepted, 100);
    assert_int_equal(PQpipelineSync(frozen), 1);
    (void)PQflush(frozen);
    while (PQconsumeInput(frozen) == 1) {
    }
    assert_int_equal(PQstatus(frozen), CONNECTION_BAD);
    PQfinish(frozen);
}

static void test_a_full_disk_is_waited_out(void **state)
{
    struct fixture *fixture = *state;
    int failures = 0;
    life_begin(&fixture->life);
    read_events(fixture, &fixture->life, 500);
    pg_run(fixture->database.session,
           "CREATE FUNCTION full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
           "'could not extend file' USING ERRCODE = '53100'; END $$; CREATE TRIGGER full_trigger "
           "BEFORE INSERT ON uptake.person EXECUTE FUNCTION full()");
    life_cut(&fixture->life);
    size_t bytes = checkpoint_bytes(fixture->life.checkpoint);
    int64_t deadline_us = clock_mono_us() + INT64_C(1000) * PG_WAIT_MS;
    const struct up_err *err = checkpoint_error(fixture->life.checkpoint, &failures);
    while (failures < 2) {
        (void)checkpoint_run(fixture->life.checkpoint, true, clock_mono_us());
        loop_wait(fixture->loop, 10);
        err = checkpoint_error(fixture->life.checkpoint, &failures);
        assert_true(clock_mono_us() < deadline_us);
    }
    assert_int_equal(err->code, UP_EAGAIN);
    assert_non_null(strstr(err->text, "53100"));
    assert_int_equal(checkpoint_bytes(fixture->life.checkpoint), bytes);
    pg_run(fixture->database.session, "DROP TRIGGER full_trigger ON uptake.person");
    assert_int_equal(life_settle(&fixture->life), CHECKPOINT_SAVED);
    assert_string_equal(pg_ask(fixture->database.session, "SELECT count(*) > 0 FROM uptake.person"),
                        "t\n");
}

static void test_letters_come_first(void **state)
{
    struct fixture *fixture = *state;
    life_begin(&fixture->life);
    read_events(fixture, &fixture->life, 10);
    life_cut(&fixture->life);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(checkpoint_run(fixture->life.checkpoint, false, clock_mono_us()),
                         CHECKPOINT_LETTERS);
        loop_wait(fixture->loop, 1);
    }
    assert_int_equal(life_settle(&fixture->life), CHECKPOINT_SAVED);
}

static void test_other_partitions_or_another_key_are_refused(void **state)
{
    struct fixture *fixture = *state;
    struct up_err err;
    life_begin(&fixture->life);
    life_save(&fixture->life);
    fixture->other.request.partitions = 13;
    assert_false(life_try_to_begin(&fixture->other, &err));
    assert_int_equal(err.code, UP_EINVAL);
    assert_non_null(
        strstr(err.text, "the topics have 13 partitions, but what is stored was made of 12"));
    fixture->other.request.partitions = 12;
    fixture->other.request.key_fingerprint = "other";
    assert_false(life_try_to_begin(&fixture->other, &err));
    assert_int_equal(err.code, UP_EINVAL);
    assert_non_null(strstr(err.text, "key of the pseudonyms"));
    /* Nobody was fenced by it. */
    life_save(&fixture->life);
    fixture->other.request.key_fingerprint = "print";
    fixture->other.request.least_epoch = 40;
    life_begin(&fixture->other);
    assert_int_equal(checkpoint_claim(fixture->other.checkpoint)->epoch, 41);
}

static void test_a_topic_may_come_or_go(void **state)
{
    static const char *const renamed[] = {"usage", "results"};
    struct fixture *fixture = *state;
    life_begin(&fixture->life);
    read_events(fixture, &fixture->life, 300);
    life_save(&fixture->life);
    fixture->other.request.topics = renamed;
    life_begin(&fixture->other);
    assert_int_equal(fixture->other.next_offsets[0], fixture->life.next_offsets[0]);
    assert_int_equal(fixture->other.next_offsets[1], -1);
}

static void test_damaged_rows_are_not_taken(void **state)
{
    struct fixture *fixture = *state;
    struct up_err err;
    life_begin(&fixture->life);
    read_events(fixture, &fixture->life, 300);
    life_save(&fixture->life);
    life_die(&fixture->life);
    pg_run(fixture->database.session,
           "UPDATE uptake.task_segment SET data = overlay(data PLACING '\\x00'::bytea FROM 90)");
    assert_false(life_try_to_begin(&fixture->life, &err));
    assert_int_equal(err.code, UP_ECORRUPT);
    assert_non_null(strstr(err.text, "checksum"));
    pg_run(fixture->database.session,
           "DELETE FROM uptake.task_segment; DELETE FROM uptake.team WHERE team = 't01'");
    assert_false(life_try_to_begin(&fixture->life, &err));
    assert_int_equal(err.code, UP_ECORRUPT);
}

static void test_months_come_and_go(void **state)
{
    struct fixture *fixture = *state;
    life_begin(&fixture->life);
    /* 20000 is 2024-10-04; a task a day for 400 days, by enough people for a figure. */
    for (int day = 0; day < 400; day++) {
        for (int user = 0; user < 6; user++) {
            struct event event = {
                .type = EVENT_USAGE,
                .key = {.time_ms = (int64_t)(FIRST_DAY + day) * DAY_MS + user,
                        .hash = (uint64_t)day},
                .team = text_of("team"),
                .has_user = true,
                .user = random_user(1, user),
                .has_task = true,
                .task = {.high = (uint64_t)(day * 10 + user) << 40, .low = 1},
                .usage = {.assist = ASSIST_AI,
                          .kind = day < 28 ? WORK_KIND_ROUTINE : WORK_KIND_CREATIVE}};
            life_read(&fixture->life, &event);
            event.key.time_ms += 1000;
            event.type = EVENT_OUTCOME;
            event.has_user = false;
            event.outcome = (struct outcome){.success = ANSWER_YES};
            life_read(&fixture->life, &event);
        }
        if (day % 50 == 0 || day == 399) {
            while (!shard_close_slice(fixture->life.shard, 10))
                continue;
            life_save(&fixture->life);
        }
    }
    struct pg_session *session = fixture->database.session;
    const char *months = "SELECT count(*), min(relname), max(relname) FROM pg_class WHERE relname "
                         "~ '^cell_2' AND relkind = 'r'";
    assert_string_equal(pg_ask(session, months), "14\tcell_202410\tcell_202511\n");
    assert_string_equal(pg_ask(session, "SELECT count(*) FROM uptake.cell"), "400\n");
    assert_string_equal(pg_ask(session, "SELECT uptake.drop_old_months(6)"), "14\n");
    assert_string_equal(pg_ask(session, months), "7\tcell_202505\tcell_202511\n");
    assert_string_equal(pg_ask(session, "SELECT count(*), min(day) FROM uptake.cell_baseline"),
                        "28\t2024-10-04\n");
    assert_string_equal(pg_ask(session, "SELECT min(day) FROM uptake.health"), "2025-05-01\n");
    struct up_err err = {0};
    assert_int_not_equal(pg_session_run(session, "SELECT uptake.drop_old_months(3)", &err), UP_OK);

    /* The baseline is still known: the mix has shifted since. */
    life_die(&fixture->life);
    life_begin(&fixture->life);
    struct team *team = shard_find_team(fixture->life.shard, text_of("team"));
    assert_int_equal(team->workflows[0].baseline_kinds[0], 28 * 6);

    /* What analysts see. */
    struct evaluation *evaluation = mem_alloc(sizeof *evaluation);
    evaluation_make(fixture->life.shard, team, FIRST_DAY + 398, EVALUATION_ALL_WINDOWS, evaluation);
    pg_outputs_add_measures(fixture->life.outputs, fixture->life.shard, team, evaluation);
    evaluation_make(fixture->life.shard, team, FIRST_DAY + 399, EVALUATION_ALL_WINDOWS, evaluation);
    pg_outputs_add_measures(fixture->life.outputs, fixture->life.shard, team, evaluation);
    mem_free(evaluation);
    life_save(&fixture->life);
    assert_string_equal(pg_ask(session, "SELECT as_of, estimate, n FROM uptake.team_measure WHERE "
                                        "measure = 'mix_shift' AND win = '28d'"),
                        "2025-11-07\t1\t336\n");
    assert_string_equal(pg_ask(session, "SELECT count(DISTINCT win), count(*) = count(DISTINCT "
                                        "(win, measure)) FROM uptake.team_measure"),
                        "5\tt\n");
    assert_string_equal(
        pg_ask(
            session,
            "SELECT because FROM uptake.team_measure WHERE measure = 'judgement' AND win = '7d'"),
        "no_decisions\n");
    assert_string_equal(
        pg_ask(
            session,
            "SELECT day, is_suppressed, (measures ->> 'headcount')::int FROM uptake.team_health"),
        "2025-11-05\tf\t6\n");
    pg_run(session, "UPDATE uptake.health SET min_group = 7, suppressed = '{ai_share}'");
    assert_string_equal(
        pg_ask(
            session,
            "SELECT is_suppressed, state, health, measures -> 'ai_share', because ->> 'ai_share' "
            "FROM uptake.team_health"),
        "t\t\t\t\tsuppressed\n");
}

/* Stores a value in a cell's sum, adds another by the statement of a checkpoint, and reads it back. */
static int64_t add_in_database(struct pg_session *session, int64_t held, int64_t more)
{
    char sql[400];
    (void)snprintf(sql, sizeof sql, "UPDATE uptake.cell SET effort_sq = %lld", (long long)held);
    pg_run(session, sql);
    (void)snprintf(sql, sizeof sql,
                   "EXECUTE add(7, ARRAY[jsonb_populate_record(NULL::uptake.cell_row, "
                   "'{\"team\":\"a\",\"workflow\":\"\",\"day\":\"2024-10-04\",\"arm\":\"ai\","
                   "\"tasks\":1,\"effort_sq\":%lld}')])",
                   (long long)more);
    pg_run(session, sql);
    return strtoll(pg_ask(session, "SELECT effort_sq FROM uptake.cell"), NULL, 10);
}

/* An error here would come back for ever, and the partition would never be saved again. */
static void test_a_sum_goes_round_rather_than_stop(void **state)
{
    struct fixture *fixture = *state;
    struct pg_session *session = fixture->database.session;
    struct strbuf prepare = {0};
    strbuf_add_format(&prepare, "PREPARE add (integer, uptake.cell_row[]) AS %s",
                      pg_sql_cells_add.sql);
    pg_run(session, "SELECT uptake.add_months(ARRAY[date '2024-10-04'])");
    pg_run(session, strbuf_text(&prepare));
    strbuf_done(&prepare);
    pg_run(session, "EXECUTE add(7, ARRAY[jsonb_populate_record(NULL::uptake.cell_row, "
                    "'{\"team\":\"a\",\"workflow\":\"\",\"day\":\"2024-10-04\","
                    "\"arm\":\"ai\",\"tasks\":1}')])");
    static const int64_t corners[] = {0, 1, -1, INT64_MAX, INT64_MIN, INT64_MAX - 1, INT64_MIN + 1};
    enum { CORNERS = sizeof corners / sizeof corners[0], DRAWN = 20 };
    for (int i = 0; i < CORNERS; i++) {
        for (int j = 0; j < CORNERS; j++)
            assert_int_equal(add_in_database(session, corners[i], corners[j]),
                             cell_wrap_add(corners[i], corners[j]));
    }
    for (int i = 0; i < DRAWN; i++) {
        int64_t held = (int64_t)dice_bits(&fixture->dice);
        int64_t more = (int64_t)dice_bits(&fixture->dice);
        assert_int_equal(add_in_database(session, held, more), cell_wrap_add(held, more));
    }
}

static int make(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){.loop = loop_new(NULL), .dice = dice_take()};
    pg_database_init_migrated(&fixture.database, "checkpoint");
    life_init(&fixture.life, fixture.loop, fixture.database.conninfo);
    life_init(&fixture.other, fixture.loop, fixture.database.conninfo);
    *state = &fixture;
    return 0;
}

static int drop(void **state)
{
    struct fixture *fixture = *state;
    life_done(&fixture->life);
    life_done(&fixture->other);
    loop_free(fixture->loop);
    pg_database_done(&fixture->database);
    return 0;
}

int main(void)
{
    pg_require_server();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_zombie_writes_nothing, make, drop),
        cmocka_unit_test_setup_teardown(test_a_lost_answer_is_found_in_the_row, make, drop),
        cmocka_unit_test_setup_teardown(test_a_restart_in_the_middle_repeats_the_bytes, make, drop),
        cmocka_unit_test_setup_teardown(test_a_lock_is_waited_out, make, drop),
        cmocka_unit_test_setup_teardown(test_a_frozen_instance_does_not_keep_a_partition, make, drop),
        cmocka_unit_test_setup_teardown(test_a_full_disk_is_waited_out, make, drop),
        cmocka_unit_test_setup_teardown(test_letters_come_first, make, drop),
        cmocka_unit_test_setup_teardown(test_other_partitions_or_another_key_are_refused, make,
                                        drop),
        cmocka_unit_test_setup_teardown(test_a_topic_may_come_or_go, make, drop),
        cmocka_unit_test_setup_teardown(test_damaged_rows_are_not_taken, make, drop),
        cmocka_unit_test_setup_teardown(test_months_come_and_go, make, drop),
        cmocka_unit_test_setup_teardown(test_a_sum_goes_round_rather_than_stop, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
