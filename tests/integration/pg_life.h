/* A shard that lives in a database: takes its partition, is saved, starts again. */
#pragma once

#include "pg_fixture.h"

#include "app/checkpoint.h"
#include "app/taking.h"
#include "support/random_events.h"

enum { LIFE_TOPICS = 2 };

static const char *const life_topics[LIFE_TOPICS] = {"usage", "outcomes"};
static const char *const life_definitions = "1-abc";

struct life {
    struct loop *loop;
    struct pg_conn *conn;
    struct settings settings;
    struct pg_outputs *outputs;
    struct sink sink;
    struct taking_request request;
    struct taking *taking;
    struct shard *shard;
    struct checkpoint *checkpoint;
    int64_t next_offsets[LIFE_TOPICS];
};

static inline void life_note_state(void *arg, enum pg_state state, const struct up_err *err)
{
    (void)arg;
    (void)state;
    (void)err;
}

static inline void life_init(struct life *life, struct loop *loop, const char *conninfo)
{
    struct up_err err = {0};
    *life = (struct life){.loop = loop};
    const struct pg_conn_settings settings = {.conninfo = conninfo,
                                              .application_name = "uptake life",
                                              .statement_timeout_ms = 30000,
                                              .lock_timeout_ms = 200,
                                              .idle_transaction_timeout_ms = 30000,
                                              .silence_max_ms = 20000,
                                              .seed = 3};
    life->conn = pg_conn_new(loop, NULL, &settings, life_note_state, NULL, &err);
    assert_non_null(life->conn);
    settings_default(&life->settings);
    life->outputs = pg_outputs_new(7, life_definitions);
    life->sink = pg_outputs_sink(life->outputs);
    life->request = (struct taking_request){.conn = life->conn,
                                            .settings = &life->settings,
                                            .outputs = &life->sink,
                                            .partition = 7,
                                            .partitions = 12,
                                            .topics = life_topics,
                                            .topic_count = LIFE_TOPICS,
                                            .key_fingerprint = "print",
                                            .key_fingerprint_bytes = 5,
                                            .instance = "test",
                                            .frozen_ms = 30000};
}

/* Everything but the connection is lost, as by a death. */
static inline void life_die(struct life *life)
{
    checkpoint_free(life->checkpoint);
    taking_free(life->taking);
    shard_free(life->shard);
    pg_outputs_free(life->outputs);
    life->checkpoint = NULL;
    life->taking = NULL;
    life->shard = NULL;
    life->outputs = pg_outputs_new(7, life_definitions);
    life->sink = pg_outputs_sink(life->outputs);
}

static inline void life_done(struct life *life)
{
    life_die(life);
    pg_outputs_free(life->outputs);
    pg_conn_free(life->conn);
}

static inline bool life_is_taken(void *arg)
{
    struct life *life = arg;
    enum taking_step step = taking_run(life->taking, clock_mono_us());
    return step == TAKING_DONE || step == TAKING_FAILED;
}

/* Takes the partition; false with the reason when that cannot be. */
static inline bool life_try_to_begin(struct life *life, struct up_err *ret_err)
{
    int failures;
    life->taking = taking_new(&life->request);
    pg_run_until(life->loop, life_is_taken, life);
    bool is_done = taking_run(life->taking, 0) == TAKING_DONE;
    *ret_err = *taking_error(life->taking, &failures);
    if (is_done) {
        struct taking_result result = taking_give(life->taking);
        life->shard = result.shard;
        life->checkpoint = checkpoint_new(life->conn, &result.claim, &result.pages);
        memcpy(life->next_offsets, result.next_offsets, sizeof life->next_offsets);
        assert_true(result.server_ms > INT64_C(1700000000000));
    }
    taking_free(life->taking);
    life->taking = NULL;
    return is_done;
}

static inline void life_begin(struct life *life)
{
    struct up_err err;
    if (!life_try_to_begin(life, &err))
        fail_msg("%s", err.text);
}

static inline void life_cut(struct life *life)
{
    const struct checkpoint_extent extent = {
        .topics = life_topics, .next_offsets = life->next_offsets, .outputs = life->outputs};
    checkpoint_cut(life->checkpoint, life->shard, &extent);
}

static inline bool life_is_settled(void *arg)
{
    struct life *life = arg;
    enum checkpoint_step step = checkpoint_run(life->checkpoint, true, clock_mono_us());
    return step == CHECKPOINT_SAVED || step == CHECKPOINT_FENCED;
}

/* Carries a cut on to its end. */
static inline enum checkpoint_step life_settle(struct life *life)
{
    pg_run_until(life->loop, life_is_settled, life);
    enum checkpoint_step step = checkpoint_step(life->checkpoint);
    if (step == CHECKPOINT_SAVED) {
        const struct checkpoint_result *result = checkpoint_result(life->checkpoint);
        if (result->teams > 0)
            life->shard->teams_in_organisation = result->teams;
        checkpoint_clear(life->checkpoint);
    }
    return step;
}

static inline void life_save(struct life *life)
{
    life_cut(life);
    assert_int_equal(life_settle(life), CHECKPOINT_SAVED);
}

/* Reads the event, from one topic or the other, if it is one to take. */
static inline void life_read(struct life *life, const struct event *event)
{
    int topic = event->type == EVENT_OUTCOME ? 1 : 0;
    life->next_offsets[topic] = life->next_offsets[topic] < 0 ? 1 : life->next_offsets[topic] + 1;
    enum reject reject = shard_judge(life->shard, event, -1);
    if (reject == REJECT_NONE)
        shard_apply(life->shard, topic, event);
    else
        shard_count_reject(life->shard, reject);
}
