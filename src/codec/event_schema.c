/* The table of events.md: which members each type has, and what they may say. */
#include "codec/event_schema.h"

#include <stdbool.h>

#include "codec/event_members.h"

#define COUNT_OF(array) ((uint32_t)(sizeof(array) / sizeof(array)[0]))
#define NAMES_OF(array)                                                                            \
    {                                                                                              \
        (array), COUNT_OF(array)                                                                   \
    }

struct name_list {
    const char *const *names;
    uint32_t count;
};

/* The members of each type in the order of the table, which is the order of the checks. */
enum {
    USAGE_TEAM,
    USAGE_USER,
    USAGE_ASSIST,
    USAGE_TASK,
    USAGE_WORKFLOW,
    USAGE_TOOL,
    USAGE_CAPABILITY,
    USAGE_KIND,
    USAGE_EXPLAINED,
    USAGE_BATCH,
    USAGE_ASSIGNMENT,
    USAGE_REASON
};
static const char *const usage_members[] = {"team",      "user",  "assist",     "task",
                                            "workflow",  "tool",  "capability", "kind",
                                            "explained", "batch", "assignment", "reason"};

enum { OVERRIDE_TEAM, OVERRIDE_USER, OVERRIDE_TASK, OVERRIDE_ACTION, OVERRIDE_REASON, OVERRIDE_BY };
static const char *const override_members[] = {"team", "user", "task", "action", "reason", "by"};

enum {
    OUTCOME_TEAM,
    OUTCOME_TASK,
    OUTCOME_SUCCESS,
    OUTCOME_QUALITY,
    OUTCOME_CYCLE,
    OUTCOME_EFFORT,
    OUTCOME_REWORK,
    OUTCOME_ADVICE_CORRECT,
    OUTCOME_INITIAL_CORRECT,
    OUTCOME_BY
};
static const char *const outcome_members[] = {
    "team",     "task",   "success",        "quality",         "cycle_s",
    "effort_s", "rework", "advice_correct", "initial_correct", "by"};

enum {
    TRAINING_TEAM,
    TRAINING_USER,
    TRAINING_PROGRAM,
    TRAINING_TEACHER,
    TRAINING_HOURS,
    TRAINING_FORMAT
};
static const char *const training_members[] = {"team",    "user",  "program",
                                               "teacher", "hours", "format"};

enum { PERSON_TEAM, PERSON_USER, PERSON_STATUS, PERSON_LEVEL };
static const char *const person_members[] = {"team", "user", "status", "level"};

enum { REDESIGN_TEAM, REDESIGN_WORKFLOW, REDESIGN_LABEL };
static const char *const redesign_members[] = {"team", "workflow", "label"};

enum { PULSE_TEAM, PULSE_USER, PULSE_QUESTION, PULSE_SCORE };
static const char *const pulse_members[] = {"team", "user", "question", "score"};

static const struct name_list member_lists[EVENT_TYPES] = {
    [EVENT_USAGE] = NAMES_OF(usage_members),     [EVENT_OVERRIDE] = NAMES_OF(override_members),
    [EVENT_OUTCOME] = NAMES_OF(outcome_members), [EVENT_TRAINING] = NAMES_OF(training_members),
    [EVENT_PERSON] = NAMES_OF(person_members),   [EVENT_REDESIGN] = NAMES_OF(redesign_members),
    [EVENT_PULSE] = NAMES_OF(pulse_members),
};

/* Words in the order of the enumerations of model/event.h. */
static const char *const assist_words[] = {"ai", "none", "bypass"};
static const char *const kind_words[] = {"routine", "judgement", "creative", "relational"};
static const char *const assignment_words[] = {"self", "random"};
static const char *const reason_words[] = {
    "tool_unclear", "workflow_unclear", "not_my_role",  "too_slow",
    "not_allowed",  "advice_wrong",     "case_unusual", "other"};
static const char *const action_words[] = {"accept", "modify", "reject"};
static const char *const decided_by_words[] = {"person", "policy"};
static const char *const said_by_words[] = {"system", "reviewer", "customer", "self"};
static const char *const format_words[] = {"course", "on_the_job", "coaching", "peer"};
static const char *const status_words[] = {"active", "left", "moved"};

enum { ASSIGNMENT_RANDOM = 2, DECIDED_BY_POLICY = 2, SAID_BY_SELF = 4 };

static const struct name_list word_lists[WORD_SETS] = {
    [WORDS_ASSIST] = NAMES_OF(assist_words),
    [WORDS_KIND] = NAMES_OF(kind_words),
    [WORDS_ASSIGNMENT] = NAMES_OF(assignment_words),
    [WORDS_REASON] = NAMES_OF(reason_words),
    [WORDS_ACTION] = NAMES_OF(action_words),
    [WORDS_DECIDED_BY] = NAMES_OF(decided_by_words),
    [WORDS_SAID_BY] = NAMES_OF(said_by_words),
    [WORDS_FORMAT] = NAMES_OF(format_words),
    [WORDS_STATUS] = NAMES_OF(status_words),
};

