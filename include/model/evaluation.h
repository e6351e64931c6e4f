/* Everything that is said of a team as of one day: measures, health, verdict, diagnosis, state, alarms. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/measure.h"
#include "model/settings.h"
#include "model/shard.h"

enum verdict { VERDICT_TRANSFORMATION, VERDICT_UNFINISHED, VERDICT_THEATRE, VERDICT_INSUFFICIENT_EVIDENCE, VERDICTS };
enum indicator { INDICATOR_CHANGED_WORK, INDICATOR_TRACEABLE, INDICATOR_REPRODUCES, INDICATORS };
enum presence { PRESENCE_UNKNOWN, PRESENCE_PRESENT, PRESENCE_ABSENT };
enum team_state { STATE_NO_DATA, STATE_EMERGING, STATE_RELAPSING, STATE_STALLED, STATE_GROWING, STATE_LEVEL, STATES };

/* In the order of their names, as a set is printed. */
enum diagnosis {
    DIAGNOSIS_BYPASSING,
    DIAGNOSIS_FADING,
    DIAGNOSIS_FASTER_BUT_WORSE,
    DIAGNOSIS_HOLLOW_ENTRY,
    DIAGNOSIS_NO_COACHING,
    DIAGNOSIS_NO_ROOM,
    DIAGNOSIS_OLD_TARGETS,
    DIAGNOSIS_OVER_TRUST,
    DIAGNOSIS_SKILLS_GAP,
    DIAGNOSIS_TRAINING_ONLY,
    DIAGNOSIS_UNDER_TRUST,
    DIAGNOSIS_WORK_DESIGN_GAP,
    DIAGNOSIS_WORSE,
    DIAGNOSES
};

/* In the order of their names. */
enum alarm_kind {
    ALARM_BLIND,
    ALARM_BYPASSING,
    ALARM_FADING,
    ALARM_FASTER_BUT_WORSE,
    ALARM_HOLLOW_ENTRY,
    ALARM_OVER_TRUST,
    ALARM_RELAPSING,
    ALARM_SILENT,
    ALARM_STALLED,
    ALARM_KINDS
};
/* The kinds that say that the feed is at fault, as bits; the others are about adoption. */
enum { ALARM_SERVICE_KINDS = 1 << ALARM_BLIND | 1 << ALARM_SILENT };

const char *evaluation_verdict_name(enum verdict verdict);
const char *evaluation_presence_name(enum presence presence);
const char *evaluation_state_name(enum team_state state);
const char *evaluation_diagnosis_name(enum diagnosis diagnosis);
const char *evaluation_alarm_name(enum alarm_kind kind);
const char *evaluation_component_name(enum health_component component);

/* Since when the evidence of an e-detector speaks, as onset.h has it. */
struct alarm_since {
    int32_t day;          /* nothing unless the mean is known */
    struct estimate mean; /* of what was seen since; n = on how many days */
};

/* What the detectors saw and did at a close: the members x, reference, e, opened, resolved of the oracle's daily row,
 * and what else an alarm rests on. */
struct alarm_step {
    struct estimate x_relapsing, x_bypassing, x_over_trust; /* known or not; only .value counts */
    struct estimate r, y, m, b;                             /* likewise */
    double e_relapsing, e_bypassing, e_over_trust;
    uint32_t opened, resolved; /* bits of enum alarm_kind */
    struct alarm_since since_relapsing, since_bypassing, since_over_trust;
    uint32_t teams;           /* in A */
    double threshold;         /* A */
    bool hidden;              /* x_relapsing is unknown because the day was quiet */
    int32_t redesigns;        /* known with a day up to this one */
    enum flag stalled;        /* the plateau; unknown = not judged */
    struct estimate plateau;  /* practising a week over the eight judged, Wilson; where stalled is true */
    int32_t last_worked;      /* as in silence.h */
};

struct evaluation {
    int32_t day;
    bool provisional; /* the day has not closed */
    bool quiet;       /* of a close: the day was quiet */
    struct record windows[WINDOWS];
    struct estimate health; /* n = headcount */
    bool has_health_limit;
    enum health_component health_limit;
    enum verdict verdict;
    enum presence indicators[INDICATORS];
    uint32_t diagnosis; /* bits of enum diagnosis */
    enum team_state state;
    uint32_t open;          /* bits of enum alarm_kind, after the close */
    struct alarm_step step; /* of a close only */
};

/* One redesign with 28 <= D - R <= 60. values holds the redesign_* measures. */
struct redesign_evaluation {
    uint32_t workflow, label; /* names of the shard; label 0 = none */
    int64_t time_ms;
    struct record values;
};

/* The team as of `day` from what is known now: changes nothing. `what` says how much is worked out: a close needs
 * the 28d and own measures and the pulse of 90d only. */
enum evaluation_extent { EVALUATION_CLOSE, EVALUATION_ALL_WINDOWS };
void evaluation_make(const struct shard *shard, const struct team *team, int32_t day, enum evaluation_extent extent,
                     struct evaluation *ret_evaluation);

/* The close of an opened day: the same, and the detectors move. team->alarms changes. */
void evaluation_close(const struct shard *shard, struct team *team, int32_t day, struct evaluation *ret_evaluation);

/* The measures made of cells over one workflow of the team (number in team->workflows), in all windows. */
void evaluation_make_workflow(const struct shard *shard, const struct team *team, size_t workflow, int32_t day,
                              struct record ret_windows[WINDOWS]);

/* The redesigns that are judged on `day`, by workflow (bytes) and time. Returns how many; at most `max` are filled. */
size_t evaluation_make_redesigns(const struct shard *shard, const struct team *team, int32_t day,
                                 struct redesign_evaluation *ret_redesigns, size_t max);
