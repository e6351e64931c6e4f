/* A team's evaluation as the fields of its hashes in Redis. architecture.md, Names that are public. */
#pragma once

#include "codec/publish_script.h"
#include "model/evaluation.h"

/* Builds the write of one team: what fewer than min_group people stand behind is `suppressed`. `offsets` is the text
 * for the shard's hash. evaluation must be of all windows; its records are suppressed in place. args is ready for
 * redis_store_call(). */
void redis_team_write(struct publish_args *args, const struct shard *shard, const struct team *team,
                      struct evaluation *evaluation, int64_t epoch, struct text offsets, struct text definitions);
