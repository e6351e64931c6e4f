/* Writes metrics as Prometheus' text format 0.0.4 or as OpenMetrics 1.0. */
#include "codec/openmetrics.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/panic.h"

enum { NUMBER_TEXT_BYTES = 32 };

static const char openmetrics_media[] = "application/openmetrics-text";

/* The next element of a comma-separated list, without blanks around it; length 0 at the end. */
static struct text next_element(const char **at)
{
    *at += strspn(*at, ", \t");
    size_t length = strcspn(*at, ",");
    struct text element = {.bytes = *at, .length = (uint32_t)length};
    *at += length;
    while (element.length > 0 && strchr(" \t", element.bytes[element.length - 1]) != NULL)
        element.length--;
    return element;
}

/* q in thousandths (RFC 9110, 12.4.2), 1000 when there is none or it cannot be read. */
static int quality_of(struct text element)
{
    for (uint32_t i = 0; i + 2 < element.length; i++) {
        if (element.bytes[i] != ';')
            continue;
        uint32_t at = i + 1;
        while (at < element.length && (element.bytes[at] == ' ' || element.bytes[at] == '\t'))
            at++;
        if (at + 2 >= element.length || strncasecmp(element.bytes + at, "q=", 2) != 0)
            continue;
        if (element.bytes[at + 2] != '0')
            return 1000;
        int quality = 0;
        int place = 100;
        for (at += 4; at < element.length && element.bytes[at] >= '0' && element.bytes[at] <= '9';
             at++) {
            quality += (element.bytes[at] - '0') * place;
            place /= 10;
        }
        return quality;
    }
    return 1000;
}

static bool is_media(struct text element, const char *media)
{
    size_t length = strlen(media);
    return element.length >= length && strncasecmp(element.bytes, media, length) == 0 &&
           (element.length == length || strchr("; \t", element.bytes[length]) != NULL);
}

enum openmetrics_format openmetrics_choose(const char *accept)
{
    if (accept == NULL)
        return OPENMETRICS_PROMETHEUS;
    int open = 0;
    int plain = 0;
    for (struct text element = next_element(&accept); element.length > 0;
         element = next_element(&accept)) {
        if (is_media(element, openmetrics_media))
            open = open > quality_of(element) ? open : quality_of(element);
        else if (is_media(element, "text/plain"))
            plain = plain > quality_of(element) ? plain : quality_of(element);
    }
    return open > 0 && open >= plain ? OPENMETRICS_1_0 : OPENMETRICS_PROMETHEUS;
}

const char *openmetrics_content_type(enum openmetrics_format format)
{
    return format == OPENMETRICS_1_0 ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                     : "text/plain; version=0.0.4; charset=utf-8";
}

static const char *type_name(enum openmetrics_type type)
{
    switch (type) {
    case OPENMETRICS_COUNTER:
        return "counter";
    case OPENMETRICS_GAUGE:
        return "gauge";
    case OPENMETRICS_HISTOGRAM:
        return "histogram";
    }
    return "unknown";
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static void add_escaped(struct strbuf *out, struct text text, bool escapes_quotes)
{
    for (uint32_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        if (c == '\n') {
            strbuf_add(out, "\\n", 2);
            continue;
        }
        if (c == '\\' || (c == '"' && escapes_quotes))
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, c);
    }
}

static void remember_family(struct openmetrics *metrics, const char *name)
{
    uint64_t hash = hash_xx64(name, strlen(name));
    for (size_t i = 0; i < metrics->seen_count; i++)
        UP_ASSERT(metrics->seen[i] != hash);
    mem_reserve(&metrics->seen, &metrics->seen_capacity, metrics->seen_count + 1, sizeof hash);
    metrics->seen[metrics->seen_count++] = hash;
}

void openmetrics_family(struct openmetrics *metrics, const char *name, enum openmetrics_type type,
                        const char *unit, const char *help)
{
    UP_ASSERT(!ends_with(name, "_total"));
    UP_ASSERT(unit == NULL || ends_with(name, unit));
    UP_ASSERT(metrics->labels.length == 0);
    remember_family(metrics, name);
    metrics->family = name;
    metrics->type = type;
    bool is_open = metrics->format == OPENMETRICS_1_0;
    /* Prometheus' format knows a counter by the name of its samples. */
    const char *suffix = !is_open && type == OPENMETRICS_COUNTER ? "_total" : "";
    strbuf_add_format(metrics->out, "# HELP %s%s ", name, suffix);
    add_escaped(metrics->out, text_of(help), is_open);
    strbuf_add_format(metrics->out, "\n# TYPE %s%s %s\n", name, suffix, type_name(type));
    if (is_open && unit != NULL)
        strbuf_add_format(metrics->out, "# UNIT %s %s\n", name, unit);
}

