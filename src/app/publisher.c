/* Changed teams go to Redis. */
#include "app/publisher.h"

#include <math.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/panic.h"
#include "base/pool.h"
#include "base/strbuf.h"
#include "codec/publish_script.h"
#include "codec/redis_team.h"
#include "model/evaluation.h"

enum {
    GAP_US = 800000, /* leaves a change the rest of a second for its turn and its way */
    ALLOWANCE_MAX_US = 500000,
    SHOW_US = 5000000,
    REFUSED_US = 2000000, /* then one command asks whether Redis takes it now */
    SLICE_US = 5000, /* of a turn: what came to be read meanwhile waits no longer */
};

/* Instead of a team's number. */
enum { CLAIM = -1, SHARD = -2 };

/* What an answer is about; in a pool, so that a partition may go while answers are due. */
struct sent {
    struct publisher *publisher;
    struct owned *owned; /* NULL: given up meanwhile */
    int32_t partition;
    int64_t team; /* number, CLAIM or SHARD */
    struct moment changed;
    uint32_t handle;
};

struct publisher {
    struct publisher_settings settings;
    int claim_script, write_script;
    uint64_t generation;
    struct pool sent;
    struct publish_args args;
    struct strbuf offsets;
    struct evaluation *evaluation;
    struct redesigns redesigns;
    struct publisher_counts counts;
    struct up_err refusal; /* the last one */
    double allowance_us; /* time that may be spent now */
    int64_t allowed_us;  /* when it was last topped up */
    int32_t next;        /* partition that comes first in the next run */
};

struct publisher *publisher_new(const struct publisher_settings *settings)
{
    struct publisher *publisher = mem_alloc(sizeof *publisher);
    publisher->settings = *settings;
    publisher->claim_script = redis_store_script(settings->redis, publish_script_claim);
    publisher->write_script = redis_store_script(settings->redis, publish_script_write);
    publisher->evaluation = mem_alloc(sizeof *publisher->evaluation);
    pool_init(&publisher->sent, sizeof(struct sent));
    return publisher;
}

void publisher_free(struct publisher *publisher)
{
    if (publisher == NULL)
        return;
    pool_done(&publisher->sent);
    publish_args_done(&publisher->args);
    strbuf_done(&publisher->offsets);
    redesigns_done(&publisher->redesigns);
    mem_free(publisher->evaluation);
    mem_free(publisher);
}

const struct publisher_counts *publisher_counts(const struct publisher *publisher)
{
    return &publisher->counts;
}

static struct sent *note_sent(struct publisher *publisher, struct owned *owned, int64_t team)
{
    uint32_t handle = pool_take(&publisher->sent);
    struct sent *sent = pool_at(&publisher->sent, handle);
    *sent = (struct sent){.publisher = publisher,
                          .owned = owned,
                          .partition = owned->partition,
                          .team = team,
                          .changed = moment_none,
                          .handle = handle};
    return sent;
}

void publisher_forget(struct publisher *publisher, int32_t partition)
{
    for (uint32_t handle = 1; handle < publisher->sent.made; handle++) {
        struct sent *sent = pool_at(&publisher->sent, handle);
        if (sent->handle == handle && sent->partition == partition)
            sent->owned = NULL;
    }
}

/* Redis knows a later owner, or has the epoch of another past. PostgreSQL is the one to ask: a checkpoint tells. */
static void doubt(struct publisher *publisher, struct owned *owned)
{
    owned->is_claimed_in_redis = owned->is_confirmed = false;
    if (owned->is_doubted)
        return;
    owned->is_doubted = true;
    store_save(publisher->settings.store, owned);
    log_event(LOG_LEVEL_WARN, "partition_doubted", "partition=%d epoch=%lld why=\"Redis knows a higher epoch\"",
              owned->partition, (long long)owned->epoch);
}

static void put_back(struct owned *owned, int64_t team, const struct moment *changed)
{
    struct owned_team *state = owned_team(owned, (size_t)team);
    state->is_sent = false;
    state->published_us = 0;
    mem_free(state->marks);
    state->marks = NULL;
    if (moment_is_known(changed))
        state->changed = *changed;
    shard_touch_team(owned->shard, &owned->shard->teams[team]);
}

static void note_result(struct publisher *publisher, struct owned *owned, const struct redis_result *result)
{
    if (result->code == UP_OK) {
        owned->refused_us = 0;
    } else if (result->refused) {
        owned->refused_us = publisher->allowed_us;
        (void)up_fail(&publisher->refusal, UP_EIO, "Redis refuses what is published: %.*s", (int)result->text.length,
                      result->text.bytes);
    }
}

