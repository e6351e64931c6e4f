/* Reads the input topics: making the consumer and draining its queue. */
#include "io/kafka_source.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/panic.h"
#include "io/kafka_record.h"
#include "kafka_priv.h"

/* The versions 2.0 to 2.8 of librdkafka hand out values in the buffer in which they were received. */
enum { LIBRARY_TEXT_MAX = 256, PEEK_VERSION_FIRST = 0x02000000, PEEK_VERSION_END = 0x02090000 };

/* A queue that is full makes librdkafka wait before it fetches again: a second, unless the version
 * can be told 10 ms; where it cannot, large queues keep that from happening while reading lags. */
static const struct kafka_setting settings_table[] = {
    {"enable.auto.commit", "false", KAFKA_SETTING_FIXED},
    {"auto.commit.enable", NULL, KAFKA_SETTING_RESERVED},
    {"enable.auto.offset.store", "false", KAFKA_SETTING_FIXED},
    {"auto.offset.reset", "error", KAFKA_SETTING_FIXED},
    {"enable.partition.eof", "true", KAFKA_SETTING_FIXED},
    {"partition.assignment.strategy", "range", KAFKA_SETTING_FIXED},
    {"allow.auto.create.topics", "false", KAFKA_SETTING_FIXED},
    {"statistics.interval.ms", "5000", KAFKA_SETTING_FIXED},
    {"log.queue", "true", KAFKA_SETTING_FIXED},
    {"group.id", NULL, KAFKA_SETTING_RESERVED},
    {"group.instance.id", NULL, KAFKA_SETTING_RESERVED},
    {"group.protocol", NULL, KAFKA_SETTING_RESERVED},
    {"group.remote.assignor", NULL, KAFKA_SETTING_RESERVED},
    {"client.id", "uptake", KAFKA_SETTING_DEFAULT},
    {"fetch.queue.backoff.ms", "10", KAFKA_SETTING_KNOWN},
    {"queued.min.messages", "1000000", KAFKA_SETTING_FALLBACK},
    {"queued.max.messages.kbytes", "262144", KAFKA_SETTING_FALLBACK},
};

int kafka_source_check_property(const struct kafka_property *property, struct up_err *err)
{
    const struct kafka_property properties[] = {{.name = "bootstrap.servers", .value = "localhost"},
                                                *property};
    const struct kafka_client client = {.properties = properties, .property_count = 2};
    rd_kafka_conf_t *conf = NULL;
    int code = kafka_config_new(&client, settings_table,
                                sizeof settings_table / sizeof settings_table[0], &conf, err);
    if (code == 0)
        rd_kafka_conf_destroy(conf);
    return code;
}

static int make_conf(const struct kafka_source_settings *settings, rd_kafka_conf_t **ret_conf,
                     struct up_err *err)
{
    rd_kafka_conf_t *conf = NULL;
    int code = kafka_config_new(&settings->client, settings_table,
                                sizeof settings_table / sizeof settings_table[0], &conf, err);
    if (code != 0)
        return code;
    code = kafka_config_set(conf, "group.id", settings->group, err);
    if (code == 0 && settings->instance != NULL)
        code = kafka_config_set(conf, "group.instance.id", settings->instance, err);
    if (code != 0) {
        rd_kafka_conf_destroy(conf);
        return code;
    }
    rd_kafka_conf_set_rebalance_cb(conf, kafka_rebalance_on_change);
    rd_kafka_conf_set_error_cb(conf, kafka_event_on_error);
    rd_kafka_conf_set_offset_commit_cb(conf, kafka_flow_on_commit);
    rd_kafka_conf_set_stats_cb(conf, kafka_stats_on_text);
    *ret_conf = conf;
    return 0;
}

static int open_topics(struct kafka_source *source, const struct kafka_source_settings *settings,
                       struct up_err *err)
{
    source->topics = mem_alloc_array(settings->topic_count, sizeof *source->topics);
    source->topic_count = settings->topic_count;
    for (size_t i = 0; i < source->topic_count; i++) {
        const char *name = settings->topics[i];
        if (kafka_topic_by_name(source, name) < source->topic_count)
            return up_fail(err, UP_EINVAL, "topic %s is named twice", name);
        source->topics[i].name = mem_copy_text(name, strlen(name));
        source->topics[i].handle = rd_kafka_topic_new(source->rk, name, NULL);
        if (source->topics[i].handle == NULL)
            return up_fail(err, UP_EINVAL, "topic %s: %s", name,
                           rd_kafka_err2str(rd_kafka_last_error()));
    }
    return 0;
}

