/* A shard that starts again at every checkpoint leaves the same rows as one that lives. */
#include "pg_life.h"

enum { DAYS = 330, EVENTS_A_DAY = 60, TEAMS = 6, FIRST_DAY = 20000, DAYS_A_CHECKPOINT = 9 };

/* What each table says; who wrote it, and when, is left out. */
static const char *const state_tables[] = {
    "SELECT partition, partitions, watermark, greatest, teams, accepted, rejected_too_late, "
    "rejected_schema, last_opened, quiet_history, quiet_run FROM uptake.shard",
    "SELECT * FROM uptake.shard_offset ORDER BY 1, 2",
    "SELECT * FROM uptake.team ORDER BY 1, 2",
    "SELECT * FROM uptake.person ORDER BY 1, 2, 3",
    "SELECT * FROM uptake.person_week ORDER BY 1, 2, 3, 4",
    "SELECT * FROM uptake.training ORDER BY 1, 2, 3, 4, 5",
    "SELECT * FROM uptake.redesign ORDER BY 1, 2, 3, 4",
    "SELECT * FROM uptake.pulse ORDER BY 1, 2, 3, 4, 5",
    "SELECT * FROM uptake.cell ORDER BY 1, 2, 3, 4, 5",
    "SELECT partition, team, day, health, lo, hi, n, health_limit, verdict, diagnosis, state, "
    "alarms, quiet, measures, because, suppressed, headcount, x_relapsing, x_bypassing, "
    "x_over_trust, hidden, teams, redesigns, plateau FROM uptake.health ORDER BY 1, 2, 3",
    "SELECT partition, team, kind, opened, resolved, audience, sentence, suggests, evidence "
    "FROM uptake.alert ORDER BY 1, 2, 3, 4",
    "SELECT * FROM uptake.detector ORDER BY 1, 2",
};

struct world {
    struct pg_database databases[3];
    struct loop *loop;
    struct life lives[3];
};

static void compare(const struct world *world, int one, int other, const char *table)
{
    char *left = mem_copy_text(pg_ask(world->databases[one].session, table),
                               strlen(pg_ask(world->databases[one].session, table)));
    const char *right = pg_ask(world->databases[other].session, table);
    size_t at = 0;
    while (left[at] != '\0' && left[at] == right[at])
        at++;
    if (left[at] != right[at]) {
        size_t from = at;
        while (from > 0 && left[from - 1] != '\n')
            from--;
        fail_msg("%s: byte %zu differs:\n%.*s\n%.*s", table, at, (int)strcspn(left + from, "\n"),
                 left + from, (int)strcspn(right + from, "\n"), right + from);
    }
    assert_true(at > 0);
    mem_free(left);
}

/* A day's events: most of that day, some late, up to 150 days. */
static struct event event_of(struct dice *dice, int day)
{
    int64_t end_ms = (int64_t)(FIRST_DAY + day + 1) * DAY_MS;
    int64_t reach = dice_below(dice, 8) == 0 ? 1 + dice_below(dice, 150) : 1;
    struct random_world world = {.dice = dice,
                                 .from_ms = end_ms - reach * DAY_MS,
                                 .to_ms = end_ms,
                                 .teams = TEAMS,
                                 .users = 7,
                                 .tasks = 3000};
    if (world.from_ms < (int64_t)FIRST_DAY * DAY_MS)
        world.from_ms = (int64_t)FIRST_DAY * DAY_MS;
    return random_event(&world);
}

/* Life 0 goes on, life 1 dies after each checkpoint, life 2 is saved but once, at the end. */
static void test_dying_changes_nothing(void **state)
{
    struct world *world = *state;
    struct dice dice = dice_take();
    for (int l = 0; l < 3; l++) {
        world->lives[l].settings.join_window_ms = INT64_C(150) * DAY_MS;
        world->lives[l].settings.false_alarms_per_year = 100; /* so that there are alarms */
        life_begin(&world->lives[l]);
    }
    int64_t pages = 0;
    for (int day = 0; day < DAYS; day++) {
        for (int i = 0; i < EVENTS_A_DAY; i++) {
            struct event event = event_of(&dice, day);
            for (int l = 0; l < 3; l++)
                life_read(&world->lives[l], &event);
        }
        for (int l = 0; l < 2; l++) {
            (void)shard_close_slice(world->lives[l].shard, day % 3 == 0 ? 100 : 2);
            shard_forget_slice(world->lives[l].shard, 4000);
        }
        if (day % DAYS_A_CHECKPOINT != 4)
            continue;
        for (int l = 0; l < 2; l++)
            life_save(&world->lives[l]);
        life_die(&world->lives[1]);
        life_begin(&world->lives[1]);
        pages += atoi(
            pg_ask(world->databases[1].session, "SELECT count(page) FROM uptake.task_segment"));
    }
    for (int l = 0; l < 3; l++) {
        while (!shard_close_slice(world->lives[l].shard, 100))
            continue;
        life_save(&world->lives[l]);
    }
    for (size_t t = 0; t < sizeof state_tables / sizeof state_tables[0]; t++)
        compare(world, 0, 1, state_tables[t]);
    /* All that is facts only: the one that was never cut in between has every difference in its
     * cells. */
    for (size_t t = 4; t <= 8; t++)
        compare(world, 0, 2, state_tables[t]);
    assert_true(pages > 0);
    assert_string_equal(
        pg_ask(world->databases[0].session, "SELECT count(*) FROM uptake.cell WHERE tasks <= 0"),
        "0\n");
    assert_string_equal(pg_ask(world->databases[0].session,
                               "SELECT count(*) FROM uptake.person_week WHERE tasks <= 0"),
                        "0\n");
    assert_string_equal(
        pg_ask(world->databases[0].session, "SELECT count(*) > 1000 FROM uptake.health"), "t\n");
    /* The stored changes stay in bounds. */
    assert_string_equal(
        pg_ask(world->databases[1].session,
               "SELECT sum(length(data)) FILTER (WHERE page IS NULL) < 4 * 60 * (SELECT "
               "max(tasks) FROM uptake.task_segment) + 200000 FROM uptake.task_segment"),
        "t\n");
}

static int make(void **state)
{
    static const char *const suffixes[] = {"lives", "dies", "once"};
    static struct world world;
    world = (struct world){.loop = loop_new(NULL)};
    for (int l = 0; l < 3; l++) {
        pg_database_init_migrated(&world.databases[l], suffixes[l]);
        life_init(&world.lives[l], world.loop, world.databases[l].conninfo);
    }
    *state = &world;
    return 0;
}

static int drop(void **state)
{
    struct world *world = *state;
    for (int l = 0; l < 3; l++) {
        life_done(&world->lives[l]);
        pg_database_done(&world->databases[l]);
    }
    loop_free(world->loop);
    return 0;
}

int main(void)
{
    pg_require_server();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_dying_changes_nothing, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
