/* What a format makes of records that stand in the test as text. */
#pragma once

#include "ctl/import.h"

/* The data of every event with "TIME type " before, a bar behind each; and the reasons as "reason(field)" likewise. */
struct imported {
    struct strbuf events, reasons, lines;
};

static void take_imported(void *owner, int64_t time_ms, struct text line)
{
    struct imported *imported = owner;
    const char *type = strstr(line.bytes, "uptake.") + strlen("uptake.");
    const char *time = strstr(line.bytes, "\"time\":\"") + strlen("\"time\":\"");
    const char *data = strstr(line.bytes, "\"data\":") + strlen("\"data\":");
    (void)time_ms;
    strbuf_add_format(&imported->events, "%.24s %.*s %.*s|", time, (int)strcspn(type, "."), type,
                      (int)(line.bytes + line.length - 1 - data), data);
    strbuf_add(&imported->lines, line.bytes, line.length);
    strbuf_add_char(&imported->lines, '\n');
}

static inline void imported_done(struct imported *imported)
{
    strbuf_done(&imported->events);
    strbuf_done(&imported->reasons);
    strbuf_done(&imported->lines);
}

static inline void note_reasons(const struct import *import, struct imported *imported)
{
    for (size_t i = 0; i < import->count; i++) {
        strbuf_add_format(&imported->reasons, "%s(%s)", import_reason_name(import->counts[i].reason),
                          import->counts[i].field);
        strbuf_add_text(&imported->reasons, import->counts[i].count > 1 ? "..|" : "|");
    }
}

/* One record in the team `t`, unless the options say another thing. Quotes may be written as apostrophes. */
static inline struct imported import_record(const struct import_format *format, const struct import_options *options,
                                            const char *json)
{
    static const struct import_options plain = {.team = "t", .workflow = "w", .team_attribute = "team.id"};
    struct imported imported = {.events = {0}};
    struct import import;
    struct json_value root;
    struct json_reader *reader = json_reader_new(50);
    char *text = mem_copy_text(json, strlen(json));
    for (char *at = text; *at != '\0'; at++)
        *at = (char)(*at == '\'' ? '"' : *at);
    const char *wrong = json_reader_parse(reader, text, strlen(text), &root);
    if (wrong != NULL)
        fail_msg("%s: %s", wrong, text);
    import_init(&import, options != NULL ? options : &plain, take_imported, &imported);
    import_open(&import, "f");
    import_at(&import, 1);
    format->map(&import, &root);
    note_reasons(&import, &imported);
    import_done(&import);
    json_reader_free(reader);
    mem_free(text);
    return imported;
}

/* Expected: the events as above, with apostrophes for quotes, and the reasons. */
static inline void assert_imported(const struct import_format *format, const struct import_options *options,
                                   const char *json, const char *events, const char *reasons)
{
    struct imported imported = import_record(format, options, json);
    for (size_t i = 0; i < imported.events.length; i++)
        imported.events.data[i] = (char)(imported.events.data[i] == '"' ? '\'' : imported.events.data[i]);
    if (strcmp(strbuf_text(&imported.events), events) != 0 || strcmp(strbuf_text(&imported.reasons), reasons) != 0)
        fail_msg("%s\n  events  %s\n  not     %s\n  reasons %s\n  not     %s", json, strbuf_text(&imported.events), events,
                 strbuf_text(&imported.reasons), reasons);
    imported_done(&imported);
}
