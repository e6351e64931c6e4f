/* What one evaluation of a team costs: 8 people x 3 workflows x 90 days x 2 arms, the same data in
 * each run.
 *
 *   bench_evaluation [TEAMS]    default 2000; warm = one team again, cold = all teams in turn
 *
 * Prints processor time, the best and the middle of several rounds, and a hash of all figures: what
 * makes it faster must not change that. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/panic.h"
#include "model/evaluation.h"
#include "support/dice.h"
#include "unit/model/random_cells.h"

enum {
    PEOPLE = 8,
    WORKFLOWS = 3,
    DAYS = 90,
    WEEKS = 36,
    TASKS_MAX = 12, /* of one cell */
    SET_BYTES = 56,
    CAPABILITIES = 3,
    LAST_DAY = 20600,
    CLOSED_DAYS = 28,
    ROUNDS = 14,
    WARM_TURNS = 200
};

static const char *const workflow_names[WORKFLOWS] = {"claims", "letters", "offers"};

/* ---- the data -------------------------------------------------------------------------------- */

struct maker {
    struct dice dice;
    struct shard *shard;
    struct counters *cells; /* to choose from: AI first, then manual */
};

enum { CELLS_TO_CHOOSE = 4096 };

static struct text team_name(int64_t team)
{
    static char name[24];
    (void)snprintf(name, sizeof name, "team-%05" PRId64, team);
    return text_of(name);
}

static struct pseudonym user_of(int64_t team, int64_t user)
{
    uint64_t number = (uint64_t)(team * PEOPLE + user + 1);
    return (struct pseudonym){.low = number * UINT64_C(0x9e3779b97f4a7c15), .high = number};
}

static struct event_key key_of(struct maker *maker, int32_t day)
{
    return (struct event_key){.time_ms = (int64_t)day * DAY_MS + 36000000,
                              .hash = dice_bits(&maker->dice)};
}

static void must(int code)
{
    UP_ASSERT(code == UP_OK);
}

static void make_shard(struct maker *maker)
{
    struct up_err err;
    struct calendar calendar;
    calendar_init(&calendar);
    calendar_begin(&calendar, LAST_DAY - CLOSED_DAYS);
    const int64_t greatest_ms = (int64_t)(LAST_DAY + 1) * DAY_MS - 1;
    const struct shard_row row = {.watermark_ms = greatest_ms,
                                  .greatest_ms = greatest_ms,
                                  .calendar = &calendar,
                                  .topic_count = 1,
                                  .topic_greatest_ms = &greatest_ms};
    must(shard_load_shard(maker->shard, &row, &err));
    calendar_done(&calendar);
}

static void make_weeks(struct maker *maker, int64_t team, int64_t user)
{
    struct up_err err;
    for (int32_t week = LAST_DAY / 7 - WEEKS + 1; week <= LAST_DAY / 7; week++) {
        struct week_row row = {.team = team_name(team), .user = user_of(team, user), .week = week};
        int64_t tasks = 15 + dice_below(&maker->dice, 20);
        row.counters.at[WEEK_TASKS] = tasks;
        row.counters.at[WEEK_AI] = tasks / 2;
        row.counters.at[WEEK_ENGAGED] = tasks / 4;
        row.counters.at[WEEK_KINDS] = tasks - 3;
        row.counters.at[WEEK_NOT_ROUTINE] = dice_below(&maker->dice, tasks - 2);
        for (int c = WEEK_CA; c <= WEEK_WO; c++)
            row.counters.at[c] = dice_below(&maker->dice, 5);
        must(shard_load_week(maker->shard, &row, &err));
    }
}

/* A training a quarter by a colleague, and all questions answered each month, today too. */
static void make_facts(struct maker *maker, int64_t team, int64_t user)
{
    struct up_err err;
    for (int32_t day = LAST_DAY - 300; day <= LAST_DAY; day += 90) {
        const struct training_row row = {.team = team_name(team),
                                         .user = user_of(team, user),
                                         .program = text_of("basics"),
                                         .key = key_of(maker, day - (int32_t)user),
                                         .has_teacher = true,
                                         .teacher = user_of(team, (user + 1) % PEOPLE),
                                         .seconds = 7200,
                                         .format = FORMAT_COACHING};
        must(shard_load_training(maker->shard, &row, &err));
    }
    for (int32_t day = LAST_DAY - 60; day <= LAST_DAY; day += 30) {
        for (int question = 0; question < QUESTIONS; question++) {
            const struct pulse_row row = {.team = team_name(team),
                                          .user = user_of(team, user),
                                          .key = key_of(maker, day),
                                          .day = day,
                                          .question = (enum question)question,
                                          .score = (uint8_t)(1 + dice_below(&maker->dice, 5))};
            must(shard_load_pulse(maker->shard, &row, &err));
        }
    }
}

