/* A daily series from a file, to try detectors on. */
#include "ctl/series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/rfc3339.h"
#include "io/file_source.h"
#include "model/event.h"

enum { LINE_BYTES_MAX = 256 };

struct reader {
    struct series series;
    size_t day_capacity, value_capacity;
    int64_t line;
};

static bool is_unknown(const char *text)
{
    return *text == '\0' || strcmp(text, "NA") == 0 || strcmp(text, "null") == 0 ||
           strcmp(text, "nan") == 0 || strcmp(text, "NaN") == 0;
}

/* False where the text is no number. */
static bool read_value(const char *text, double *ret_value)
{
    char *end;
    if (is_unknown(text)) {
        *ret_value = (double)NAN;
        return true;
    }
    *ret_value = strtod(text, &end);
    return *end == '\0' && isfinite(*ret_value);
}

static bool read_day(const char *text, int32_t *ret_day)
{
    char time[LINE_BYTES_MAX + 16];
    int64_t time_ms;
    (void)snprintf(time, sizeof time, "%sT00:00:00Z", text);
    if (!rfc3339_parse(text_of(time), &time_ms))
        return false;
    *ret_day = event_day(time_ms);
    return true;
}

static int take_row(struct reader *reader, char *row, struct up_err *err)
{
    struct series *series = &reader->series;
    char *comma = strchr(row, ',');
    int32_t day = (int32_t)series->count;
    double value;
    bool is_row = read_value(comma != NULL ? comma + 1 : row, &value) &&
                  (comma == NULL || (comma[0] = '\0', read_day(row, &day)));
    if (!is_row && reader->line == 1)
        return UP_OK;
    bool is_dated = comma != NULL;
    if (!is_row || (series->count > 0 && is_dated != series->is_dated))
        return up_fail(err, UP_EINVAL, "line %lld is neither `YYYY-MM-DD,value` nor `value`",
                       (long long)reader->line);
    if (series->count > 0 && day <= series->days[series->count - 1])
        return up_fail(err, UP_EINVAL, "line %lld: the day is not after the one before",
                       (long long)reader->line);
    series->is_dated = is_dated;
    mem_reserve(&series->days, &reader->day_capacity, series->count + 1, sizeof *series->days);
    mem_reserve(&series->values, &reader->value_capacity, series->count + 1,
                sizeof *series->values);
    series->days[series->count] = day;
    series->values[series->count++] = value;
    return UP_OK;
}

static int take_lines(struct reader *reader, struct file_source *source, struct up_err *err)
{
    struct text line;
    int code;
    while ((code = file_source_next(source, &line, err)) > 0) {
        char row[LINE_BYTES_MAX];
        reader->line++;
        if (line.length >= sizeof row)
            return up_fail(err, UP_EINVAL, "line %lld is too long", (long long)reader->line);
        if (line.length == 0)
            continue;
        memcpy(row, line.bytes, line.length);
        row[line.length] = '\0';
        code = take_row(reader, row, err);
        if (code != UP_OK)
            return code;
    }
    return code;
}

int series_read(const char *path, struct series *ret_series, struct up_err *err)
{
    struct file_source *source;
    struct reader reader = {.line = 0};
    int code = file_source_open(path, &source, err);
    if (code != UP_OK)
        return code;
    code = take_lines(&reader, source, err);
    file_source_close(source);
    if (code != UP_OK)
        series_done(&reader.series);
    else
        *ret_series = reader.series;
    return code;
}

void series_done(struct series *series)
{
    mem_free(series->days);
    mem_free(series->values);
    *series = (struct series){.count = 0};
}

void series_scale(struct series *series, double empty, double full)
{
    for (size_t i = 0; i < series->count; i++) {
        double *value = &series->values[i];
        if (!isnan(*value))
            *value = fmin(1, fmax(0, (*value - empty) / (full - empty)));
    }
}

bool series_range(const struct series *series, double *ret_least, double *ret_most)
{
    bool any = false;
    for (size_t i = 0; i < series->count; i++) {
        double value = series->values[i];
        if (isnan(value))
            continue;
        *ret_least = any ? fmin(*ret_least, value) : value;
        *ret_most = any ? fmax(*ret_most, value) : value;
        any = true;
    }
    return any;
}
