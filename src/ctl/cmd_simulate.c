/* uptakectl simulate: a stream of events of teams whose story is known. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "codec/rfc3339.h"
#include "ctl/archetype.h"
#include "ctl/command.h"
#include "ctl/simulate_team.h"

enum { TEAM_SIZE_MAX = 1000, TEAMS_MAX = 1000000, NAME_BYTES = 48 };

struct typed {
    int64_t seed, days, repeat;
    const char *start, *until, *teams;
    double rate, faults;
};

struct simulation {
    struct simulate_world world;
    struct simulate_team **teams;
    size_t count, capacity;
    int64_t until_ms;
    bool *holidays;
};

/* ---- the command line ----------------------------------------------------------------------- */

static int read_day(const char *text, int32_t *ret_day)
{
    char whole[32];
    int64_t time_ms;
    if (snprintf(whole, sizeof whole, "%sT00:00:00Z", text) != 20 ||
        !rfc3339_parse(text_of(whole), &time_ms))
        return command_refuse(&cmd_simulate, "--start: '%s' is not a day (YYYY-MM-DD)", text);
    *ret_day = event_day(time_ms);
    return UP_OK;
}

static int read_span(const struct typed *typed, struct simulation *simulation)
{
    simulation->world.days = (int32_t)typed->days;
    simulation->until_ms = INT64_MAX;
    if (typed->until == NULL)
        return read_day(typed->start != NULL ? typed->start : "2025-01-06",
                        &simulation->world.first_day);
    if (typed->start != NULL)
        return command_refuse(&cmd_simulate,
                              "--start and --until exclude each other; --days says how long it is");
    if (strcmp(typed->until, "now") == 0)
        simulation->until_ms = clock_wall_ms();
    else if (!rfc3339_parse(text_of(typed->until), &simulation->until_ms))
        return command_refuse(&cmd_simulate, "--until: '%s' is neither an RFC 3339 time nor `now`",
                              typed->until);
    simulation->world.first_day = event_day(simulation->until_ms) - simulation->world.days + 1;
    if (simulation->world.first_day < 0)
        return command_refuse(&cmd_simulate, "--days: %lld days before --until is before 1970",
                              (long long)typed->days);
    return UP_OK;
}

/* One `archetype:size`, up to `length` bytes. */
static int add_team(struct simulation *simulation, const char *item, size_t length)
{
    struct archetype archetype;
    char name[NAME_BYTES];
    const char *colon = memchr(item, ':', length);
    size_t word = colon != NULL ? (size_t)(colon - item) : length;
    char *end = NULL;
    long size = colon != NULL ? strtol(colon + 1, &end, 10) : 8;
    if ((colon != NULL && end != item + length) || size < 1 || size > TEAM_SIZE_MAX)
        return command_refuse(&cmd_simulate,
                              "--teams: '%.*s' is not archetype:size with a size of 1 to %d",
                              (int)length, item, TEAM_SIZE_MAX);
    if (!archetype_find((struct text){.bytes = item, .length = (uint32_t)word}, &archetype))
        return command_refuse(&cmd_simulate,
                              "--teams: there is no archetype '%.*s'; --help lists them", (int)word,
                              item);
    if (simulation->count == TEAMS_MAX)
        return command_refuse(&cmd_simulate, "--teams: more than %d teams", TEAMS_MAX);
    (void)snprintf(name, sizeof name, "%.*s-%zu", (int)word, item, simulation->count + 1);
    for (char *at = strchr(name, '_'); at != NULL; at = strchr(at, '_'))
        *at = '-';
    mem_reserve(&simulation->teams, &simulation->capacity, simulation->count + 1,
                sizeof *simulation->teams);
    simulation->teams[simulation->count] = simulate_team_new(
        &simulation->world, (uint32_t)simulation->count, name, &archetype, (uint32_t)size);
    simulation->count++;
    return UP_OK;
}

static int add_every_archetype(struct simulation *simulation)
{
    int code = UP_OK;
    for (uint32_t i = 0; archetype_name(i) != NULL && code == UP_OK; i++)
        code = add_team(simulation, archetype_name(i), strlen(archetype_name(i)));
    return code;
}

static int add_teams(struct simulation *simulation, const struct typed *typed)
{
    int code = UP_OK;
    for (int64_t round = 0; round < typed->repeat && code == UP_OK; round++) {
        if (typed->teams == NULL)
            code = add_every_archetype(simulation);
        for (const char *at = typed->teams; at != NULL && code == UP_OK;) {
            const char *comma = strchr(at, ',');
            code = add_team(simulation, at, comma != NULL ? (size_t)(comma - at) : strlen(at));
            at = comma != NULL ? comma + 1 : NULL;
        }
    }
    return code;
}

/* ---- the run --------------------------------------------------------------------------------- */

