/* Reads from librdkafka's statistics when the leader of each partition was last heard. */
#include <stdlib.h>
#include <string.h>

#include "kafka_priv.h"

/* Behind the next `mark` before `end`, or NULL. */
static const char *after(const char *text, const char *mark, const char *end)
{
    size_t length = strlen(mark);
    const char *found = memmem(text, (size_t)(end - text), mark, length);
    return found != NULL ? found + length : NULL;
}

/* One "name": { "topic": "name", "partition": 3 } after the other, up to the brace that closes them
 * all. */
static void note_partitions(struct kafka_source *source, const char *at, const char *end,
                            int64_t answered_us)
{
    while (at < end && *at != '}') {
        const char *name = after(at, "\"topic\":\"", end);
        const char *name_end = name != NULL ? memchr(name, '"', (size_t)(end - name)) : NULL;
        const char *number = name_end != NULL ? after(name_end, "\"partition\":", end) : NULL;
        const char *close = number != NULL ? memchr(number, '}', (size_t)(end - number)) : NULL;
        if (close == NULL)
            return;
        for (size_t i = 0; i < source->topic_count; i++) {
            const char *topic = source->topics[i].name;
            if (strlen(topic) != (size_t)(name_end - name) ||
                memcmp(topic, name, strlen(topic)) != 0)
                continue;
            struct kafka_partition *partition =
                kafka_partition_of(source, i, (int32_t)strtol(number, NULL, 10));
            if (partition != NULL && partition->answered_us < answered_us)
                partition->answered_us = answered_us;
        }
        at = close + 1;
        while (at < end && (*at == ' ' || *at == ','))
            at++;
    }
}

/* The brokers come first; each says its state, how long it has been silent, and what it leads. */
int kafka_stats_on_text(rd_kafka_t *rk, char *json, size_t length, void *opaque)
{
    (void)rk;
    struct kafka_source *source = opaque;
    const char *at = after(json, "\"brokers\":{", json + length);
    const char *end = at != NULL ? memmem(at, (size_t)(json + length - at), "\"topics\":{",
                                          strlen("\"topics\":{"))
                                 : NULL;
    if (end == NULL)
        return 0;
    bool was_heard = false;
    while (at != NULL) {
        const char *state = after(at, "\"state\":\"", end);
        const char *silence = state != NULL ? after(state, "\"rxidle\":", end) : NULL;
        at = silence != NULL ? after(silence, "\"toppars\":{", end) : NULL;
        if (at == NULL)
            break;
        int64_t silent_us = strtoll(silence, NULL, 10);
        if (strncmp(state, "UP\"", strlen("UP\"")) != 0 || silent_us < 0)
            continue;
        was_heard = true;
        while (at < end && *at == ' ')
            at++;
        note_partitions(source, at, end, source->now_us - silent_us);
    }
    if (source->is_down && was_heard)
        kafka_event_note_up(source);
    return 0;
}
