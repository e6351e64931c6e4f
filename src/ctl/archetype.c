/* What kinds of team can be simulated. */
#include "ctl/archetype.h"

#include <stddef.h>
#include <string.h>

enum { FALL_DAYS = 14 };

static double ramp_at(double from, double to, int32_t first, int32_t last, int32_t day)
{
    if (day <= first)
        return from;
    return day >= last ? to : from + (to - from) * (day - first) / (last - first);
}

double archetype_curve(const struct curve *curve, int32_t day)
{
    if (day >= curve->fall)
        return ramp_at(curve->high, curve->after, curve->fall, curve->fall + FALL_DAYS, day);
    return ramp_at(curve->low, curve->high, curve->rise_from, curve->rise_to, day);
}

static struct curve ramp(double low, double high, int32_t from, int32_t to)
{
    return (struct curve){
        .low = low, .high = high, .rise_from = from, .rise_to = to, .fall = INT32_MAX};
}

static struct curve level(double value)
{
    return ramp(value, value, 0, 1);
}

static struct curve bump(double low, double high, int32_t rise, int32_t fall, double after)
{
    return (struct curve){
        .low = low, .high = high, .after = after, .rise_from = 5, .rise_to = rise, .fall = fall};
}

/* ---- an ordinary team ----------------------------------------------------------------------- */

static const struct archetype ordinary = {
    .adopt = {.low = 0.15, .high = 0.7, .rise_from = 5, .rise_to = 60, .fall = INT32_MAX},
    .ai_of_day = 0.7,
    .bypass = {.low = 0.04, .high = 0.04, .rise_to = 1, .fall = INT32_MAX},
    .wrong_kept = 0.25,
    .right_refused = 0.12,
    .advice = 0.78,
    .manual = 0.72,
    .speed = 0.75,
    .quality = 0.02,
    .outcomes = 0.85,
    .judged = 0.6,
    .judged_overridden = 0.6,
    .by = {0.75, 0.15, 0.06, 0.04},
    .decides = true,
    .reasons = {"advice_wrong", "advice_wrong", "advice_wrong", "case_unusual", "too_slow",
                "text of their own"},
    .bypass_reasons = {"too_slow", "tool_unclear", "case_unusual", "case_unusual", "other"},
    .kinds = {{0.6, 0.25, 0.1, 0.05}, {0.35, 0.4, 0.17, 0.08}},
    .kind_known = 0.9,
    .explained = 0.4,
    .batch = {.low = 0.1, .high = 0.1, .rise_to = 1, .fall = INT32_MAX},
    .trains = true,
    .taught_by_peers = 0.05,
    .leaves = 0.0004,
    .joins = 0.0006,
    .pulse = {[QUESTION_TOOL_CLEAR] = 3.9,
              [QUESTION_ROLE_CLEAR] = 3.8,
              [QUESTION_ROLE_CHANGE_CLEAR] = 3.6,
              [QUESTION_WORKFLOW_CLEAR] = 3.7,
              [QUESTION_CREATIVE_ROOM] = 3.6,
              [QUESTION_COACHED] = 3.5,
              [QUESTION_LEARNING_TIME] = 3.5,
              [QUESTION_SAFE_TO_TRY] = 3.8,
              [QUESTION_TARGETS_FIT] = 3.6,
              [QUESTION_HAD_A_SAY] = 3.4},
    .answers = 0.8,
    .silent_after = NEVER_SILENT,
    .person_events = true,
    .workflows = {"intake", "review", "reply"},
    .workflow_ai = {1, 1, 1},
    .capabilities = 6,
};

/* ---- what the others do otherwise ----------------------------------------------------------- */

/* Redesigned before anybody was trained, and taught by colleagues: what works. */
static void redesign_early(struct archetype *a)
{
    for (int i = 0; i < ARCHETYPE_REDESIGNS; i++) {
        a->redesign[i].day = 12;
        a->redesign[i].workflow = a->workflows[i];
    }
    a->capabilities = 14;
}

