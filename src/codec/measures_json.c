/* Measures of a record as JSON. Their names need no escapes. */
#include "codec/measures_json.h"

#include <math.h>

#include "codec/number.h"

void measures_json_done(struct measures_json *json)
{
    strbuf_done(&json->values);
    strbuf_done(&json->because);
}

void measures_json_begin(struct measures_json *json)
{
    strbuf_reset(&json->values);
    strbuf_reset(&json->because);
    strbuf_add_char(&json->values, '{');
    strbuf_add_char(&json->because, '{');
}

static void end_json(struct strbuf *json)
{
    if (json->data[json->length - 1] == ',')
        json->length--;
    strbuf_add_char(json, '}');
}

static void add_name(struct strbuf *json, const char *name)
{
    strbuf_add_char(json, '"');
    strbuf_add_text(json, name);
    strbuf_add(json, "\":", 2);
}

static void add_number(struct strbuf *json, bool is_known, double value)
{
    if (!is_known || !isfinite(value)) {
        strbuf_add_text(json, "null");
        return;
    }
    json->length += number_write(value, strbuf_room(json, NUMBER_BYTES));
}

static void add_value(struct strbuf *json, enum measure_kind kind, const struct estimate *value)
{
    switch (kind) {
    case KIND_FLAG:
        strbuf_add_text(json, value->value > 0 ? "true" : "false");
        break;
    case KIND_COUNT:
        add_number(json, true, value->value);
        break;
    case KIND_ESTIMATE:
        strbuf_add_char(json, '[');
        add_number(json, true, value->value);
        strbuf_add_char(json, ',');
        add_number(json, value->has_interval, value->lo);
        strbuf_add_char(json, ',');
        add_number(json, value->has_interval, value->hi);
        strbuf_add_char(json, ',');
        add_number(json, true, value->n);
        strbuf_add_char(json, ']');
        break;
    }
    strbuf_add_char(json, ',');
}

void measures_json_add(struct measures_json *json, const struct record *record,
                       enum measure_where where)
{
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        if (info->where != where)
            continue;
        if (record->values[m].known) {
            add_name(&json->values, info->name);
            add_value(&json->values, info->kind, &record->values[m]);
        } else if (record->because[m] != BECAUSE_NONE) {
            add_name(&json->because, info->name);
            strbuf_add_format(&json->because, "\"%s\",",
                              measure_because_name((enum because)record->because[m]));
        }
    }
}

void measures_json_end(struct measures_json *json)
{
    end_json(&json->values);
    end_json(&json->because);
}

enum measure_where measures_json_where(enum window window)
{
    return window == WINDOW_OWN ? WHERE_OWN : WHERE_WINDOWS;
}
