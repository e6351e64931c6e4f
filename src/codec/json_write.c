/* Writes one JSON text into a buffer. */
#include "codec/json_write.h"

#include <math.h>
#include <stddef.h>

#include "base/panic.h"
#include "codec/number.h"

static void begin_value(struct json_write *json)
{
    if (json->comma)
        strbuf_add_char(json->out, ',');
    json->comma = true;
}

static void begin(struct json_write *json, char bracket)
{
    begin_value(json);
    strbuf_add_char(json->out, bracket);
    json->comma = false;
}

static void end(struct json_write *json, char bracket)
{
    strbuf_add_char(json->out, bracket);
    json->comma = true;
}

void json_write_begin_object(struct json_write *json)
{
    begin(json, '{');
}

void json_write_end_object(struct json_write *json)
{
    end(json, '}');
}

void json_write_begin_array(struct json_write *json)
{
    begin(json, '[');
}

void json_write_end_array(struct json_write *json)
{
    end(json, ']');
}

static void escape(struct strbuf *out, unsigned char c)
{
    if (c == '"' || c == '\\') {
        strbuf_add_char(out, '\\');
        strbuf_add_char(out, (char)c);
    } else {
        strbuf_add_format(out, "\\u%04x", c);
    }
}

static void quote(struct strbuf *out, struct text text)
{
    strbuf_add_char(out, '"');
    uint32_t from = 0;
    for (uint32_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        strbuf_add(out, text.bytes + from, i - from);
        escape(out, c);
        from = i + 1;
    }
    if (text.length > from)
        strbuf_add(out, text.bytes + from, text.length - from);
    strbuf_add_char(out, '"');
}

void json_write_name_text(struct json_write *json, struct text name)
{
    begin_value(json);
    quote(json->out, name);
    strbuf_add_char(json->out, ':');
    json->comma = false;
}

void json_write_name(struct json_write *json, const char *name)
{
    json_write_name_text(json, text_of(name));
}

void json_write_text(struct json_write *json, struct text text)
{
    begin_value(json);
    quote(json->out, text);
}

void json_write_word(struct json_write *json, const char *word)
{
    json_write_text(json, text_of(word));
}

void json_write_integer(struct json_write *json, int64_t value)
{
    begin_value(json);
    json->out->length += number_write_whole(value, strbuf_room(json->out, NUMBER_BYTES));
}

void json_write_number(struct json_write *json, double value)
{
    UP_ASSERT(isfinite(value));
    begin_value(json);
    char *at = strbuf_room(json->out, NUMBER_BYTES);
    json->out->length += number_write_exact(value, at);
}

void json_write_bool(struct json_write *json, bool value)
{
    begin_value(json);
    strbuf_add_text(json->out, value ? "true" : "false");
}

void json_write_null(struct json_write *json)
{
    begin_value(json);
    strbuf_add_text(json->out, "null");
}

void json_write_raw(struct json_write *json, struct text value)
{
    if (value.length == 0) {
        json_write_null(json);
        return;
    }
    begin_value(json);
    strbuf_add(json->out, value.bytes, value.length);
}