void event_schema_init(struct event_schema *schema)
{
    static const char *const envelope[ENVELOPE_MEMBERS] = {"specversion", "id",   "source",
                                                           "type",        "time", "data"};
    static const char *types[EVENT_TYPES];
    static const char *questions[QUESTIONS];
    for (uint32_t i = 0; i < EVENT_TYPES; i++) {
        types[i] = event_type_name((enum event_type)i);
        json_names_init(&schema->members[i], member_lists[i].names, member_lists[i].count);
    }
    for (uint32_t i = 0; i < QUESTIONS; i++)
        questions[i] = event_question_name((enum question)i);
    for (uint32_t i = 0; i < WORD_SETS; i++)
        json_names_init(&schema->words[i], word_lists[i].names, word_lists[i].count);
    json_names_init(&schema->words[WORDS_QUESTION], questions, QUESTIONS);
    json_names_init(&schema->types, types, EVENT_TYPES);
    json_names_init(&schema->envelope, envelope, ENVELOPE_MEMBERS);
}

enum event_type event_schema_type(const struct event_schema *schema, struct text name)
{
    uint32_t found = json_names_find(&schema->types, name.bytes, name.length);
    return found == JSON_NAMES_NONE ? EVENT_TYPES : (enum event_type)found;
}

static bool read_usage(struct event_members *m, struct event *event, struct event_names *names)
{
    struct usage *usage = &event->usage;
    struct text tool;
    uint32_t assist = 0;
    uint32_t kind = 0;
    uint32_t assignment = 0;
    enum answer explained = ANSWER_ABSENT;
    enum answer batch = ANSWER_ABSENT;
    bool ok = event_members_need_text(m, USAGE_TEAM, &event->team) &&
              event_members_need_text(m, USAGE_USER, &names->user) &&
              event_members_need_word(m, USAGE_ASSIST, WORDS_ASSIST, &assist) &&
              event_members_text(m, USAGE_TASK, &names->task) &&
              event_members_text(m, USAGE_WORKFLOW, &usage->workflow) &&
              event_members_text(m, USAGE_TOOL, &tool) &&
              event_members_text(m, USAGE_CAPABILITY, &usage->capability) &&
              event_members_word(m, USAGE_KIND, WORDS_KIND, &kind) &&
              event_members_answer(m, USAGE_EXPLAINED, &explained) &&
              event_members_answer(m, USAGE_BATCH, &batch) &&
              event_members_word(m, USAGE_ASSIGNMENT, WORDS_ASSIGNMENT, &assignment) &&
              event_members_reason(m, USAGE_REASON, &usage->reason);
    if (!ok)
        return false;
    usage->assist = (enum assist)(assist - 1);
    usage->kind = (enum work_kind)kind;
    usage->explained = explained == ANSWER_YES;
    usage->batch = batch == ANSWER_YES;
    usage->random = assignment == ASSIGNMENT_RANDOM;
    if (usage->assist != ASSIST_BYPASS)
        usage->reason = REASON_ABSENT;
    return true;
}

static bool read_override(struct event_members *m, struct event *event, struct event_names *names)
{
    struct decision *decision = &event->decision;
    uint32_t action = 0;
    uint32_t by = 0;
    bool ok = event_members_need_text(m, OVERRIDE_TEAM, &event->team) &&
              event_members_need_text(m, OVERRIDE_USER, &names->user) &&
              event_members_need_text(m, OVERRIDE_TASK, &names->task) &&
              event_members_need_word(m, OVERRIDE_ACTION, WORDS_ACTION, &action) &&
              event_members_reason(m, OVERRIDE_REASON, &decision->reason) &&
              event_members_word(m, OVERRIDE_BY, WORDS_DECIDED_BY, &by);
    if (!ok)
        return false;
    decision->action = (enum action)(action - 1);
    decision->by_policy = by == DECIDED_BY_POLICY;
    if (decision->action == ACTION_ACCEPT)
        decision->reason = REASON_ABSENT;
    return true;
}

static bool read_outcome(struct event_members *m, struct event *event, struct event_names *names)
{
    struct outcome *outcome = &event->outcome;
    uint64_t effort_ds = 0;
    uint32_t by = 0;
    bool ok = event_members_need_text(m, OUTCOME_TEAM, &event->team) &&
              event_members_need_text(m, OUTCOME_TASK, &names->task) &&
              event_members_answer(m, OUTCOME_SUCCESS, &outcome->success) &&
              event_members_quality(m, OUTCOME_QUALITY, &outcome->has_quality, &outcome->quality) &&
              event_members_amount(m, OUTCOME_CYCLE, 1e9, 1000, &outcome->cycle_ms) &&
              event_members_amount(m, OUTCOME_EFFORT, 1e6, 10, &effort_ds) &&
              event_members_answer(m, OUTCOME_REWORK, &outcome->rework) &&
              event_members_answer(m, OUTCOME_ADVICE_CORRECT, &outcome->advice_correct) &&
              event_members_answer(m, OUTCOME_INITIAL_CORRECT, &outcome->initial_correct) &&
              event_members_word(m, OUTCOME_BY, WORDS_SAID_BY, &by);
    if (!ok)
        return false;
    outcome->effort_ds = (uint32_t)effort_ds;
    outcome->by_self = by == SAID_BY_SELF;
    m->wrong = "no result";
    return outcome->success != ANSWER_ABSENT || outcome->has_quality || outcome->cycle_ms > 0 ||
           outcome->effort_ds > 0 || outcome->rework != ANSWER_ABSENT ||
           outcome->advice_correct != ANSWER_ABSENT || outcome->initial_correct != ANSWER_ABSENT;
}

