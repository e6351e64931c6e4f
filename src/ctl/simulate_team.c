/* A simulated team: its people come, learn, work, answer and leave, day by day. */
#include "ctl/simulate_team.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "model/calendar.h"
#include "simulate_team_priv.h"

enum { YEAR = 365, AWAY_DAYS = 7, WEDNESDAY = 2, THURSDAY = 3, SURVEY_EVERY = 28, SURVEY_ON = 20 };

static const char *const levels[] = {"trainee", "junior", "medior", "senior"};
enum { LEVEL_TRAINEE, LEVEL_JUNIOR, LEVEL_MEDIOR, LEVEL_SENIOR, LEVELS };

bool simulate_member_is_entry(const struct simulate_member *member)
{
    return member->level <= LEVEL_JUNIOR;
}

/* ---- events ---------------------------------------------------------------------------------- */

int64_t simulate_team_moment(struct simulate_team *team, int32_t day, double from_hour,
                             double to_hour)
{
    double hours = chance_between(&team->chance, from_hour, to_hour);
    return (int64_t)(team->world->first_day + day) * DAY_MS + (int64_t)(hours * 3600e3);
}

struct json_write *simulate_team_begin(struct simulate_team *team, enum event_type type,
                                       int64_t time_ms, const char *source)
{
    return simulate_stream_begin(team->world->stream, &team->chance, team->name, type, time_ms,
                                 source);
}

void simulate_team_end(struct simulate_team *team)
{
    simulate_stream_end(team->world->stream);
}

void simulate_put_word(struct json_write *json, const char *name, const char *word)
{
    json_write_name(json, name);
    json_write_word(json, word);
}

static void tell_status(struct simulate_team *team, const struct simulate_member *member,
                        int64_t time_ms, const char *status)
{
    if (!team->archetype.person_events)
        return;
    struct json_write *json = simulate_team_begin(team, EVENT_PERSON, time_ms, NULL);
    simulate_put_word(json, "user", member->name);
    simulate_put_word(json, "status", status);
    if (strcmp(status, "active") == 0)
        simulate_put_word(json, "level", levels[member->level]);
    simulate_team_end(team);
}

/* ---- people ---------------------------------------------------------------------------------- */

static void join(struct simulate_team *team, int32_t day, int level)
{
    mem_reserve(&team->members, &team->member_capacity, team->member_count + 1,
                sizeof *team->members);
    struct simulate_member *member = &team->members[team->member_count++];
    *member = (struct simulate_member){.level = level, .joined = day};
    (void)snprintf(member->name, sizeof member->name, "%c%02zu@%s", team->name[0],
                   team->member_count, team->name);
    member->zeal = chance_beta_6_2(&team->chance) / 0.75;
    size_t years = (size_t)(team->world->days / YEAR + 1);
    member->away = mem_alloc_array(years * AWAY_A_YEAR, sizeof *member->away);
    for (size_t i = 0; i < years * AWAY_A_YEAR; i++)
        member->away[i] = (int32_t)(i / AWAY_A_YEAR * YEAR + chance_below(&team->chance, YEAR));
    tell_status(team, member, simulate_team_moment(team, day, 5, 6), "active");
}

static bool is_away(const struct simulate_team *team, const struct simulate_member *member,
                    int32_t day)
{
    int32_t year = day / YEAR;
    int32_t first = (year > 0 ? year - 1 : 0) * AWAY_A_YEAR;
    int32_t last =
        (team->world->days / YEAR < year ? team->world->days / YEAR : year) * AWAY_A_YEAR +
        AWAY_A_YEAR;
    for (int32_t i = first; i < last; i++) {
        if (day >= member->away[i] && day < member->away[i] + AWAY_DAYS)
            return true;
    }
    return false;
}

static void leave_or_rise(struct simulate_team *team, struct simulate_member *member, int32_t day)
{
    if (chance_hits(&team->chance, team->archetype.leaves) && team->member_count > 2) {
        member->gone = true;
        const char *status = chance_hits(&team->chance, 0.3) ? "moved" : "left";
        tell_status(team, member, simulate_team_moment(team, day, 18, 19), status);
    } else if (member->level < LEVEL_SENIOR && chance_hits(&team->chance, 0.0008)) {
        member->level++;
        tell_status(team, member, simulate_team_moment(team, day, 6, 7), "active");
    }
}

/* ---- training, redesigns, the pulse --------------------------------------------------------- */

static void complete_basics(struct simulate_team *team, struct simulate_member *member, int32_t day)
{
    member->trained = true;
    struct json_write *json =
        simulate_team_begin(team, EVENT_TRAINING, simulate_team_moment(team, day, 9, 12), NULL);
    simulate_put_word(json, "user", member->name);
    simulate_put_word(json, "program", "basics");
    json_write_name(json, "hours");
    json_write_number(json, 3.5);
    if (chance_hits(&team->chance, 0.9))
        simulate_put_word(json, "format", "course");
    simulate_team_end(team);
}

static void teach(struct simulate_team *team, const struct simulate_member *teacher,
                  struct simulate_member *pupil, int32_t day)
{
    static const char *const formats[] = {"peer", "coaching", "on_the_job"};
    char program[24];
    (void)snprintf(program, sizeof program, "peer-%d", day / 30);
    struct json_write *json =
        simulate_team_begin(team, EVENT_TRAINING, simulate_team_moment(team, day, 13, 16), NULL);
    simulate_put_word(json, "user", pupil->name);
    simulate_put_word(json, "program", program);
    simulate_put_word(json, "teacher", teacher->name);
    json_write_name(json, "hours");
    json_write_number(json, 0.75);
    simulate_put_word(json, "format", formats[chance_below(&team->chance, 3)]);
    simulate_team_end(team);
    pupil->trained = true;
}

