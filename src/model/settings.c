/* The defaults of every option that changes a result, and how long memory keeps what they need. */
#include "model/settings.h"

#include <string.h>

void settings_default(struct settings *ret_settings)
{
    static const char *const levels[] = {"entry", "junior", "graduate", "trainee"};
    *ret_settings = (struct settings){
        .join_window_ms = INT64_C(35) * 86400000,
        .grace_ms = INT64_C(6) * 3600000,
        .max_clock_skew_ms = INT64_C(5) * 60000,
        .false_alarms_per_year = 4,
        .workflows_max = 256,
        .min_group = 5,
        .health_weights = {0.20, 0.25, 0.25, 0.10, 0.10, 0.10},
        .changed_work_threshold = 0.5,
        .traceable_threshold = 0.5,
        .reproduces_threshold = 0.2,
    };
    settings_fit_retention(ret_settings);
    for (int i = 0; i < 4; i++)
        memcpy(ret_settings->entry_levels[i], levels[i], strlen(levels[i]) + 1);
    ret_settings->entry_level_count = 4;
}

static int32_t round_up(int64_t value, int32_t step)
{
    return (int32_t)((value + step - 1) / step) * step;
}

void settings_fit_retention(struct settings *settings)
{
    /* What the evaluation of a day D looks back at: the longest window; weeks W-25 ... W and the present one; the days
     * after the oldest training of D-399. The slack is for what was read ahead of D. */
    enum { WINDOW_DAYS = 90, LOOKED_AT_WEEKS = 27, LONG_DAYS = 400, SLACK_DAYS = 13, TRAINING_DAYS = 448 };
    int32_t join_days = (int32_t)((settings->join_window_ms + 86399999) / 86400000);
    settings->retention = (struct retention){
        .cell_days = WINDOW_DAYS + join_days,
        .week_days = LOOKED_AT_WEEKS * 7 + round_up(join_days, 7),
        .training_days = TRAINING_DAYS,
        .pulse_days = WINDOW_DAYS + join_days,
        .day_set_days = round_up((int64_t)LONG_DAYS + join_days + SLACK_DAYS, 64),
    };
}

void settings_keep_longer(struct settings *settings, int32_t days)
{
    struct retention *retention = &settings->retention;
    retention->cell_days += days;
    retention->week_days += days;
    retention->training_days += days;
    retention->pulse_days += days;
    retention->day_set_days += round_up(days, 64);
}

bool settings_is_entry_level(const struct settings *settings, struct text level)
{
    for (int i = 0; i < settings->entry_level_count; i++) {
        if (text_equal(text_of(settings->entry_levels[i]), level))
            return true;
    }
    return false;
}
