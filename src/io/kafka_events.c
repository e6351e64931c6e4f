/* What happened besides messages: ends, errors, losing and finding brokers. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "kafka_priv.h"

enum { FATAL_TEXT_MAX = 256 };

struct kafka_event *kafka_event_add(struct kafka_source *source, enum kafka_event_kind kind,
                                    const char *text)
{
    mem_reserve(&source->events, &source->event_capacity, source->event_count + 1,
                sizeof *source->events);
    struct kafka_event *event = &source->events[source->event_count++];
    *event = (struct kafka_event){.kind = kind, .partition = -1, .offset = -1, .to = -1};
    (void)snprintf(event->text, sizeof event->text, "%s", text);
    return event;
}

/* Whether messages that were drained together with the end came behind it. */
static bool is_overtaken(const struct kafka_source *source, const struct kafka_event *event)
{
    if (event->kind != KAFKA_EVENT_END)
        return false;
    const struct kafka_partition *partition =
        kafka_partition_of(source, event->topic, event->partition);
    return partition == NULL || partition->guard.expected != event->offset;
}

bool kafka_source_next_event(struct kafka_source *source, struct kafka_event *ret_event)
{
    while (source->event_first < source->event_count) {
        const struct kafka_event *event = &source->events[source->event_first++];
        if (is_overtaken(source, event))
            continue;
        *ret_event = *event;
        return true;
    }
    source->event_first = source->event_count = 0;
    return false;
}

static enum kafka_event_kind kind_of(rd_kafka_resp_err_t code)
{
    switch ((int)code) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        return KAFKA_EVENT_REFUSED;
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        return KAFKA_EVENT_TOPIC_GONE;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        return KAFKA_EVENT_OUT_OF_RANGE;
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
        return KAFKA_EVENT_LATE_POLL;
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
        return KAFKA_EVENT_DOWN;
    case RD_KAFKA_RESP_ERR__FATAL:
        return KAFKA_EVENT_FATAL;
    default:
        return KAFKA_EVENT_TROUBLE;
    }
}

void kafka_event_note(struct kafka_source *source, const rd_kafka_message_t *raw)
{
    const char *text = rd_kafka_message_errstr(raw);
    size_t topic = raw->rkt != NULL ? kafka_topic_by_name(source, rd_kafka_topic_name(raw->rkt))
                                    : source->topic_count;
    const struct kafka_partition *partition =
        topic < source->topic_count ? kafka_partition_of(source, topic, raw->partition) : NULL;
    enum kafka_event_kind kind = kind_of(raw->err);
    /* That of a partition that is not ours any more. */
    if (kind == KAFKA_EVENT_OUT_OF_RANGE && partition == NULL)
        return;
    struct kafka_event *event =
        kafka_event_add(source, kind, text != NULL ? text : rd_kafka_err2name(raw->err));
    if (partition != NULL) {
        event->topic = partition->topic;
        event->partition = partition->number;
        event->offset = partition->guard.expected;
    }
}

void kafka_event_note_up(struct kafka_source *source)
{
    source->is_down = false;
    (void)kafka_event_add(source, KAFKA_EVENT_UP, "");
}

void kafka_event_on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    struct kafka_source *source = opaque;
    char text[FATAL_TEXT_MAX];
    enum kafka_event_kind kind = kind_of((rd_kafka_resp_err_t)code);
    if (kind == KAFKA_EVENT_FATAL &&
        rd_kafka_fatal_error(rk, text, sizeof text) != RD_KAFKA_RESP_ERR_NO_ERROR)
        reason = text;
    if (kind == KAFKA_EVENT_DOWN) {
        if (source->is_down)
            return;
        source->is_down = true;
    }
    (void)kafka_event_add(source, kind, reason != NULL ? reason : "");
}
