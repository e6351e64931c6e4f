/* Everything that is said of a team as of one day, put together from the files of each section. */
#include "model/evaluation.h"

#include <string.h>

#include "base/panic.h"
#include "model/alarms.h"
#include "model/cell_measures.h"
#include "model/diagnosis.h"
#include "model/health.h"
#include "model/learning.h"
#include "model/people.h"
#include "model/pulse_measures.h"
#include "model/redesign.h"
#include "model/state.h"
#include "model/training_measures.h"
#include "model/verdict.h"
#include "model/windows.h"

const char *evaluation_verdict_name(enum verdict verdict)
{
    static const char *const names[VERDICTS] = {"transformation", "unfinished", "theatre",
                                                "insufficient_evidence"};
    UP_ASSERT(verdict < VERDICTS);
    return names[verdict];
}

const char *evaluation_presence_name(enum presence presence)
{
    static const char *const names[] = {"unknown", "present", "absent"};
    UP_ASSERT(presence <= PRESENCE_ABSENT);
    return names[presence];
}

const char *evaluation_state_name(enum team_state state)
{
    static const char *const names[STATES] = {"no_data", "emerging", "relapsing",
                                              "stalled", "growing",  "level"};
    UP_ASSERT(state < STATES);
    return names[state];
}

const char *evaluation_diagnosis_name(enum diagnosis diagnosis)
{
    static const char *const names[DIAGNOSES] = {"bypassing",     "fading",      "faster_but_worse",
                                                 "hollow_entry",  "no_coaching", "no_room",
                                                 "old_targets",   "over_trust",  "skills_gap",
                                                 "training_only", "under_trust", "work_design_gap",
                                                 "worse"};
    UP_ASSERT(diagnosis < DIAGNOSES);
    return names[diagnosis];
}

const char *evaluation_alarm_name(enum alarm_kind kind)
{
    static const char *const names[ALARM_KINDS] = {
        "blind",      "bypassing", "fading", "faster_but_worse", "hollow_entry",
        "over_trust", "relapsing", "silent", "stalled"};
    UP_ASSERT(kind < ALARM_KINDS);
    return names[kind];
}

const char *evaluation_component_name(enum health_component component)
{
    static const char *const names[HEALTH_COMPONENTS] = {"reach",      "judgement", "lift",
                                                         "durability", "growth",    "staying"};
    UP_ASSERT(component < HEALTH_COMPONENTS);
    return names[component];
}

static void measure_window(const struct people *people, enum window window, struct record *record)
{
    people_measure(people, window, record);
    training_measure(people, window, record);
    pulse_measure(people, window, record);
}

static void measure_own(const struct people *people, const struct window_sums *sums,
                        struct record *record)
{
    people_measure_own(people, record);
    learning_measure(people, windows_any_decided(sums), record);
    training_measure_own(people, windows_has_manual_work(people->shard, people->team, people->day),
                         record);
}

/* Measures, health, diagnosis and verdict; neither alarms nor state. */
static void judge(const struct people *people, struct window_sums *sums,
                  enum evaluation_extent extent, struct evaluation *ret_evaluation)
{
    memset(ret_evaluation, 0, sizeof *ret_evaluation);
    ret_evaluation->day = people->day;
    struct record *windows = ret_evaluation->windows;
    cell_measures_make(sums, extent, windows);
    measure_own(people, sums, &windows[WINDOW_OWN]);
    measure_window(people, WINDOW_28D, &windows[WINDOW_28D]);
    if (extent == EVALUATION_CLOSE) {
        pulse_measure_questions(people, WINDOW_90D, &windows[WINDOW_90D]);
    } else {
        measure_window(people, WINDOW_1D, &windows[WINDOW_1D]);
        measure_window(people, WINDOW_7D, &windows[WINDOW_7D]);
        measure_window(people, WINDOW_90D, &windows[WINDOW_90D]);
    }
    health_judge(people->shard->settings, ret_evaluation);
    ret_evaluation->diagnosis = diagnosis_find(people, ret_evaluation);
    verdict_judge(people, ret_evaluation);
}

void evaluation_make(const struct shard *shard, const struct team *team, int32_t day,
                     enum evaluation_extent extent, struct evaluation *ret_evaluation)
{
    struct people people;
    people_init(&people, shard, team, day);
    struct window_sums *sums = windows_new(shard, team, day, WINDOWS_WHOLE_TEAM);
    judge(&people, sums, extent, ret_evaluation);
    ret_evaluation->provisional = day > shard->calendar.last_opened;
    ret_evaluation->open = alarms_open_kinds(team->alarms);
    ret_evaluation->state = state_find(&people, ret_evaluation->open);
    windows_free(sums);
    people_done(&people);
}

void evaluation_close(const struct shard *shard, struct team *team, int32_t day,
                      struct evaluation *ret_evaluation)
{
    struct people people;
    people_init(&people, shard, team, day);
    struct window_sums *sums = windows_new(shard, team, day, WINDOWS_WHOLE_TEAM);
    judge(&people, sums, EVALUATION_CLOSE, ret_evaluation);
    ret_evaluation->quiet = calendar_day(&shard->calendar, day).quiet;
    alarms_close(team->alarms, &people, sums->decided, ret_evaluation);
    ret_evaluation->state = state_find(&people, ret_evaluation->open);
    windows_free(sums);
    people_done(&people);
}

void evaluation_make_workflow(const struct shard *shard, const struct team *team, size_t workflow,
                              int32_t day, struct record ret_windows[WINDOWS])
{
    memset(ret_windows, 0, WINDOWS * sizeof ret_windows[0]);
    struct window_sums *sums = windows_new(shard, team, day, workflow);
    cell_measures_make(sums, EVALUATION_ALL_WINDOWS, ret_windows);
    windows_free(sums);
}

size_t evaluation_make_redesigns(const struct shard *shard, const struct team *team, int32_t day,
                                 struct redesign_evaluation *ret_redesigns, size_t max)
{
    struct people people;
    people_init(&people, shard, team, day);
    size_t count = redesign_measure(&people, ret_redesigns, max);
    people_done(&people);
    return count;
}
