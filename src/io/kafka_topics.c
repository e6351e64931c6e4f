/* Asks the brokers about topics: whether they exist, how many partitions they have, where their
 * logs begin and end. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"
#include "kafka_priv.h"

/* librdkafka before 2.6.1 answers SCRAM's challenge in a way that Kafka 4 takes for a wrong password. */
enum { SLICE_MS = 500, PAUSE_MS = 100, SCRAM_VERSION_MIN = 0x02060100 };

/* ---- at the start ---------------------------------------------------------------------------- */

/* What the library told about connecting while a question waited; the newest of the gravest kind.
 */
struct trouble {
    enum kafka_event_kind kind;
    char text[KAFKA_EVENT_TEXT_MAX];
};

static void collect_trouble(struct kafka_source *source, struct trouble *trouble)
{
    rd_kafka_message_t *message = NULL;
    /* Nothing is subscribed to: only callbacks are served. */
    if (rd_kafka_consume_batch_queue(source->queue, PAUSE_MS, &message, 1) > 0) {
        kafka_event_note(source, message);
        rd_kafka_message_destroy(message);
    }
    struct kafka_event event;
    while (kafka_source_next_event(source, &event)) {
        if (event.kind == KAFKA_EVENT_DOWN ||
            (trouble->kind == KAFKA_EVENT_REFUSED && event.kind != trouble->kind))
            continue;
        trouble->kind = event.kind;
        memcpy(trouble->text, event.text, sizeof trouble->text);
    }
    source->is_down = false;
}

static int fail(struct kafka_topics_check *check, enum kafka_fault fault, struct up_err *err,
                enum up_code code, const char *what, const char *text)
{
    check->fault = fault;
    return up_fail(err, code, "%s%s", what, text);
}

static int fail_topic(struct kafka_topics_check *check, rd_kafka_resp_err_t code, const char *topic,
                      struct up_err *err)
{
    bool is_refused = code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
    check->fault = is_refused ? KAFKA_FAULT_REFUSED : KAFKA_FAULT_MISSING;
    if (is_refused)
        return up_fail(
            err, UP_EAUTH,
            "Kafka does not let us read about topic %s: give the user DESCRIBE and READ on it",
            topic);
    return up_fail(err, UP_EINVAL,
                   "topic %s does not exist; create it with the partitions it is to have", topic);
}

