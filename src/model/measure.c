/* The tables behind the registry of measures, windows and reasons. */
#include "model/measure.h"

#include <math.h>

#include "base/panic.h"

static const struct measure_info infos[MEASURES] = {
#define MEASURE(name, kind, unit, least, most, better, where, days, source, function, help, cannot_show, see, citation) \
    {#name, kind, unit, least, most, better, where, days, source, #function, help, cannot_show, see, citation},
#include "model/measures.def"
#undef MEASURE
};

static const char *const window_names[WINDOWS] = {"1d", "7d", "28d", "90d", "own"};
static const int32_t window_days[WINDOWS] = {1, 7, 28, 90, 0};

static const char *const because_names[BECAUSES] = {
    "",        "no_people",     "no_training", "no_survey",   "too_new",
    "no_work", "no_decisions",  "no_reasons",  "no_outcomes", "no_truth",
    "no_kind", "no_comparison", "too_few",     "suppressed",
};

const struct measure_info *measure_info(enum measure measure)
{
    UP_ASSERT(measure < MEASURES);
    return &infos[measure];
}

const char *measure_window_name(enum window window)
{
    UP_ASSERT(window < WINDOWS);
    return window_names[window];
}

int32_t measure_window_days(enum window window)
{
    UP_ASSERT(window < WINDOWS);
    return window_days[window];
}

const char *measure_because_name(enum because because)
{
    UP_ASSERT(because < BECAUSES);
    return because_names[because];
}
