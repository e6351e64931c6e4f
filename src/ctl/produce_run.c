/* Sends a file of events to Kafka. */
#include "ctl/produce_run.h"

#include <stdio.h>

#include "codec/json_reader.h"
#include "codec/line.h"
#include "ctl/pace.h"
#include "ctl/progress.h"
#include "io/file_source.h"
#include "io/kafka_producer.h"
#include "io/kafka_source.h"

enum {
    DEPTH_MAX = 500,
    TOLD_MAX = 5,
    POLL_EVERY = 128,
    WAIT_MS = 20,
    FLUSH_MS = 200,
    PLAIN_PARTITION = 0,
    ANY_PARTITION = -1
};
/* Less than a broker in memory keeps of one partition, even if all of it went there uncompressed.
 */
enum { AHEAD_BYTES = 4 * 1024 * 1024 };

struct producing {
    const struct produce_options *options;
    struct file_source *source;
    struct kafka_producer *producer;
    struct line_reader *reader;
    struct json_reader *json; /* looks for the team of a plain line */
    struct json_names envelope, data;
    struct progress progress;
    struct pace pace;
    uint64_t lines, refused, told;
};

/* ---- what went wrong ------------------------------------------------------------------------ */

static void tell(struct producing *producing, uint64_t line, const char *text)
{
    if (producing->told++ >= TOLD_MAX)
        return;
    progress_clear(&producing->progress);
    fprintf(stderr, "line %llu: %s\n", (unsigned long long)line, text);
    if (producing->told == TOLD_MAX)
        fprintf(stderr, "more of that kind is only counted\n");
}

static void refuse(struct producing *producing, const char *text)
{
    producing->refused++;
    tell(producing, producing->lines, text);
}

static void note_delivery(void *owner, enum kafka_delivery result,
                          const struct kafka_record *record, int64_t offset, const char *text)
{
    (void)offset;
    if (result != KAFKA_DELIVERED)
        tell(owner, record->token, text);
}

/* ---- one line -------------------------------------------------------------------------------- */

/* The team of a structured event, absent when it has none that can be read. */
static struct text find_team(struct producing *producing, struct text event)
{
    struct json_value root, data, team;
    if (json_reader_parse(producing->json, event.bytes, event.length, &root) != NULL ||
        root.kind != JSON_OBJECT)
        return (struct text){0};
    (void)json_reader_pick(&root, &producing->envelope, &data);
    if (data.kind != JSON_OBJECT)
        return (struct text){0};
    (void)json_reader_pick(&data, &producing->data, &team);
    return team.kind == JSON_STRING ? team.text : (struct text){0};
}

/* False when no topic of that name was given. Plain lines are in the topic `uptake`. */
static bool find_topic(const struct produce_options *options, const struct line *line,
                       uint16_t *ret_topic)
{
    size_t topic = 0;
    while (topic < options->topic_count &&
           !text_equal(text_of(options->topics[topic]), line->topic))
        topic++;
    if (topic == options->topic_count && text_equal(line->topic, text_of("uptake")))
        topic = 0;
    *ret_topic = (uint16_t)topic;
    return topic < options->topic_count;
}

/* False when the line was refused. */
static bool make_record(struct producing *producing, struct text text, struct line *line,
                        struct kafka_record *record)
{
    struct up_err err;
    if (line_read(producing->reader, text.bytes, text.length, line, &err) != UP_OK) {
        refuse(producing, err.text);
        return false;
    }
    const struct message *message = &line->message;
    *record =
        (struct kafka_record){.partition = line->has_partition ? message->partition : ANY_PARTITION,
                              .key = message->key,
                              .key_length = message->key_length,
                              .value = message->value,
                              .value_length = message->value_length,
                              .header_count = message->header_count,
                              .headers = message->headers,
                              .token = (uintptr_t)producing->lines};
    if (!find_topic(producing->options, line, &record->topic)) {
        refuse(producing, "its topic was not given; name it with one more --topic");
        return false;
    }
    if (line->has_partition && message->partition < 0) {
        refuse(producing, "its partition is no partition number");
        return false;
    }
    if (line->plain) {
        struct text team = find_team(producing, text);
        record->key = team.length > 0 ? team.bytes : NULL;
        record->key_length = team.length;
        record->partition = team.length > 0 ? ANY_PARTITION : PLAIN_PARTITION;
    }
    return true;
}

static void show(struct producing *producing)
{
    const struct kafka_producer_counts *counts = kafka_producer_counts(producing->producer);
    progress_show(&producing->progress, counts->delivered, file_source_progress(producing->source));
}

