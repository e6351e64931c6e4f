/* Reads what OpenTelemetry writes as JSON: attributes, times and numbers, each in the forms that exporters give them. */
#include "ctl/otlp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/import.h"

static struct json_value find_value(const struct json_value *attributes, const char *key)
{
    struct json_value attribute;
    for (struct json_walk items = json_reader_walk(attributes);
         json_reader_next(&items, &attribute);) {
        if (text_equal(import_find_text(&attribute, "key"), text_of(key)))
            return import_find(&attribute, "value");
    }
    return (struct json_value){.kind = JSON_ABSENT};
}

static struct json_value find_attribute(const struct otlp_attributes *attributes, const char *key)
{
    struct json_value value = find_value(&attributes->own, key);
    return value.kind != JSON_ABSENT ? value : find_value(&attributes->resource, key);
}

struct text otlp_find_text(const struct otlp_attributes *attributes, const char *key)
{
    struct json_value value = find_attribute(attributes, key);
    return import_find_text(&value, "stringValue");
}

struct text otlp_find_digits(const struct otlp_attributes *attributes, const char *key,
                             char store[static OTLP_DIGITS_BYTES])
{
    struct json_value value = find_attribute(attributes, key);
    struct json_value whole = import_find(&value, "intValue");
    if (whole.kind == JSON_STRING)
        return whole.text;
    if (whole.kind != JSON_NUMBER)
        return import_find_text(&value, "stringValue");
    (void)snprintf(store, OTLP_DIGITS_BYTES, "%.0f", whole.number);
    return text_of(store);
}

/* A number, or a text that is one and nothing else; negative when neither. */
static double read_amount(const struct json_value *value)
{
    char digits[OTLP_DIGITS_BYTES];
    if (value->kind == JSON_NUMBER)
        return value->number;
    if (value->kind != JSON_STRING || value->text.length == 0 ||
        value->text.length >= sizeof digits)
        return -1;
    memcpy(digits, value->text.bytes, value->text.length);
    digits[value->text.length] = '\0';
    if (strspn(digits, "0123456789") != value->text.length)
        return -1;
    return strtod(digits, NULL);
}

bool otlp_read_time(const struct json_value *object, const char *name, int64_t *ret_time_ms)
{
    enum { MS_DIGITS = 6, DIGITS_MAX = 19 };
    struct json_value value = import_find(object, name);
    double nanoseconds = read_amount(&value);
    if (nanoseconds < 1e6 || nanoseconds > 9e18)
        return false;
    *ret_time_ms = (int64_t)(nanoseconds / 1e6);
    if (value.kind == JSON_STRING && value.text.length > MS_DIGITS &&
        value.text.length <= DIGITS_MAX) {
        /* A double does not have all the digits. */
        char digits[DIGITS_MAX + 1] = {0};
        memcpy(digits, value.text.bytes, value.text.length - MS_DIGITS);
        *ret_time_ms = strtoll(digits, NULL, 10);
    }
    return true;
}

double otlp_read_number(const struct json_value *point)
{
    struct json_value whole = import_find(point, "asInt");
    double amount = read_amount(&whole);
    return whole.kind == JSON_ABSENT ? import_find_number(point, "asDouble")
           : amount < 0              ? 0
                                     : amount;
}
