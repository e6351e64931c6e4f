/* Broken lines for simulated streams. */
#include "ctl/simulate_fault.h"

#include <string.h>

#include "base/panic.h"

/* In a template stand: $L the model, $C the model without its last brace, $Q the model inside
 * quotes, $B more bytes than an event may have, $T its team, $t its time, $i an id of its own, $o
 * the time of a day long past, $n a string of 129 bytes. */
#define HEAD "\"specversion\":\"1.0\",\"id\":\"fault-$i\",\"source\":\"/gen/faults\","
#define USAGE "\"type\":\"uptake.usage.v1\","
#define EVENT_AT(time, type, data)                                                                 \
    "{" HEAD "\"type\":\"uptake." type ".v1\",\"time\":\"" time "\","                              \
    "\"data\":{\"team\":\"$T\"," data "}}"
#define EVENT(type, data) EVENT_AT("$t", type, data)
#define ENVELOPE(members) "{" members "\"time\":\"$t\",\"data\":{}}"
#define WRAPPED(key, members) "{\"topic\":\"uptake\",\"key\":" key "," members "}"

static const char *const templates[] = {
    /* malformed */
    "{\"specversion\":\"1.0\"",
    "[1,2",
    "{\"a\":NaN}",
    "\xef\xbb\xbf{}",
    "{\"a\":1e999}",
    "{\"a\":\"\\ud800\"}",
    "nonsense",
    "$C,\"extra\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}",
    WRAPPED("\"$T\"", "\"value\":\"\""),
    WRAPPED("\"$T\"", "\"value_b64\":\"eyL/IjoxfQ==\""),
    "$C,\"id\":\"again\"}",
    WRAPPED("\"$T\"", "\"value\":\"$Q$B\""),
    /* envelope */
    "[]",
    "17",
    "\"text\"",
    ENVELOPE("\"specversion\":\"0.3\",\"id\":\"x\",\"source\":\"x\"," USAGE),
    ENVELOPE("\"specversion\":\"1.0\",\"id\":\"\",\"source\":\"x\"," USAGE),
    ENVELOPE("\"specversion\":\"1.0\",\"id\":5,\"source\":\"x\"," USAGE),
    ENVELOPE("\"specversion\":\"1.0\",\"id\":\"x\"," USAGE),
    EVENT_AT("2025-02-30T00:00:00Z", "usage", "\"user\":\"x\",\"assist\":\"ai\""),
    EVENT_AT("2025-02-03 10:11:12Z", "usage", "\"user\":\"x\",\"assist\":\"ai\""),
    WRAPPED("\"$T\"",
            "\"headers\":{\"ce_specversion\":\"1.0\",\"ce_id\":\"b\",\"ce_source\":\"/gen/faults\","
            "\"ce_type\":\"uptake.usage.v1\",\"ce_time\":\"yesterday\"},\"value\":\"{}\""),
    /* unknown_type */
    EVENT("usage.v2", "\"user\":\"x\""),
    ENVELOPE(HEAD "\"type\":\"org.example.other\","),
    /* schema */
    EVENT("usage", "\"user\":\"x\",\"assist\":\"maybe\""),
    EVENT("usage", "\"user\":\"$n\",\"assist\":\"ai\""),
    EVENT("usage", "\"user\":\"x\",\"assist\":\"ai\",\"workflow\":\"tab\\there\""),
    EVENT("usage", "\"user\":\"x\",\"assist\":\"ai\",\"explained\":\"true\""),
    EVENT("usage", "\"user\":\"x\",\"assist\":\"ai\",\"workflow\":\"\""),
    EVENT("pulse", "\"user\":\"x\",\"question\":\"role_clear\",\"score\":6"),
    EVENT("pulse", "\"user\":\"x\",\"question\":\"role_clear\",\"score\":2.5"),
    EVENT("override", "\"user\":\"x\",\"task\":\"x\",\"action\":\"accept\",\"by\":\"robot\""),
    EVENT("override", "\"user\":\"x\",\"task\":\"x\",\"action\":\"reject\",\"reason\":7"),
    EVENT("outcome", "\"task\":\"x\""),
    EVENT("outcome", "\"task\":\"x\",\"quality\":1.01"),
    EVENT("outcome", "\"task\":\"x\",\"cycle_s\":0"),
    EVENT("outcome", "\"task\":\"x\",\"effort_s\":1000000.5"),
    EVENT("outcome", "\"task\":\"x\",\"by\":\"self\""),
    EVENT("training", "\"user\":\"x\",\"program\":\"p\",\"format\":\"film\""),
    EVENT("person", "\"user\":\"x\",\"status\":\"away\""),
    /* key, misrouted where there are several partitions */
    WRAPPED("\"not-$T\"", "\"value\":\"$Q\""),
    WRAPPED("null", "\"value\":\"$Q\""),
    WRAPPED("\"$T\"", "\"partition\":0,\"value\":\"$Q\""),
    WRAPPED("\"$T\"", "\"partition\":1,\"value\":\"$Q\""),
    /* too_late once the stream is older than a join window */
    EVENT_AT("$o", "usage", "\"user\":\"x\",\"assist\":\"ai\""),
    /* fine, although odd */
    "$L",
    "$C,\"extra\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}",
    WRAPPED("\"$T\"", "\"value\":\"$Q\""),
    WRAPPED(
        "\"$T\"",
        "\"headers\":{\"ce_specversion\":\"1.0\",\"ce_id\":\"b-$i\",\"ce_source\":\"/gen/binary\","
        "\"ce_type\":\"uptake.usage.v1\",\"ce_time\":\"$t\"},\"value\":\"{\\\"team\\\":\\\"$T\\\","
        "\\\"user\\\":\\\"binary\\\",\\\"assist\\\":\\\"ai\\\","
        "\\\"future\\\":[1,{\\\"x\\\":null}]}\""),
    EVENT("pulse", "\"user\":\"x\",\"question\":\"role_clear\",\"score\":4.0,\"more\":null"),
    EVENT("outcome",
          "\"task\":\"nobody did this\",\"quality\":0.00005,\"cycle_s\":0.0001,\"success\":null"),
    EVENT("override",
          "\"user\":\"x\",\"task\":\"nobody did this\",\"action\":\"modify\",\"by\":null"),
    EVENT("usage", "\"user\":\"zo\xc3\xab \xe2\x9c\x93\",\"assist\":\"none\",\"workflow\":null"),
};
enum {
    TEMPLATES = sizeof templates / sizeof templates[0],
    TOO_MANY_BYTES = 70000,
    LONG_NAME_BYTES = 129
};

