/* A simulated team: its people come, learn, work, answer and leave, day by day. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ctl/archetype.h"
#include "ctl/chance.h"
#include "ctl/simulate_stream.h"

struct simulate_team;

/* What all teams of a simulation share; borrowed by them. */
struct simulate_world {
    struct simulate_stream *stream;
    uint64_t seed;
    int32_t first_day; /* days since 1970 */
    int32_t days;
    double rate;          /* tasks per person and working day */
    const bool *holidays; /* by day of the simulation: nobody works */
};

/* number: from 0, of the team in its simulation. name and archetype are copied. */
struct simulate_team *simulate_team_new(const struct simulate_world *world, uint32_t number,
                                        const char *name, const struct archetype *archetype,
                                        uint32_t size);
void simulate_team_free(struct simulate_team *team);

/* Gives all events that begin with this day of the simulation (0 = the first) to the stream. Days
 * in order. */
void simulate_team_live(struct simulate_team *team, int32_t day);
