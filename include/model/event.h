/* One event as the decoder hands it over: events.md, Types. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum event_type {
    EVENT_USAGE,
    EVENT_OVERRIDE,
    EVENT_OUTCOME,
    EVENT_TRAINING,
    EVENT_PERSON,
    EVENT_REDESIGN,
    EVENT_PULSE,
    EVENT_TYPES
};

enum assist { ASSIST_AI, ASSIST_NONE, ASSIST_BYPASS };
enum work_kind { WORK_KIND_ABSENT, WORK_KIND_ROUTINE, WORK_KIND_JUDGEMENT, WORK_KIND_CREATIVE, WORK_KIND_RELATIONAL };
enum action { ACTION_ACCEPT, ACTION_MODIFY, ACTION_REJECT };
enum training_format { FORMAT_ABSENT, FORMAT_COURSE, FORMAT_ON_THE_JOB, FORMAT_COACHING, FORMAT_PEER };
enum person_status { STATUS_ABSENT, STATUS_ACTIVE, STATUS_LEFT, STATUS_MOVED };
/* What a member that may be missing says. */
enum answer { ANSWER_ABSENT, ANSWER_NO, ANSWER_YES };

/* What a `reason` counts as: a matter of skill, of work design, or neither (measures.md, Cells, reason_*). */
enum reason_class { REASON_ABSENT, REASON_SKILL, REASON_DESIGN, REASON_OTHER };

enum question {
    QUESTION_TOOL_CLEAR,
    QUESTION_ROLE_CLEAR,
    QUESTION_ROLE_CHANGE_CLEAR,
    QUESTION_WORKFLOW_CLEAR,
    QUESTION_CREATIVE_ROOM,
    QUESTION_COACHED,
    QUESTION_LEARNING_TIME,
    QUESTION_SAFE_TO_TRY,
    QUESTION_TARGETS_FIT,
    QUESTION_HAD_A_SAY,
    QUESTIONS
};

/* A keyed hash that stands for a person everywhere behind the decoder (architecture.md, Privacy). */
struct pseudonym {
    uint64_t low, high;
};

/* 96 bits of the keyed hash of team and task. */
struct task_id {
    uint64_t high;
    uint32_t low;
};

/* key(e) of events.md: orders the events of one register; equal only for the same event. */
struct event_key {
    int64_t time_ms; /* event time, ms since 1970, >= 0 */
    uint64_t hash;   /* XXH64 of source, newline, id */
};

struct usage {
    enum assist assist;
    enum work_kind kind;
    enum reason_class reason; /* absent unless assist is bypass */
    bool explained;
    bool batch;
    bool random;            /* assignment = random */
    struct text workflow;   /* absent = the workflow "" */
    struct text capability; /* may be absent */
};

struct decision {
    enum action action;
    enum reason_class reason; /* absent unless modify or reject */
    bool by_policy;
};

struct outcome {
    bool by_self;
    enum answer success, rework, advice_correct, initial_correct;
    bool has_quality;
    uint16_t quality;   /* units of 1e-4, 0 to 10000 */
    uint64_t cycle_ms;  /* 1 to 1e12; 0 = absent */
    uint32_t effort_ds; /* tenths of a second, 1 to 1e7; 0 = absent */
};

struct training_event {
    struct text program;
    bool has_teacher;
    struct pseudonym teacher;
    uint32_t seconds; /* 0 = no hours given */
    enum training_format format;
};

struct person_event {
    enum person_status status;
    struct text level; /* may be absent */
};

struct redesign_event {
    struct text workflow;
    struct text label; /* may be absent */
};

struct pulse_event {
    enum question question;
    uint8_t score; /* 1 to 5 */
};

/* Texts live until decoder_reset(), or as long as who made the event says. */
struct event {
    enum event_type type;
    struct event_key key;
    struct text team;
    bool has_user;
    bool has_task;
    struct pseudonym user;
    struct task_id task;
    union {
        struct usage usage;
        struct decision decision;
        struct outcome outcome;
        struct training_event training;
        struct person_event person;
        struct redesign_event redesign;
        struct pulse_event pulse;
    };
};

/* Why an event is refused, in the order in which it is looked for: events.md, What makes an event invalid. */
enum reject {
    REJECT_MALFORMED,
    REJECT_ENVELOPE,
    REJECT_UNKNOWN_TYPE,
    REJECT_SCHEMA,
    REJECT_KEY,
    REJECT_MISROUTED,
    REJECT_TOO_LATE,
    REJECT_FUTURE,
    REJECT_REASONS,
    REJECT_NONE = REJECT_REASONS
};

/* The words of events.md, e.g. "too_late". */
const char *event_reject_name(enum reject reject);
/* e.g. "uptake.usage.v1" and "usage". */
const char *event_type_name(enum event_type type);
const char *event_type_word(enum event_type type);
/* e.g. "tool_clear". */
const char *event_question_name(enum question question);

/* 64 bits wide, so that a number of days times it does not overflow. */
#define DAY_MS INT64_C(86400000)

/* Days since 1970-01-01 of a time. */
static inline int32_t event_day(int64_t time_ms)
{
    return (int32_t)(time_ms / DAY_MS);
}

/* Is a later than b? */
static inline bool event_key_after(struct event_key a, struct event_key b)
{
    return a.time_ms != b.time_ms ? a.time_ms > b.time_ms : a.hash > b.hash;
}

static inline bool pseudonym_equal(struct pseudonym a, struct pseudonym b)
{
    return a.low == b.low && a.high == b.high;
}