const char *publisher_refusal(const struct publisher *publisher)
{
    for (int32_t p = 0; p < publisher->settings.partitions; p++) {
        const struct owned *owned = publisher->settings.owned[p];
        if (owned != NULL && owned->state == OWNED_LIVE && owned->refused_us > 0)
            return publisher->refusal.text;
    }
    return NULL;
}

static void claim_answered(struct publisher *publisher, struct owned *owned, const struct redis_result *result)
{
    owned->is_claiming_in_redis = false;
    if (result->code != UP_OK) {
        publisher->counts.failed++;
    } else if (result->integer == PUBLISH_DONE) {
        owned->is_claimed_in_redis = true;
        owned->is_confirmed = false;
        publisher->counts.claims++;
        owned_forget_marks(owned);
        shard_touch_all(owned->shard);
    } else {
        doubt(publisher, owned);
    }
}

static void shard_answered(struct publisher *publisher, struct owned *owned, const struct redis_result *result)
{
    if (result->code == UP_OK && result->integer == PUBLISH_FENCED)
        doubt(publisher, owned);
    else if (result->code == UP_OK && result->integer == PUBLISH_UNCLAIMED)
        owned->is_claimed_in_redis = false;
}

static void team_answered(struct publisher *publisher, struct owned *owned, const struct sent *sent,
                          const struct redis_result *result)
{
    if (result->code != UP_OK || result->integer != PUBLISH_DONE) {
        publisher->counts.failed++;
        put_back(owned, sent->team, &sent->changed);
        if (result->code == UP_OK && result->integer == PUBLISH_FENCED)
            doubt(publisher, owned);
        else if (result->code == UP_OK && result->integer == PUBLISH_UNCLAIMED)
            owned->is_claimed_in_redis = false;
        return;
    }
    owned_team(owned, (size_t)sent->team)->is_sent = false;
    publisher->counts.teams++;
    owned_measure(&sent->changed, clock_wall_ms(), &publisher->counts.event_delay, &publisher->counts.delay);
}

static void answered(void *arg, const struct redis_result *result)
{
    struct sent *noted = arg;
    struct sent sent = *noted;
    struct publisher *publisher = sent.publisher;
    noted->handle = 0;
    pool_give(&publisher->sent, sent.handle);
    if (sent.owned == NULL)
        return;
    note_result(publisher, sent.owned, result);
    if (sent.team == CLAIM)
        claim_answered(publisher, sent.owned, result);
    else if (sent.team == SHARD)
        shard_answered(publisher, sent.owned, result);
    else
        team_answered(publisher, sent.owned, &sent, result);
}

static bool call(struct publisher *publisher, int script, struct sent *sent)
{
    char key[PUBLISH_KEY_BYTES];
    struct text routing = {.bytes = key, .length = (uint32_t)publish_shard_key(sent->partition, key)};
    int code = redis_store_call(publisher->settings.redis, script, routing, publisher->args.argc,
                                publisher->args.argv, publisher->args.argvlen, answered, sent);
    if (code == UP_OK)
        return true;
    uint32_t handle = sent->handle;
    sent->handle = 0;
    pool_give(&publisher->sent, handle);
    return false;
}

static bool has_room(const struct publisher *publisher, int32_t partition)
{
    char key[PUBLISH_KEY_BYTES];
    struct text routing = {.bytes = key, .length = (uint32_t)publish_shard_key(partition, key)};
    return redis_store_has_room(publisher->settings.redis, routing);
}

static void claim(struct publisher *publisher, struct owned *owned)
{
    if (owned->is_claiming_in_redis)
        return;
    publish_claim(&publisher->args, owned->partition, owned->epoch, owned->is_confirmed);
    owned->is_claiming_in_redis = call(publisher, publisher->claim_script, note_sent(publisher, owned, CLAIM));
}

static struct text describe_offsets(struct publisher *publisher, const struct owned *owned)
{
    strbuf_reset(&publisher->offsets);
    for (int t = 0; t < publisher->settings.topic_count; t++)
        strbuf_add_format(&publisher->offsets, "%s%s:%lld", t > 0 ? " " : "", publisher->settings.topics[t],
                          (long long)owned->topics[t].next_offset);
    return (struct text){.bytes = publisher->offsets.data, .length = (uint32_t)publisher->offsets.length};
}

/* Writes the shard's hash by itself: whether Redis has lost its data is noticed in silence too. */
static void show(struct publisher *publisher, struct owned *owned, int64_t now_us)
{
    publish_write_begin(&publisher->args, owned->partition, owned->epoch, (struct text){0}, NULL, 0);
    publish_field(&publisher->args, text_of("offsets"), describe_offsets(publisher, owned));
    publish_write_end(&publisher->args);
    if (call(publisher, publisher->write_script, note_sent(publisher, owned, SHARD)))
        owned->shown_us = now_us;
}

