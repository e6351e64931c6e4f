/* Where a team stands on its way: the first word that holds. measures.md, Alarms, at its end. */
#pragma once

#include <stdint.h>

#include "model/evaluation.h"
#include "model/people.h"

/* open: the kinds of alarm that are open, as bits of enum alarm_kind. */
enum team_state state_find(const struct people *people, uint32_t open);
