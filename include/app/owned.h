/* A partition that this instance owns, or is taking, and everything that hangs on it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "app/team_gauges.h"
#include "base/histogram.h"
#include "codec/redis_team.h"
#include "model/shard.h"

enum owned_state {
    OWNED_TAKING, /* claimed in PostgreSQL and loaded; not read yet */
    OWNED_READY,  /* loaded; waits for the others of the assignment */
    OWNED_LIVE,   /* read from Kafka */
    OWNED_PARKED, /* revoked and saved; goes on if it comes back untouched */
    OWNED_FENCED, /* somebody else owns it: nothing of it is written any more */
};

/* How far one topic of the partition is read. */
struct owned_topic {
    int64_t next_offset;      /* of the next message to apply; -1 = the earliest there is */
    int64_t last_accepted_us; /* on the clock that only runs forward; when the topic was assigned, at first */
    int64_t first_ms;         /* greatest time when it was first looked at; -1 = not yet */
    bool is_at_end;
    bool is_ahead; /* paused: further ahead of the others than align_window */
};

/* When something happened and when Kafka got it, ms since 1970; -1 = not known. */
struct moment {
    int64_t event_ms;
    int64_t kafka_ms;
};

static const struct moment moment_none = {.event_ms = -1, .kafka_ms = -1};

static inline bool moment_is_known(const struct moment *moment)
{
    return moment->event_ms >= 0 || moment->kafka_ms >= 0;
}

/* What is known of a team's publication. */
struct owned_team {
    int64_t published_us; /* when it was last sent; 0 = never */
    struct moment changed; /* of the first change that is not published */
    int64_t measured_us;  /* when its measure rows were last written */
    bool is_sent;         /* an answer is due */
    struct redis_team_marks *marks; /* what is in Redis; NULL = not known */
};

struct owned {
    int32_t partition;
    enum owned_state state;
    int64_t epoch;
    struct shard *shard;
    struct owned_topic topics[TOPICS_MAX];
    struct owned_team *teams; /* by number of the team */
    size_t team_count, team_capacity;
    struct team_gauges *gauges; /* by number of the team; none unless metrics_per_team */
    size_t gauge_count, gauge_capacity;
    struct moment unsaved; /* of the first message since the last cut */
    bool is_claimed_in_redis;
    bool is_claiming_in_redis;
    bool is_doubted;   /* Redis knows a higher epoch: nothing is published until the next checkpoint tells */
    bool is_confirmed; /* a checkpoint told that it is ours: that epoch is nobody's */
    int64_t refused_us; /* when Redis refused, or was last tried since; 0 = it takes what is sent */
    int64_t shown_us; /* when its hash in Redis was last written */
    int64_t followed_us; /* when the watermark last moved by the wall clock alone and was saved */
};

/* Nothing is known of it yet: state OWNED_TAKING, no shard. */
struct owned *owned_new(int32_t partition);
/* Frees the shard too. NULL is fine. */
void owned_free(struct owned *owned);

/* Valid until a team is added. */
struct owned_team *owned_team(struct owned *owned, size_t number);

/* How long it took from that moment to now_ms, where it is known. */
void owned_measure(const struct moment *since, int64_t now_ms, struct histogram *event_delay, struct histogram *kafka_delay);

/* Nothing of it is in Redis any more that we know of, and no answer is due. */
void owned_forget_publication(struct owned *owned);
/* What Redis holds of its teams is not known any more. */
void owned_forget_marks(struct owned *owned);

/* A message of that moment was applied; the teams that stand in shard->changed_teams from place `from` on were changed by
 * it. */
void owned_note_changes(struct owned *owned, size_t from, const struct moment *moment);

/* Keeps what the evaluation says of the team for /metrics. */
void owned_note_gauges(struct owned *owned, size_t number, const struct evaluation *evaluation);
