/* A request to one receiver: put together, sent, judged by its answer. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/panic.h"
#include "codec/webhook_signature.h"
#include "delivery_priv.h"

enum { ANSWER_BYTES_MAX = 64 * 1024, NOTIFY_BYTES_MAX = 8000, STREAM_BATCH = 16 };

int32_t delivery_batch(const struct delivery_receiver *receiver)
{
    /* After a failure one alone: it may be the one that is not taken. */
    if (receiver->kind == RECEIVER_WEBHOOK || receiver->counts.is_failing)
        return 1;
    return receiver->kind == RECEIVER_ALERTMANAGER ? DELIVERY_BATCH : STREAM_BATCH;
}

/* ---- putting together ------------------------------------------------------------------------------------------------ */

void delivery_begin(struct delivery_receiver *receiver, bool is_repeat)
{
    receiver->count = 0;
    receiver->is_repeat = is_repeat;
    receiver->error[0] = '\0';
    strbuf_reset(&receiver->body);
}

/* The number of its partition where that is ours, else NULL. */
static const struct owned *owner_of(const struct delivery_desk *desk,
                                    const struct delivery *delivery)
{
    struct text digits = delivery->alert.partition;
    int64_t partition = 0;
    for (uint32_t i = 0; i < digits.length && partition < desk->settings.partitions; i++)
        partition = partition * 10 + (digits.bytes[i] - '0');
    const struct owned *owned =
        partition < desk->settings.partitions ? desk->settings.owned[partition] : NULL;
    return owned != NULL && owned->state == OWNED_LIVE ? owned : NULL;
}

/* Entries of one partition go together: they have one key. */
static bool add_to_stream(struct delivery_receiver *receiver, const struct delivery *delivery)
{
    struct delivery_desk *desk = receiver->desk;
    const struct owned *owned = owner_of(desk, delivery);
    if (owned == NULL || (receiver->count > 0 && owned->partition != receiver->partition))
        return false;
    if (receiver->count == 0)
        publish_alerts_begin(&desk->args, owned->partition, owned->epoch,
                             desk->settings.config->stream_length);
    receiver->partition = owned->partition;
    strbuf_reset(&receiver->body);
    delivery_write(delivery, &receiver->body);
    publish_alert(
        &desk->args, delivery->alert.id, delivery->event,
        (struct text){.bytes = receiver->body.data, .length = (uint32_t)receiver->body.length});
    return true;
}

bool delivery_add(struct delivery_receiver *receiver, const struct delivery *delivery)
{
    UP_ASSERT(receiver->count < DELIVERY_BATCH);
    switch (receiver->kind) {
    case RECEIVER_NOTIFY:
        delivery_write_short(delivery, NOTIFY_BYTES_MAX, &receiver->body);
        receiver->ends[receiver->count] = receiver->body.length;
        break;
    case RECEIVER_REDIS:
        if (!add_to_stream(receiver, delivery))
            return false;
        break;
    case RECEIVER_WEBHOOK:
        delivery_write(delivery, &receiver->body);
        break;
    case RECEIVER_ALERTMANAGER:
        delivery_write_alertmanager(delivery, &receiver->body);
        break;
    }
    receiver->ids[receiver->count++] = delivery->id;
    return true;
}

/* ---- answers ---------------------------------------------------------------------------------------------------------- */

static void note_failure(struct delivery_receiver *receiver, const char *error)
{
    if (!receiver->counts.is_failing)
        log_event(LOG_LEVEL_WARN, "delivery_fails",
                  "receiver=\"%.*s\" err=\"%s\" todo=\"nothing is lost; it is tried again\"",
                  (int)receiver->name.length, receiver->name.bytes, error);
    receiver->counts.failed++;
    receiver->counts.is_failing = true;
    receiver->wait_ms = backoff_next_ms(&receiver->backoff);
    receiver->not_before_us = clock_mono_us() + 1000 * receiver->wait_ms;
    receiver->repeat_behind = 0;
}

static void note_success(struct delivery_receiver *receiver)
{
    if (receiver->counts.is_failing)
        log_event(LOG_LEVEL_INFO, "delivery_works", "receiver=\"%.*s\"", (int)receiver->name.length,
                  receiver->name.bytes);
    if (receiver->is_repeat)
        receiver->counts.repeated += receiver->count;
    else
        receiver->counts.sent += receiver->count;
    receiver->counts.is_failing = false;
    receiver->wait_ms = 0;
    receiver->look_us = 0;
    backoff_reset(&receiver->backoff);
}

void delivery_finish(struct delivery_receiver *receiver, const char *error)
{
    (void)snprintf(receiver->error, sizeof receiver->error, "%s", error);
    if (error[0] != '\0')
        note_failure(receiver, error);
    else
        note_success(receiver);
    receiver->step = receiver->is_repeat ? DELIVERY_IDLE : DELIVERY_DONE;
}

