/* A person of a team: registers, sets of days, capabilities, counters by week. events.md, Facts. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"
#include "model/event.h"

enum { DAY_NEVER = INT32_MAX };

/* Counters of a person and epoch week: measures.md, below the table of Cells. */
enum week_counter {
    WEEK_TASKS,
    WEEK_AI,
    WEEK_ENGAGED,
    WEEK_BYPASS,
    WEEK_KINDS,
    WEEK_NOT_ROUTINE,
    WEEK_CA,
    WEEK_WA,
    WEEK_CO,
    WEEK_WO,
    WEEK_COUNTERS
};

struct week_counters {
    int64_t at[WEEK_COUNTERS];
};

/* A register of a person event; key.time_ms < 0 = empty. value: enum person_status, or the name of the level. */
struct person_register {
    struct event_key key;
    uint32_t value;
};

struct capability {
    uint32_t name; /* in the shard's names */
    int32_t first_day, last_day;
    uint32_t next; /* in the shard's pool of capabilities; 0 = last */
};

struct training {
    struct event_key key; /* of the latest event; its time is part of the training's identity */
    uint32_t program;     /* in the shard's names */
    uint32_t seconds;
    struct pseudonym teacher;
    bool has_teacher;
    uint8_t format; /* enum training_format */
    bool dirty;
    uint32_t next; /* in the shard's pool of trainings; 0 = last */
};

struct pulse {
    struct event_key key; /* of the latest answer of that day */
    int32_t day;
    uint8_t question; /* enum question */
    uint8_t score;
    bool dirty;
    uint32_t next; /* in the shard's pool of pulses; 0 = last */
};

/* Counters by epoch week, `length` weeks from `first_week` on, WEEK_COUNTERS each, `width` bytes a counter. */
struct person_weeks {
    uint8_t *counts;
    int32_t first_week;
    uint32_t length : 24; /* enough for every week that a time can name */
    uint32_t width : 8;   /* 1, 2, 4 or 8 */
    int32_t dirty_first,
        dirty_last; /* weeks changed since the last cut; none when dirty_first > dirty_last */
};

enum { FIRST_WEEKS = 4, FIRST_SCORES = 4 };

/* What every event of work touches comes first. */
struct person {
    struct pseudonym id;
    uint32_t team;      /* number of the team */
    int32_t first_seen; /* day */
    int32_t first_ai;   /* day of the first AI use; DAY_NEVER = none */
    int32_t
        sets_newest; /* newest day ever put into a set; the sets reach back from it; INT32_MIN = empty */
    struct person_weeks weeks;
    uint32_t capabilities; /* heads of lists, 0 = empty */
    int32_t noted_day;     /* newest day of a task since the shard was loaded; INT32_MIN = none */
    uint32_t
        noted_workflows; /* bits by number of the team's first workflows: that day is in `workflows` */
    bool dirty;          /* its own row changed since the last cut */
    bool listed;         /* is in the shard's list of people to save */
    uint32_t next_in_team; /* next person of the team, 0 = last */
    uint32_t trainings;
    uint32_t pulses;
    uint32_t workflows; /* likewise; model/person_workflow.h */
    struct person_register status, level, first_level;
    int64_t first_training_ms; /* earliest training ever; INT64_MAX = none */
    /* ca, wa, co, wo of the weeks f ... f+3 of the first AI use that `weeks` has forgotten. */
    uint32_t first_scores[FIRST_WEEKS][FIRST_SCORES];
    uint64_t
        day_sets[]; /* worked, then practised: rings of day_set_days bits, bit day % day_set_days */
};

enum day_set { DAY_SET_WORKED, DAY_SET_PRACTISED, DAY_SETS };

/* Bytes of a person whose sets are day_set_days (a multiple of 64) long. */
uint32_t person_bytes(int32_t day_set_days);

/* Asks the processor for what an event of work on that day touches, but for `weeks.counts`. */
void person_prefetch(const struct person *person, int32_t day_set_days, int32_t day);

/* Puts a day into a set. False when it was there or is too old for the set to hold. */
bool person_add_day(struct person *person, int32_t day_set_days, enum day_set set, int32_t day);
/* Is the day in the set? */
bool person_has_day(const struct person *person, int32_t day_set_days, enum day_set set,
                    int32_t day);
/* Number of days of first ... last that are in the set. */
int32_t person_count_days(const struct person *person, int32_t day_set_days, enum day_set set,
                          int32_t first, int32_t last);
/* Is any day of first ... last in the set? */
bool person_has_any_day(const struct person *person, int32_t day_set_days, enum day_set set,
                        int32_t first, int32_t last);

/* Adds counters to a week. False when memory has forgotten the week, or would (it is before week_min and not held): the
 * counts then go to first_scores where they belong there, and the caller saves a difference. */
bool person_add_week(struct person *person, int32_t week, const struct week_counters *counters, int32_t week_min);
/* The same for one task: adds 1 to every enum week_counter whose bit is set in `gained`, takes 1 from those of `lost`. */
bool person_count_week(struct person *person, int32_t week, uint32_t gained, uint32_t lost, int32_t week_min);
/* Adds the sums over first_week ... last_week to *sums; of forgotten weeks only the first four's scores are known. */
void person_sum_weeks(const struct person *person, int32_t first_week, int32_t last_week,
                      struct week_counters *sums);
/* Forgets clean weeks before week_min, keeping the scores of the first four. */
void person_forget_weeks(struct person *person, int32_t week_min);
/* Reads one week that is held; all 0 otherwise. */
void person_read_week(const struct person *person, int32_t week,
                      struct week_counters *ret_counters);
/* Frees what the person owns outside its record. */
void person_done(struct person *person);
