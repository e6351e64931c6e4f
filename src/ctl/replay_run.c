/* Sends dead letters once more to where they came from. */
#include "ctl/replay_run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/event_headers.h"
#include "codec/json_reader.h"
#include "codec/letter_headers.h"
#include "ctl/progress.h"
#include "io/kafka_producer.h"
#include "io/kafka_scan.h"
#include "io/kafka_source.h"

enum { DEPTH_MAX = 500, WAIT_MS = 20, FLUSH_MS = 200, POLL_EVERY = 128, TOLD_MAX = 5 };
enum { OFFSET_BITS = 48, PARTITIONS_MAX = 1 << 16 };

/* Where one partition of the topic of dead letters stands. */
struct place {
    int64_t after;  /* done up to this offset; -1 = nothing yet */
    int64_t failed; /* the first letter that was not taken, INT64_MAX = none */
};

struct replay {
    const struct replay_options *options;
    struct kafka_scan *scan;
    struct kafka_producer *producer; /* NULL = not sending */
    struct json_reader *json;
    struct json_names type_name;
    struct place *places;
    int32_t partitions; /* of the topics that letters go to */
    uint64_t taken, delivered, failed, told;
    bool is_refused; /* a broker does not take letters for now */
    char refusal[UP_ERR_TEXT_MAX];
    struct progress progress;
};

/* ---- opening ----------------------------------------------------------------------------------- */

static struct kafka_client client_of(const struct replay_options *options)
{
    return (struct kafka_client){.properties = options->config->kafka_properties,
                                 .property_count = options->config->kafka_property_count};
}

/* "0:17,3:4" */
static int read_after(struct replay *replay, struct up_err *err)
{
    const char *at = replay->options->after;
    while (at != NULL && *at != '\0') {
        char *colon, *end;
        long long partition = strtoll(at, &colon, 10);
        long long offset = *colon == ':' ? strtoll(colon + 1, &end, 10) : -1;
        if (colon == at || *colon != ':' || end == colon + 1 || (*end != ',' && *end != '\0') ||
            partition < 0 || offset < 0)
            return up_fail(err, UP_EINVAL, "--after: '%s' is not PARTITION:OFFSET,...",
                           replay->options->after);
        if (partition >= kafka_scan_partitions(replay->scan))
            return up_fail(err, UP_EINVAL, "--after: %s has no partition %lld",
                           replay->options->config->dead_letter_topic, partition);
        replay->places[partition].after = offset;
        kafka_scan_skip(replay->scan, (int32_t)partition, offset + 1);
        at = *end == ',' ? end + 1 : end;
    }
    return UP_OK;
}

static int open_scan(struct replay *replay, struct up_err *err)
{
    const struct replay_options *options = replay->options;
    const struct kafka_scan_settings settings = {.client = client_of(options),
                                                 .topic = options->config->dead_letter_topic,
                                                 .from_ms = options->from_ms,
                                                 .timeout_ms = options->timeout_ms};
    int code = kafka_scan_new(&settings, &replay->scan, err);
    if (code != UP_OK)
        return code;
    int32_t count = kafka_scan_partitions(replay->scan);
    if (count > PARTITIONS_MAX)
        return up_fail(err, UP_EINVAL, "%s has more than %d partitions", settings.topic,
                       PARTITIONS_MAX);
    replay->places = mem_alloc_array((size_t)count, sizeof *replay->places);
    for (int32_t p = 0; p < count; p++)
        replay->places[p] = (struct place){.after = -1, .failed = INT64_MAX};
    return read_after(replay, err);
}

int replay_open(const struct replay_options *options, struct replay **ret_replay,
                struct up_err *err)
{
    static const char *const type[] = {"type"};
    const struct config *config = options->config;
    const struct kafka_source_settings inputs = {.client = client_of(options),
                                                 .topics = config->topics.items,
                                                 .topic_count = config->topics.count,
                                                 .group = "uptakectl-replay"};
    struct kafka_topics_check check;
    int code = kafka_source_ask_topics(&inputs, config->dead_letter_topic, options->timeout_ms,
                                       &check, err);
    if (code != UP_OK)
        return code;
    struct replay *replay = mem_alloc(sizeof *replay);
    replay->options = options;
    replay->partitions = check.partitions;
    replay->json = json_reader_new(DEPTH_MAX);
    json_names_init(&replay->type_name, type, 1);
    code = open_scan(replay, err);
    if (code != UP_OK) {
        replay_free(replay);
        return code;
    }
    *ret_replay = replay;
    return UP_OK;
}

void replay_free(struct replay *replay)
{
    if (replay == NULL)
        return;
    kafka_producer_free(replay->producer);
    kafka_scan_free(replay->scan);
    json_reader_free(replay->json);
    mem_free(replay->places);
    mem_free(replay);
}

/* ---- one letter -------------------------------------------------------------------------------- */

enum fate { FATE_GOES, FATE_UNASKED, FATE_FOREIGN, FATE_ELSEWHERE, FATE_TRUNCATED };

