/* Fuzz target of the event decoder: no bytes crash it, and what it accepts keeps the bounds of
 * events.md. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"
#include "codec/event_decode.h"
#include "codec/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { PARTITIONS = 5, EVENT_BYTES_MAX = 65536, TEXT_BYTES_MAX = 128 };

static struct decoder *make_decoder(void)
{
    struct decoder_settings settings = {.max_event_bytes = EVENT_BYTES_MAX,
                                        .partitions = PARTITIONS,
                                        .partitioner = PARTITIONER_MURMUR2,
                                        .pseudonym_key = {42}};
    return decoder_new(&settings);
}

static void check_text(struct text text)
{
    UP_ASSERT(text.length <= TEXT_BYTES_MAX);
    for (uint32_t i = 0; i < text.length; i++)
        UP_ASSERT((uint8_t)text.bytes[i] >= ' ' && text.bytes[i] != 0x7f);
}

static void check_outcome(const struct outcome *outcome)
{
    UP_ASSERT(outcome->quality <= 10000);
    UP_ASSERT(outcome->has_quality || outcome->quality == 0);
    UP_ASSERT(outcome->cycle_ms <= UINT64_C(1000000000000));
    UP_ASSERT(outcome->effort_ds <= 10000000);
    UP_ASSERT(outcome->success != ANSWER_ABSENT || outcome->rework != ANSWER_ABSENT ||
              outcome->advice_correct != ANSWER_ABSENT ||
              outcome->initial_correct != ANSWER_ABSENT || outcome->has_quality ||
              outcome->cycle_ms > 0 || outcome->effort_ds > 0);
}

static void check_part(const struct event *event)
{
    switch (event->type) {
    case EVENT_USAGE:
        UP_ASSERT(event->has_user && event->usage.assist <= ASSIST_BYPASS);
        UP_ASSERT(event->usage.kind <= WORK_KIND_RELATIONAL);
        UP_ASSERT(event->usage.reason == REASON_ABSENT || event->usage.assist == ASSIST_BYPASS);
        check_text(event->usage.workflow);
        check_text(event->usage.capability);
        break;
    case EVENT_OVERRIDE:
        UP_ASSERT(event->has_user && event->has_task && event->decision.action <= ACTION_REJECT);
        UP_ASSERT(event->decision.reason <= REASON_OTHER);
        break;
    case EVENT_OUTCOME:
        UP_ASSERT(event->has_task && !event->has_user);
        check_outcome(&event->outcome);
        break;
    case EVENT_TRAINING:
        UP_ASSERT(event->has_user && event->training.program.length > 0);
        UP_ASSERT(event->training.seconds <= 36000000);
        UP_ASSERT(event->training.format <= FORMAT_PEER);
        check_text(event->training.program);
        break;
    case EVENT_PERSON:
        UP_ASSERT(event->has_user && event->person.status != STATUS_ABSENT);
        UP_ASSERT(event->person.status <= STATUS_MOVED);
        check_text(event->person.level);
        break;
    case EVENT_REDESIGN:
        UP_ASSERT(event->redesign.workflow.length > 0);
        check_text(event->redesign.workflow);
        check_text(event->redesign.label);
        break;
    case EVENT_PULSE:
        UP_ASSERT(event->has_user && event->pulse.question < QUESTIONS);
        UP_ASSERT(event->pulse.score >= 1 && event->pulse.score <= 5);
        break;
    case EVENT_TYPES:
        UP_ASSERT(false);
    }
}

static void check_event(const struct event *event)
{
    UP_ASSERT(event->type < EVENT_TYPES);
    UP_ASSERT(event->key.time_ms >= 0);
    UP_ASSERT(event->team.length > 0);
    check_text(event->team);
    check_part(event);
}

/* A line is the same event again, and for a decoder that has learned from no other. */
static void check_same(const struct event *a, const struct event *b)
{
    UP_ASSERT(a->type == b->type && a->key.time_ms == b->key.time_ms && a->key.hash == b->key.hash);
    UP_ASSERT(text_equal(a->team, b->team));
    UP_ASSERT(a->has_user == b->has_user && pseudonym_equal(a->user, b->user));
    UP_ASSERT(a->has_task == b->has_task && a->task.high == b->task.high &&
              a->task.low == b->task.low);
}

/* The bytes are a line of a file of events, so that headers, keys and partitions are reached too.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct decoder *decoder;
    static struct line_reader *reader;
    if (decoder == NULL) {
        decoder = make_decoder();
        reader = line_reader_new();
    }
    void *exact = mem_copy(bytes, length);
    struct line line;
    if (line_read(reader, exact, length, &line, NULL) == UP_OK) {
        struct decoder *young = make_decoder();
        struct event event, again, first;
        struct text detail = {0}, other = {0};
        enum reject reject = line_decode(decoder, &line, &event, &detail);
        UP_ASSERT(reject <= REJECT_MISROUTED || reject == REJECT_NONE);
        UP_ASSERT(reject == REJECT_NONE || detail.length > 0);
        UP_ASSERT(line_decode(decoder, &line, &again, &other) == reject);
        UP_ASSERT(line_decode(young, &line, &first, &other) == reject);
        if (reject == REJECT_NONE) {
            check_event(&event);
            check_same(&event, &again);
            check_same(&event, &first);
        }
        decoder_free(young);
    }
    mem_free(exact);
    decoder_reset(decoder);
    return 0;
}
