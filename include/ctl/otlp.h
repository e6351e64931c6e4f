/* Reads what OpenTelemetry writes as JSON: attributes, times and numbers, each in the forms that exporters give them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "codec/json_reader.h"

/* Attributes of one thing, and of the resource that it came from. */
struct otlp_attributes {
    struct json_value own, resource;
};

/* The text of an attribute: the thing's own, else the resource's; absent when neither has one that
 * is a text. */
struct text otlp_find_text(const struct otlp_attributes *attributes, const char *key);

/* An attribute's digits, whether it was written as a text or as a number; absent when there is
 * none. `store` holds them where they were a number. */
enum { OTLP_DIGITS_BYTES = 32 };
struct text otlp_find_digits(const struct otlp_attributes *attributes, const char *key,
                             char store[static OTLP_DIGITS_BYTES]);

/* Nanoseconds since 1970 in a member, as a text (as the protocol has it) or a number, in whole
 * milliseconds. False when it is missing, 0 or no such time. */
bool otlp_read_time(const struct json_value *object, const char *name, int64_t *ret_time_ms);

/* The value of a number data point; 0 when it has none. */
double otlp_read_number(const struct json_value *point);
