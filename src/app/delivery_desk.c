/* Tells receivers of alerts what the outbox holds:
 *
 *   outbox --due--> request --> receiver --> answer --> mark, in the outbox
 *
 * One request a receiver is under way, and one exchange with PostgreSQL, on a connection of its own. */
#include "app/delivery_desk.h"

#include <string.h>

#include "app/connection.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/panic.h"
#include "codec/delivery_sql.h"
#include "codec/pg_array.h"
#include "codec/webhook_signature.h"
#include "delivery_priv.h"

enum {
    LOOK_US = 1000000,
    STATEMENT_MS = 10000,
    SILENCE_MS = 30000,
    FORGET_DAYS = 90,
    RETRY_FIRST_MS = 1000,
    CLAIM_DIGITS = 2 * CLAIM_BYTES,
    ENDS_AFTER_REPEATS = 4,
};
static const int64_t forget_every_us = INT64_C(3600) * 1000000;

/* ---- what PostgreSQL is asked ------------------------------------------------------------------------------------------ */

static struct pg_call *add_call(struct delivery_desk *desk, const struct pg_statement *statement,
                                size_t *ret_call)
{
    struct pg_call *call = pg_image_add(&desk->image, statement);
    call->values[0] = pg_value_texts(desk->claims, desk->claim_count);
    *ret_call = desk->image.count;
    return call;
}

static void list_claims(struct delivery_desk *desk)
{
    static const char digits[] = "0123456789abcdef";
    strbuf_reset(&desk->claim_bytes);
    desk->claim_count = 0;
    /* All the room at once: the texts point into it. */
    (void)strbuf_room(&desk->claim_bytes, (size_t)desk->settings.partitions * CLAIM_DIGITS);
    for (int32_t p = 0; p < desk->settings.partitions; p++) {
        uint8_t token[CLAIM_BYTES];
        if (!store_claim(desk->settings.store, p, token))
            continue;
        desk->claims[desk->claim_count++] = (struct text){
            .bytes = desk->claim_bytes.data + desk->claim_bytes.length, .length = CLAIM_DIGITS};
        for (int i = 0; i < CLAIM_BYTES; i++) {
            strbuf_add_char(&desk->claim_bytes, digits[token[i] >> 4]);
            strbuf_add_char(&desk->claim_bytes, digits[token[i] & 15]);
        }
    }
}

static void ask_to_mark(struct delivery_receiver *receiver, size_t *ret_call)
{
    struct pg_call *call = add_call(receiver->desk, &delivery_sql_mark, ret_call);
    call->values[1] = pg_value_i64s(receiver->ids, receiver->count);
    call->values[2] = pg_value_text(text_of(receiver->error));
    call->values[3] = pg_value_i64(receiver->wait_ms);
    receiver->step = DELIVERY_MARKING;
}

static struct pg_call *ask_for_rows(struct delivery_receiver *receiver,
                                    const struct pg_statement *statement, struct strbuf which,
                                    size_t *ret_call)
{
    const struct config *config = receiver->desk->settings.config;
    struct pg_call *call = add_call(receiver->desk, statement, ret_call);
    call->values[1] = which;
    call->values[2] = pg_value_i32(delivery_batch(receiver));
    call->values[3] = pg_value_i64(config->delivery_hold_ms);
    call->values[4] = pg_value_i64(ENDS_AFTER_REPEATS * config->alertmanager_repeat_ms);
    return call;
}

static void ask_for_work(struct delivery_receiver *receiver, struct delivery_calls *ret_calls,
                         int64_t now_us)
{
    if (now_us < receiver->not_before_us)
        return;
    if (receiver->counts.waiting > 0 && now_us >= receiver->look_us)
        (void)ask_for_rows(receiver, &delivery_sql_due, pg_value_text(receiver->name),
                           &ret_calls->due);
    if (receiver->kind == RECEIVER_ALERTMANAGER && now_us >= receiver->repeat_us) {
        struct pg_call *call = ask_for_rows(
            receiver, &delivery_sql_open, pg_value_i64(receiver->repeat_behind), &ret_calls->open);
        call->values[5] = pg_value_text(receiver->name);
    }
    if (ret_calls->due != 0 || ret_calls->open != 0)
        receiver->step = DELIVERY_ASKED;
}

/* ---- what it answers ---------------------------------------------------------------------------------------------------- */

static void forget_waiting(struct delivery_desk *desk)
{
    for (size_t r = 0; r < desk->settings.receivers->count; r++)
        desk->receivers[r].counts.waiting = desk->receivers[r].counts.oldest_ms = 0;
}

static void note_waiting(struct delivery_desk *desk, const struct pg_answer *answer)
{
    const size_t count = desk->settings.receivers->count;
    forget_waiting(desk);
    int rows = pg_answer_rows(answer, desk->waiting_call - 1);
    for (int i = 0; i < rows; i++) {
        struct pg_row row;
        pg_answer_row(answer, desk->waiting_call - 1, i, &row);
        struct text name = pg_row_text(&row);
        for (size_t r = 0; r < count; r++) {
            if (!text_equal(name, desk->receivers[r].name))
                continue;
            desk->receivers[r].counts.waiting = pg_row_i64(&row);
            desk->receivers[r].counts.oldest_ms = pg_row_i64(&row);
        }
    }
}

