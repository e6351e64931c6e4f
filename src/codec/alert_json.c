/* An alarm as it leaves the writer's tables: a row of uptake.alert, and its JSON. */
#include "codec/alert_json.h"

struct alert alert_json_read(const struct text columns[static ALERT_COLUMNS])
{
    return (struct alert){.id = columns[0],
                          .partition = columns[1],
                          .team = columns[2],
                          .kind = columns[3],
                          .audience = columns[4],
                          .owner = columns[5],
                          .opened = columns[6],
                          .resolved = columns[7],
                          .sentence = columns[8],
                          .suggests = columns[9],
                          .evidence = columns[10],
                          .definitions = columns[11],
                          .watermark = columns[12],
                          .acknowledged_at = columns[13],
                          .acknowledged_by = columns[14],
                          .note = columns[15]};
}

static void put_text(struct json_write *json, const char *name, struct text value)
{
    json_write_name(json, name);
    if (value.length > 0)
        json_write_text(json, value);
    else
        json_write_null(json);
}

static void put_words(struct json_write *json, const char *name, struct text words)
{
    json_write_name(json, name);
    json_write_begin_array(json);
    for (uint32_t from = 0, at = 0; at <= words.length; at++) {
        if (at < words.length && words.bytes[at] != ' ')
            continue;
        if (at > from)
            json_write_text(json, (struct text){words.bytes + from, at - from});
        from = at + 1;
    }
    json_write_end_array(json);
}

static void put_acknowledged(struct json_write *json, const struct alert *alert)
{
    json_write_name(json, "acknowledged");
    if (alert->acknowledged_at.length == 0) {
        json_write_null(json);
        return;
    }
    json_write_begin_object(json);
    put_text(json, "at", alert->acknowledged_at);
    put_text(json, "by", alert->acknowledged_by);
    put_text(json, "note", alert->note);
    json_write_end_object(json);
}

static int64_t number_of(struct text text)
{
    int64_t number = 0;
    for (uint32_t i = 0; i < text.length; i++)
        number = number * 10 + (text.bytes[i] - '0');
    return number;
}

void alert_json_write(const struct alert *alert, struct json_write *json)
{
    json_write_begin_object(json);
    put_text(json, "id", alert->id);
    json_write_name(json, "partition");
    json_write_integer(json, number_of(alert->partition));
    put_text(json, "team", alert->team);
    put_text(json, "kind", alert->kind);
    put_text(json, "audience", alert->audience);
    put_text(json, "owner", alert->owner);
    json_write_name(json, "status");
    json_write_word(json, alert->resolved.length > 0 ? "resolved" : "open");
    put_text(json, "opened", alert->opened);
    put_text(json, "resolved", alert->resolved);
    put_text(json, "sentence", alert->sentence);
    put_words(json, "suggests", alert->suggests);
    json_write_name(json, "evidence");
    json_write_raw(json, alert->evidence);
    put_acknowledged(json, alert);
    put_text(json, "definitions", alert->definitions);
    put_text(json, "watermark", alert->watermark);
    json_write_end_object(json);
}