static void growing(struct archetype *a)
{
    redesign_early(a);
    a->adopt = ramp(0.1, 0.85, 5, 250);
    a->taught_by_peers = 0.08;
}

static void stall(struct archetype *a)
{
    a->adopt = bump(0.1, 0.35, 25, 50, 0.07);
    a->taught_by_peers = 0.01;
    a->pulse[QUESTION_LEARNING_TIME] = 1.9;
    a->pulse[QUESTION_SAFE_TO_TRY] = 2.2;
}

static void relapse(struct archetype *a)
{
    a->adopt = bump(0.15, 0.8, 50, 180, 0.18);
}

static void theatre(struct archetype *a)
{
    a->adopt = ramp(0.04, 0.03, 0, 1);
    a->ai_of_day = 0.3;
    a->taught_by_peers = 0;
    a->pulse[QUESTION_LEARNING_TIME] = 2.0;
    a->pulse[QUESTION_COACHED] = 1.8;
    a->pulse[QUESTION_TARGETS_FIT] = 2.0;
    a->pulse[QUESTION_ROLE_CHANGE_CLEAR] = 2.2;
}

static void over_trust(struct archetype *a)
{
    a->wrong_kept = 0.85;
    a->right_refused = 0.03;
    a->explained = 0.1;
    a->batch = level(0.6);
    a->advice = 0.65;
    a->pulse[QUESTION_COACHED] = 2.0;
}

static void under_trust(struct archetype *a)
{
    a->wrong_kept = 0.1;
    a->right_refused = 0.75;
    a->advice = 0.85;
}

static void faster_worse(struct archetype *a)
{
    a->speed = 0.45;
    a->quality = -0.12;
    a->advice = 0.52;
    a->wrong_kept = 0.8;
    a->manual = 0.85;
}

static void set_reasons(struct archetype *a, const char *const *reasons, int count)
{
    memset(a->bypass_reasons, 0, sizeof a->bypass_reasons);
    for (int i = 0; i < count; i++)
        a->bypass_reasons[i] = reasons[i];
}

static void work_design(struct archetype *a)
{
    static const char *const reasons[] = {"workflow_unclear", "not_my_role", "too_slow",
                                          "not_allowed", "tool_unclear"};
    a->bypass = ramp(0.05, 0.5, 120, 170);
    set_reasons(a, reasons, 5);
    a->pulse[QUESTION_TOOL_CLEAR] = 4.2;
    a->pulse[QUESTION_ROLE_CLEAR] = 2.0;
    a->pulse[QUESTION_ROLE_CHANGE_CLEAR] = 1.9;
    a->pulse[QUESTION_WORKFLOW_CLEAR] = 1.8;
    a->pulse[QUESTION_CREATIVE_ROOM] = 2.6;
}

static void skills_gap(struct archetype *a)
{
    static const char *const reasons[] = {"tool_unclear", "tool_unclear", "tool_unclear",
                                          "too_slow"};
    a->adopt = ramp(0.2, 0.25, 5, 60);
    a->taught_by_peers = 0;
    a->bypass = level(0.3);
    set_reasons(a, reasons, 4);
    a->pulse[QUESTION_TOOL_CLEAR] = 1.7;
    a->pulse[QUESTION_CREATIVE_ROOM] = 3.2;
    a->pulse[QUESTION_COACHED] = 2.1;
}

static void hollow_entry(struct archetype *a)
{
    static const double kinds[2][WORK_KINDS] = {{0.5, 0.3, 0.15, 0.05}, {0.96, 0.03, 0.01, 0.0}};
    memcpy(a->entry_kinds, kinds, sizeof kinds);
    a->joins = 0.0002;
}

static void set_workflows(struct archetype *a, const char *first, const char *second,
                          const char *third)
{
    a->workflows[0] = first;
    a->workflows[1] = second;
    a->workflows[2] = third;
}

static void tiny(struct archetype *a)
{
    a->person_events = false;
    a->capabilities = 3;
    set_workflows(a, "all", NULL, NULL);
    a->answers = 0.3;
}

static void no_outcomes(struct archetype *a)
{
    a->outcomes = 0;
}