/* Some days off a year, and two weeks in which nobody works. */
static bool *draw_holidays(uint64_t seed, int32_t days)
{
    enum { HOLIDAYS_A_YEAR = 9, SHUTDOWN_DAYS = 12 };
    struct chance chance;
    chance_init(&chance, seed, UINT64_MAX - 1);
    bool *holidays = mem_alloc_array((size_t)days, sizeof *holidays);
    for (int32_t left = days * HOLIDAYS_A_YEAR / 365; left > 0; left--)
        holidays[chance_below(&chance, (uint32_t)days)] = true;
    int32_t first = (int32_t)((double)days * 0.62);
    for (int32_t day = first; day < first + SHUTDOWN_DAYS && day < days; day++)
        holidays[day] = true;
    return holidays;
}

static int run_days(struct simulation *simulation, struct up_err *err)
{
    const struct simulate_world *world = &simulation->world;
    for (int32_t day = 0; day < world->days; day++) {
        for (size_t i = 0; i < simulation->count; i++)
            simulate_team_live(simulation->teams[i], day);
        simulate_stream_pass_day(world->stream, world->first_day + day);
    }
    return simulate_stream_finish(world->stream, err);
}

static int simulate(const struct typed *typed, struct simulation *simulation)
{
    struct simulate_world *world = &simulation->world;
    struct up_err err;
    world->seed = (uint64_t)typed->seed;
    world->rate = typed->rate;
    world->holidays = simulation->holidays = draw_holidays(world->seed, world->days);
    world->stream =
        simulate_stream_new(&(struct simulate_stream_settings){.seed = world->seed,
                                                               .first_day = world->first_day,
                                                               .days = world->days,
                                                               .until_ms = simulation->until_ms,
                                                               .faults = typed->faults,
                                                               .file = stdout});
    if (add_teams(simulation, typed) != UP_OK)
        return COMMAND_USAGE;
    return run_days(simulation, &err) == UP_OK ? COMMAND_OK : command_fail(&err);
}

static int run_simulate(int argc, char **argv)
{
    struct typed typed = {.seed = 1, .days = 400, .repeat = 1, .rate = 0.6, .faults = 0.01};
    const struct option_spec specs[] = {
        {"seed", "N", OPTION_WHOLE, &typed.seed, 0, 1e15,
         "the same seed gives the same events (1)"},
        {"days", "N", OPTION_WHOLE, &typed.days, 1, 36500, "how long it goes on (400)"},
        {"start", "DAY", OPTION_TEXT, &typed.start, 0, 0, "first day, YYYY-MM-DD (2025-01-06)"},
        {"until", "TIME", OPTION_TEXT, &typed.until, 0, 0,
         "instead of --start: when it ends, RFC 3339 or `now`"},
        {"teams", "LIST", OPTION_TEXT, &typed.teams, 0, 0,
         "archetype:size,... (every archetype, 8 people)"},
        {"repeat", "N", OPTION_WHOLE, &typed.repeat, 1, TEAMS_MAX,
         "the list of teams so many times (1)"},
        {"rate", "X", OPTION_REAL, &typed.rate, 0, 50, "tasks per person and working day (0.6)"},
        {"faults", "X", OPTION_REAL, &typed.faults, 0, 1,
         "share of late, repeated and broken lines (0.01)"},
    };
    struct simulation simulation = {.teams = NULL};
    int operands;
    int end = command_read(&cmd_simulate, specs, sizeof specs / sizeof specs[0], argc, argv, 0, 0,
                           &operands);
    if (end != COMMAND_GO_ON)
        return end;
    end = read_span(&typed, &simulation) == UP_OK ? simulate(&typed, &simulation) : COMMAND_USAGE;
    for (size_t i = 0; i < simulation.count; i++)
        simulate_team_free(simulation.teams[i]);
    mem_free(simulation.teams);
    simulate_stream_free(simulation.world.stream);
    mem_free(simulation.holidays);
    return end;
}

const struct command cmd_simulate = {
    .name = "simulate",
    .synopsis = "[OPTION...]",
    .summary =
        "Write the events of teams whose story is known, one a line, in the order of arrival",
    .about =
        "Archetypes: growing stall relapse theatre over_trust under_trust faster_worse\n"
        "work_design skills_gap hollow_entry tiny no_outcomes redesigned randomised silent gone\n"
        "steady automated unverified reversal undecided importer worse loosened old_targets\n"
        "bypassing.\n"
        "\n"
        "Examples:\n"
        "  uptakectl simulate --seed 7 --days 120 --teams growing:8,relapse:6 > events.ndjson\n"
        "  uptakectl simulate --until now --days 365 |\n"
        "      uptakectl produce --brokers localhost:9092 -\n"
        "  uptakectl simulate --repeat 100 --rate 5 --faults 0 | gzip > load.ndjson.gz\n",
    .run = run_simulate,
};
