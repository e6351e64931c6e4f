/* Tells the log of alarms as they open and resolve. */
#pragma once

#include "model/evaluation.h"
#include "model/shard.h"

/* What a close did to the alarms of a team, a line each. A day that is read again after a crash is told again. */
void alarm_log_team(const struct shard *shard, const struct team *team, const struct evaluation *evaluation);

/* A partition falls silent, or does so no more. */
void alarm_log_silence(const struct shard *shard, int32_t day, bool begins);
