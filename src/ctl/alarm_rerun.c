/* The frozen history of a team under another false-alarm rate: what would have fired. */
#include "ctl/alarm_rerun.h"

static const double YEAR_DAYS = 365;

struct alarm_step alarm_rerun_step(struct alarms *alarms, const struct alarm_rerun_day *day,
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
    step.opened &= ALARM_RERUN_KINDS;
    step.resolved &= ALARM_RERUN_KINDS;
    return step;
}