static bool is_among(struct text text, const struct option_texts *wanted)
{
    size_t i = 0;
    while (i < wanted->count && !text_equal(text, text_of(wanted->items[i])))
        i++;
    return wanted->count == 0 || i < wanted->count;
}

/* FATE_GOES fills *ret_record but for partition and token. */
static enum fate judge(const struct replay *replay, const struct message *letter,
                       struct letter_origin *ret_origin, struct kafka_record *ret_record)
{
    const struct replay_options *options = replay->options;
    const struct config_list *topics = &options->config->topics;
    size_t topic = 0;
    if (letter->timestamp_ms < options->from_ms || letter->timestamp_ms >= options->to_ms)
        return FATE_UNASKED;
    if (!letter_headers_read(letter, ret_origin))
        return FATE_FOREIGN;
    if (!is_among(ret_origin->reason, options->reasons) ||
        !is_among(ret_origin->topic, options->topics))
        return FATE_UNASKED;
    while (topic < topics->count && !text_equal(ret_origin->topic, text_of(topics->items[topic])))
        topic++;
    if (topic == topics->count)
        return FATE_ELSEWHERE;
    if (ret_origin->is_truncated)
        return FATE_TRUNCATED;
    *ret_record = (struct kafka_record){.topic = (uint16_t)topic,
                                        .timestamp_ms = ret_origin->timestamp_ms >= 0
                                                            ? ret_origin->timestamp_ms
                                                            : letter->timestamp_ms,
                                        .key = letter->key,
                                        .key_length = letter->key_length,
                                        .value = letter->value,
                                        .value_length = letter->value_length,
                                        .header_count = ret_origin->header_count,
                                        .headers = letter->headers};
    return FATE_GOES;
}

/* Where the partitioner puts the key. */
static int32_t fitting_partition(const struct replay *replay, const struct message *letter)
{
    return partitioner_partition(replay->options->config->partitioner, letter->key,
                                 letter->key_length, replay->partitions);
}

/* The type that the event says it is of, absent where none can be read. */
static struct text type_of(struct replay *replay, const struct message *letter,
                           const struct letter_origin *origin)
{
    struct text attributes[ENVELOPE_ATTRIBUTES];
    struct message message = *letter;
    struct json_value root, type;
    message.header_count = origin->header_count;
    if (event_headers_read(&message, attributes))
        return attributes[ENVELOPE_TYPE];
    if (json_reader_parse(replay->json, letter->value, letter->value_length, &root) != NULL ||
        root.kind != JSON_OBJECT)
        return (struct text){0};
    (void)json_reader_pick(&root, &replay->type_name, &type);
    return type.kind == JSON_STRING ? type.text : (struct text){0};
}

/* ---- counting ---------------------------------------------------------------------------------- */

static void count_letter(struct replay *replay, const struct message *letter,
                         struct replay_counts *counts)
{
    struct letter_origin origin;
    struct kafka_record record;
    switch (judge(replay, letter, &origin, &record)) {
    case FATE_GOES:
        counts->letters++;
        counts->beyond += origin.partition >= replay->partitions;
        counts->misplaced +=
            letter->key != NULL && fitting_partition(replay, letter) != origin.partition;
        letter_tally_add(&counts->tally, origin.reason, type_of(replay, letter, &origin),
                         origin.topic, letter->timestamp_ms);
        break;
    case FATE_FOREIGN:
        counts->foreign++;
        break;
    case FATE_ELSEWHERE:
        counts->elsewhere++;
        break;
    case FATE_TRUNCATED:
        counts->truncated++;
        break;
    case FATE_UNASKED:
        break;
    }
}

int replay_count(struct replay *replay, struct replay_counts *ret_counts, struct up_err *err)
{
    struct message letter;
    *ret_counts = (struct replay_counts){.letters = 0};
    progress_begin(&replay->progress, "dead letters", replay->options->quiet);
    int code = kafka_scan_start(replay->scan, err);
    uint64_t seen = 0;
    while (code == UP_OK && *replay->options->stop == 0) {
        code = kafka_scan_next(replay->scan, FLUSH_MS, &letter, err);
        if (code == 0)
            break;
        if (code == 1)
            count_letter(replay, &letter, ret_counts);
        seen += code == 1;
        code = code < 0 && code != UP_EAGAIN ? code : UP_OK;
        progress_show(&replay->progress, seen, kafka_scan_share(replay->scan));
    }
    progress_clear(&replay->progress);
    return code;
}

/* ---- sending ----------------------------------------------------------------------------------- */

static void note_failure(struct replay *replay, uintptr_t token, const char *text)
{
    struct place *place = &replay->places[token >> OFFSET_BITS];
    int64_t offset = (int64_t)(token & ((UINT64_C(1) << OFFSET_BITS) - 1));
    replay->failed++;
    place->failed = offset < place->failed ? offset : place->failed;
    if (replay->told++ >= TOLD_MAX)
        return;
    progress_clear(&replay->progress);
    fprintf(stderr, "dead letter %d:%" PRId64 ": %s\n", (int)(token >> OFFSET_BITS), offset, text);
}

