/* A team's evaluation as the fields of its hashes in Redis. architecture.md, Names that are public. */
#pragma once

#include "codec/publish_script.h"
#include "model/evaluation.h"
#include "model/redesigns.h"

/* The fields of a window's hash besides the measures. */
enum redis_team_word {
    REDIS_TEAM_AS_OF,
    REDIS_TEAM_WATERMARK,
    REDIS_TEAM_PROVISIONAL,
    REDIS_TEAM_DEFINITIONS,
    REDIS_TEAM_HEALTH,
    REDIS_TEAM_HEALTH_UNKNOWN,
    REDIS_TEAM_HEALTH_LIMIT,
    REDIS_TEAM_STATE,
    REDIS_TEAM_VERDICT,
    REDIS_TEAM_DIAGNOSIS,
    REDIS_TEAM_WORDS
};

/* What a team's hashes hold, by a hash of each field's value (0 = no such field): only what differs is sent. Zeroed:
 * nothing is known of them, all is sent. */
struct redis_team_marks {
    bool is_sent;
    uint64_t at[WINDOWS][REDIS_TEAM_WORDS + MEASURES];
    uint64_t redesigns; /* which fields there are of redesigns; 0 = none */
};

/* Who writes, how far it has read (text of the shard's hash), by which rules. */
struct redis_team_source {
    int64_t epoch;
    struct text offsets;
    struct text definitions;
};

/* Builds the write of one team: what fewer than min_group people stand behind is `suppressed`. evaluation must be of
 * all windows; its records are suppressed in place. redesigns: of the same day; while there is any the team has one hash
 * more, REDIS_TEAM_REDESIGN. args is ready for redis_store_call(). marks is that of the last write and becomes that of
 * this one: unless the answer is PUBLISH_DONE the caller must set it to zero. */
#define REDIS_TEAM_REDESIGN "redesign"
void redis_team_write(struct publish_args *args, const struct shard *shard, const struct team *team,
                      struct evaluation *evaluation, const struct redesigns *redesigns,
                      const struct redis_team_source *source, struct redis_team_marks *marks);
