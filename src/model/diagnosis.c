/* What is wrong, as a set of conditions, each with its evidence. measures.md, Diagnosis. */
#include "model/diagnosis.h"

#include "model/reliance_measures.h"

static const int32_t REDESIGN_DAYS = 400;
/* Of the answers 1 to 5: what is below it is rather a no. */
static const double MIDDLE_ANSWER = 3;

static bool is_below(const struct record *record, enum measure measure, double limit)
{
    const struct estimate *value = &record->values[measure];
    return value->known && value->hi < limit;
}

static bool is_above(struct estimate value, double limit)
{
    return value.known && value.lo > limit;
}

static bool was_redesigned(const struct people *people)
{
    const struct team *team = people->team;
    for (size_t i = 0; i < team->redesign_count; i++) {
        int32_t day = event_day(team->redesigns[i].key.time_ms);
        if (people->day - REDESIGN_DAYS < day && day <= people->day)
            return true;
    }
    return false;
}

static bool is_no(const struct record *survey, enum measure question)
{
    return is_below(survey, question, MIDDLE_ANSWER);
}

static uint32_t find_gaps(const struct record *month, const struct record *survey)
{
    uint32_t found = 0;
    if (is_no(survey, MEASURE_tool_clear) ||
        is_above(month->values[MEASURE_reason_skill_share], 1.0 / 3))
        found |= 1U << DIAGNOSIS_SKILLS_GAP;
    if (is_no(survey, MEASURE_role_clear) || is_no(survey, MEASURE_workflow_clear) ||
        is_no(survey, MEASURE_role_change_clear) ||
        is_above(month->values[MEASURE_reason_design_share], 1.0 / 3))
        found |= 1U << DIAGNOSIS_WORK_DESIGN_GAP;
    if (is_no(survey, MEASURE_learning_time) || is_no(survey, MEASURE_safe_to_try) ||
        is_no(survey, MEASURE_creative_room))
        found |= 1U << DIAGNOSIS_NO_ROOM;
    if (is_no(survey, MEASURE_coached))
        found |= 1U << DIAGNOSIS_NO_COACHING;
    if (is_no(survey, MEASURE_targets_fit))
        found |= 1U << DIAGNOSIS_OLD_TARGETS;
    return found;
}

static uint32_t find_misuse(const struct record *month)
{
    uint32_t found = 0;
    if (is_above(month->values[MEASURE_bypass_rate], 0.2))
        found |= 1U << DIAGNOSIS_BYPASSING;
    if (is_above(reliance_trusted_over(month), 0.5))
        found |= 1U << DIAGNOSIS_OVER_TRUST;
    if (is_above(reliance_trusted_under(month), 0.5))
        found |= 1U << DIAGNOSIS_UNDER_TRUST;
    if (is_below(month, MEASURE_success_lift, 0) || is_below(month, MEASURE_quality_lift, 0))
        found |= 1U << DIAGNOSIS_WORSE;
    const struct estimate *flag = &month->values[MEASURE_faster_but_worse];
    if (flag->known && flag->value > 0)
        found |= 1U << DIAGNOSIS_FASTER_BUT_WORSE;
    return found;
}

uint32_t diagnosis_find(const struct people *people, const struct evaluation *evaluation)
{
    const struct record *month = &evaluation->windows[WINDOW_28D];
    const struct record *own = &evaluation->windows[WINDOW_OWN];
    uint32_t found = find_gaps(month, &evaluation->windows[WINDOW_90D]) | find_misuse(month);
    if (is_below(own, MEASURE_durability_14, 0.5) || is_below(own, MEASURE_durability_28, 0.5))
        found |= 1U << DIAGNOSIS_FADING;
    if (is_below(own, MEASURE_entry_nonroutine_share, 0.2) && is_below(own, MEASURE_entry_gap, 0))
        found |= 1U << DIAGNOSIS_HOLLOW_ENTRY;
    if (own->values[MEASURE_trained].value > 0 && !was_redesigned(people) &&
        is_above(month->values[MEASURE_layered_share], 0.5))
        found |= 1U << DIAGNOSIS_TRAINING_ONLY;
    return found;
}
