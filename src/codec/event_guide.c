/* What people are told of events. */
#include "codec/event_guide.h"

#include "base/panic.h"

#define MEMBER(type, name, is_required, words, values, example, help)                              \
    {EVENT_##type, name, is_required, words, values, example, help},
const struct event_guide_member event_guide_members[] = {
#include "codec/event_guide.def"
};
#undef MEMBER

const size_t event_guide_member_count = sizeof event_guide_members / sizeof event_guide_members[0];

const char *event_guide_type(enum event_type type)
{
    static const char *const lines[EVENT_TYPES] = {
        [EVENT_USAGE] = "a piece of work was done with the tool, without it, or around it",
        [EVENT_OVERRIDE] = "a decision on the tool's advice",
        [EVENT_OUTCOME] = "how a task turned out: at least one of the members that are neither team, task nor by",
        [EVENT_TRAINING] = "a person completed a training session",
        [EVENT_PERSON] = "who works in the team",
        [EVENT_REDESIGN] = "a workflow was redesigned, effective at the event's time",
        [EVENT_PULSE] = "one answer to a short survey",
    };
    UP_ASSERT(type < EVENT_TYPES);
    return lines[type];
}

const char *event_guide_reject(enum reject reject)
{
    static const char *const lines[REJECT_REASONS] = {
        [REJECT_MALFORMED] = "empty, longer than max_event_bytes, no UTF-8 JSON, nested deeper than 16, or a duplicated "
                             "member that is read",
        [REJECT_ENVELOPE] = "a required attribute of CloudEvents is missing, empty or wrong; `time` is not RFC 3339",
        [REJECT_UNKNOWN_TYPE] = "the type is none of those above",
        [REJECT_SCHEMA] = "`data` or a required member is missing, a value is out of range, or the team has too many "
                          "workflows (max_workflows)",
        [REJECT_KEY] = "the Kafka key is missing or is not the team",
        [REJECT_MISROUTED] = "the partition is not the one that the partitioner gives this key",
        [REJECT_TOO_LATE] = "older than event time by more than join_window; training, person and redesign by more than "
                            "400 days",
        [REJECT_FUTURE] = "ahead of the clock by more than max_clock_skew",
    };
    UP_ASSERT(reject < REJECT_REASONS);
    return lines[reject];
}