static void train(struct simulate_team *team, struct simulate_member *member, int32_t day,
                  uint8_t weekday)
{
    int32_t from = member->joined + 10 > 20 ? member->joined + 10 : 20;
    if (!member->trained && day >= from && weekday == WEDNESDAY) {
        complete_basics(team, member, day);
    } else if (member->trained && weekday == THURSDAY && team->present_count > 1 &&
               chance_hits(&team->chance, team->archetype.taught_by_peers)) {
        struct simulate_member *pupil;
        do
            pupil = &team->members[team->present[chance_below(&team->chance,
                                                              (uint32_t)team->present_count)]];
        while (pupil == member);
        teach(team, member, pupil, day);
    }
}

static void answer(struct simulate_team *team, const struct simulate_member *member, int32_t day)
{
    if (!chance_hits(&team->chance, team->archetype.answers))
        return;
    for (int question = 0; question < QUESTIONS; question++) {
        double drawn = chance_normal(&team->chance, team->archetype.pulse[question], 0.7);
        int64_t score = (int64_t)(drawn + 0.5);
        struct json_write *json =
            simulate_team_begin(team, EVENT_PULSE, simulate_team_moment(team, day, 8, 17), NULL);
        simulate_put_word(json, "user", member->name);
        simulate_put_word(json, "question", event_question_name((enum question)question));
        json_write_name(json, "score");
        json_write_integer(json, score < 1 ? 1 : score > 5 ? 5 : score);
        simulate_team_end(team);
    }
}

static void redesign(struct simulate_team *team, int32_t day)
{
    for (int i = 0; i < ARCHETYPE_REDESIGNS && team->archetype.redesign[i].workflow != NULL; i++) {
        if (team->archetype.redesign[i].day != day)
            continue;
        struct json_write *json =
            simulate_team_begin(team, EVENT_REDESIGN, simulate_team_moment(team, day, 6, 7), NULL);
        simulate_put_word(json, "workflow", team->archetype.redesign[i].workflow);
        simulate_put_word(json, "label", "v2");
        simulate_team_end(team);
    }
}

/* ---- a day ----------------------------------------------------------------------------------- */

static void list_present(struct simulate_team *team)
{
    mem_reserve(&team->present, &team->present_capacity, team->member_count, sizeof *team->present);
    team->present_count = 0;
    for (size_t i = 0; i < team->member_count; i++) {
        if (!team->members[i].gone)
            team->present[team->present_count++] = (uint32_t)i;
    }
}

static void go_to_work(struct simulate_team *team, const struct simulate_member *member,
                       int32_t day, uint8_t weekday)
{
    static const double comes[] = {0.95, 0.97, 0.96, 0.95, 0.85, 0.02, 0.01};
    struct chance *chance = &team->chance;
    if (is_away(team, member, day) || !chance_hits(chance, comes[weekday]))
        return;
    double adopts = archetype_curve(&team->archetype.adopt, day) * member->zeal * team->jitter;
    bool ai_day = chance_hits(chance, adopts < 0.98 ? adopts : 0.98);
    uint32_t tasks = chance_poisson(chance, team->world->rate) + ai_day;
    for (uint32_t i = 0; i < tasks; i++)
        simulate_team_work(team, member, day, ai_day);
}

void simulate_team_live(struct simulate_team *team, int32_t day)
{
    const struct archetype *archetype = &team->archetype;
    if (day >= archetype->silent_after)
        return;
    uint8_t weekday = calendar_weekday(team->world->first_day + day);
    redesign(team, day);
    for (size_t i = 0; i < team->member_count; i++) {
        if (!team->members[i].gone)
            leave_or_rise(team, &team->members[i], day);
    }
    list_present(team);
    if (chance_hits(&team->chance, archetype->joins * team->size))
        join(team, day, (int)chance_below(&team->chance, LEVEL_JUNIOR + 1));
    for (size_t i = 0; archetype->trains && i < team->present_count; i++)
        train(team, &team->members[team->present[i]], day, weekday);
    for (size_t i = 0; day % SURVEY_EVERY == SURVEY_ON && i < team->present_count; i++)
        answer(team, &team->members[team->present[i]], day);
    for (size_t i = 0; !team->world->holidays[day] && i < team->present_count; i++)
        go_to_work(team, &team->members[team->present[i]], day, weekday);
}

struct simulate_team *simulate_team_new(const struct simulate_world *world, uint32_t number,
                                        const char *name, const struct archetype *archetype,
                                        uint32_t size)
{
    struct simulate_team *team = mem_alloc(sizeof *team);
    team->world = world;
    team->archetype = *archetype;
    team->size = size;
    (void)snprintf(team->name, sizeof team->name, "%s", name);
    chance_init(&team->chance, world->seed, number);
    while (team->workflow_count < ARCHETYPE_WORKFLOWS &&
           archetype->workflows[team->workflow_count] != NULL)
        team->workflow_count++;
    team->jitter = chance_between(&team->chance, 0.92, 1.08);
    for (uint32_t i = 0; i < size; i++)
        join(team, 0, i == 0 ? LEVEL_JUNIOR : (int)chance_below(&team->chance, LEVELS));
    return team;
}

void simulate_team_free(struct simulate_team *team)
{
    if (team == NULL)
        return;
    for (size_t i = 0; i < team->member_count; i++)
        mem_free(team->members[i].away);
    mem_free(team->members);
    mem_free(team->present);
    mem_free(team);
}
