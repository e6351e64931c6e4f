/* The consumer's place in its group: rebalances, what is assigned, leaving. */
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"
#include "kafka_priv.h"

enum { CLOSE_SLICE_MS = 10, CLOSE_BATCH = 256 };

/* ---- what was assigned ----------------------------------------------------------------------- */

void kafka_partitions_set(struct kafka_source *source, const struct kafka_position *positions,
                          size_t count)
{
    for (size_t i = 0; i < source->topic_count; i++) {
        mem_free(source->topics[i].slots);
        source->topics[i].slots = NULL;
        source->topics[i].slot_count = 0;
    }
    mem_free(source->partitions);
    source->partitions = mem_alloc_array(count, sizeof *source->partitions);
    source->partition_count = count;
    for (size_t i = 0; i < count; i++) {
        UP_ASSERT(positions[i].topic < source->topic_count && positions[i].partition >= 0);
        struct kafka_topic *topic = &source->topics[positions[i].topic];
        size_t needed = (size_t)positions[i].partition + 1;
        if (needed > topic->slot_count) {
            topic->slots = mem_resize_array(topic->slots, needed, sizeof *topic->slots);
            memset(topic->slots + topic->slot_count, 0,
                   (needed - topic->slot_count) * sizeof *topic->slots);
            topic->slot_count = needed;
        }
        UP_ASSERT(topic->slots[needed - 1] == 0);
        topic->slots[needed - 1] = (uint32_t)i + 1;
        struct kafka_partition *partition = &source->partitions[i];
        *partition = (struct kafka_partition){
            .answered_us = -1, .number = positions[i].partition, .topic = positions[i].topic};
        kafka_guard_init(&partition->guard, positions[i].offset);
    }
}

/* Gives the table to the library, which fetches everything anew. */
static int assign_table(struct kafka_source *source, struct up_err *err)
{
    kafka_pauses_lift(source);
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)source->partition_count);
    for (size_t i = 0; i < source->partition_count; i++) {
        const struct kafka_partition *partition = &source->partitions[i];
        int64_t offset = partition->guard.expected;
        rd_kafka_topic_partition_list_add(list, source->topics[partition->topic].name,
                                          partition->number)
            ->offset = offset < 0 ? RD_KAFKA_OFFSET_BEGINNING : offset;
    }
    rd_kafka_resp_err_t code = rd_kafka_assign(source->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return up_fail(err, UP_EIO, "cannot take the assigned partitions: %s",
                       rd_kafka_err2str(code));
    kafka_pauses_apply(source);
    return 0;
}

int kafka_source_assign(struct kafka_source *source, const struct kafka_position *positions,
                        size_t count, struct up_err *err)
{
    UP_ASSERT(source->raw_count == 0);
    if (source->awaited != KAFKA_ANSWER_ASSIGN)
        return up_fail(err, UP_ECONFLICT,
                       "the assigned partitions were revoked before they were taken");
    source->awaited = KAFKA_ANSWER_NONE;
    kafka_pauses_lift(source);
    kafka_partitions_set(source, positions, count);
    return assign_table(source, err);
}

int kafka_source_unassign(struct kafka_source *source, struct up_err *err)
{
    UP_ASSERT(source->raw_count == 0);
    source->awaited = KAFKA_ANSWER_NONE;
    kafka_pauses_lift(source);
    kafka_partitions_set(source, NULL, 0);
    rd_kafka_resp_err_t code = rd_kafka_assign(source->rk, NULL);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return up_fail(err, UP_EIO, "cannot give up the partitions: %s", rd_kafka_err2str(code));
    return 0;
}

bool kafka_source_is_lost(const struct kafka_source *source)
{
    return rd_kafka_assignment_lost(source->rk) != 0;
}

/* rd_kafka_seek() does not revive a partition that stopped for its offset; assigning everything
 * again does. */
int kafka_source_seek(struct kafka_source *source, uint16_t topic, int32_t partition,
                      int64_t offset, struct up_err *err)
{
    UP_ASSERT(source->raw_count == 0);
    struct kafka_partition *sought = kafka_partition_of(source, topic, partition);
    if (source->awaited != KAFKA_ANSWER_NONE || sought == NULL)
        return up_fail(err, UP_ECONFLICT, "topic %s, partition %d is not ours to seek in just now",
                       source->topics[topic].name, (int)partition);
    kafka_guard_init(&sought->guard, offset);
    return assign_table(source, err);
}

