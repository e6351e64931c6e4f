/* Sends rejected messages to the dead-letter topic. */
#include "io/dead_letters.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"
#include "codec/letter_headers.h"
#include "io/kafka_producer.h"

enum {
    ON_THEIR_WAY_MAX = 65536,
    QUEUE_KBYTES = 16384,
    AGAIN_BYTES_MAX = 1 << 24,
    AGAIN_AFTER_US = 1000000,
    FLUSH_SLICE_MS = 20,
    NUMBER_TEXT_MAX = 24,
};

/* How much of a letter goes; in the token beside its number. */
enum size_step { WHOLE, WITHOUT_VALUE, BARE };
enum { STEP_BITS = 2, STEP_MASK = 3 };

/* A letter that must go again; the bytes behind it are its own. */
struct again {
    struct again *next;
    int64_t due_us;
    size_t bytes;
    struct kafka_record record;
};

struct dead_letters {
    struct kafka_producer *producer;
    uint64_t sent;
    uint64_t acknowledged;
    uint64_t truncated;
    uint64_t
        arrived[ON_THEIR_WAY_MAX / 64]; /* bit by number: acknowledged ahead of an earlier one */
    struct again *first;
    struct again **last;
    size_t again_bytes;
    int64_t now_us;
    bool is_hasty; /* flushing: what failed goes again at once */
};

/* ---- what goes again ------------------------------------------------------------------------- */

static size_t record_bytes(const struct kafka_record *record)
{
    size_t bytes = sizeof(struct again) + record->key_length + record->value_length +
                   record->header_count * sizeof *record->headers;
    for (uint32_t i = 0; i < record->header_count; i++)
        bytes += record->headers[i].name.length + record->headers[i].value_length;
    return bytes;
}

static char *copy_behind(char **at, const void *bytes, size_t length)
{
    if (bytes == NULL)
        return NULL;
    char *copy = *at;
    if (length > 0)
        memcpy(copy, bytes, length);
    *at += length;
    return copy;
}

static void keep_for_later(struct dead_letters *letters, const struct kafka_record *record,
                           int64_t due_us)
{
    size_t bytes = record_bytes(record);
    struct again *again = mem_alloc(bytes);
    *again = (struct again){.due_us = due_us, .bytes = bytes, .record = *record};
    struct message_header *headers = (struct message_header *)(again + 1);
    char *at = (char *)(headers + record->header_count);
    for (uint32_t i = 0; i < record->header_count; i++) {
        headers[i] = record->headers[i];
        headers[i].name.bytes =
            copy_behind(&at, record->headers[i].name.bytes, record->headers[i].name.length);
        headers[i].value =
            copy_behind(&at, record->headers[i].value, record->headers[i].value_length);
    }
    again->record.headers = headers;
    again->record.key = copy_behind(&at, record->key, record->key_length);
    again->record.value = copy_behind(&at, record->value, record->value_length);
    again->record.partition = -1;
    *letters->last = again;
    letters->last = &again->next;
    letters->again_bytes += bytes;
}

static void send_due(struct dead_letters *letters)
{
    while (letters->first != NULL &&
           (letters->is_hasty || letters->first->due_us <= letters->now_us)) {
        struct again *again = letters->first;
        if (kafka_producer_send(letters->producer, &again->record, NULL) != KAFKA_SENT) {
            /* Full, or refused for now: it keeps its place. Sizes are settled before. */
            again->due_us = letters->now_us + AGAIN_AFTER_US;
            return;
        }
        letters->first = again->next;
        if (letters->first == NULL)
            letters->last = &letters->first;
        letters->again_bytes -= again->bytes;
        mem_free(again);
    }
}

/* ---- acknowledgements ------------------------------------------------------------------------ */

static void acknowledge(struct dead_letters *letters, uint64_t number)
{
    UP_ASSERT(number > letters->acknowledged && number <= letters->sent);
    letters->arrived[number % ON_THEIR_WAY_MAX / 64] |= UINT64_C(1) << (number % 64);
    for (;;) {
        uint64_t next = letters->acknowledged + 1;
        uint64_t bit = UINT64_C(1) << (next % 64);
        uint64_t *word = &letters->arrived[next % ON_THEIR_WAY_MAX / 64];
        if ((*word & bit) == 0)
            return;
        *word &= ~bit;
        letters->acknowledged = next;
    }
}

