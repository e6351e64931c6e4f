/* A process that dies after any step of a checkpoint: the next one ends with the same rows. */
#define UPTAKE_CRASH_POINTS
#include "../../src/app/checkpoint.c"

#include "pg_life.h"

#include <sys/wait.h>

enum { EVENTS = 900, EVENTS_A_SAVE = 150, FIRST_DAY = 20000, DAYS = 40, CRASHED = 86 };

static const char *const points[] = {"checkpoint_cut", "checkpoint_letters", "checkpoint_sent",
                                     "checkpoint_answered", "checkpoint_saved"};

/* What was found out is compared too: a day may have closed when the process died. */
static const char digest[] =
    "SELECT md5(concat((SELECT string_agg(c::text, '|' ORDER BY c::text) FROM uptake.cell c), "
    "(SELECT string_agg(o::text, '|' ORDER BY o::text) FROM uptake.shard_offset o), "
    "(SELECT string_agg(p::text, '|' ORDER BY p::text) FROM uptake.person p), "
    "(SELECT string_agg(w::text, '|' ORDER BY w::text) FROM uptake.person_week w), "
    "(SELECT string_agg(t::text, '|' ORDER BY t::text) FROM uptake.team t), "
    "(SELECT string_agg(d::text, '|' ORDER BY d::text) FROM uptake.detector d), "
    "(SELECT string_agg(h::text, '|' ORDER BY h::text) FROM uptake.health h), "
    "(SELECT string_agg(a.team || a.kind || a.opened, '|' ORDER BY a.id) FROM uptake.alert a), "
    "(SELECT accepted::text || rejected_too_late FROM uptake.shard))), count(*) > 100 "
    "FROM uptake.health";

/* The log: the same for everybody, in order of time but for some that are late. */
static struct event event_at(struct dice *dice, int64_t number)
{
    int64_t day_ms = (int64_t)FIRST_DAY * DAY_MS + number * DAYS * DAY_MS / EVENTS;
    struct random_world world = {.dice = dice,
                                 .from_ms = day_ms,
                                 .to_ms = day_ms + DAY_MS,
                                 .teams = 4,
                                 .users = 6,
                                 .tasks = 100};
    return random_event(&world);
}

/* Takes the partition, reads on from the stored offsets, saves now and then and at the end. */
static void live(const char *conninfo)
{
    struct dice dice = {.state = 7};
    struct loop *loop = loop_new(NULL);
    struct life life;
    life_init(&life, loop, conninfo);
    life_begin(&life);
    int64_t begun[LIFE_TOPICS], read[LIFE_TOPICS] = {0};
    memcpy(begun, life.next_offsets, sizeof begun);
    for (int64_t number = 0; number < EVENTS; number++) {
        struct event event = event_at(&dice, number);
        int topic = event.type == EVENT_OUTCOME ? 1 : 0;
        if (read[topic]++ < begun[topic])
            continue;
        life_read(&life, &event);
        /* Half of the teams only: the cut may fall into a close. */
        (void)shard_close_slice(life.shard, 1);
        if (number % EVENTS_A_SAVE == EVENTS_A_SAVE - 1)
            life_save(&life);
    }
    while (!shard_close_slice(life.shard, 10))
        continue;
    life_save(&life);
    life_done(&life);
    loop_free(loop);
}

static int status_of_a_life(const char *conninfo, const char *crash_at)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)setenv("UPTAKE_CRASH_AT", crash_at, 1);
        live(conninfo);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void test_death_after_any_step(void **state)
{
    (void)state;
    struct pg_database undisturbed;
    pg_database_init_migrated(&undisturbed, "undisturbed");
    live(undisturbed.conninfo);
    char expected[64];
    (void)snprintf(expected, sizeof expected, "%s", pg_ask(undisturbed.session, digest));
    assert_non_null(strstr(expected, "\tt\n"));
    for (size_t p = 0; p < sizeof points / sizeof points[0]; p++) {
        struct pg_database database;
        pg_database_init_migrated(&database, "crash");
        for (int turn = 1; turn <= 3; turn++) {
            char crash_at[64];
            (void)snprintf(crash_at, sizeof crash_at, "%s:%d", points[p], turn);
            assert_int_equal(status_of_a_life(database.conninfo, crash_at), CRASHED);
        }
        assert_int_equal(status_of_a_life(database.conninfo, ""), 0);
        const char *found = pg_ask(database.session, digest);
        if (strcmp(found, expected) != 0)
            fail_msg("after deaths at %s the rows are others", points[p]);
        pg_database_done(&database);
    }
    pg_database_done(&undisturbed);
}

int main(void)
{
    pg_require_server();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_death_after_any_step)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