void openmetrics_label(struct openmetrics *metrics, const char *name, struct text value)
{
    if (metrics->labels.length > 0)
        strbuf_add_char(&metrics->labels, ',');
    strbuf_add_format(&metrics->labels, "%s=\"", name);
    add_escaped(&metrics->labels, value, true);
    strbuf_add_char(&metrics->labels, '"');
}

/* "<family><suffix>{<labels>,<more>} ". `more` may be empty. */
static void add_sample_head(struct openmetrics *metrics, const char *suffix, const char *more)
{
    strbuf_add_text(metrics->out, metrics->family);
    strbuf_add_text(metrics->out, suffix);
    bool has_both = metrics->labels.length > 0 && more[0] != '\0';
    if (metrics->labels.length > 0 || more[0] != '\0') {
        strbuf_add_char(metrics->out, '{');
        strbuf_add(metrics->out, metrics->labels.data, metrics->labels.length);
        strbuf_add_text(metrics->out, has_both ? "," : "");
        strbuf_add_text(metrics->out, more);
        strbuf_add_char(metrics->out, '}');
    }
    strbuf_add_char(metrics->out, ' ');
}

/* The shortest of 15 or 17 digits that reads back the same. */
static void number_text(double value, char ret_text[static NUMBER_TEXT_BYTES])
{
    if (isnan(value)) {
        memcpy(ret_text, "NaN", 4);
    } else if (isinf(value)) {
        (void)snprintf(ret_text, NUMBER_TEXT_BYTES, "%s", value > 0 ? "+Inf" : "-Inf");
    } else {
        double back = 0;
        (void)snprintf(ret_text, NUMBER_TEXT_BYTES, "%.15g", value);
        if (sscanf(ret_text, "%lf", &back) != 1 || back != value)
            (void)snprintf(ret_text, NUMBER_TEXT_BYTES, "%.17g", value);
    }
}

static const char *sample_suffix(const struct openmetrics *metrics)
{
    UP_ASSERT(metrics->family != NULL);
    UP_ASSERT(metrics->type != OPENMETRICS_HISTOGRAM);
    return metrics->type == OPENMETRICS_COUNTER ? "_total" : "";
}

void openmetrics_sample(struct openmetrics *metrics, double value)
{
    char number[NUMBER_TEXT_BYTES];
    number_text(value, number);
    add_sample_head(metrics, sample_suffix(metrics), "");
    strbuf_add_format(metrics->out, "%s\n", number);
    strbuf_reset(&metrics->labels);
}

void openmetrics_sample_count(struct openmetrics *metrics, uint64_t value)
{
    add_sample_head(metrics, sample_suffix(metrics), "");
    strbuf_add_format(metrics->out, "%" PRIu64 "\n", value);
    strbuf_reset(&metrics->labels);
}

/* OpenMetrics wants a point in every bound (1.0, not 1). */
static void bound_label(int bucket, char ret_label[static NUMBER_TEXT_BYTES])
{
    char number[NUMBER_TEXT_BYTES] = "+Inf";
    if (bucket < HISTOGRAM_BOUNDS)
        number_text((double)histogram_bounds_us[bucket] / 1e6, number);
    bool is_whole = bucket < HISTOGRAM_BOUNDS && strpbrk(number, ".e") == NULL;
    (void)snprintf(ret_label, NUMBER_TEXT_BYTES, "le=\"%.20s%s\"", number, is_whole ? ".0" : "");
}

void openmetrics_sample_histogram(struct openmetrics *metrics, const struct histogram *histogram)
{
    UP_ASSERT(metrics->type == OPENMETRICS_HISTOGRAM);
    uint64_t below = 0;
    for (int bucket = 0; bucket <= HISTOGRAM_BOUNDS; bucket++) {
        char label[NUMBER_TEXT_BYTES];
        bound_label(bucket, label);
        below += histogram->buckets[bucket];
        add_sample_head(metrics, "_bucket", label);
        strbuf_add_format(metrics->out, "%" PRIu64 "\n", below);
    }
    char number[NUMBER_TEXT_BYTES];
    number_text((double)histogram->sum_us / 1e6, number);
    add_sample_head(metrics, "_sum", "");
    strbuf_add_format(metrics->out, "%s\n", number);
    add_sample_head(metrics, "_count", "");
    strbuf_add_format(metrics->out, "%" PRIu64 "\n", histogram->count);
    strbuf_reset(&metrics->labels);
}

void openmetrics_end(struct openmetrics *metrics)
{
    if (metrics->format == OPENMETRICS_1_0)
        strbuf_add_text(metrics->out, "# EOF\n");
    strbuf_done(&metrics->labels);
    mem_free(metrics->seen);
    *metrics = (struct openmetrics){0};
}
