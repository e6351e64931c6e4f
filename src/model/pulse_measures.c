/* The ten questions of the pulse. measures.md, Pulse. */
#include "model/pulse_measures.h"

#include "model/record.h"
#include "stat/interval.h"

/* The width of a whole-number answer leaves at least this variance. */
static const double ANSWER_VARIANCE_MIN = 1.0 / 12;
static const double SCORE_MIN = 1;
static const double SCORE_MAX = 5;

static const enum measure QUESTION_MEASURES[QUESTIONS] = {
    [QUESTION_TOOL_CLEAR] = MEASURE_tool_clear,
    [QUESTION_ROLE_CLEAR] = MEASURE_role_clear,
    [QUESTION_ROLE_CHANGE_CLEAR] = MEASURE_role_change_clear,
    [QUESTION_WORKFLOW_CLEAR] = MEASURE_workflow_clear,
    [QUESTION_CREATIVE_ROOM] = MEASURE_creative_room,
    [QUESTION_COACHED] = MEASURE_coached,
    [QUESTION_LEARNING_TIME] = MEASURE_learning_time,
    [QUESTION_SAFE_TO_TRY] = MEASURE_safe_to_try,
    [QUESTION_TARGETS_FIT] = MEASURE_targets_fit,
    [QUESTION_HAD_A_SAY] = MEASURE_had_a_say,
};

/* Adds a person's latest answers; did the person give any? */
static bool add_answers(const struct people *people, const struct person *person, int32_t first_day,
                        int32_t last_day, struct mean_sums sums[QUESTIONS])
{
    const struct pulse *latest[QUESTIONS] = {NULL};
    const struct pulse *pulse;
    bool any = false;
    for (uint32_t at = person->pulses; at != 0; at = pulse->next) {
        pulse = pool_at(&people->shard->pulses, at);
        if (pulse->day < first_day || pulse->day > last_day)
            continue;
        any = true;
        if (latest[pulse->question] == NULL || pulse->day > latest[pulse->question]->day)
            latest[pulse->question] = pulse;
    }
    for (int question = 0; any && question < QUESTIONS; question++) {
        if (latest[question] == NULL)
            continue;
        int64_t score = latest[question]->score;
        sums[question].n++;
        sums[question].total += score;
        sums[question].squares += score * score;
    }
    return any;
}

int32_t pulse_sum_answers(const struct people *people, int32_t first_day, int32_t last_day,
                          struct mean_sums ret_sums[QUESTIONS])
{
    int32_t answered = 0;
    for (int question = 0; question < QUESTIONS; question++)
        ret_sums[question] = (struct mean_sums){.n = 0};
    for (size_t i = 0; i < people->count; i++) {
        const struct people_member *member = &people->members[i];
        bool any = add_answers(people, member->person, first_day, last_day, ret_sums);
        answered += any && member->counts;
    }
    return answered;
}

static int32_t put_questions(const struct people *people, enum window window, struct record *record)
{
    struct mean_sums sums[QUESTIONS];
    int32_t first_day = people->day - measure_window_days(window) + 1;
    int32_t answered = pulse_sum_answers(people, first_day, people->day, sums);
    for (int question = 0; question < QUESTIONS; question++) {
        struct estimate mean = mean_student(&sums[question], 1, ANSWER_VARIANCE_MIN);
        record_put(record, QUESTION_MEASURES[question], estimate_clip(mean, SCORE_MIN, SCORE_MAX),
                   record_reason(BECAUSE_NO_SURVEY, sums[question].n == 0));
    }
    return answered;
}

void pulse_measure_questions(const struct people *people, enum window window, struct record *record)
{
    put_questions(people, window, record);
}

void pulse_measure(const struct people *people, enum window window, struct record *record)
{
    int32_t answered = put_questions(people, window, record);
    record_put(record, MEASURE_pulse_response, interval_wilson(answered, people->headcount),
               record_reason(BECAUSE_NO_PEOPLE, true));
}