/* Takes rows into a request; how many there were. */
static int take_rows(struct delivery_receiver *receiver, const struct pg_answer *answer,
                     size_t call, bool is_repeat)
{
    int rows = call > 0 ? pg_answer_rows(answer, call - 1) : 0;
    delivery_begin(receiver, is_repeat);
    for (int i = 0; i < rows; i++) {
        struct pg_row row;
        pg_answer_row(answer, call - 1, i, &row);
        struct delivery delivery = delivery_read(&row);
        UP_ASSERT(!row.failed);
        if (!delivery_add(receiver, &delivery))
            break;
    }
    return rows;
}

static void note_repeat(struct delivery_receiver *receiver, bool is_last, int64_t now_us)
{
    receiver->repeat_behind = is_last ? 0 : receiver->ids[receiver->count - 1];
    if (is_last)
        receiver->repeat_us =
            now_us + 1000 * receiver->desk->settings.config->alertmanager_repeat_ms;
}

static void take_work(struct delivery_receiver *receiver, const struct pg_answer *answer,
                      const struct delivery_calls *calls)
{
    int64_t now_us = clock_mono_us();
    receiver->step = DELIVERY_IDLE;
    int rows = take_rows(receiver, answer, calls->due, false);
    if (rows == 0 && calls->due > 0)
        receiver->look_us = now_us + LOOK_US;
    if (rows == 0 && calls->open > 0) {
        rows = take_rows(receiver, answer, calls->open, true);
        note_repeat(receiver, rows < delivery_batch(receiver), now_us);
    }
    if (receiver->count > 0)
        delivery_send(receiver, clock_wall_ms());
}

static void put_back(struct delivery_receiver *receiver)
{
    if (receiver->step == DELIVERY_MARKING)
        receiver->step = DELIVERY_DONE;
    else if (receiver->step == DELIVERY_ASKED)
        receiver->step = DELIVERY_IDLE;
}

static void complain(struct delivery_desk *desk, const struct pg_answer *answer)
{
    desk->look_us = clock_mono_us() + LOOK_US;
    if (!desk->is_complaining)
        log_event(LOG_LEVEL_WARN, "outbox_not_read", "err=\"%s\"", answer->err.text);
    desk->is_complaining = true;
}

static void answered(void *arg, const struct pg_answer *answer)
{
    struct delivery_desk *desk = arg;
    desk->is_sent = false;
    bool is_done = answer->outcome == PG_DONE;
    if (!is_done)
        complain(desk, answer);
    else
        desk->is_complaining = false;
    if (is_done && desk->waiting_call > 0)
        note_waiting(desk, answer);
    for (size_t r = 0; r < desk->settings.receivers->count; r++) {
        struct delivery_receiver *receiver = &desk->receivers[r];
        if (!is_done)
            put_back(receiver);
        else if (receiver->step == DELIVERY_MARKING)
            receiver->step = DELIVERY_IDLE;
        else if (receiver->step == DELIVERY_ASKED)
            take_work(receiver, answer, &desk->calls[r]);
    }
}

/* ---- NOTIFY ------------------------------------------------------------------------------------------------------------- */

/* The same transaction notifies and marks. */
static void notified(void *arg, const struct pg_answer *answer)
{
    struct delivery_receiver *receiver = arg;
    receiver->desk->is_sent = false;
    if (receiver->step != DELIVERY_SENDING)
        return;
    delivery_finish(receiver, answer->outcome == PG_DONE ? "" : answer->err.text);
    if (answer->outcome == PG_DONE)
        receiver->step = DELIVERY_IDLE;
}

static void notify(struct delivery_receiver *receiver)
{
    struct delivery_desk *desk = receiver->desk;
    struct text payloads[DELIVERY_BATCH];
    size_t begin = 0, number;
    for (size_t i = 0; i < receiver->count; i++) {
        payloads[i] = (struct text){.bytes = receiver->body.data + begin,
                                    .length = (uint32_t)(receiver->ends[i] - begin)};
        begin = receiver->ends[i];
    }
    struct pg_call *call = add_call(desk, &delivery_sql_notify, &number);
    call->values[1] = pg_value_i64s(receiver->ids, receiver->count);
    call->values[2] = pg_value_texts(payloads, receiver->count);
    desk->is_sent = pg_conn_send(desk->conn, &desk->image, notified, receiver) == UP_OK;
}

/* ---- the desk ------------------------------------------------------------------------------------------------------------- */

