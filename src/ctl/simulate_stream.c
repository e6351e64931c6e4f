/* Simulated events on their way, sorted by arrival a day at a time. */
#include "ctl/simulate_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"
#include "ctl/simulate_fault.h"

/* An outcome is at most 28 days behind the work, and at most 38 days on its way; what comes later
 * still waits for the end. */
enum { DAYS_AFTER = 96, FLUSH_BYTES = 1 << 16 };
static const double HOUR_MS = 3600e3;

struct arrival {
    double time_ms;
    uint64_t sequence;
    size_t at;
    uint32_t length;
};

/* What arrives on one day. */
struct arrivals {
    struct strbuf lines;
    struct arrival *items;
    size_t count, capacity;
};

struct simulate_stream {
    struct simulate_stream_settings settings;
    struct chance chance;  /* of what happens to lines on their way out */
    struct arrivals *days; /* from first_day on */
    int32_t day_count;
    int32_t passed;     /* days that are written */
    struct strbuf line; /* the event that is being written */
    struct json_write json;
    double arrival_ms, again_ms; /* of it; again: negative = comes once */
    uint64_t sequence;
    uint64_t faults; /* broken lines so far */
    struct strbuf out;
    int64_t written;
    bool failed;
};

struct simulate_stream *simulate_stream_new(const struct simulate_stream_settings *settings)
{
    struct simulate_stream *stream = mem_alloc(sizeof *stream);
    stream->settings = *settings;
    stream->day_count = settings->days + DAYS_AFTER;
    stream->days = mem_alloc_array((size_t)stream->day_count, sizeof *stream->days);
    stream->json.out = &stream->line;
    chance_init(&stream->chance, settings->seed, UINT64_MAX);
    return stream;
}

static void forget_arrivals(struct arrivals *arrivals)
{
    strbuf_done(&arrivals->lines);
    mem_free(arrivals->items);
    *arrivals = (struct arrivals){.items = NULL};
}

void simulate_stream_free(struct simulate_stream *stream)
{
    if (stream == NULL)
        return;
    for (int32_t i = 0; i < stream->day_count; i++)
        forget_arrivals(&stream->days[i]);
    mem_free(stream->days);
    strbuf_done(&stream->line);
    strbuf_done(&stream->out);
    mem_free(stream);
}

int64_t simulate_stream_lines(const struct simulate_stream *stream)
{
    return stream->written;
}

/* ---- the time of an event ------------------------------------------------------------------- */

static char *write_digits(char *at, uint32_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + digits;
}

/* Year, month and day of a number of days since 1970 (Hinnant, chrono-compatible date algorithms).
 */
static char *write_date(char *at, int64_t days)
{
    uint64_t z = (uint64_t)(days + 719468);
    uint64_t era = z / 146097;
    uint32_t day_of_era = (uint32_t)(z - era * 146097);
    uint32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t shifted = (5 * day_of_year + 2) / 153;
    uint32_t month = shifted < 10 ? shifted + 3 : shifted - 9;
    at = write_digits(at, (uint32_t)(year_of_era + era * 400 + (month <= 2)), 4);
    *at++ = '-';
    at = write_digits(at, month, 2);
    *at++ = '-';
    return write_digits(at, day_of_year - (153 * shifted + 2) / 5 + 1, 2);
}

/* Mostly whole ms in UTC; some with offsets, microseconds or no fraction. */
static void write_time(struct json_write *json, struct chance *chance, int64_t time_ms)
{
    char text[40];
    char *at = text;
    double u = chance_unit(chance);
    int32_t offset_min = u < 0.9 ? 0 : u < 0.95 ? 120 : -330;
    int64_t local_s = time_ms / 1000 + offset_min * 60;
    uint32_t second = (uint32_t)(local_s % 86400);
    at = write_date(at, local_s / 86400);
    *at++ = 'T';
    at = write_digits(at, second / 3600, 2);
    *at++ = ':';
    at = write_digits(at, second / 60 % 60, 2);
    *at++ = ':';
    at = write_digits(at, second % 60, 2);
    if (u > 0.05) {
        *at++ = '.';
        at = write_digits(at, (uint32_t)(time_ms % 1000), 3);
    }
    if (u >= 0.97)
        at = write_digits(at, 999, 3);
    const char *suffix = u < 0.9 ? "Z" : u < 0.95 ? "+02:00" : "-05:30";
    size_t length = strlen(suffix);
    memcpy(at, suffix, length);
    at += length;
    json_write_text(json, (struct text){.bytes = text, .length = (uint32_t)(at - text)});
}

/* ---- one event ------------------------------------------------------------------------------- */

/* Most come at once, some after hours, a few after weeks. */
static double draw_delay_ms(struct chance *chance)
{
    double u = chance_unit(chance);
    if (u < 0.93)
        return chance_exponential(chance, 4000);
    return u < 0.995 ? chance_exponential(chance, 6 * HOUR_MS)
                     : chance_between(chance, 0, 30) * DAY_MS;
}

