/* Pausing, progress and the offsets that are told to Kafka. */
#include <stdio.h>

#include "base/panic.h"
#include "kafka_priv.h"

/* ---- pausing --------------------------------------------------------------------------------- */

static bool is_paused(const struct kafka_source *source, const struct kafka_partition *partition)
{
    return (partition->paused | source->paused_all) != 0;
}

static rd_kafka_topic_partition_list_t *list_paused(const struct kafka_source *source)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)source->partition_count);
    for (size_t i = 0; i < source->partition_count; i++) {
        const struct kafka_partition *partition = &source->partitions[i];
        if (is_paused(source, partition))
            (void)rd_kafka_topic_partition_list_add(list, source->topics[partition->topic].name,
                                                    partition->number);
    }
    return list;
}

/* The library forgets a pause at some places and keeps it at others: it never has one across an
 * assign. */
void kafka_pauses_lift(struct kafka_source *source)
{
    rd_kafka_topic_partition_list_t *list = list_paused(source);
    if (list->cnt > 0)
        (void)rd_kafka_resume_partitions(source->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
}

void kafka_pauses_apply(struct kafka_source *source)
{
    rd_kafka_topic_partition_list_t *list = list_paused(source);
    if (list->cnt > 0)
        (void)rd_kafka_pause_partitions(source->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
}

static void set_paused(struct kafka_source *source, struct kafka_partition *partition,
                       uint8_t reasons)
{
    bool was_paused = is_paused(source, partition);
    partition->paused = reasons;
    bool will_be_paused = is_paused(source, partition);
    if (was_paused == will_be_paused)
        return;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    (void)rd_kafka_topic_partition_list_add(list, source->topics[partition->topic].name,
                                            partition->number);
    if (will_be_paused)
        (void)rd_kafka_pause_partitions(source->rk, list);
    else
        (void)rd_kafka_resume_partitions(source->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
}

void kafka_source_pause(struct kafka_source *source, uint16_t topic, int32_t partition,
                        enum kafka_pause reason)
{
    struct kafka_partition *paused = kafka_partition_of(source, topic, partition);
    if (paused != NULL)
        set_paused(source, paused, (uint8_t)(paused->paused | reason));
}

void kafka_source_resume(struct kafka_source *source, uint16_t topic, int32_t partition,
                         enum kafka_pause reason)
{
    struct kafka_partition *resumed = kafka_partition_of(source, topic, partition);
    if (resumed != NULL)
        set_paused(source, resumed, (uint8_t)(resumed->paused & ~(unsigned)reason));
}

/* Those that other reasons hold already keep their state, so that nothing flaps. */
static void set_paused_all(struct kafka_source *source, uint8_t reasons)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)source->partition_count);
    bool was_paused = source->paused_all != 0;
    source->paused_all = reasons;
    for (size_t i = 0; i < source->partition_count; i++) {
        const struct kafka_partition *partition = &source->partitions[i];
        if (partition->paused == 0)
            (void)rd_kafka_topic_partition_list_add(list, source->topics[partition->topic].name,
                                                    partition->number);
    }
    if (list->cnt > 0 && !was_paused && reasons != 0)
        (void)rd_kafka_pause_partitions(source->rk, list);
    if (list->cnt > 0 && was_paused && reasons == 0)
        (void)rd_kafka_resume_partitions(source->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
}

void kafka_source_pause_all(struct kafka_source *source, enum kafka_pause reason)
{
    set_paused_all(source, (uint8_t)(source->paused_all | reason));
}

void kafka_source_resume_all(struct kafka_source *source, enum kafka_pause reason)
{
    set_paused_all(source, (uint8_t)(source->paused_all & ~(unsigned)reason));
}

/* ---- progress -------------------------------------------------------------------------------- */

bool kafka_source_progress(const struct kafka_source *source, uint16_t topic, int32_t partition,
                           struct kafka_progress *ret_progress)
{
    UP_ASSERT(topic < source->topic_count);
    const struct kafka_partition *of = kafka_partition_of(source, topic, partition);
    if (of == NULL)
        return false;
    int64_t low = -1;
    int64_t high = -1;
    if (rd_kafka_get_watermark_offsets(source->rk, source->topics[topic].name, partition, &low,
                                       &high) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        high < 0)
        high = -1;
    int64_t next = of->guard.expected;
    int64_t lag = -1;
    if (high >= 0 && next >= 0)
        lag = high > next ? high - next : 0;
    *ret_progress = (struct kafka_progress){.next_offset = next,
                                            .high = high,
                                            .lag = lag,
                                            .answered_us = of->answered_us,
                                            .is_paused = is_paused(source, of)};
    return true;
}

/* ---- what Kafka is told ---------------------------------------------------------------------- */

void kafka_source_commit(struct kafka_source *source, const struct kafka_position *positions,
                         size_t count)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++) {
        UP_ASSERT(positions[i].topic < source->topic_count);
        if (positions[i].offset < 0)
            continue;
        rd_kafka_topic_partition_list_add(list, source->topics[positions[i].topic].name,
                                          positions[i].partition)
            ->offset = positions[i].offset;
    }
    if (list->cnt > 0 && rd_kafka_commit(source->rk, list, 1) != RD_KAFKA_RESP_ERR_NO_ERROR)
        source->counts.commits_failed++;
    rd_kafka_topic_partition_list_destroy(list);
}

void kafka_flow_on_commit(rd_kafka_t *rk, rd_kafka_resp_err_t code,
                          rd_kafka_topic_partition_list_t *list, void *opaque)
{
    (void)rk;
    (void)list;
    struct kafka_source *source = opaque;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__NO_OFFSET)
        source->counts.commits_failed++;
}

const struct kafka_source_counts *kafka_source_counts(const struct kafka_source *source)
{
    return &source->counts;
}

void kafka_source_member(const struct kafka_source *source, char *ret_name, size_t size)
{
    char *name = rd_kafka_memberid(source->rk);
    (void)snprintf(ret_name, size, "%s", name != NULL ? name : "");
    if (name != NULL)
        rd_kafka_mem_free(source->rk, name);
}