static void make_person(struct maker *maker, int64_t team, int64_t user)
{
    static const char *const names[CAPABILITIES] = {"draft", "search", "summary"};
    struct up_err err;
    uint8_t worked[SET_BYTES], practised[SET_BYTES];
    for (int i = 0; i < SET_BYTES; i++) {
        worked[i] = (uint8_t)(dice_bits(&maker->dice) | dice_bits(&maker->dice));
        practised[i] = (uint8_t)(worked[i] & dice_bits(&maker->dice));
    }
    struct capability_row capabilities[CAPABILITIES];
    for (int i = 0; i < CAPABILITIES; i++)
        capabilities[i] = (struct capability_row){.name = text_of(names[i]),
                                                  .first_day = LAST_DAY - 200 + 90 * i,
                                                  .last_day = LAST_DAY - (int32_t)user};
    const struct event_key registered = key_of(maker, LAST_DAY - 400);
    struct person_row row = {
        .team = team_name(team),
        .user = user_of(team, user),
        .first_seen = LAST_DAY - 400,
        .first_ai = LAST_DAY - 240,
        .status = {.key = registered, .value = STATUS_ACTIVE},
        .level = {.key = registered},
        .first_level = {.key = registered},
        .level_name = text_of(user < 2 ? "junior" : "senior"),
        .first_level_name = text_of("junior"),
        .first_training_ms = (int64_t)(LAST_DAY - 308) * DAY_MS,
        .sets_first = LAST_DAY + 1 - SET_BYTES * 8,
        .sets_bytes = SET_BYTES,
        .worked = worked,
        .practised = practised,
        .capability_count = CAPABILITIES,
        .capabilities = capabilities,
    };
    if (user >= PEOPLE - 2) /* of whom nobody ever sent a `person` event */
        row.status.key.time_ms = row.level.key.time_ms = row.first_level.key.time_ms = -1;
    must(shard_load_person(maker->shard, &row, &err));
    make_weeks(maker, team, user);
    make_facts(maker, team, user);
}

static void make_team(struct maker *maker, int64_t team)
{
    struct up_err err;
    const struct team_row row = {.team = team_name(team),
                                 .first_day = LAST_DAY - 400,
                                 .first_cell_day = LAST_DAY - DAYS + 1,
                                 .evaluated_through = LAST_DAY - CLOSED_DAYS};
    must(shard_load_team(maker->shard, &row, &err));
    for (int64_t user = 0; user < PEOPLE; user++)
        make_person(maker, team, user);
    const struct redesign_row redesign = {.team = team_name(team),
                                          .workflow = text_of(workflow_names[0]),
                                          .key = key_of(maker, LAST_DAY - 40)};
    must(shard_load_redesign(maker->shard, &redesign, &err));
}

static void choose_cells(struct maker *maker)
{
    maker->cells = mem_alloc_array(2 * CELLS_TO_CHOOSE, sizeof *maker->cells);
    for (int i = 0; i < CELLS_TO_CHOOSE; i++) {
        maker->cells[i] = random_cells_make(&maker->dice, ARM_AI, false, TASKS_MAX);
        maker->cells[CELLS_TO_CHOOSE + i] =
            random_cells_make(&maker->dice, ARM_NONE, false, TASKS_MAX);
    }
}

static void make_cells(struct maker *maker, int64_t team, int32_t day)
{
    struct up_err err;
    for (int workflow = 0; workflow < WORKFLOWS; workflow++) {
        for (int manual = 0; manual < 2; manual++) {
            int64_t chosen = manual * CELLS_TO_CHOOSE + dice_below(&maker->dice, CELLS_TO_CHOOSE);
            const struct cell_row row = {.team = team_name(team),
                                         .workflow = text_of(workflow_names[workflow]),
                                         .day = day,
                                         .arm = manual ? ARM_NONE : ARM_AI,
                                         .counters = maker->cells[chosen]};
            must(shard_load_cell(maker->shard, &row, &err));
        }
    }
}

/* Cells come day by day, as a daemon makes them: those of one team lie far apart. */
static struct shard *make_data(const struct settings *settings, int64_t teams)
{
    struct maker maker = {.dice = {.state = 1}, .shard = shard_new(settings, 0, 1, NULL)};
    maker.shard->teams_in_organisation = (uint32_t)teams;
    make_shard(&maker);
    choose_cells(&maker);
    for (int64_t team = 0; team < teams; team++)
        make_team(&maker, team);
    for (int32_t day = LAST_DAY - DAYS + 1; day <= LAST_DAY; day++) {
        for (int64_t team = 0; team < teams; team++)
            make_cells(&maker, team, day);
    }
    shard_load_done(maker.shard);
    mem_free(maker.cells);
    return maker.shard;
}

/* ---- what comes out -------------------------------------------------------------------------- */

