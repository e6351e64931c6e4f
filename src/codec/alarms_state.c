/* The detectors of a team as the bytes of a checkpoint, and back. */
#include "codec/alarms_state.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Walks over the fields in one order for both directions, so that they cannot differ. Reading stops
 * at the first thing that is wrong. */
struct walk {
    struct strbuf *to;   /* NULL when reading */
    const uint8_t *from; /* the rest when reading */
    size_t left;
    bool wrong;
};

static void walk_bits(struct walk *walk, uint64_t *bits, size_t bytes)
{
    if (walk->to != NULL) {
        for (size_t i = 0; i < bytes; i++)
            strbuf_add_char(walk->to, (char)(uint8_t)(*bits >> (8 * i)));
        return;
    }
    *bits = 0;
    if (walk->wrong || walk->left < bytes) {
        walk->wrong = true;
        return;
    }
    for (size_t i = 0; i < bytes; i++)
        *bits |= (uint64_t)walk->from[i] << (8 * i);
    walk->from += bytes;
    walk->left -= bytes;
}

static void walk_flag(struct walk *walk, bool *flag)
{
    uint64_t bits = *flag;
    walk_bits(walk, &bits, 1);
    walk->wrong = walk->wrong || bits > 1;
    *flag = bits == 1;
}

/* From 0 to `max`. */
static void walk_count(struct walk *walk, int32_t *count, int32_t max)
{
    uint64_t bits = (uint32_t)*count;
    walk_bits(walk, &bits, 4);
    walk->wrong = walk->wrong || bits > (uint32_t)max;
    *count = walk->wrong ? 0 : (int32_t)bits;
}

/* From 0 to `max`, and a number at all. */
static void walk_number(struct walk *walk, double *number, double max)
{
    uint64_t bits;
    memcpy(&bits, number, sizeof bits);
    walk_bits(walk, &bits, sizeof bits);
    memcpy(number, &bits, sizeof bits);
    if (!isfinite(*number) || *number < 0 || *number > max) {
        walk->wrong = true;
        *number = 0;
    }
}

static void walk_detector(struct walk *walk, struct edetector *detector)
{
    for (int i = 0; i < EDETECTOR_BETS; i++)
        walk_number(walk, &detector->m[i], DBL_MAX);
    int32_t calm = detector->calm;
    walk_count(walk, &calm, EDETECTOR_CALM - 1);
    detector->calm = calm;
    walk_flag(walk, &detector->open);
}

static void walk_relapse(struct walk *walk, struct relapse *relapse)
{
    walk_detector(walk, &relapse->detector);
    walk_count(walk, &relapse->known_count, RELAPSE_KNOWN);
    for (int32_t i = 0; i < relapse->known_count; i++) {
        walk_number(walk, &relapse->x[i], 1);
        uint64_t weekday = relapse->weekday[i];
        walk_bits(walk, &weekday, 1);
        walk->wrong = walk->wrong || weekday > 6;
        relapse->weekday[i] = (uint8_t)weekday;
    }
    walk_count(walk, &relapse->window_count, RELAPSE_WINDOW);
    walk_count(walk, &relapse->redesigns_noted, INT32_MAX);
    walk_flag(walk, &relapse->has_r);
    walk_flag(walk, &relapse->has_q);
    walk_number(walk, &relapse->r, 1);
    walk_number(walk, &relapse->q, 1);
    /* A reference of 0 has no q: x over it would be no number. */
    walk->wrong = walk->wrong || relapse->window_count > relapse->known_count ||
                  (relapse->has_q && !(relapse->has_r && relapse->r > 0));
}

static void walk_upward(struct walk *walk, struct upward *upward)
{
    walk_detector(walk, &upward->detector);
    walk_count(walk, &upward->past_count, UPWARD_PAST);
    for (int32_t i = 0; i < upward->past_count; i++)
        walk_number(walk, &upward->past[i], 1);
    bool known = upward->b.known;
    double b = upward->b.value;
    walk_flag(walk, &known);
    walk_number(walk, &b, 1);
    walk->wrong = walk->wrong || (known && b <= 0) || (upward->detector.open && !known);
    upward->b = known ? estimate_point(b, 1) : estimate_unknown();
}

static void walk_run(struct walk *walk, struct run *run)
{
    walk_count(walk, &run->streak, INT32_MAX);
    walk_count(walk, &run->calm, RUN_CALM - 1);
    walk_flag(walk, &run->open);
}

static void walk_onset(struct walk *walk, struct onset *onset)
{
    walk_number(walk, &onset->product, DBL_MAX);
    walk_number(walk, &onset->sum, DBL_MAX);
    walk_count(walk, &onset->day, INT32_MAX);
    walk_count(walk, &onset->count, INT32_MAX - 1);
}

static void walk_alarms(struct walk *walk, struct alarms *alarms)
{
    walk_relapse(walk, &alarms->relapsing);
    walk_upward(walk, &alarms->bypassing);
    walk_detector(walk, &alarms->over_trust);
    walk_flag(walk, &alarms->is_stalled);
    walk_run(walk, &alarms->stalled);
    walk_run(walk, &alarms->fading);
    walk_run(walk, &alarms->faster_but_worse);
    walk_run(walk, &alarms->hollow_entry);
    walk_onset(walk, &alarms->since_relapsing);
    walk_onset(walk, &alarms->since_bypassing);
    walk_onset(walk, &alarms->since_over_trust);
    walk_flag(walk, &alarms->was_traceable);
    walk_run(walk, &alarms->blind);
    walk_run(walk, &alarms->silent);
}

void alarms_state_encode(const struct alarms *alarms, struct strbuf *buffer)
{
    struct alarms copy = *alarms;
    struct walk walk = {.to = buffer};
    strbuf_add_char(buffer, ALARMS_STATE_VERSION);
    walk_alarms(&walk, &copy);
}

int alarms_state_decode(const void *bytes, size_t length, struct alarms *ret_alarms,
                        struct up_err *err)
{
    if (length == 0)
        return up_fail(err, UP_ECORRUPT, "the detectors' state is empty");
    const uint8_t *from = bytes;
    if (from[0] > ALARMS_STATE_VERSION)
        return up_fail(err, UP_EVERSION,
                       "the detectors' state has version %d, this program reads up to %d: it is too "
                       "old, install a newer one",
                       (int)from[0], (int)ALARMS_STATE_VERSION);
    if (from[0] == 0)
        return up_fail(err, UP_ECORRUPT, "the detectors' state has version %d", (int)from[0]);
    struct walk walk = {.from = from + 1, .left = length - 1};
    struct alarms alarms;
    memset(&alarms, 0, sizeof alarms);
    walk_alarms(&walk, &alarms);
    if (walk.wrong || walk.left > 0)
        return up_fail(err, UP_ECORRUPT, "the detectors' state of %zu bytes is damaged", length);
    *ret_alarms = alarms;
    return UP_OK;
}