int kafka_source_new(const struct kafka_source_settings *settings, struct kafka_source **ret_source,
                     struct up_err *err)
{
    UP_ASSERT(settings->topic_count > 0 && settings->topic_count <= UINT16_MAX);
    rd_kafka_conf_t *conf = NULL;
    int code = make_conf(settings, &conf, err);
    if (code != 0)
        return code;
    struct kafka_source *source = mem_alloc(sizeof *source);
    source->logger =
        (struct kafka_logger){.log = settings->client.log, .owner = settings->client.log_owner};
    source->wake_fd = -1;
    source->peeks_headers =
        rd_kafka_version() >= PEEK_VERSION_FIRST && rd_kafka_version() < PEEK_VERSION_END;
    rd_kafka_conf_set_opaque(conf, source);
    char text[LIBRARY_TEXT_MAX];
    source->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    if (source->rk == NULL) {
        rd_kafka_conf_destroy(conf);
        mem_free(source);
        return up_fail(err, UP_EINVAL, "librdkafka cannot be set up: %s", text);
    }
    /* The queue that ends up with everything: messages, callbacks and log lines. */
    (void)rd_kafka_poll_set_consumer(source->rk);
    (void)rd_kafka_set_log_queue(source->rk, NULL);
    source->queue = rd_kafka_queue_get_consumer(source->rk);
    source->wake_fd = kafka_wake_new(source->queue, err);
    code = source->wake_fd < 0 ? source->wake_fd : open_topics(source, settings, err);
    if (code != 0) {
        kafka_source_free(source);
        return code;
    }
    *ret_source = source;
    return 0;
}