/* False when Redis takes no more now. */
static bool send_team(struct publisher *publisher, struct owned *owned, uint32_t number, int64_t now_us)
{
    struct shard *shard = owned->shard;
    struct team *team = &shard->teams[number];
    shard_catch_up(shard, team);
    evaluation_make(shard, team, shard_day(shard), EVALUATION_ALL_WINDOWS, publisher->evaluation);
    redesigns_make(&publisher->redesigns, shard, team, shard_day(shard));
    struct owned_team *state = owned_team(owned, number);
    if (state->marks == NULL)
        state->marks = mem_alloc(sizeof *state->marks);
    struct redis_team_source source = {.epoch = owned->epoch,
                                       .offsets = describe_offsets(publisher, owned),
                                       .definitions = text_of(publisher->settings.definitions)};
    redis_team_write(&publisher->args, shard, team, publisher->evaluation, &publisher->redesigns, &source,
                     state->marks);
    store_note_measures(publisher->settings.store, owned, team, publisher->evaluation, now_us);
    if (publisher->settings.notes_gauges)
        owned_note_gauges(owned, number, publisher->evaluation);
    struct sent *sent = note_sent(publisher, owned, number);
    sent->changed = state->changed;
    if (!call(publisher, publisher->write_script, sent)) {
        state->marks->is_sent = false;
        return false;
    }
    team->changed = false;
    state->changed = moment_none;
    state->published_us = owned->shown_us = now_us;
    state->is_sent = true;
    return true;
}

static bool is_due(const struct owned_team *state, int64_t now_us)
{
    return !state->is_sent && (state->published_us == 0 || now_us - state->published_us >= GAP_US);
}

/* Sends what is due of one partition; what is not, or does not fit the time, stays on the list in its order. */
static void run_partition(struct publisher *publisher, struct owned *owned, int64_t now_us, double *left_us)
{
    struct shard *shard = owned->shard;
    size_t count = shard->changed_count;
    size_t kept = 0;
    bool is_open = true;
    for (size_t i = 0; i < count; i++) {
        uint32_t number = shard->changed_teams[i];
        if (is_open && is_due(owned_team(owned, number), now_us)) {
            int64_t began_us = clock_cpu_us();
            bool sent = *left_us > 0 && has_room(publisher, owned->partition) &&
                        send_team(publisher, owned, number, now_us);
            int64_t took_us = clock_cpu_us() - began_us;
            *left_us -= (double)took_us;
            publisher->counts.cpu_us += took_us;
            is_open = sent && owned->refused_us == 0;
            if (sent)
                continue;
        }
        shard->changed_teams[kept++] = number;
    }
    /* Nothing was added meanwhile: an evaluation changes no list. */
    UP_ASSERT(shard->changed_count == count);
    shard->changed_count = kept;
}

static void notice_generation(struct publisher *publisher)
{
    uint64_t generation = redis_store_generation(publisher->settings.redis);
    if (generation == publisher->generation)
        return;
    publisher->generation = generation;
    for (int32_t p = 0; p < publisher->settings.partitions; p++) {
        if (publisher->settings.owned[p] != NULL)
            publisher->settings.owned[p]->is_claimed_in_redis = false;
    }
}

bool publisher_run(struct publisher *publisher, int64_t now_us, double share)
{
    if (publisher->allowed_us > 0)
        publisher->allowance_us += share * (double)(now_us - publisher->allowed_us);
    publisher->allowed_us = now_us;
    if (publisher->allowance_us > ALLOWANCE_MAX_US * share)
        publisher->allowance_us = ALLOWANCE_MAX_US * share;
    notice_generation(publisher);
    double slice_us = fmin(publisher->allowance_us, SLICE_US);
    double left_us = slice_us;
    int32_t partitions = publisher->settings.partitions;
    for (int32_t i = 0; i < partitions; i++) {
        struct owned *owned = publisher->settings.owned[(publisher->next + i) % partitions];
        if (owned == NULL || owned->state != OWNED_LIVE || owned->is_doubted || shard_day(owned->shard) == INT32_MIN ||
            !has_room(publisher, owned->partition))
            continue;
        if (owned->refused_us > 0) {
            if (now_us - owned->refused_us < REFUSED_US)
                continue;
            owned->refused_us = now_us;
        }
        if (!owned->is_claimed_in_redis)
            claim(publisher, owned);
        else if (owned->shard->changed_count > 0 && left_us > 0)
            run_partition(publisher, owned, now_us, &left_us);
        else if (now_us - owned->shown_us >= SHOW_US)
            show(publisher, owned, now_us);
    }
    publisher->next = (publisher->next + 1) % partitions;
    publisher->allowance_us -= slice_us - left_us;
    return left_us <= 0 && publisher->allowance_us > 0;
}
