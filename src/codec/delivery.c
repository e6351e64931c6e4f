/* An alert's opening, acknowledgement or resolution as what a receiver gets. */
#include "codec/delivery.h"

struct delivery delivery_read(struct pg_row *row)
{
    struct delivery delivery = {.id = pg_row_i64(row), .event = pg_row_text(row)};
    struct text columns[ALERT_COLUMNS];
    for (int i = 0; i < ALERT_COLUMNS; i++)
        columns[i] = pg_row_text(row);
    delivery.alert = alert_json_read(columns);
    delivery.begins = pg_row_text(row);
    delivery.ends = pg_row_text(row);
    return delivery;
}

void delivery_write(const struct delivery *delivery, struct strbuf *ret_body)
{
    struct json_write json = {.out = ret_body};
    /* The event is one of three words. */
    strbuf_add_format(ret_body,
                      "{\"type\":\"uptake.alert.%.*s\",\"data\":", (int)delivery->event.length,
                      delivery->event.bytes);
    alert_json_write(&delivery->alert, &json);
    strbuf_add_char(ret_body, '}');
}

void delivery_write_short(const struct delivery *delivery, size_t bytes_max,
                          struct strbuf *ret_body)
{
    struct delivery shorter = *delivery;
    size_t before = ret_body->length;
    delivery_write(delivery, ret_body);
    if (ret_body->length - before < bytes_max)
        return;
    shorter.alert.evidence = (struct text){0};
    ret_body->length = before;
    delivery_write(&shorter, ret_body);
    if (ret_body->length - before < bytes_max)
        return;
    shorter.alert.sentence = shorter.alert.note = (struct text){0};
    ret_body->length = before;
    delivery_write(&shorter, ret_body);
}

/* ---- Alertmanager ---------------------------------------------------------------------------------------------------- */

/* Alertmanager takes no empty label. */
static void put(struct json_write *json, const char *name, struct text value)
{
    if (value.length == 0)
        return;
    json_write_name(json, name);
    json_write_text(json, value);
}

static void put_labels(struct json_write *json, struct strbuf *room, const struct alert *alert)
{
    json_write_name(json, "labels");
    json_write_begin_object(json);
    strbuf_reset(room);
    strbuf_add_format(room, "uptake_%.*s", (int)alert->kind.length, alert->kind.bytes);
    put(json, "alertname", (struct text){.bytes = room->data, .length = (uint32_t)room->length});
    put(json, "team", alert->team);
    put(json, "kind", alert->kind);
    put(json, "audience", alert->audience);
    put(json, "owner", alert->owner);
    put(json, "partition", alert->partition);
    json_write_end_object(json);
}

static void put_annotations(struct json_write *json, struct strbuf *room, const struct alert *alert)
{
    json_write_name(json, "annotations");
    json_write_begin_object(json);
    bool has_team = alert->team.length > 0;
    struct text of = has_team ? alert->team : alert->partition;
    strbuf_reset(room);
    strbuf_add_format(room, "%.*s: %s %.*s, since %.*s", (int)alert->kind.length, alert->kind.bytes,
                      has_team ? "team" : "partition", (int)of.length, of.bytes,
                      (int)alert->opened.length, alert->opened.bytes);
    put(json, "summary", (struct text){.bytes = room->data, .length = (uint32_t)room->length});
    put(json, "description", alert->sentence);
    put(json, "suggests", alert->suggests);
    put(json, "id", alert->id);
    json_write_end_object(json);
}

void delivery_write_alertmanager(const struct delivery *delivery, struct strbuf *body)
{
    struct strbuf room = {0};
    struct json_write json = {.out = body};
    strbuf_add_char(body, body->length == 0 ? '[' : ',');
    json_write_begin_object(&json);
    put_labels(&json, &room, &delivery->alert);
    put_annotations(&json, &room, &delivery->alert);
    put(&json, "startsAt", delivery->begins);
    put(&json, "endsAt", delivery->ends);
    json_write_end_object(&json);
    strbuf_done(&room);
}