static void refuse(struct replay *replay, const char *text)
{
    replay->is_refused = true;
    (void)snprintf(replay->refusal, sizeof replay->refusal, "%s", text);
}

static void note_delivery(void *owner, enum kafka_delivery result,
                          const struct kafka_record *record, int64_t offset, const char *text)
{
    struct replay *replay = owner;
    (void)offset;
    replay->delivered += result == KAFKA_DELIVERED;
    if (result != KAFKA_DELIVERED)
        note_failure(replay, record->token, text);
    if (result == KAFKA_DELIVERY_FAILED)
        refuse(replay, text);
}

static void show(struct replay *replay)
{
    progress_show(&replay->progress, replay->delivered, kafka_scan_share(replay->scan));
}

/* False: it was not taken, and nothing more should be sent. */
static bool send_record(struct replay *replay, const struct kafka_record *record)
{
    struct up_err err;
    for (;;) {
        switch (kafka_producer_send(replay->producer, record, &err)) {
        case KAFKA_SENT:
            return true;
        case KAFKA_TOO_LARGE:
            note_failure(replay, record->token, "longer than message.max.bytes");
            return true;
        case KAFKA_REFUSED:
            refuse(replay, err.text);
            return false;
        case KAFKA_FULL:
            kafka_producer_poll(replay->producer, WAIT_MS);
            show(replay);
            if (replay->is_refused || *replay->options->stop != 0)
                return false;
        }
    }
}

static bool send_letter(struct replay *replay, const struct message *letter)
{
    struct letter_origin origin;
    struct kafka_record record;
    if (judge(replay, letter, &origin, &record) == FATE_GOES) {
        bool moves = replay->options->repartition || origin.partition >= replay->partitions;
        record.partition = moves ? fitting_partition(replay, letter) : origin.partition;
        record.token = (uintptr_t)letter->partition << OFFSET_BITS | (uintptr_t)letter->offset;
        if (!send_record(replay, &record))
            return false;
        replay->taken++;
    }
    replay->places[letter->partition].after = letter->offset;
    return true;
}

static bool may_go_on(const struct replay *replay)
{
    const struct replay_options *options = replay->options;
    return !replay->is_refused && *options->stop == 0 &&
           (options->limit == 0 || replay->taken < options->limit);
}

/* *ret_complete: all was read. */
static int send_letters(struct replay *replay, bool *ret_complete, struct up_err *err)
{
    struct message letter;
    for (uint64_t seen = 1;; seen++) {
        int code = kafka_scan_next(replay->scan, WAIT_MS, &letter, err);
        *ret_complete = code == 0;
        if (code != 1 && code != UP_EAGAIN)
            return code;
        /* Looked at before each letter, so that a range that ends at the limit is known to be complete. */
        if (!may_go_on(replay) || (code == 1 && !send_letter(replay, &letter)))
            return UP_OK;
        if (code == UP_EAGAIN || seen % POLL_EVERY == 0) {
            kafka_producer_poll(replay->producer, 0);
            show(replay);
        }
    }
}

/* Behind the last letter of each partition before which none was left out. */
static void say_after(const struct replay *replay, struct strbuf *after)
{
    for (int32_t p = 0; p < kafka_scan_partitions(replay->scan); p++) {
        const struct place *place = &replay->places[p];
        bool has_failed = replay->is_refused && place->failed <= place->after;
        int64_t offset = has_failed ? place->failed - 1 : place->after;
        if (offset >= 0)
            strbuf_add_format(after, "%s%d:%" PRId64, after->length > 0 ? "," : "", (int)p, offset);
    }
}

static int open_producer(struct replay *replay, struct up_err *err)
{
    const struct config *config = replay->options->config;
    const struct kafka_producer_settings settings = {.client = client_of(replay->options),
                                                     .topics = config->topics.items,
                                                     .topic_count = config->topics.count,
                                                     .partitioner = config->partitioner_name,
                                                     .compression = "lz4",
                                                     .delivered = note_delivery,
                                                     .delivered_owner = replay};
    return kafka_producer_new(&settings, &replay->producer, err);
}

int replay_send(struct replay *replay, struct replay_result *ret_result, struct up_err *err)
{
    bool is_complete = false;
    progress_begin(&replay->progress, "letters", replay->options->quiet);
    int code = open_producer(replay, err);
    if (code == UP_OK)
        code = kafka_scan_start(replay->scan, err);
    if (code == UP_OK) {
        code = send_letters(replay, &is_complete, err);
        while (kafka_producer_flush(replay->producer, FLUSH_MS, NULL) != UP_OK)
            show(replay);
    }
    progress_clear(&replay->progress);
    *ret_result = (struct replay_result){.sent = replay->delivered,
                                         .failed = replay->failed,
                                         .elapsed_s = progress_elapsed_s(&replay->progress),
                                         .is_complete = is_complete && !replay->is_refused};
    if (!ret_result->is_complete)
        say_after(replay, &ret_result->after);
    if (code == UP_OK && replay->is_refused)
        return up_fail(err, UP_EIO, "not all was taken: %s", replay->refusal);
    return code;
}
