/* The people of a team as one evaluation sees them. measures.md, Adoption, People. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/measure.h"
#include "model/person.h"
#include "model/shard.h"
#include "model/team.h"

struct people_member {
    const struct person *person;
    bool counts; /* in the headcount of the day */
    bool entry;  /* the latest known level is an entry level */
};

/* Taken once for an evaluation, so that nobody works a headcount out twice. Borrows from the shard:
 * valid until that changes. */
struct people {
    const struct shard *shard;
    const struct team *team;
    int32_t day;
    int32_t day_set_days;
    struct people_member *members; /* everybody of whom a fact is known */
    size_t count;
    int32_t headcount;
    int32_t first_ai_day; /* first AI use of anybody up to the day; DAY_NEVER = none */
    bool worked_28d;      /* somebody of the headcount worked on day - 27 ... day */
};

/* A practising share: people of a headcount with AI work on certain days, and the headcount. */
struct people_share {
    int64_t practising, headcount;
};

void people_init(struct people *people, const struct shard *shard, const struct team *team,
                 int32_t day);
void people_done(struct people *people);

/* Of the headcount of `day` (any day), who had AI work on day - days + 1 ... day. */
struct people_share people_practising(const struct people *people, int32_t day, int32_t days);

/* practising, capabilities_new, attrition, entry_headcount_change of a rolling window. */
void people_measure(const struct people *people, enum window window, struct record *record);
/* headcount, regular, capabilities_held, attrition_365, progressed. */
void people_measure_own(const struct people *people, struct record *record);