static void send_record(struct producing *producing, const struct kafka_record *record)
{
    struct up_err err;
    for (;;) {
        switch (kafka_producer_send(producing->producer, record, &err)) {
        case KAFKA_SENT:
            return;
        case KAFKA_TOO_LARGE:
            refuse(producing, "longer than message.max.bytes");
            return;
        case KAFKA_REFUSED:
            refuse(producing, err.text);
            return;
        case KAFKA_FULL:
            kafka_producer_poll(producing->producer, WAIT_MS);
            show(producing);
        }
    }
}

/* ---- the whole file ------------------------------------------------------------------------- */

static void keep_rate(struct producing *producing)
{
    double rate = producing->options->rate;
    bool due = producing->lines % POLL_EVERY == 0;
    while (rate > 0 && (double)producing->lines > progress_elapsed_s(&producing->progress) * rate) {
        kafka_producer_poll(producing->producer, 1);
        due = true;
    }
    if (due) {
        kafka_producer_poll(producing->producer, 0);
        show(producing);
    }
}

/* Waits while the reader is too far behind. */
static int keep_near(struct producing *producing, const struct kafka_record *record,
                     struct up_err *err)
{
    bool wait = false;
    pace_note(&producing->pace, record->value_length);
    int code = pace_check(&producing->pace, &wait, err);
    while (code == UP_OK && wait) {
        kafka_producer_poll(producing->producer, WAIT_MS);
        show(producing);
        code = pace_check(&producing->pace, &wait, err);
    }
    return code;
}

static int send_lines(struct producing *producing, struct up_err *err)
{
    struct text text;
    struct line line;
    struct kafka_record record;
    int code;
    while ((code = file_source_next(producing->source, &text, err)) > 0) {
        producing->lines++;
        if (make_record(producing, text, &line, &record)) {
            code = keep_near(producing, &record, err);
            if (code != UP_OK)
                return code;
            send_record(producing, &record);
        }
        keep_rate(producing);
    }
    return code;
}

/* Until every record has met its fate: librdkafka gives each up in time. */
static void await_deliveries(struct producing *producing)
{
    while (kafka_producer_flush(producing->producer, FLUSH_MS, NULL) != UP_OK)
        show(producing);
}

/* Is there a broker, does it know us, and are the topics there? */
static int check_topics(const struct produce_options *options, struct up_err *err)
{
    const struct kafka_source_settings settings = {.client = options->client,
                                                   .topics = options->topics,
                                                   .topic_count = options->topic_count,
                                                   .group = "uptakectl-produce"};
    struct kafka_topics_check check;
    return kafka_source_ask_topics(&settings, NULL, (int)options->reach_s * 1000, &check, err);
}

static int open_all(struct producing *producing, struct up_err *err)
{
    static const char *const envelope[] = {"data"};
    static const char *const data[] = {"team"};
    const struct produce_options *options = producing->options;
    json_names_init(&producing->envelope, envelope, 1);
    json_names_init(&producing->data, data, 1);
    producing->reader = line_reader_new();
    producing->json = json_reader_new(DEPTH_MAX);
    int code = UP_OK;
    producing->source = options->source;
    if (producing->source == NULL)
        code = file_source_open(options->path, &producing->source, err);
    if (code == UP_OK)
        code = check_topics(options, err);
    if (code != UP_OK)
        return code;
    progress_begin(&producing->progress, "events", options->quiet);
    const struct kafka_producer_settings settings = {.client = options->client,
                                                     .topics = options->topics,
                                                     .topic_count = options->topic_count,
                                                     .partitioner = options->partitioner,
                                                     .compression = options->compression,
                                                     .delivered = note_delivery,
                                                     .delivered_owner = producing};
    return kafka_producer_new(&settings, &producing->producer, err);
}

int produce_run(const struct produce_options *options, struct produce_counts *ret_counts,
                struct up_err *err)
{
    struct producing producing = {.options = options};
    pace_init(&producing.pace, options->metrics_url, AHEAD_BYTES);
    int code = open_all(&producing, err);
    if (code == UP_OK) {
        code = send_lines(&producing, err);
        await_deliveries(&producing);
    }
    progress_clear(&producing.progress);
    *ret_counts = (struct produce_counts){.lines = producing.lines, .failed = producing.refused};
    if (producing.producer != NULL) {
        const struct kafka_producer_counts *counts = kafka_producer_counts(producing.producer);
        ret_counts->delivered = counts->delivered;
        ret_counts->failed += counts->failed;
        ret_counts->elapsed_s = progress_elapsed_s(&producing.progress);
    }
    pace_done(&producing.pace);
    kafka_producer_free(producing.producer);
    file_source_close(producing.source);
    line_reader_free(producing.reader);
    json_reader_free(producing.json);
    return code;
}
