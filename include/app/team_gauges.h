/* The latest measures of a team as /metrics shows them, where metrics_per_team asks for it. */
#pragma once

#include <stdint.h>

#include "model/evaluation.h"

/* Of 28d and own; NAN: not known, or not to be seen. */
struct team_gauges {
    float health;
    float measures[MEASURES];
};

/* Nothing is known. */
void team_gauges_clear(struct team_gauges *gauges);
/* evaluation: of all windows, with what few people stand behind suppressed. */
void team_gauges_note(struct team_gauges *gauges, const struct evaluation *evaluation,
                      uint32_t min_group);