static void redesigned(struct archetype *a)
{
    set_workflows(a, "review", "reply", NULL);
    a->redesign[0].day = 150;
    a->redesign[0].workflow = "review";
    a->taught_by_peers = 0.08;
    a->capabilities = 14;
}

static void randomised(struct archetype *a)
{
    redesign_early(a);
    a->random = 0.35;
}

static void silent(struct archetype *a)
{
    a->silent_after = 160;
}

static void gone(struct archetype *a)
{
    a->silent_after = 90;
    a->person_events = false;
    a->trains = false;
    a->answers = 0;
}

static void steady(struct archetype *a)
{
    redesign_early(a);
    a->adopt = level(0.6);
    a->taught_by_peers = 0.08;
}

static void automated(struct archetype *a)
{
    a->policy = 0.45;
    set_workflows(a, "triage", "payment", "reply");
}

static void unverified(struct archetype *a)
{
    a->wrong_kept = 0.3;
    a->right_refused = 0.65;
    a->judged = 0.95;
    a->judged_overridden = 0.15;
    a->explained = 0.2;
}

static void reversal(struct archetype *a)
{
    set_workflows(a, "appeal", "renewal", NULL);
    a->ai_of_day = 0.9;
    a->manual = 0.6;
    a->workflow_ai[1] = 0.15;
    a->workflow_success[0] = -0.4;
    a->workflow_success[1] = 0.15;
}

static void undecided(struct archetype *a)
{
    a->decides = false;
    a->wrong_kept = 1;
    a->right_refused = 0;
}

static void importer(struct archetype *a)
{
    a->feed_ai_only = true;
    a->kind_known = 0;
    a->judged = a->judged_overridden = 0;
    memset(a->reasons, 0, sizeof a->reasons);
    a->bypass = level(0);
    a->answers = 0;
}

static void worse(struct archetype *a)
{
    a->speed = 1.15;
    a->quality = -0.1;
    a->advice = 0.5;
    a->wrong_kept = 0.8;
    a->manual = 0.85;
}

static void loosened(struct archetype *a)
{
    a->wrong_kept = 0.7;
    a->batch = ramp(0.1, 0.8, 355, 365);
}

static void old_targets(struct archetype *a)
{
    a->pulse[QUESTION_TARGETS_FIT] = 1.9;
    a->pulse[QUESTION_HAD_A_SAY] = 2.0;
}

static void bypassing(struct archetype *a)
{
    a->bypass = bump(0.05, 0.06, 30, 140, 0.75);
    a->adopt = level(0.7);
}

static const struct named_archetype {
    const char *name;
    void (*change)(struct archetype *archetype);
} archetypes[] = {
    {"growing", growing},
    {"stall", stall},
    {"relapse", relapse},
    {"theatre", theatre},
    {"over_trust", over_trust},
    {"under_trust", under_trust},
    {"faster_worse", faster_worse},
    {"work_design", work_design},
    {"skills_gap", skills_gap},
    {"hollow_entry", hollow_entry},
    {"tiny", tiny},
    {"no_outcomes", no_outcomes},
    {"redesigned", redesigned},
    {"randomised", randomised},
    {"silent", silent},
    {"gone", gone},
    {"steady", steady},
    {"automated", automated},
    {"unverified", unverified},
    {"reversal", reversal},
    {"undecided", undecided},
    {"importer", importer},
    {"worse", worse},
    {"loosened", loosened},
    {"old_targets", old_targets},
    {"bypassing", bypassing},
};
enum { ARCHETYPES = sizeof archetypes / sizeof archetypes[0] };

bool archetype_find(struct text name, struct archetype *ret_archetype)
{
    for (int i = 0; i < ARCHETYPES; i++) {
        if (!text_equal(text_of(archetypes[i].name), name))
            continue;
        *ret_archetype = ordinary;
        archetypes[i].change(ret_archetype);
        return true;
    }
    return false;
}

const char *archetype_name(uint32_t number)
{
    return number < ARCHETYPES ? archetypes[number].name : NULL;
}
