/* What the files of a simulated team share among themselves. */
#pragma once

#include <stddef.h>

#include "ctl/simulate_team.h"

enum { TEAM_NAME_BYTES = 64, MEMBER_NAME_BYTES = 96, AWAY_A_YEAR = 4 };

struct simulate_member {
    char name[MEMBER_NAME_BYTES];
    int level;
    int32_t joined; /* day of the simulation */
    double zeal;
    bool trained, gone;
    int32_t *away; /* first days of weeks away, AWAY_A_YEAR in each year */
};

struct simulate_team {
    const struct simulate_world *world;
    char name[TEAM_NAME_BYTES];
    struct archetype archetype;
    uint32_t size; /* at the start */
    uint32_t workflow_count;
    struct chance chance;
    double jitter; /* how eager this team is beside others of its kind */
    struct simulate_member *members;
    size_t member_count, member_capacity;
    uint32_t *present; /* places of those who have not left */
    size_t present_count, present_capacity;
    uint64_t tasks; /* so far */
};

bool simulate_member_is_entry(const struct simulate_member *member);

/* A time on that day of the simulation, evenly between two hours. */
int64_t simulate_team_moment(struct simulate_team *team, int32_t day, double from_hour,
                             double to_hour);
/* As simulate_stream_begin() and _end(). */
struct json_write *simulate_team_begin(struct simulate_team *team, enum event_type type,
                                       int64_t time_ms, const char *source);
void simulate_team_end(struct simulate_team *team);
void simulate_put_word(struct json_write *json, const char *name, const char *word);

/* One task: the work, what was decided on the advice, and how it turned out. */
void simulate_team_work(struct simulate_team *team, const struct simulate_member *member,
                        int32_t day, bool ai_day);