static void ask(struct delivery_desk *desk, int64_t now_us)
{
    bool is_look_due = now_us >= desk->look_us;
    memset(desk->calls, 0, sizeof desk->calls);
    desk->waiting_call = 0;
    for (size_t r = 0; r < desk->settings.receivers->count; r++) {
        if (desk->receivers[r].step != DELIVERY_DONE)
            continue;
        ask_to_mark(&desk->receivers[r], &desk->calls[r].mark);
        is_look_due = true;
    }
    if (is_look_due) {
        struct pg_call *call = add_call(desk, &delivery_sql_waiting, &desk->waiting_call);
        call->values[1] = pg_value_i64(desk->settings.config->delivery_hold_ms);
        desk->look_us = now_us + LOOK_US;
    }
    if (now_us >= desk->forget_us) {
        pg_image_add(&desk->image, &delivery_sql_forget)->values[0] = pg_value_i32(FORGET_DAYS);
        desk->forget_us = now_us + forget_every_us;
    }
    for (size_t r = 0; r < desk->settings.receivers->count; r++) {
        if (desk->receivers[r].step == DELIVERY_IDLE)
            ask_for_work(&desk->receivers[r], &desk->calls[r], now_us);
    }
    if (desk->image.count > 0)
        desk->is_sent = pg_conn_send(desk->conn, &desk->image, answered, desk) == UP_OK;
    for (size_t r = 0; r < desk->settings.receivers->count && !desk->is_sent; r++)
        put_back(&desk->receivers[r]);
}

void delivery_desk_run(struct delivery_desk *desk, int64_t now_us)
{
    if (desk->is_sent || pg_conn_state(desk->conn) != PG_IDLE ||
        (desk->is_complaining && now_us < desk->look_us))
        return;
    list_claims(desk);
    if (desk->claim_count == 0) {
        forget_waiting(desk);
        return;
    }
    pg_image_done(&desk->image);
    for (size_t r = 0; r < desk->settings.receivers->count && !desk->is_sent; r++) {
        if (desk->receivers[r].kind == RECEIVER_NOTIFY &&
            desk->receivers[r].step == DELIVERY_SENDING)
            notify(&desk->receivers[r]);
    }
    if (!desk->is_sent)
        ask(desk, now_us);
}

const struct delivery_counts *delivery_desk_counts(const struct delivery_desk *desk,
                                                   size_t receiver)
{
    return &desk->receivers[receiver].counts;
}

static void state_changed(void *arg, enum pg_state state, const struct up_err *err)
{
    /* The store says the same of its own connection. */
    (void)arg, (void)state, (void)err;
}

static bool open_connections(struct delivery_desk *desk, struct up_err *err)
{
    struct strbuf conninfo = {0};
    connection_text(desk->settings.config, &conninfo);
    const struct pg_conn_settings settings = {.conninfo = strbuf_text(&conninfo),
                                              .application_name =
                                                  store_instance(desk->settings.store),
                                              .statement_timeout_ms = STATEMENT_MS,
                                              .lock_timeout_ms = STATEMENT_MS,
                                              .idle_transaction_timeout_ms = SILENCE_MS,
                                              .silence_max_ms = SILENCE_MS,
                                              .seed = (uint64_t)clock_wall_ms()};
    desk->resolver = resolver_new(desk->settings.loop, err);
    if (desk->resolver != NULL)
        desk->conn =
            pg_conn_new(desk->settings.loop, desk->resolver, &settings, state_changed, desk, err);
    if (desk->conn != NULL)
        desk->http = http_client_new(desk->settings.loop, err);
    connection_wipe(&conninfo);
    return desk->http != NULL;
}

struct delivery_desk *delivery_desk_new(const struct delivery_desk_settings *settings,
                                        struct up_err *err)
{
    struct delivery_desk *desk = mem_alloc(sizeof *desk);
    const struct config *config = settings->config;
    desk->settings = *settings;
    desk->claims = mem_alloc_array((size_t)settings->partitions, sizeof *desk->claims);
    for (size_t r = 0; r < settings->receivers->count; r++) {
        struct delivery_receiver *receiver = &desk->receivers[r];
        *receiver = (struct delivery_receiver){.desk = desk,
                                               .kind = settings->receivers->kinds[r],
                                               .name = settings->receivers->names[r],
                                               .url = settings->receivers->urls[r],
                                               .counts = {.waiting = -1}};
        backoff_init(&receiver->backoff, RETRY_FIRST_MS, config->delivery_retry_most_ms,
                     (uint64_t)clock_wall_ms() + r);
    }
    desk->script = redis_store_script(settings->redis, publish_script_alerts);
    if (config->webhook_secret.value != NULL)
        UP_ASSERT(webhook_key(config->webhook_secret.value, &desk->webhook_key));
    if (!open_connections(desk, err)) {
        delivery_desk_free(desk);
        return NULL;
    }
    return desk;
}

void delivery_desk_free(struct delivery_desk *desk)
{
    if (desk == NULL)
        return;
    http_client_free(desk->http);
    pg_conn_free(desk->conn);
    resolver_free(desk->resolver);
    for (size_t r = 0; r < RECEIVERS_MAX; r++)
        strbuf_done(&desk->receivers[r].body);
    pg_image_done(&desk->image);
    publish_args_done(&desk->args);
    if (desk->webhook_key.data != NULL)
        explicit_bzero(desk->webhook_key.data, desk->webhook_key.capacity);
    strbuf_done(&desk->webhook_key);
    strbuf_done(&desk->claim_bytes);
    mem_free(desk->claims);
    mem_free(desk);
}