void kafka_source_free(struct kafka_source *source)
{
    if (source == NULL)
        return;
    kafka_source_release(source);
    for (size_t i = 0; i < source->topic_count; i++) {
        if (source->topics[i].handle != NULL)
            rd_kafka_topic_destroy(source->topics[i].handle);
        mem_free(source->topics[i].name);
        mem_free(source->topics[i].slots);
    }
    rd_kafka_queue_destroy(source->queue);
    rd_kafka_destroy_flags(source->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    if (source->wake_fd >= 0)
        (void)close(source->wake_fd);
    mem_free(source->topics);
    mem_free(source->partitions);
    mem_free(source->raw);
    mem_free(source->headers);
    mem_free(source->events);
    mem_free(source->rebalanced);
    mem_free(source);
}

int kafka_source_subscribe(struct kafka_source *source, struct up_err *err)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)source->topic_count);
    for (size_t i = 0; i < source->topic_count; i++)
        (void)rd_kafka_topic_partition_list_add(list, source->topics[i].name,
                                                RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(source->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return up_fail(err, UP_EIO, "cannot subscribe to the topics: %s", rd_kafka_err2str(code));
    return 0;
}

int kafka_source_fd(const struct kafka_source *source)
{
    return source->wake_fd;
}

/* ---- drain ----------------------------------------------------------------------------------- */

size_t kafka_topic_by_name(const struct kafka_source *source, const char *name)
{
    for (size_t i = 0; i < source->topic_count; i++) {
        if (source->topics[i].name != NULL && strcmp(source->topics[i].name, name) == 0)
            return i;
    }
    return source->topic_count;
}

static size_t topic_by_handle(const struct kafka_source *source, const rd_kafka_topic_t *handle)
{
    for (size_t i = 0; i < source->topic_count; i++) {
        if (source->topics[i].handle == handle)
            return i;
    }
    return kafka_topic_by_name(source, rd_kafka_topic_name(handle));
}

static void count_hole(struct kafka_source *source, const struct kafka_partition *partition,
                       int64_t from, int64_t to)
{
    source->counts.holes++;
    if (source->topics[partition->topic].holes++ >= KAFKA_HOLES_KNOWN)
        return;
    struct kafka_event *event = kafka_event_add(source, KAFKA_EVENT_HOLE, "");
    event->topic = partition->topic;
    event->partition = partition->number;
    event->offset = from;
    event->to = to;
}

/* Whether the message or end at `offset` is to be handed over. */
static bool admit(struct kafka_source *source, struct kafka_partition *partition, int64_t offset)
{
    int64_t expected = partition->guard.expected;
    bool has_holes = source->topics[partition->topic].holes >= KAFKA_HOLES_KNOWN;
    switch (kafka_guard_judge(&partition->guard, offset, source->batch, has_holes)) {
    case KAFKA_GUARD_TAKE:
        return true;
    case KAFKA_GUARD_HOLE:
        count_hole(source, partition, expected, offset);
        return true;
    case KAFKA_GUARD_DROP:
        source->counts.repeated += offset < expected;
        return false;
    case KAFKA_GUARD_REREAD:
        source->counts.rereads++;
        kafka_partition_reread(source, partition);
        return false;
    }
    return false;
}

/* The library takes 150 ns to find that there are no headers. The versions that are known to leave
 * a value where it was received let the record itself be looked at. Each drain tries it on its
 * first message; should the library ever find headers where the record has none, it is asked about
 * all from then on. */
static uint32_t take_headers(struct kafka_source *source, const rd_kafka_message_t *raw,
                             bool is_first)
{
    bool says_none = source->peeks_headers && kafka_record_has_no_headers(raw->payload, raw->len);
    if (says_none && !is_first)
        return 0;
    /* They are kept one behind the other; where they begin is filled in once the array moves no more. */
    size_t count =
        kafka_headers_append(raw, &source->headers, &source->header_capacity, source->header_count);
    source->header_count += count;
    if (says_none && count > 0)
        source->peeks_headers = false;
    return (uint32_t)count;
}

static void fill(struct kafka_source *source, const struct kafka_partition *partition,
                 const rd_kafka_message_t *raw, bool is_first, struct message *message)
{
    rd_kafka_timestamp_type_t type;
    *message = (struct message){
        .topic = partition->topic,
        .partition = partition->number,
        .offset = raw->offset,
        .timestamp_ms = rd_kafka_message_timestamp(raw, &type),
        .key = raw->key,
        .key_length = (uint32_t)raw->key_len,
        .value = raw->payload,
        .value_length = (uint32_t)raw->len,
        .header_count = take_headers(source, raw, is_first),
    };
}

static void link_headers(struct kafka_source *source, struct message *messages, size_t count)
{
    const struct message_header *next = source->headers;
    for (size_t i = 0; i < count && source->header_count > 0; i++) {
        if (messages[i].header_count == 0)
            continue;
        messages[i].headers = next;
        next += messages[i].header_count;
    }
}

/* The end of a partition; other errors are noted as they are. */
static void note_error(struct kafka_source *source, const rd_kafka_message_t *raw)
{
    if (raw->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        kafka_event_note(source, raw);
        return;
    }
    size_t topic = topic_by_handle(source, raw->rkt);
    struct kafka_partition *partition =
        topic < source->topic_count ? kafka_partition_of(source, topic, raw->partition) : NULL;
    if (partition == NULL || !admit(source, partition, raw->offset))
        return;
    partition->guard.expected = raw->offset;
    struct kafka_event *event = kafka_event_add(source, KAFKA_EVENT_END, "");
    event->topic = partition->topic;
    event->partition = partition->number;
    event->offset = raw->offset;
}

size_t kafka_source_drain(struct kafka_source *source, struct message *messages, size_t max,
                          int64_t now_us, bool *ret_more)
{
    UP_ASSERT(max > 0);
    UP_ASSERT(source->raw_count == 0);
    mem_reserve(&source->raw, &source->raw_capacity, max, sizeof(rd_kafka_message_t *));
    source->now_us = now_us;
    source->batch++;
    kafka_wake_clear(source->wake_fd);
    ssize_t got = rd_kafka_consume_batch_queue(source->queue, 0, source->raw, max);
    source->raw_count = got > 0 ? (size_t)got : 0;
    *ret_more = source->raw_count == max;

    size_t taken = 0;
    const rd_kafka_topic_t *handle = NULL;
    size_t topic = 0;
    for (size_t i = 0; i < source->raw_count; i++) {
        const rd_kafka_message_t *raw = source->raw[i];
        if (raw->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            note_error(source, raw);
            continue;
        }
        if (raw->rkt != handle) {
            handle = raw->rkt;
            topic = topic_by_handle(source, handle);
        }
        struct kafka_partition *partition =
            topic < source->topic_count ? kafka_partition_of(source, topic, raw->partition) : NULL;
        if (partition == NULL || !admit(source, partition, raw->offset))
            continue;
        partition->guard.expected = raw->offset + 1;
        fill(source, partition, raw, taken == 0, &messages[taken]);
        taken++;
    }
    link_headers(source, messages, taken);
    source->counts.messages += taken;
    if (source->is_down && taken > 0)
        kafka_event_note_up(source);
    if (taken == 0)
        kafka_source_release(source);
    return taken;
}

void kafka_source_release(struct kafka_source *source)
{
    for (size_t i = 0; i < source->raw_count; i++)
        rd_kafka_message_destroy(source->raw[i]);
    source->raw_count = 0;
    source->header_count = 0;
}
