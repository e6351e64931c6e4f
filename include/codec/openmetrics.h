/* Writes metrics as Prometheus' text format 0.0.4 or as OpenMetrics 1.0. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/histogram.h"
#include "base/strbuf.h"
#include "base/text.h"

enum openmetrics_format { OPENMETRICS_PROMETHEUS, OPENMETRICS_1_0 };

enum openmetrics_type { OPENMETRICS_COUNTER, OPENMETRICS_GAUGE, OPENMETRICS_HISTOGRAM };

/* The format an Accept header asks for: OpenMetrics where it is named with a quality above 0 that
 * no other format of ours exceeds, else Prometheus'. accept may be NULL. */
enum openmetrics_format openmetrics_choose(const char *accept);

/* The Content-Type to answer with. */
const char *openmetrics_content_type(enum openmetrics_format format);

/* Families and their samples, one after another. To be zeroed but for `out` and `format`. */
struct openmetrics {
    struct strbuf *out; /* borrowed */
    enum openmetrics_format format;
    const char *family; /* the present one's name; borrowed */
    enum openmetrics_type type;
    struct strbuf labels; /* of the next sample, escaped */
    uint64_t *seen;       /* hashes of the families so far */
    size_t seen_count;
    size_t seen_capacity;
};

/* Begins a family. name: [a-z_][a-z0-9_]*, without _total, ending with _<unit> when there is a unit
 * (NULL = none). A name may come only once: all its samples follow here. help is one sentence. name
 * is borrowed until the next family. */
void openmetrics_family(struct openmetrics *metrics, const char *name, enum openmetrics_type type,
                        const char *unit, const char *help);

/* Adds a label to the next sample. value: any UTF-8. */
void openmetrics_label(struct openmetrics *metrics, const char *name, struct text value);

/* A sample of the present family, a counter's or a gauge's, with the labels added since the last
 * one. */
void openmetrics_sample(struct openmetrics *metrics, double value);
void openmetrics_sample_count(struct openmetrics *metrics, uint64_t value);

/* The samples of a histogram, in seconds, with the labels added since the last sample. */
void openmetrics_sample_histogram(struct openmetrics *metrics, const struct histogram *histogram);

/* Ends the text; frees what the writer holds. */
void openmetrics_end(struct openmetrics *metrics);
