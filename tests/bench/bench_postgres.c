/* What a checkpoint and a load cost: rows a second, microseconds a row, bytes a task. */
#include "../integration/pg_life.h"

enum {
    TEAMS = 250,
    USERS = 8,
    WORKFLOWS = 3,
    DAYS = 90,
    FIRST_DAY = 20000,
    SAVES_OF_TASKS = 60,
    TASKS_A_SAVE = 30000
};

static struct text team_name(int team)
{
    static char name[32];
    (void)snprintf(name, sizeof name, "team-%05d", team);
    return text_of(name);
}

static struct event usage_of(int team, int workflow, int day, int arm, int64_t second,
                             uint64_t task)
{
    return (struct event){
        .type = EVENT_USAGE,
        .key = {.time_ms = ((int64_t)FIRST_DAY + day) * DAY_MS + second * 1000 + team,
                .hash = task * UINT64_C(0x94d049bb133111eb)},
        .team = team_name(team),
        .has_user = true,
        .user = random_user(team, (day + workflow) % USERS),
        .has_task = true,
        .task = {.high = task * UINT64_C(0x9e3779b97f4a7c15), .low = (uint32_t)task},
        .usage = {.assist = arm == 0 ? ASSIST_AI : ASSIST_NONE,
                  .kind = WORK_KIND_CREATIVE,
                  .workflow = random_name(workflow)}};
}

static void read_with_the_rest(struct life *life, struct event *event)
{
    life_read(life, event);
    event->key.time_ms += 7000 + (int64_t)(event->key.hash % 100000);
    event->key.hash *= 3;
    if (event->usage.assist == ASSIST_AI) {
        event->type = EVENT_OVERRIDE;
        event->decision = (struct decision){.action = ACTION_MODIFY};
        life_read(life, event);
    }
    event->key.time_ms += 3000000 + (int64_t)(event->key.hash % 3000000);
    event->key.hash *= 3;
    event->type = EVENT_OUTCOME;
    event->has_user = false;
    event->outcome = (struct outcome){.success = ANSWER_YES,
                                      .advice_correct = ANSWER_YES,
                                      .cycle_ms = 100000 + event->key.hash % 10000000};
    life_read(life, event);
}

static double seconds_since(int64_t start_us)
{
    return (double)(clock_mono_us() - start_us) / 1e6;
}

static void save(struct life *life, const char *what, double rows)
{
    int64_t start_us = clock_mono_us();
    life_cut(life);
    double cut_s = seconds_since(start_us);
    double mb = (double)checkpoint_bytes(life->checkpoint) / 1e6;
    start_us = clock_mono_us();
    assert_int_equal(life_settle(life), CHECKPOINT_SAVED);
    double save_s = seconds_since(start_us);
    printf("%-34s %8.0f rows, cut %5.2f us a row, %6.1f MB, saved in %5.2f s: %7.0f rows/s\n", what,
           rows, cut_s * 1e6 / rows, mb, save_s, rows / save_s);
}

static void bench_cells(struct pg_database *database, struct life *life)
{
    uint64_t task = 1;
    double cells = (double)TEAMS * WORKFLOWS * DAYS * 2;
    for (int round = 0; round < 2; round++) {
        for (int day = 0; day < DAYS; day++) {
            for (int i = 0; i < TEAMS * WORKFLOWS * 2; i++) {
                struct event event = usage_of(i / (WORKFLOWS * 2), i / 2 % WORKFLOWS, day, i % 2,
                                              30000 + round, task++);
                read_with_the_rest(life, &event);
            }
        }
        /* Weeks and tasks come with them: counted apart. */
        save(life,
             round == 0 ? "cells, new (weeks, tasks besides)"
                        : "cells again (weeks, tasks besides)",
             cells);
    }
    printf(
        "  stored: %s",
        pg_ask(
            database->session,
            "SELECT count(*) || ' cells, ' || (SELECT count(*) FROM uptake.person_week) || ' "
            "weeks, ' || (SELECT sum(tasks) FROM uptake.task_segment) || ' tasks in segments of ' "
            "|| (SELECT round(sum(length(data))::numeric / sum(tasks), 1) FROM "
            "uptake.task_segment) || ' bytes a task' "
            "FROM uptake.cell"));
    life_die(life);
    life->request.outputs = &life->sink;
    int64_t start_us = clock_mono_us(), cpu_us = clock_cpu_us();
    life_begin(life);
    double load_s = seconds_since(start_us);
    double cpu_s = (double)(clock_cpu_us() - cpu_us) / 1e6;
    double rows =
        cells + atof(pg_ask(database->session,
                            "SELECT count(*) + (SELECT sum(tasks) FROM uptake.task_segment) "
                            "FROM uptake.person_week"));
    printf("%-34s %8.0f rows and tasks in %.2f s: %.2f us each, %.2f us of it our own\n", "load",
           rows, load_s, load_s * 1e6 / rows, cpu_s * 1e6 / rows);
}

static void bench_health(struct life *life)
{
    int days = 10;
    shard_advance(life->shard,
                  (int64_t)(FIRST_DAY + DAYS + days) * DAY_MS + life->settings.grace_ms);
    int64_t start_us = clock_mono_us();
    while (!shard_close_slice(life->shard, 100))
        continue;
    printf("%-34s %8d rows, made in %.0f us each, evaluation and all\n", "health", TEAMS * days,
           seconds_since(start_us) * 1e6 / (TEAMS * days));
    save(life, "health (detectors, teams besides)", TEAMS * days);
}

/* The same 30,000 tasks an hour: changes and pages together. */
static void bench_tasks(struct pg_database *database, struct life *life)
{
    uint64_t task = 100000000;
    int64_t start_us = clock_mono_us();
    for (int i = 0; i < SAVES_OF_TASKS; i++) {
        for (int k = 0; k < TASKS_A_SAVE; k++) {
            struct event event = usage_of(k % TEAMS, k % WORKFLOWS, DAYS - 1, k % 2, 40000 + i,
                                          task + (uint64_t)((i % 4) * TASKS_A_SAVE + k));
            event.key.hash += (uint64_t)i;
            read_with_the_rest(life, &event);
        }
        life_save(life);
    }
    printf("%d saves of %d changed tasks each, %zu open: %.3f s each; stored: %s", SAVES_OF_TASKS,
           TASKS_A_SAVE, life->shard->task_index.count, seconds_since(start_us) / SAVES_OF_TASKS,
           pg_ask(database->session, "SELECT round(sum(length(data)) FILTER (WHERE page IS NULL) / "
                                     "1e6, 1) || ' MB of changes, ' || round(sum(length(data)) "
                                     "FILTER (WHERE page IS NOT NULL) / 1e6, 1) || ' MB of pages, "
                                     "' || round(sum(length(data))::numeric / sum(tasks), 1) || ' "
                                     "bytes "
                                     "a task' FROM uptake.task_segment"));
}

int main(void)
{
    pg_require_server();
    struct pg_database database;
    struct life life;
    struct loop *loop = loop_new(NULL);
    pg_database_init_migrated(&database, "bench");
    life_init(&life, loop, database.conninfo);
    life.request.outputs = NULL;
    life.settings.join_window_ms = INT64_C(200) * DAY_MS;
    life_begin(&life);
    bench_cells(&database, &life);
    bench_tasks(&database, &life);
    bench_health(&life);
    life_done(&life);
    loop_free(loop);
    pg_database_done(&database);
    return 0;
}
