/* A reader over kafka_source as the daemon is one, with a list of offsets that stands for the
 * store. */
#pragma once

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "io/kafka_producer.h"
#include "io/kafka_source.h"

enum { READER_TOPICS = 3, READER_PARTITIONS = 8, READER_BATCH = 256 };

/* What outlives a reader. */
struct reader_store {
    int64_t next[READER_TOPICS][READER_PARTITIONS]; /* -1 = from the earliest */
    uint64_t messages;
    uint64_t skipped;  /* offsets that were jumped over */
    uint64_t repeated; /* offsets that came twice */
};

struct reader {
    struct kafka_source *source;
    struct reader_store *store;
    struct kafka_position assigned[READER_TOPICS * READER_PARTITIONS];
    size_t assigned_count;
    int64_t end[READER_TOPICS][READER_PARTITIONS]; /* -1 = no END was seen */
    unsigned kinds[KAFKA_EVENT_TROUBLE + 1];       /* events by kind */
    struct kafka_event last[KAFKA_EVENT_TROUBLE + 1];
    unsigned assignments;
    unsigned revocations;
    unsigned losses;
    int late_ms;       /* the answer to an assignment comes so much later */
    int64_t answer_us; /* when; 0 = nothing to answer */
    void (*on_message)(void *arg, const struct message *message);
    void *arg;
};

static inline void reader_store_init(struct reader_store *store)
{
    *store = (struct reader_store){.messages = 0};
    memset(store->next, -1, sizeof store->next);
}

static inline void reader_open(struct reader *reader, struct reader_store *store,
                               const struct kafka_source_settings *settings)
{
    struct up_err err = {0};
    *reader = (struct reader){.store = store};
    memset(reader->end, -1, sizeof reader->end);
    if (kafka_source_new(settings, &reader->source, &err) != 0 ||
        kafka_source_subscribe(reader->source, &err) != 0)
        fail_msg("%s", err.text);
}

static inline void reader_close(struct reader *reader)
{
    struct up_err err = {0};
    if (kafka_source_close(reader->source, 60000, &err) != 0)
        fail_msg("%s", err.text);
    kafka_source_free(reader->source);
    reader->source = NULL;
}

static inline void reader_take_rebalance(struct reader *reader, int64_t now_us)
{
    struct kafka_rebalance rebalance;
    struct up_err err;
    if (kafka_source_next_rebalance(reader->source, &rebalance)) {
        reader->assignments += rebalance.kind == KAFKA_REBALANCE_ASSIGNED;
        reader->revocations += rebalance.kind == KAFKA_REBALANCE_REVOKED;
        reader->losses += rebalance.kind == KAFKA_REBALANCE_LOST;
        reader->assigned_count = 0;
        reader->answer_us = 0;
        if (rebalance.kind != KAFKA_REBALANCE_ASSIGNED) {
            assert_int_equal(kafka_source_unassign(reader->source, &err), 0);
            return;
        }
        memcpy(reader->assigned, rebalance.partitions,
               rebalance.count * sizeof *rebalance.partitions);
        reader->assigned_count = rebalance.count;
        reader->answer_us = now_us + reader->late_ms * 1000 + 1;
    }
    if (reader->answer_us == 0 || now_us < reader->answer_us)
        return;
    reader->answer_us = 0;
    for (size_t i = 0; i < reader->assigned_count; i++) {
        struct kafka_position *position = &reader->assigned[i];
        position->offset = reader->store->next[position->topic][position->partition];
    }
    assert_int_equal(
        kafka_source_assign(reader->source, reader->assigned, reader->assigned_count, &err), 0);
}

static inline void reader_take_message(struct reader *reader, const struct message *message)
{
    int64_t *next = &reader->store->next[message->topic][message->partition];
    if (*next >= 0 && message->offset > *next)
        reader->store->skipped += (uint64_t)(message->offset - *next);
    if (*next >= 0 && message->offset < *next)
        reader->store->repeated++;
    *next = message->offset + 1;
    reader->store->messages++;
    if (reader->on_message != NULL)
        reader->on_message(reader->arg, message);
}

/* One turn of a loop. */
static inline void reader_turn(struct reader *reader)
{
    static struct message messages[READER_BATCH];
    int64_t now_us = clock_mono_us();
    bool has_more = false;
    size_t count = kafka_source_drain(reader->source, messages, READER_BATCH, now_us, &has_more);
    for (size_t i = 0; i < count; i++)
        reader_take_message(reader, &messages[i]);
    kafka_source_release(reader->source);
    struct kafka_event event;
    while (kafka_source_next_event(reader->source, &event)) {
        reader->kinds[event.kind]++;
        reader->last[event.kind] = event;
        if (event.kind == KAFKA_EVENT_END)
            reader->end[event.topic][event.partition] = event.offset;
    }
    reader_take_rebalance(reader, now_us);
}

/* Turns all readers until the condition holds; false after two minutes. */
static inline bool readers_run(struct reader *const *readers, size_t count,
                               bool (*condition)(void *arg), void *arg)
{
    int64_t deadline_us = clock_mono_us() + INT64_C(120000000);
    while (!condition(arg)) {
        if (clock_mono_us() > deadline_us)
            return false;
        struct pollfd waiting = {.fd = kafka_source_fd(readers[0]->source), .events = POLLIN};
        (void)poll(&waiting, 1, 2);
        for (size_t i = 0; i < count; i++)
            reader_turn(readers[i]);
    }
    return true;
}

static inline bool reader_run(struct reader *reader, bool (*condition)(void *arg), void *arg)
{
    return readers_run(&reader, 1, condition, arg);
}

/* Sends `count` small records to every partition of every topic of the producer. */
static inline void reader_fill(struct kafka_producer *producer, size_t topics, int partitions,
                               int count)
{
    struct up_err err = {0};
    for (int i = 0; i < count; i++) {
        for (size_t topic = 0; topic < topics; topic++) {
            for (int partition = 0; partition < partitions; partition++) {
                char text[48];
                int length = snprintf(text, sizeof text, "{\"record\":%d}", i);
                struct kafka_record record = {.topic = (uint16_t)topic,
                                              .partition = partition,
                                              .key = "team",
                                              .key_length = 4,
                                              .value = text,
                                              .value_length = (uint32_t)length};
                while (kafka_producer_send(producer, &record, &err) == KAFKA_FULL)
                    kafka_producer_poll(producer, 10);
            }
        }
    }
    if (kafka_producer_flush(producer, 60000, &err) != 0)
        fail_msg("%s", err.text);
}
