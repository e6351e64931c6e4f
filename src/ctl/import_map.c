/* What a mapping file says: which columns of a CSV file become which members of which events. */
#include "ctl/import_map.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/config_file.h"
#include "base/mem.h"
#include "codec/csv.h"
#include "codec/time_pattern.h"

static const char event_section[] = "event ";
static const char bar[] = " | ";

struct reading {
    struct import_map *map;
    const char *path;
    int line;
    /* Members of the events in the order of the file: what they may be is known when the type is.
     * */
    struct {
        size_t event;
        int line;
        const char *name;
        struct map_value value;
    } pending[MAP_EVENTS_MAX * MAP_MEMBERS_MAX];
    size_t pending_count;
};

static void add_mistake(struct reading *reading, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_mistake(struct reading *reading, int line, const char *format, ...)
{
    char text[UP_ERR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    strbuf_add_format(&reading->map->messages, "%s:%d: %s\n", reading->path, line, text);
    reading->map->mistakes++;
}

static const char *keep(struct import_map *map, const char *bytes, size_t length)
{
    mem_reserve(&map->texts, &map->text_capacity, map->text_count + 1, sizeof *map->texts);
    return map->texts[map->text_count++] = mem_copy_text(bytes, length);
}

/* ---- values ---------------------------------------------------------------------------------- */

static int find_column(struct reading *reading, const char *name, size_t length)
{
    struct import_map *map = reading->map;
    const char *kept = keep(map, name, length);
    for (size_t i = 0; i < map->column_count; i++) {
        if (strcmp(map->columns[i], kept) == 0)
            return (int)i;
    }
    if (map->column_count == MAP_COLUMNS_MAX) {
        add_mistake(reading, reading->line, "there are more than %d columns", MAP_COLUMNS_MAX);
        return 0;
    }
    map->columns[map->column_count] = kept;
    return (int)map->column_count++;
}

static void read_template(struct reading *reading, const char *at, const char *end,
                          struct map_value *value)
{
    while (at < end && value->part_count < MAP_PARTS_MAX) {
        struct map_part *part = &value->parts[value->part_count++];
        if (end - at > 2 && at[0] == '$' && at[1] == '{') {
            const char *close = memchr(at, '}', (size_t)(end - at));
            if (close == NULL) {
                add_mistake(reading, reading->line, "'${' without its '}'");
                return;
            }
            *part =
                (struct map_part){.column = find_column(reading, at + 2, (size_t)(close - at - 2))};
            at = close + 1;
        } else {
            const char *next = memmem(at + 1, (size_t)(end - at - 1), "${", 2);
            size_t length = (size_t)((next != NULL ? next : end) - at);
            *part = (struct map_part){-1, {keep(reading->map, at, length), (uint32_t)length}};
            at += length;
        }
    }
    if (at < end)
        add_mistake(reading, reading->line, "the value has more than %d parts", MAP_PARTS_MAX);
    else if (value->part_count == 0)
        add_mistake(reading, reading->line, "there is no value");
}

static struct text trim(struct text text)
{
    while (text.length > 0 && (text.bytes[0] == ' ' || text.bytes[0] == '\t'))
        text = (struct text){text.bytes + 1, text.length - 1};
    while (text.length > 0 &&
           (text.bytes[text.length - 1] == ' ' || text.bytes[text.length - 1] == '\t'))
        text.length--;
    return text;
}

static struct text keep_trimmed(struct import_map *map, struct text text)
{
    text = trim(text);
    return (struct text){keep(map, text.bytes, text.length), text.length};
}

/* The text without the blanks behind its commas, so that a quote behind one begins a field. */
static const char *tighten(const char *text, struct strbuf *out)
{
    bool quoted = false, behind_comma = false;
    for (; *text != '\0'; text++) {
        if (behind_comma && *text == ' ')
            continue;
        quoted = quoted != (*text == '"');
        behind_comma = !quoted && *text == ',';
        strbuf_add_char(out, *text);
    }
    return strbuf_text(out);
}

/* `old=new, ...`, or of a condition `allowed, ...`. */
static void read_table(struct reading *reading, const char *text, bool is_list,
                       struct map_value *value)
{
    struct text fields[MAP_PAIRS_MAX];
    struct strbuf tight = {0}, store = {0};
    struct up_err err;
    int count =
        csv_read_line(text_of(tighten(text, &tight)), ',', &store, fields, MAP_PAIRS_MAX, &err);
    if (count < 0)
        add_mistake(reading, reading->line, "%s", err.text);
    else if (count > MAP_PAIRS_MAX)
        add_mistake(reading, reading->line, "the table has more than %d values", MAP_PAIRS_MAX);
    for (int i = 0; i < count && i < MAP_PAIRS_MAX; i++) {
        struct text old = trim(fields[i]), new = old;
        const char *equals = is_list ? NULL : memchr(old.bytes, '=', old.length);
        if (!is_list && equals == NULL) {
            add_mistake(reading, reading->line, "'%.*s' is not old=new", (int)old.length,
                        old.bytes);
            continue;
        }
        if (equals != NULL) {
            new = (struct text){equals + 1, (uint32_t)(old.bytes + old.length - equals - 1)};
            old.length = (uint32_t)(equals - old.bytes);
        }
        value->pairs[value->pair_count].old = keep_trimmed(reading->map, old);
        value->pairs[value->pair_count++].new = keep_trimmed(reading->map, new);
    }
    strbuf_done(&store);
    strbuf_done(&tight);
}

static void read_value(struct reading *reading, const char *text, bool is_list,
                       struct map_value *value)
{
    static const char times[] = "times ";
    const char *filter = strstr(text, bar), *end = filter != NULL ? filter : text + strlen(text);
    memset(value, 0, sizeof *value);
    read_template(reading, text, end, value);
    if (filter == NULL && is_list)
        add_mistake(reading, reading->line, "what may it be? only = ${column} | this, that");
    if (filter == NULL)
        return;
    filter += strlen(bar);
    if (!is_list && strncmp(filter, times, sizeof times - 1) == 0) {
        char *rest;
        value->times = strtod(filter + sizeof times - 1, &rest);
        if (*rest != '\0' || !(value->times > 0) || value->times > 1e12)
            add_mistake(reading, reading->line, "'%s' is not `times` and a number above 0", filter);
        return;
    }
    read_table(reading, filter, is_list, value);
}

/* ---- sections -------------------------------------------------------------------------------- */

static void read_file_key(struct reading *reading, const char *key, const char *value)
{
    struct import_map *map = reading->map;
    bool is_one = strlen(value) == 1;
    if (strcmp(key, "separator") == 0 && (is_one || strcmp(value, "tab") == 0))
        map->separator = is_one ? *value : '\t';
    else if (strcmp(key, "decimal") == 0 && is_one && strchr(".,", *value) != NULL)
        map->decimal = *value;
    else if (strcmp(key, "source") == 0 && *value != '\0')
        map->source = keep(map, value, strlen(value));
    else
        add_mistake(
            reading, reading->line,
            "[file] has the keys separator (one character or tab), decimal (. or ,) and source");
}

static size_t find_event(struct reading *reading, const char *name)
{
    struct import_map *map = reading->map;
    size_t i = 0;
    while (i < map->event_count && strcmp(map->events[i].name, name) != 0)
        i++;
    if (i == MAP_EVENTS_MAX) {
        add_mistake(reading, reading->line, "there are more than %d events", MAP_EVENTS_MAX);
        return 0;
    }
    if (i == map->event_count) {
        map->events[map->event_count++] = (struct map_event){.name = keep(map, name, strlen(name)),
                                                             .line = reading->line,
                                                             .type = EVENT_TYPES,
                                                             .time_format = "rfc3339"};
    }
    return i;
}

static void read_type(struct reading *reading, const char *value, struct map_event *event)
{
    for (int type = 0; type < EVENT_TYPES; type++) {
        if (strcmp(value, event_type_word((enum event_type)type)) == 0)
            event->type = (enum event_type)type;
    }
    if (event->type == EVENT_TYPES)
        add_mistake(
            reading, reading->line,
            "'%s' is no type: they are usage, override, outcome, training, person, redesign, pulse",
            value);
}

static void read_format(struct reading *reading, const char *value, struct map_event *event)
{
    bool has_zone = true;
    if (strcmp(value, "rfc3339") != 0 && strcmp(value, "epoch_s") != 0 &&
        strcmp(value, "epoch_ms") != 0 && !time_pattern_check(value, &has_zone))
        add_mistake(reading, reading->line,
                    "time_format is rfc3339, epoch_s, epoch_ms or a pattern of %%Y %%m %%b %%d %%H "
                    "%%I %%p %%M %%S %%f %%z");
    event->time_format = keep(reading->map, value, strlen(value));
    event->has_zone = event->has_zone || has_zone;
}

static void read_event_key(struct reading *reading, size_t number, const char *key,
                           const char *text)
{
    struct map_event *event = &reading->map->events[number];
    const struct {
        const char *name;
        struct map_value *value;
    } values[] = {{"id", &event->id},
                  {"time", &event->time},
                  {"team", &event->team},
                  {"user", &event->user},
                  {"team_of", &event->team_of}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (strcmp(key, values[i].name) == 0) {
            read_value(reading, text, false, values[i].value);
            return;
        }
    }
    if (strcmp(key, "type") == 0) {
        read_type(reading, text, event);
    } else if (strcmp(key, "time_format") == 0) {
        read_format(reading, text, event);
    } else if (strcmp(key, "time_zone") == 0) {
        event->has_zone = time_pattern_zone(text_of(text), &event->zone_min);
        if (!event->has_zone)
            add_mistake(reading, reading->line, "time_zone '%s' is not +hh:mm, -hh:mm or Z", text);
    } else if (strcmp(key, "only") == 0 && event->only_count < MAP_ONLY_MAX) {
        read_value(reading, text, true, &event->only[event->only_count++]);
    } else if (reading->pending_count < sizeof reading->pending / sizeof reading->pending[0]) {
        reading->pending[reading->pending_count].event = number;
        reading->pending[reading->pending_count].line = reading->line;
        reading->pending[reading->pending_count].name = keep(reading->map, key, strlen(key));
        read_value(reading, text, false, &reading->pending[reading->pending_count++].value);
    } else {
        add_mistake(reading, reading->line, "there are too many members");
    }
}

static void take_pair(void *arg, int line, const char *section, const char *key, const char *value)
{
    struct reading *reading = arg;
    reading->line = line;
    if (strcmp(section, "file") == 0)
        read_file_key(reading, key, value);
    else if (strncmp(section, event_section, sizeof event_section - 1) == 0)
        read_event_key(reading, find_event(reading, section + sizeof event_section - 1), key,
                       value);
    else
        add_mistake(reading, line, "[%s] is no section: they are [file] and [event NAME]", section);
}

static void take_problem(void *arg, int line, const char *text)
{
    add_mistake(arg, line, "%s", text);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static const struct event_guide_member *find_guide(enum event_type type, const char *name)
{
    for (size_t i = 0; i < event_guide_member_count; i++) {
        const struct event_guide_member *guide = &event_guide_members[i];
        if (guide->type == type && strcmp(guide->name, name) == 0)
            return guide;
    }
    return NULL;
}

static void place_members(struct reading *reading)
{
    for (size_t i = 0; i < reading->pending_count; i++) {
        struct map_event *event = &reading->map->events[reading->pending[i].event];
        const struct event_guide_member *guide = find_guide(event->type, reading->pending[i].name);
        if (event->type == EVENT_TYPES)
            continue;
        if (guide == NULL)
            add_mistake(reading, reading->pending[i].line,
                        "'%s' is no member of %s events (uptake-events(7) has all)",
                        reading->pending[i].name, event_type_word(event->type));
        else if (event->member_count == MAP_MEMBERS_MAX)
            add_mistake(reading, reading->pending[i].line, "there are too many members");
        else
            event->members[event->member_count++] =
                (struct map_member){guide, reading->pending[i].value};
    }
}

static bool has_member(const struct map_event *event, const char *name)
{
    for (size_t i = 0; i < event->member_count; i++) {
        if (strcmp(event->members[i].guide->name, name) == 0)
            return true;
    }
    return strcmp(name, "team") == 0 || (strcmp(name, "user") == 0 && event->user.part_count > 0);
}

static void check_event(struct reading *reading, const struct map_event *event)
{
    if (event->type == EVENT_TYPES) {
        add_mistake(reading, event->line, "[event %s] has no type", event->name);
        return;
    }
    if (event->time.part_count == 0)
        add_mistake(reading, event->line, "[event %s] has no time", event->name);
    if (!event->has_zone && strchr(event->time_format, '%') != NULL)
        add_mistake(reading, event->line,
                    "[event %s]: its times have no offset from UTC; say time_zone = +hh:mm",
                    event->name);
    if (event->user.part_count > 0 && find_guide(event->type, "user") == NULL)
        add_mistake(reading, event->line,
                    "[event %s]: %s events have no user; team_of = finds the team of one",
                    event->name, event_type_word(event->type));
    for (size_t i = 0; i < event_guide_member_count; i++) {
        const struct event_guide_member *guide = &event_guide_members[i];
        if (guide->type == event->type && guide->is_required && !has_member(event, guide->name))
            add_mistake(reading, event->line, "[event %s] has no %s", event->name, guide->name);
    }
}

int import_map_read(const char *path, struct import_map *ret_map, struct up_err *err)
{
    *ret_map =
        (struct import_map){.separator = ',', .decimal = '.', .source = "urn:uptake:import:csv"};
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return up_fail(err, UP_EIO, "cannot read %s: %s", path, strerror(errno));
    ret_map->events = mem_alloc_array(MAP_EVENTS_MAX, sizeof *ret_map->events);
    struct reading *reading = mem_alloc(sizeof *reading);
    reading->map = ret_map;
    reading->path = path;
    const struct config_file_events events = {
        .pair = take_pair, .problem = take_problem, .arg = reading};
    config_file_read(file, &events);
    bool failed = ferror(file) != 0;
    fclose(file);
    place_members(reading);
    for (size_t i = 0; i < ret_map->event_count; i++)
        check_event(reading, &ret_map->events[i]);
    if (ret_map->event_count == 0 && !failed)
        add_mistake(reading, 1, "there is no [event NAME]");
    mem_free(reading);
    return failed ? up_fail(err, UP_EIO, "cannot read %s", path) : UP_OK;
}

void import_map_done(struct import_map *map)
{
    for (size_t i = 0; i < map->text_count; i++)
        mem_free(map->texts[i]);
    mem_free(map->texts);
    mem_free(map->events);
    strbuf_done(&map->messages);
}
