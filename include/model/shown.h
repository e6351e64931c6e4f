/* What others than the writer may know of a closed day of a team. measures.md, Small groups. */
#pragma once

#include "model/evaluation.h"

/* How an e-detector's share moved: means of the days before its evidence began to speak, and of
 * those since. Unknown where it has none, or fewer than min_group people stand behind it. */
struct shown_change {
    int32_t since;                 /* INT32_MIN = not known */
    struct estimate before, after; /* n = days */
};

/* Figures that fewer than min_group people stand behind are unknown, those of the detectors too, and
 * the diagnosis is what follows from the others. */
struct shown {
    struct evaluation
        evaluation; /* windows 28d and own, and the pulse of 90d; the rest as it was */
    struct shown_change relapsing, bypassing, over_trust; /* before: not of over_trust */
};

/* Of a day as evaluation_close() left it. For shown_free(). */
struct shown *shown_new(const struct shard *shard, const struct team *team,
                        const struct evaluation *evaluation);
void shown_free(struct shown *shown);