static void http_answered(void *arg, const struct http_client_answer *answer)
{
    char error[DELIVERY_ERROR_BYTES] = "";
    if (answer->status == 0)
        (void)snprintf(error, sizeof error, "%.*s", DELIVERY_ERROR_BYTES - 1, answer->err.text);
    else if (answer->status < 200 || answer->status > 299)
        (void)snprintf(error, sizeof error, "it answers with status %d", answer->status);
    delivery_finish(arg, error);
}

static void redis_answered(void *arg, const struct redis_result *result)
{
    char error[DELIVERY_ERROR_BYTES] = "";
    if (result->code != UP_OK)
        (void)snprintf(error, sizeof error, "%.*s", (int)result->text.length, result->text.bytes);
    else if (result->integer == PUBLISH_UNCLAIMED)
        (void)snprintf(error, sizeof error, "the partition is not claimed there yet");
    else if (result->integer != PUBLISH_DONE)
        (void)snprintf(error, sizeof error, "another instance has claimed the partition there");
    delivery_finish(arg, error);
}

/* ---- sending ---------------------------------------------------------------------------------------------------------- */

static void post(struct delivery_receiver *receiver, struct http_client_request *request)
{
    struct up_err err;
    request->body =
        (struct text){.bytes = receiver->body.data, .length = (uint32_t)receiver->body.length};
    request->timeout_ms = receiver->desk->settings.config->delivery_timeout_ms;
    request->answer_bytes_max = ANSWER_BYTES_MAX;
    if (http_client_send(receiver->desk->http, request, http_answered, receiver, &err) != UP_OK)
        delivery_finish(receiver, err.text);
}

static const char *text_or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static void post_to_alertmanager(struct delivery_receiver *receiver)
{
    const struct config *config = receiver->desk->settings.config;
    static const char *const headers[] = {"Content-Type: application/json"};
    struct strbuf url = {0};
    strbuf_add_char(&receiver->body, ']');
    strbuf_add_text(&url, receiver->url);
    while (url.length > 0 && url.data[url.length - 1] == '/')
        url.length--;
    strbuf_add_text(&url, "/api/v2/alerts");
    struct http_client_request request = {.url = strbuf_text(&url),
                                          .headers = headers,
                                          .header_count = 1,
                                          .user = text_or_null(config->alertmanager_user),
                                          .password = config->alertmanager_password.value,
                                          .token = config->alertmanager_token.value,
                                          .ca_file = text_or_null(config->alertmanager_ca_file)};
    post(receiver, &request);
    strbuf_done(&url);
}

static void post_to_webhook(struct delivery_receiver *receiver, int64_t wall_ms)
{
    const struct config *config = receiver->desk->settings.config;
    const struct strbuf *key = &receiver->desk->webhook_key;
    char signature[WEBHOOK_SIGNATURE_BYTES];
    char number[32], id[64], time[64], signed_by[WEBHOOK_SIGNATURE_BYTES + 32];
    int64_t time_s = wall_ms / 1000;
    (void)snprintf(number, sizeof number, "%" PRId64, receiver->ids[0]);
    webhook_sign(
        (struct text){.bytes = key->data, .length = (uint32_t)key->length}, number, time_s,
        (struct text){.bytes = receiver->body.data, .length = (uint32_t)receiver->body.length},
        signature);
    (void)snprintf(id, sizeof id, "webhook-id: %s", number);
    (void)snprintf(time, sizeof time, "webhook-timestamp: %" PRId64, time_s);
    (void)snprintf(signed_by, sizeof signed_by, "webhook-signature: %s", signature);
    const char *const headers[] = {"Content-Type: application/json", id, time, signed_by};
    struct http_client_request request = {.url = receiver->url,
                                          .headers = headers,
                                          .header_count = sizeof headers / sizeof headers[0],
                                          .ca_file = text_or_null(config->webhook_ca_file)};
    post(receiver, &request);
}

static void add_to_redis(struct delivery_receiver *receiver)
{
    struct delivery_desk *desk = receiver->desk;
    char key[PUBLISH_KEY_BYTES];
    struct text routing = {.bytes = key,
                           .length = (uint32_t)publish_shard_key(receiver->partition, key)};
    publish_alerts_end(&desk->args);
    int code = redis_store_call(desk->settings.redis, desk->script, routing, desk->args.argc,
                                desk->args.argv, desk->args.argvlen, redis_answered, receiver);
    if (code != UP_OK)
        delivery_finish(receiver,
                        code == UP_ECONN ? "not connected" : "too many commands are under way");
}

void delivery_send(struct delivery_receiver *receiver, int64_t wall_ms)
{
    receiver->step = DELIVERY_SENDING;
    switch (receiver->kind) {
    case RECEIVER_NOTIFY:
        break;
    case RECEIVER_REDIS:
        add_to_redis(receiver);
        break;
    case RECEIVER_WEBHOOK:
        post_to_webhook(receiver, wall_ms);
        break;
    case RECEIVER_ALERTMANAGER:
        post_to_alertmanager(receiver);
        break;
    }
}