static bool read_training(struct event_members *m, struct event *event, struct event_names *names)
{
    struct training_event *training = &event->training;
    uint64_t seconds = 0;
    uint32_t format = 0;
    bool ok = event_members_need_text(m, TRAINING_TEAM, &event->team) &&
              event_members_need_text(m, TRAINING_USER, &names->user) &&
              event_members_need_text(m, TRAINING_PROGRAM, &training->program) &&
              event_members_text(m, TRAINING_TEACHER, &names->teacher) &&
              event_members_amount(m, TRAINING_HOURS, 1e4, 3600, &seconds) &&
              event_members_word(m, TRAINING_FORMAT, WORDS_FORMAT, &format);
    training->seconds = (uint32_t)seconds;
    training->format = (enum training_format)format;
    return ok;
}

static bool read_person(struct event_members *m, struct event *event, struct event_names *names)
{
    uint32_t status = 0;
    bool ok = event_members_need_text(m, PERSON_TEAM, &event->team) &&
              event_members_need_text(m, PERSON_USER, &names->user) &&
              event_members_need_word(m, PERSON_STATUS, WORDS_STATUS, &status) &&
              event_members_text(m, PERSON_LEVEL, &event->person.level);
    event->person.status = (enum person_status)status;
    return ok;
}

static bool read_redesign(struct event_members *m, struct event *event)
{
    return event_members_need_text(m, REDESIGN_TEAM, &event->team) &&
           event_members_need_text(m, REDESIGN_WORKFLOW, &event->redesign.workflow) &&
           event_members_text(m, REDESIGN_LABEL, &event->redesign.label);
}

static bool read_pulse(struct event_members *m, struct event *event, struct event_names *names)
{
    uint32_t question = 0;
    bool ok = event_members_need_text(m, PULSE_TEAM, &event->team) &&
              event_members_need_text(m, PULSE_USER, &names->user) &&
              event_members_need_word(m, PULSE_QUESTION, WORDS_QUESTION, &question) &&
              event_members_need_score(m, PULSE_SCORE, &event->pulse.score);
    event->pulse.question = (enum question)(question - (uint32_t)ok);
    return ok;
}

static bool read_members(struct event_members *m, struct event *event, struct event_names *names)
{
    switch (event->type) {
    case EVENT_USAGE:
        return read_usage(m, event, names);
    case EVENT_OVERRIDE:
        return read_override(m, event, names);
    case EVENT_OUTCOME:
        return read_outcome(m, event, names);
    case EVENT_TRAINING:
        return read_training(m, event, names);
    case EVENT_PERSON:
        return read_person(m, event, names);
    case EVENT_REDESIGN:
        return read_redesign(m, event);
    case EVENT_PULSE:
        return read_pulse(m, event, names);
    case EVENT_TYPES:
        break;
    }
    return false;
}

enum reject event_schema_pick(const struct event_schema *schema, enum event_type type,
                              struct event_values *values, struct text *ret_detail)
{
    const struct json_names *names = &schema->members[type];
    const struct json_value *data = &values->at[ENVELOPE_DATA];
    if (data->kind != JSON_OBJECT) {
        *ret_detail = text_of("data");
        return REJECT_SCHEMA;
    }
    uint32_t twice = json_reader_pick(data, names, values->at + EVENT_VALUE_DATA);
    if (twice != 0) {
        *ret_detail = text_of(names->texts[__builtin_ctz(twice)]);
        return REJECT_MALFORMED;
    }
    return REJECT_NONE;
}

enum reject event_schema_read(const struct event_schema *schema, const struct event_values *values,
                              struct event *event, struct event_names *ret_names,
                              struct text *ret_detail)
{
    struct event_members members = {.schema = schema,
                                    .names = &schema->members[event->type],
                                    .values = values->at + EVENT_VALUE_DATA};
    *ret_names = (struct event_names){0};
    if (!read_members(&members, event, ret_names)) {
        *ret_detail = text_of(members.wrong);
        return REJECT_SCHEMA;
    }
    event->has_user = ret_names->user.length > 0;
    event->has_task = ret_names->task.length > 0;
    return REJECT_NONE;
}