/* The record with less in it. Its headers are written to `headers`, which has room for one more. */
static struct kafka_record shrink(const struct kafka_record *record, struct message_header *headers,
                                  char number[static NUMBER_TEXT_MAX])
{
    struct kafka_record less = *record;
    enum size_step step = (enum size_step)(record->token & STEP_MASK);
    less.value = NULL;
    less.value_length = 0;
    if (step == WITHOUT_VALUE) {
        less.key = NULL;
        less.key_length = 0;
        less.header_count = LETTER_HEADERS; /* the last ones */
    }
    memmove(headers, record->headers + (record->header_count - less.header_count),
            less.header_count * sizeof *headers);
    if (step == WHOLE) {
        int length = snprintf(number, NUMBER_TEXT_MAX, "%" PRIu32, record->value_length);
        headers[less.header_count++] =
            (struct message_header){.name = text_of(letter_header_names[LETTER_TRUNCATED]),
                                    .value = number,
                                    .value_length = (uint32_t)length};
    }
    less.headers = headers;
    less.token =
        (record->token & ~(uintptr_t)STEP_MASK) | (uintptr_t)(step == WHOLE ? WITHOUT_VALUE : BARE);
    return less;
}

static void take_delivery(void *owner, enum kafka_delivery result,
                          const struct kafka_record *record, int64_t offset, const char *text)
{
    (void)offset;
    (void)text;
    struct dead_letters *letters = owner;
    if (result == KAFKA_DELIVERED) {
        acknowledge(letters, (uint64_t)record->token >> STEP_BITS);
        return;
    }
    if (result == KAFKA_DELIVERY_FAILED || (record->token & STEP_MASK) == BARE) {
        keep_for_later(letters, record, letters->now_us + AGAIN_AFTER_US);
        return;
    }
    letters->truncated += (record->token & STEP_MASK) == WHOLE;
    char number[NUMBER_TEXT_MAX];
    struct message_header *headers = mem_alloc_array(record->header_count + 1, sizeof *headers);
    struct kafka_record less = shrink(record, headers, number);
    keep_for_later(letters, &less, letters->now_us);
    mem_free(headers);
}

/* ---- sending --------------------------------------------------------------------------------- */

int dead_letters_new(const struct dead_letters_settings *settings,
                     struct dead_letters **ret_letters, struct up_err *err)
{
    struct dead_letters *letters = mem_alloc(sizeof *letters);
    letters->last = &letters->first;
    struct kafka_producer_settings producer = {
        .client = settings->client,
        .topics = &settings->topic,
        .topic_count = 1,
        .queue_kbytes = QUEUE_KBYTES,
        .keeps_trying = true,
        .delivered = take_delivery,
        .delivered_owner = letters,
    };
    int code = kafka_producer_new(&producer, &letters->producer, err);
    if (code != 0) {
        mem_free(letters);
        return code;
    }
    *ret_letters = letters;
    return 0;
}

void dead_letters_free(struct dead_letters *letters)
{
    if (letters == NULL)
        return;
    kafka_producer_free(letters->producer);
    while (letters->first != NULL) {
        struct again *again = letters->first;
        letters->first = again->next;
        mem_free(again);
    }
    mem_free(letters);
}

static struct message_header header_of(enum letter_header header, struct text value)
{
    return (struct message_header){.name = text_of(letter_header_names[header]),
                                   .value = value.bytes != NULL ? value.bytes : "",
                                   .value_length = value.length};
}

/* The library's queue takes it; one that it refuses for now (the topic is gone, or not ours to
 * write) waits. */
static int hand_over(struct dead_letters *letters, const struct kafka_record *record,
                     struct up_err *err)
{
    char number[NUMBER_TEXT_MAX];
    struct message_header *headers = mem_alloc_array(record->header_count + 1, sizeof *headers);
    struct kafka_record now = *record;
    enum kafka_send result = kafka_producer_send(letters->producer, &now, NULL);
    while (result == KAFKA_TOO_LARGE && (now.token & STEP_MASK) != BARE) {
        now = shrink(&now, headers, number);
        result = kafka_producer_send(letters->producer, &now, NULL);
    }
    if (result == KAFKA_REFUSED || result == KAFKA_TOO_LARGE)
        keep_for_later(letters, &now, letters->now_us + AGAIN_AFTER_US);
    if (result != KAFKA_FULL)
        letters->truncated += now.token != record->token;
    mem_free(headers);
    return result == KAFKA_FULL ? up_fail(err, UP_EAGAIN, "the queue of dead letters is full") : 0;
}