void kafka_partition_reread(struct kafka_source *source, const struct kafka_partition *partition)
{
    /* Without a timeout it only asks; what was fetched before is out of date from now on. */
    (void)rd_kafka_seek(source->topics[partition->topic].handle, partition->number,
                        partition->guard.expected, 0);
}

/* ---- rebalances ------------------------------------------------------------------------------ */

static void keep_list(struct kafka_source *source, const rd_kafka_topic_partition_list_t *list)
{
    size_t count = list != NULL && list->cnt > 0 ? (size_t)list->cnt : 0;
    mem_reserve(&source->rebalanced, &source->rebalanced_capacity, count,
                sizeof *source->rebalanced);
    source->rebalanced_count = 0;
    for (size_t i = 0; i < count; i++) {
        size_t topic = kafka_topic_by_name(source, list->elems[i].topic);
        if (topic == source->topic_count)
            continue;
        source->rebalanced[source->rebalanced_count++] = (struct kafka_position){
            .topic = (uint16_t)topic, .partition = list->elems[i].partition, .offset = -1};
    }
}

void kafka_rebalance_on_change(rd_kafka_t *rk, rd_kafka_resp_err_t code,
                               rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct kafka_source *source = opaque;
    bool is_assigned = code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    if (!is_assigned && code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)
        (void)kafka_event_add(source, KAFKA_EVENT_TROUBLE, rd_kafka_err2str(code));
    if (source->is_closing || (!is_assigned && code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)) {
        (void)rd_kafka_assign(rk, NULL);
        return;
    }
    source->counts.rebalances++;
    keep_list(source, list);
    source->rebalance_is_new = true;
    source->awaited = is_assigned ? KAFKA_ANSWER_ASSIGN : KAFKA_ANSWER_UNASSIGN;
    source->rebalance = is_assigned                    ? KAFKA_REBALANCE_ASSIGNED
                        : rd_kafka_assignment_lost(rk) ? KAFKA_REBALANCE_LOST
                                                       : KAFKA_REBALANCE_REVOKED;
}

bool kafka_source_next_rebalance(struct kafka_source *source, struct kafka_rebalance *ret_rebalance)
{
    if (!source->rebalance_is_new)
        return false;
    source->rebalance_is_new = false;
    *ret_rebalance = (struct kafka_rebalance){.kind = source->rebalance,
                                              .partitions = source->rebalanced,
                                              .count = source->rebalanced_count};
    return true;
}

/* ---- leaving --------------------------------------------------------------------------------- */

static bool serve_until_closed(struct kafka_source *source, rd_kafka_queue_t *queue, int timeout_ms)
{
    rd_kafka_message_t *messages[CLOSE_BATCH];
    while (!rd_kafka_consumer_closed(source->rk)) {
        if (timeout_ms <= 0)
            return false;
        ssize_t got = rd_kafka_consume_batch_queue(queue, CLOSE_SLICE_MS, messages, CLOSE_BATCH);
        for (ssize_t i = 0; i < got; i++)
            rd_kafka_message_destroy(messages[i]);
        /* Messages that wait in the queue come at once; they are finite, for nothing is fetched any
         * more. */
        timeout_ms -= got < CLOSE_BATCH ? CLOSE_SLICE_MS : 0;
    }
    return true;
}

int kafka_source_close(struct kafka_source *source, int timeout_ms, struct up_err *err)
{
    kafka_source_release(source);
    source->is_closing = true;
    kafka_partitions_set(source, NULL, 0);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(source->rk);
    rd_kafka_error_t *error = rd_kafka_consumer_close_queue(source->rk, queue);
    if (error != NULL) {
        int code = up_fail(err, UP_EIO, "cannot leave the consumer group: %s",
                           rd_kafka_error_string(error));
        rd_kafka_error_destroy(error);
        rd_kafka_queue_destroy(queue);
        return code;
    }
    /* A revocation that waits for an answer gets it now, or the library would wait for it. */
    if (source->awaited != KAFKA_ANSWER_NONE)
        (void)rd_kafka_assign(source->rk, NULL);
    source->awaited = KAFKA_ANSWER_NONE;
    bool is_closed = serve_until_closed(source, queue, timeout_ms);
    rd_kafka_queue_destroy(queue);
    if (!is_closed)
        return up_fail(err, UP_EAGAIN, "the consumer group was not left within %d ms", timeout_ms);
    return 0;
}