/* What stands between `before` and the next quote of the model. */
static struct text find_value(struct text model, const char *before)
{
    size_t length = strlen(before);
    const char *at = memmem(model.bytes, model.length, before, length);
    UP_ASSERT(at != NULL);
    at += length;
    const char *end = memchr(at, '"', model.length - (size_t)(at - model.bytes));
    UP_ASSERT(end != NULL);
    return (struct text){.bytes = at, .length = (uint32_t)(end - at)};
}

static void add_text(struct strbuf *out, struct text text)
{
    strbuf_add(out, text.bytes, text.length);
}

static void add_quoted(struct strbuf *out, struct text model)
{
    for (uint32_t i = 0; i < model.length; i++) {
        if (model.bytes[i] == '"' || model.bytes[i] == '\\')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, model.bytes[i]);
    }
}

static void add_many(struct strbuf *out, char c, size_t count)
{
    memset(strbuf_room(out, count), c, count);
    out->length += count;
}

static void add_part(struct strbuf *out, char part, uint64_t number, struct text model)
{
    switch (part) {
    case 'L':
        add_text(out, model);
        break;
    case 'C':
        add_text(out, (struct text){.bytes = model.bytes, .length = model.length - 1});
        break;
    case 'Q':
        add_quoted(out, model);
        break;
    case 'B':
        add_many(out, ' ', TOO_MANY_BYTES);
        break;
    case 'T':
        add_text(out, find_value(model, "\"team\":\""));
        break;
    case 't':
        add_text(out, find_value(model, "\"time\":\""));
        break;
    case 'i':
        strbuf_add_format(out, "%llu", (unsigned long long)number);
        break;
    case 'n':
        add_many(out, 'u', LONG_NAME_BYTES);
        break;
    default:
        strbuf_add_text(out, "1970-01-02T00:00:00Z");
        break;
    }
}

void simulate_fault_write(struct strbuf *out, uint64_t number, struct text model)
{
    for (const char *at = templates[number % TEMPLATES]; *at != '\0'; at++) {
        if (*at == '$')
            add_part(out, *++at, number, model);
        else
            strbuf_add_char(out, *at);
    }
}
