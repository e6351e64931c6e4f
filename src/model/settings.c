/* The defaults of every option that changes a result. */
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
        .retention = {.cell_days = 90 + 35, .week_days = 32 * 7, .training_days = 448, .pulse_days = 125,
                      .day_set_days = 448},
    };
    for (int i = 0; i < 4; i++)
        memcpy(ret_settings->entry_levels[i], levels[i], strlen(levels[i]) + 1);
    ret_settings->entry_level_count = 4;
}

bool settings_is_entry_level(const struct settings *settings, struct text level)
{
    for (int i = 0; i < settings->entry_level_count; i++) {
        if (text_equal(text_of(settings->entry_levels[i]), level))
            return true;
    }
    return false;
}
