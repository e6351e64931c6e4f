/* The frozen history of a team under another false-alarm rate: what would have fired. */
#include "ctl/replay.h"

static const double YEAR_DAYS = 365;

struct alarm_step replay_step(struct alarms *alarms, const struct replay_day *day,
                              double false_alarms_per_year)
{
    const struct observation today = {
        .day = day->day,
        .x_relapsing = day->x_relapsing,
        .x_bypassing = day->x_bypassing,
        .x_over_trust = day->x_over_trust,
        .redesigns = day->redesigns,
        .teams = day->teams,
        .threshold = day->teams * YEAR_DAYS / false_alarms_per_year,
    };
    struct alarm_step step = alarms_step(alarms, &today);
    step.opened &= REPLAY_KINDS;
    step.resolved &= REPLAY_KINDS;
    return step;
}