static void take_estimate(uint64_t *hash, struct estimate e)
{
    const double figures[5] = {e.known ? e.value : -1, e.known && e.has_interval ? e.lo : -1,
                               e.known && e.has_interval ? e.hi : -1, e.known ? e.n : -1,
                               (double)e.known};
    uint64_t both[2] = {*hash, hash_xx64(figures, sizeof figures)};
    *hash = hash_xx64(both, sizeof both);
}

static void take_judgement(uint64_t *hash, const struct evaluation *evaluation)
{
    take_estimate(hash, evaluation->health);
    const uint64_t words[] = {*hash, evaluation->verdict, evaluation->diagnosis, evaluation->state,
                              evaluation->open};
    *hash = hash_xx64(words, sizeof words);
}

static void take_evaluation(uint64_t *hash, const struct evaluation *evaluation)
{
    for (int window = 0; window < WINDOWS; window++) {
        const struct record *record = &evaluation->windows[window];
        for (int measure = 0; measure < MEASURES; measure++)
            take_estimate(hash, record->values[measure]);
        *hash ^= hash_xx64(record->because, sizeof record->because);
    }
    take_judgement(hash, evaluation);
}

static void take_closed(void *arg, const struct shard *shard, const struct team *team,
                        const struct evaluation *evaluation)
{
    (void)shard;
    (void)team;
    take_judgement(arg, evaluation);
}

/* ---- the clock ------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_rounds(const char *what, double us[ROUNDS])
{
    qsort(us, ROUNDS, sizeof us[0], by_size);
    (void)printf("%-34s %7.1f %7.1f\n", what, us[0], us[ROUNDS / 2]);
    (void)fflush(stdout);
}

static void bench_make(const struct shard *shard, enum evaluation_extent extent, const char *warm,
                       const char *cold, uint64_t *hash)
{
    static struct evaluation evaluation;
    double us[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        int64_t began_us = clock_cpu_us();
        for (int turn = 0; turn < WARM_TURNS; turn++)
            evaluation_make(shard, &shard->teams[0], LAST_DAY, extent, &evaluation);
        us[round] = (double)(clock_cpu_us() - began_us) / WARM_TURNS;
    }
    print_rounds(warm, us);
    for (int round = 0; round < ROUNDS; round++) {
        int64_t began_us = clock_cpu_us();
        for (size_t team = 0; team < shard->team_count; team++)
            evaluation_make(shard, &shard->teams[team], LAST_DAY, extent, &evaluation);
        us[round] = (double)(clock_cpu_us() - began_us) / (double)shard->team_count;
    }
    print_rounds(cold, us);
    for (size_t team = 0; team < shard->team_count; team++) {
        evaluation_make(shard, &shard->teams[team], LAST_DAY, extent, &evaluation);
        take_evaluation(hash, &evaluation);
    }
}

/* Days close one by one, over all teams; every seventh is a Sunday. */
static void bench_close(struct shard *shard)
{
    double us[ROUNDS];
    int64_t longest_us = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t spent_us = 0;
        for (int i = 0; i < CLOSED_DAYS / ROUNDS; i++) {
            calendar_open(&shard->calendar, shard->calendar.last_opened + 1,
                          shard->teams_in_organisation);
            bool closed = false;
            while (!closed) {
                int64_t began_us = clock_cpu_us();
                closed = shard_close_slice(shard, 1);
                int64_t took_us = clock_cpu_us() - began_us;
                longest_us = took_us > longest_us ? took_us : longest_us;
                spent_us += took_us;
            }
        }
        us[round] = (double)spent_us / (double)(shard->team_count * (CLOSED_DAYS / ROUNDS));
    }
    print_rounds("a day close, cold", us);
    /* The daemon looks at the clock after each team, and goes on reading after 5 ms. */
    (void)printf("%-34s %7s %7" PRId64 "\n", "the longest close of a team", "", longest_us);
}

int main(int argc, char **argv)
{
    int64_t teams = argc > 1 ? strtoll(argv[1], NULL, 10) : 2000;
    UP_ASSERT(teams > 0 && teams < 100000);
    struct settings settings;
    settings_default(&settings);
    uint64_t hash = 0;
    struct sink sink = {.arg = &hash, .closed = take_closed};
    struct shard *shard = make_data(&settings, teams);
    shard->outputs = &sink;
    (void)printf("%" PRId64 " teams of %d people x %d workflows x %d days x 2 arms\n", teams,
                 PEOPLE, WORKFLOWS, DAYS);
    (void)printf("%-34s %7s %7s\n", "us of processor time", "best", "middle");
    bench_make(shard, EVALUATION_ALL_WINDOWS, "all windows, warm", "all windows, cold", &hash);
    bench_make(shard, EVALUATION_CLOSE, "what a close needs, warm", "what a close needs, cold",
               &hash);
    bench_close(shard);
    (void)printf("figures %016" PRIx64 "\n", hash);
    shard_free(shard);
    return 0;
}
