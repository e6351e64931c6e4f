/* The words of events.md for the enumerations of an event. */
#include "model/event.h"

#include "base/panic.h"

const char *event_reject_name(enum reject reject)
{
    static const char *const names[REJECT_REASONS] = {"malformed", "envelope",  "unknown_type", "schema",
                                                      "key",       "misrouted", "too_late",     "future"};
    UP_ASSERT(reject < REJECT_REASONS);
    return names[reject];
}

const char *event_type_name(enum event_type type)
{
    static const char *const names[EVENT_TYPES] = {
        "uptake.usage.v1",  "uptake.override.v1", "uptake.outcome.v1", "uptake.training.v1",
        "uptake.person.v1", "uptake.redesign.v1", "uptake.pulse.v1"};
    UP_ASSERT(type < EVENT_TYPES);
    return names[type];
}

const char *event_type_word(enum event_type type)
{
    static const char *const words[EVENT_TYPES] = {"usage",  "override", "outcome", "training",
                                                   "person", "redesign", "pulse"};
    UP_ASSERT(type < EVENT_TYPES);
    return words[type];
}

const char *event_question_name(enum question question)
{
    static const char *const names[QUESTIONS] = {
        "tool_clear",    "role_clear",  "role_change_clear", "workflow_clear", "creative_room", "coached",
        "learning_time", "safe_to_try", "targets_fit",       "had_a_say"};
    UP_ASSERT(question < QUESTIONS);
    return names[question];
}