/* The number of partitions of one topic, 0 = to be asked again. */
static int ask_once(struct kafka_source *source, rd_kafka_topic_t *handle, int timeout_ms,
                    struct kafka_topics_check *check, int32_t *ret_partitions, struct up_err *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    if (rd_kafka_metadata(source->rk, 0, handle, &metadata, timeout_ms) !=
        RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    int code = 0;
    rd_kafka_resp_err_t topic_code = metadata->topic_cnt == 1
                                         ? metadata->topics[0].err
                                         : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    switch ((int)topic_code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        *ret_partitions = metadata->topics[0].partition_cnt;
        break;
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
        break;
    default:
        code = fail_topic(check, topic_code, rd_kafka_topic_name(handle), err);
    }
    rd_kafka_metadata_destroy(metadata);
    return code;
}

static int fail_refused(struct kafka_topics_check *check, const char *text, struct up_err *err)
{
    check->fault = KAFKA_FAULT_REFUSED;
    if (rd_kafka_version() < SCRAM_VERSION_MIN && strstr(text, "SCRAM") != NULL)
        return up_fail(
            err, UP_EAUTH,
            "Kafka refuses the login. Kafka 4 takes SCRAM from librdkafka 2.6.1 or newer "
            "only, this is %s: unless the password is wrong, use PLAIN over TLS: %s",
            rd_kafka_version_str(), text);
    return up_fail(err, UP_EAUTH, "Kafka refuses the connection: %s", text);
}

/* Asks in slices, so that a refused login is told at once and not after the whole of the time. */
static int ask_partitions(struct kafka_source *source, rd_kafka_topic_t *handle, int *left_ms,
                          struct kafka_topics_check *check, int32_t *ret_partitions,
                          struct up_err *err)
{
    struct trouble trouble = {.kind = KAFKA_EVENT_DOWN, .text = "no answer"};
    int32_t partitions = 0;
    for (;;) {
        int slice_ms = *left_ms < SLICE_MS ? *left_ms : SLICE_MS;
        int code = ask_once(source, handle, slice_ms, check, &partitions, err);
        if (code != 0)
            return code;
        if (partitions > 0)
            break;
        collect_trouble(source, &trouble);
        *left_ms -= slice_ms + PAUSE_MS;
        if (trouble.kind == KAFKA_EVENT_REFUSED)
            return fail_refused(check, trouble.text, err);
        if (*left_ms <= 0)
            return fail(check, KAFKA_FAULT_UNREACHABLE, err, UP_ECONN,
                        "no broker answers (kafka.bootstrap.servers): ", trouble.text);
    }
    *ret_partitions = partitions;
    return 0;
}

static int check_dead_letters(struct kafka_source *source, const char *name, int *left_ms,
                              struct kafka_topics_check *check, struct up_err *err)
{
    if (kafka_topic_by_name(source, name) < source->topic_count)
        return fail(check, KAFKA_FAULT_DEAD_LETTER, err, UP_EINVAL,
                    "the dead-letter topic may not be one of the input topics: ", name);
    rd_kafka_topic_t *handle = rd_kafka_topic_new(source->rk, name, NULL);
    if (handle == NULL)
        return fail(check, KAFKA_FAULT_MISSING, err, UP_EINVAL, "not a name of a topic: ", name);
    int32_t partitions = 0;
    int code = ask_partitions(source, handle, left_ms, check, &partitions, err);
    rd_kafka_topic_destroy(handle);
    return code;
}

int kafka_source_check_topics(struct kafka_source *source, const char *dead_letter_topic,
                              int timeout_ms, struct kafka_topics_check *ret_check,
                              struct up_err *err)
{
    struct kafka_topics_check *check = ret_check;
    *check = (struct kafka_topics_check){.fault = KAFKA_FAULT_NONE};
    int left_ms = timeout_ms;
    for (size_t i = 0; i < source->topic_count; i++) {
        int32_t partitions = 0;
        int code =
            ask_partitions(source, source->topics[i].handle, &left_ms, check, &partitions, err);
        if (code != 0)
            return code;
        if (i > 0 && partitions != check->partitions) {
            check->fault = KAFKA_FAULT_PARTITIONS;
            return up_fail(err, UP_EINVAL,
                           "topic %s has %d partitions and topic %s has %d: all input topics must "
                           "have the same number",
                           source->topics[0].name, (int)check->partitions, source->topics[i].name,
                           (int)partitions);
        }
        check->partitions = partitions;
    }
    return dead_letter_topic != NULL
               ? check_dead_letters(source, dead_letter_topic, &left_ms, check, err)
               : 0;
}

int kafka_source_ask_topics(const struct kafka_source_settings *settings,
                            const char *dead_letter_topic, int timeout_ms,
                            struct kafka_topics_check *ret_check, struct up_err *err)
{
    struct kafka_source *source = NULL;
    *ret_check = (struct kafka_topics_check){.fault = KAFKA_FAULT_NONE};
    int code = kafka_source_new(settings, &source, err);
    if (code == 0)
        code = kafka_source_check_topics(source, dead_letter_topic, timeout_ms, ret_check, err);
    kafka_source_free(source);
    return code;
}

/* ---- where the logs begin and end ------------------------------------------------------------ */

/* All in one request a leader. `which` stands where a time would: the broker takes -2 and -1 for
 * begin and end. */
static int query(const struct kafka_source *source, const struct kafka_range *ranges, size_t count,
                 int64_t which, int timeout_ms, int64_t *ret_offsets, struct up_err *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++) {
        UP_ASSERT(ranges[i].topic < source->topic_count);
        rd_kafka_topic_partition_list_add(list, source->topics[ranges[i].topic].name,
                                          ranges[i].partition)
            ->offset = which;
    }
    rd_kafka_resp_err_t answer = rd_kafka_offsets_for_times(source->rk, list, timeout_ms);
    int code = 0;
    for (size_t i = 0; i < count && code == 0; i++) {
        const char *topic = source->topics[ranges[i].topic].name;
        const rd_kafka_topic_partition_t *found =
            rd_kafka_topic_partition_list_find(list, topic, ranges[i].partition);
        rd_kafka_resp_err_t own = answer != RD_KAFKA_RESP_ERR_NO_ERROR ? answer : found->err;
        if (own != RD_KAFKA_RESP_ERR_NO_ERROR || found->offset < 0)
            code = up_fail(err, UP_EAGAIN, "cannot learn the offsets of topic %s, partition %d: %s",
                           topic, (int)ranges[i].partition, rd_kafka_err2str(own));
        else
            ret_offsets[i] = found->offset;
    }
    rd_kafka_topic_partition_list_destroy(list);
    return code;
}

int kafka_source_query_ranges(struct kafka_source *source, struct kafka_range *ranges, size_t count,
                              int timeout_ms, struct up_err *err)
{
    if (count == 0)
        return 0;
    int64_t *offsets = mem_alloc_array(2 * count, sizeof *offsets);
    int code =
        query(source, ranges, count, RD_KAFKA_OFFSET_BEGINNING, timeout_ms / 2, offsets, err);
    if (code == 0)
        code =
            query(source, ranges, count, RD_KAFKA_OFFSET_END, timeout_ms / 2, offsets + count, err);
    for (size_t i = 0; code == 0 && i < count; i++) {
        ranges[i].low = offsets[i];
        ranges[i].high = offsets[count + i];
    }
    mem_free(offsets);
    return code;
}
