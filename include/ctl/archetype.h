/* What kinds of team can be simulated: how a team of that kind works, learns, leaves and answers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "model/event.h"

enum {
    ARCHETYPE_WORDS = 8,
    ARCHETYPE_WORKFLOWS = 3,
    ARCHETYPE_REDESIGNS = 3,
    NEVER_SILENT = INT32_MAX
};
enum { WORK_KINDS = 4, SAID_BY = 4 };

/* A figure over the days of a team: `low` until day `rise_from`, `high` from `rise_to`; from day
 * `fall` on down to `after` within two weeks; straight between. */
struct curve {
    double low, high, after;
    int32_t rise_from, rise_to, fall; /* fall: INT32_MAX = never */
};

double archetype_curve(const struct curve *curve, int32_t day);

/* Probabilities unless something else is said; days are counted from the first of the simulation.
 */
struct archetype {
    struct curve adopt;               /* that a working person has a day with AI */
    double ai_of_day;                 /* share of tasks with AI on such a day */
    struct curve bypass;              /* of working around the tool where it is in the step */
    double wrong_kept, right_refused; /* of accepting a wrong advice, of overriding a right one */
    double advice;                    /* that the advice is right */
    double manual;                    /* of success without the tool */
    double speed;                     /* factor on the cycle time with AI */
    double quality;                   /* difference of quality with AI */
    double outcomes;                  /* that the outcome becomes known */
    double judged,
        judged_overridden; /* that it says whether the advice was right; of overridden advice */
    double by[SAID_BY];    /* who says so: system, reviewer, customer, self; sum 1 */
    double policy;         /* that a rule decides on the advice, not a person */
    bool decides;          /* decisions are recorded */
    bool feed_ai_only;     /* the feed reports AI use only */
    const char *reasons[ARCHETYPE_WORDS]; /* of overriding, one of these; NULL ends the list */
    const char *bypass_reasons[ARCHETYPE_WORDS]; /* of working around */
    double kinds[2][WORK_KINDS];       /* mix of tasks at the start, and from day 200 on; sums 1 */
    double entry_kinds[2][WORK_KINDS]; /* the same of entry levels; all 0 = as everybody */
    double kind_known, explained;
    struct curve batch;
    double random; /* that a task is drawn by lot */
    bool trains;
    double taught_by_peers;  /* per trained person and week, to teach a colleague */
    double leaves, joins;    /* per person and day */
    double pulse[QUESTIONS]; /* mean answers */
    double answers;          /* share of people who answer */
    struct {
        int32_t day;
        const char *workflow;
    } redesign[ARCHETYPE_REDESIGNS]; /* workflow NULL ends the list */
    int32_t silent_after;
    bool person_events;
    const char *workflows[ARCHETYPE_WORKFLOWS];   /* NULL ends the list */
    double workflow_ai[ARCHETYPE_WORKFLOWS];      /* factor on ai_of_day */
    double workflow_success[ARCHETYPE_WORKFLOWS]; /* addend to the chance of success */
    uint32_t capabilities;
};

/* False when there is no archetype of that name. */
bool archetype_find(struct text name, struct archetype *ret_archetype);
/* The names, for help and suggestions; NULL behind the last. */
const char *archetype_name(uint32_t number);