int dead_letters_send(struct dead_letters *letters, const struct dead_letter *letter,
                      struct up_err *err)
{
    const struct message *message = letter->message;
    if (letters->sent - letters->acknowledged >= ON_THEIR_WAY_MAX - 1 ||
        letters->again_bytes >= AGAIN_BYTES_MAX)
        return up_fail(err, UP_EAGAIN, "too many dead letters wait to be acknowledged");
    char partition[NUMBER_TEXT_MAX];
    char offset[NUMBER_TEXT_MAX];
    char timestamp[NUMBER_TEXT_MAX];
    (void)snprintf(partition, sizeof partition, "%" PRId32, message->partition);
    (void)snprintf(offset, sizeof offset, "%" PRId64, message->offset);
    (void)snprintf(timestamp, sizeof timestamp, "%" PRId64, message->timestamp_ms);
    const struct message_header own[] = {
        header_of(LETTER_REASON, letter->reason),  header_of(LETTER_DETAIL, letter->detail),
        header_of(LETTER_TOPIC, letter->topic),    header_of(LETTER_PARTITION, text_of(partition)),
        header_of(LETTER_OFFSET, text_of(offset)), header_of(LETTER_TIMESTAMP, text_of(timestamp)),
    };
    size_t own_count = sizeof own / sizeof own[0];
    struct message_header *headers =
        mem_alloc_array(message->header_count + own_count, sizeof *headers);
    if (message->header_count > 0)
        memcpy(headers, message->headers, message->header_count * sizeof *headers);
    memcpy(headers + message->header_count, own, sizeof own);
    struct kafka_record record = {
        .partition = -1,
        .key = message->key,
        .key_length = message->key_length,
        .value = message->value,
        .value_length = message->value_length,
        .headers = headers,
        .header_count = message->header_count + (uint32_t)own_count,
        .token = (uintptr_t)(letters->sent + 1) << STEP_BITS | WHOLE,
    };
    int code = hand_over(letters, &record, err);
    mem_free(headers);
    if (code == 0)
        letters->sent++;
    return code;
}

int dead_letters_fd(const struct dead_letters *letters)
{
    return kafka_producer_fd(letters->producer);
}

void dead_letters_poll(struct dead_letters *letters, int64_t now_us)
{
    letters->now_us = now_us;
    kafka_producer_poll(letters->producer, 0);
    send_due(letters);
}

uint64_t dead_letters_sent(const struct dead_letters *letters)
{
    return letters->sent;
}

uint64_t dead_letters_acknowledged(const struct dead_letters *letters)
{
    return letters->acknowledged;
}

uint64_t dead_letters_truncated(const struct dead_letters *letters)
{
    return letters->truncated;
}

const char *dead_letters_trouble(const struct dead_letters *letters)
{
    /* The library tells when a broker is lost, but not when it is back. */
    return letters->acknowledged < letters->sent ? kafka_producer_trouble(letters->producer) : "";
}

int dead_letters_flush(struct dead_letters *letters, int timeout_ms, struct up_err *err)
{
    letters->is_hasty = true;
    for (int left_ms = timeout_ms; letters->acknowledged < letters->sent && left_ms > 0;
         left_ms -= FLUSH_SLICE_MS) {
        send_due(letters);
        /* With nothing on its way a flush would not wait for the library to think better of it. */
        const struct kafka_producer_counts *counts = kafka_producer_counts(letters->producer);
        if (counts->sent > counts->delivered + counts->failed)
            (void)kafka_producer_flush(letters->producer, FLUSH_SLICE_MS, NULL);
        else
            kafka_producer_poll(letters->producer, FLUSH_SLICE_MS);
    }
    letters->is_hasty = false;
    if (letters->acknowledged == letters->sent)
        return 0;
    return up_fail(
        err, UP_EAGAIN, "%" PRIu64 " dead letters were not acknowledged within %d ms: %s",
        letters->sent - letters->acknowledged, timeout_ms, dead_letters_trouble(letters));
}
