/* Do people learn, and do beginners get work to learn from? measures.md, People. */
#pragma once

#include <stdbool.h>

#include "model/people.h"

/* entry_nonroutine_share, entry_gap, entry_judgement, learning_gain, entry_learning_gain.
 * any_decided: somebody of the team decides on advice; where nobody does, silence is not consent
 * and right and wrong are unknown. */
void learning_measure(const struct people *people, bool any_decided, struct record *record);