static void draw_arrival(struct simulate_stream *stream, struct chance *chance,
                         enum event_type type, int64_t time_ms)
{
    double faults = stream->settings.faults;
    stream->arrival_ms = (double)time_ms + draw_delay_ms(chance);
    if ((type == EVENT_USAGE || type == EVENT_OUTCOME) &&
        chance_hits(chance, faults / 4)) /* about too late */
        stream->arrival_ms = (double)time_ms + chance_between(chance, 34, 38) * DAY_MS;
    stream->again_ms = -1;
    if (chance_hits(chance, faults))
        stream->again_ms = stream->arrival_ms + chance_exponential(chance, 2.0 * DAY_MS);
}

static void write_source(struct json_write *json, const char *team, const char *source)
{
    char text[160];
    json_write_name(json, "source");
    if (source == NULL) {
        (void)snprintf(text, sizeof text, "/gen/%s", team);
        source = text;
    }
    json_write_word(json, source);
}

struct json_write *simulate_stream_begin(struct simulate_stream *stream, struct chance *chance,
                                         const char *team, enum event_type type, int64_t time_ms,
                                         const char *source)
{
    char id[24];
    struct json_write *json = &stream->json;
    UP_ASSERT(stream->line.length == 0);
    draw_arrival(stream, chance, type, time_ms);
    stream->sequence++;
    (void)snprintf(id, sizeof id, "%llx", (unsigned long long)stream->sequence);
    json->comma = false;
    json_write_begin_object(json);
    json_write_name(json, "specversion");
    json_write_word(json, "1.0");
    json_write_name(json, "id");
    json_write_word(json, id);
    write_source(json, team, source);
    json_write_name(json, "type");
    json_write_word(json, event_type_name(type));
    json_write_name(json, "time");
    write_time(json, chance, time_ms);
    json_write_name(json, "data");
    json_write_begin_object(json);
    json_write_name(json, "team");
    json_write_word(json, team);
    return json;
}

static void put_arrival(struct simulate_stream *stream, double time_ms)
{
    if (time_ms > (double)stream->settings.until_ms)
        return;
    int64_t day = (int64_t)(time_ms / DAY_MS) - stream->settings.first_day;
    if (day >= stream->day_count)
        day = stream->day_count - 1;
    UP_ASSERT(day >= stream->passed);
    struct arrivals *arrivals = &stream->days[day];
    mem_reserve(&arrivals->items, &arrivals->capacity, arrivals->count + 1,
                sizeof *arrivals->items);
    arrivals->items[arrivals->count++] = (struct arrival){.time_ms = time_ms,
                                                          .sequence = stream->sequence,
                                                          .at = arrivals->lines.length,
                                                          .length = (uint32_t)stream->line.length};
    strbuf_add(&arrivals->lines, stream->line.data, stream->line.length);
}

void simulate_stream_end(struct simulate_stream *stream)
{
    json_write_end_object(&stream->json);
    json_write_end_object(&stream->json);
    put_arrival(stream, stream->arrival_ms);
    if (stream->again_ms >= 0)
        put_arrival(stream, stream->again_ms);
    strbuf_reset(&stream->line);
}

/* ---- the order of arrival ------------------------------------------------------------------- */

static int compare_arrivals(const void *a, const void *b)
{
    const struct arrival *left = a;
    const struct arrival *right = b;
    if (left->time_ms != right->time_ms)
        return left->time_ms < right->time_ms ? -1 : 1;
    return (left->sequence > right->sequence) - (left->sequence < right->sequence);
}

static void flush(struct simulate_stream *stream, size_t from)
{
    if (stream->out.length < from || stream->out.length == 0)
        return;
    if (fwrite(stream->out.data, 1, stream->out.length, stream->settings.file) !=
        stream->out.length)
        stream->failed = true;
    strbuf_reset(&stream->out);
}

static void write_line(struct simulate_stream *stream, struct text line)
{
    strbuf_add(&stream->out, line.bytes, line.length);
    strbuf_add_char(&stream->out, '\n');
    stream->written++;
    /* The first tenth is sound, so that there is something that faults can spoil. */
    bool may_break = stream->settings.faults > 0 && stream->passed * 10 >= stream->settings.days;
    if (may_break && chance_hits(&stream->chance, stream->settings.faults / 4)) {
        simulate_fault_write(&stream->out, stream->faults++, line);
        strbuf_add_char(&stream->out, '\n');
        stream->written++;
    }
    flush(stream, FLUSH_BYTES);
}

void simulate_stream_pass_day(struct simulate_stream *stream, int32_t day)
{
    UP_ASSERT(day - stream->settings.first_day < stream->day_count);
    for (; stream->passed <= day - stream->settings.first_day; stream->passed++) {
        struct arrivals *arrivals = &stream->days[stream->passed];
        if (arrivals->count > 1)
            qsort(arrivals->items, arrivals->count, sizeof *arrivals->items, compare_arrivals);
        for (size_t i = 0; i < arrivals->count; i++)
            write_line(stream, (struct text){.bytes = arrivals->lines.data + arrivals->items[i].at,
                                             .length = arrivals->items[i].length});
        forget_arrivals(arrivals);
    }
}

int simulate_stream_finish(struct simulate_stream *stream, struct up_err *err)
{
    simulate_stream_pass_day(stream, stream->settings.first_day + stream->day_count - 1);
    flush(stream, 0);
    if (fflush(stream->settings.file) != 0 || stream->failed)
        return up_fail(err, UP_EIO, "cannot write the events: %s", strerror(errno));
    return UP_OK;
}
