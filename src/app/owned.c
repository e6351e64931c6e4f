/* A partition that this instance owns. */
#include "app/owned.h"

#include "base/mem.h"
#include "base/panic.h"

struct owned *owned_new(int32_t partition)
{
    struct owned *owned = mem_alloc(sizeof *owned);
    owned->partition = partition;
    owned->unsaved = moment_none;
    for (int i = 0; i < TOPICS_MAX; i++)
        owned->topics[i] = (struct owned_topic){.next_offset = -1, .first_ms = -1};
    return owned;
}

void owned_free(struct owned *owned)
{
    if (owned == NULL)
        return;
    owned_forget_marks(owned);
    shard_free(owned->shard);
    mem_free(owned->teams);
    mem_free(owned->gauges);
    mem_free(owned);
}

struct owned_team *owned_team(struct owned *owned, size_t number)
{
    UP_ASSERT(number < owned->shard->team_count);
    if (number >= owned->team_count) {
        size_t old = owned->team_count;
        mem_reserve(&owned->teams, &owned->team_capacity, owned->shard->team_count, sizeof *owned->teams);
        owned->team_count = owned->shard->team_count;
        for (size_t i = old; i < owned->team_count; i++)
            owned->teams[i] = (struct owned_team){.changed = moment_none};
    }
    return &owned->teams[number];
}

void owned_forget_marks(struct owned *owned)
{
    for (size_t i = 0; i < owned->team_count; i++) {
        mem_free(owned->teams[i].marks);
        owned->teams[i].marks = NULL;
    }
}

void owned_forget_publication(struct owned *owned)
{
    owned_forget_marks(owned);
    owned->is_claimed_in_redis = owned->is_claiming_in_redis = owned->is_doubted = owned->is_confirmed = false;
    owned->refused_us = 0;
    for (size_t i = 0; i < owned->team_count; i++)
        owned->teams[i] = (struct owned_team){.changed = moment_none, .measured_us = owned->teams[i].measured_us};
}

void owned_note_changes(struct owned *owned, size_t from, const struct moment *moment)
{
    const struct shard *shard = owned->shard;
    if (!moment_is_known(&owned->unsaved))
        owned->unsaved = *moment;
    for (size_t i = from; i < shard->changed_count; i++) {
        struct owned_team *team = owned_team(owned, shard->changed_teams[i]);
        if (!moment_is_known(&team->changed))
            team->changed = *moment;
    }
}

void owned_measure(const struct moment *since, int64_t now_ms, struct histogram *event_delay, struct histogram *kafka_delay)
{
    if (since->event_ms >= 0)
        histogram_add(event_delay, (now_ms - since->event_ms) * 1000);
    if (since->kafka_ms >= 0)
        histogram_add(kafka_delay, (now_ms - since->kafka_ms) * 1000);
}

void owned_note_gauges(struct owned *owned, size_t number, const struct evaluation *evaluation)
{
    mem_reserve(&owned->gauges, &owned->gauge_capacity, number + 1, sizeof *owned->gauges);
    while (owned->gauge_count <= number)
        team_gauges_clear(&owned->gauges[owned->gauge_count++]);
    team_gauges_note(&owned->gauges[number], evaluation, owned->shard->settings->min_group);
}
