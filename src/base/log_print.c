/* A record as text. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"

/* Quotes and backslashes get a backslash. */
static void print_escaped(const char *value, struct strbuf *ret_text)
{
    strbuf_add_char(ret_text, '"');
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            strbuf_add_char(ret_text, '\\');
        strbuf_add_char(ret_text, *c);
    }
    strbuf_add_char(ret_text, '"');
}

/* A number as JSON has it: -?(0|[1-9][0-9]*)(\.[0-9]+)? */
static bool is_number(const char *value)
{
    static const char digits[] = "0123456789";
    value += *value == '-';
    size_t whole = strspn(value, digits);
    if (whole == 0 || (whole > 1 && *value == '0'))
        return false;
    value += whole;
    if (*value == '.') {
        size_t rest = strspn(value + 1, digits);
        return rest > 0 && value[1 + rest] == '\0';
    }
    return *value == '\0';
}

void log_print(const struct log_record *record, struct strbuf *ret_text)
{
    strbuf_add_format(ret_text, "event=%s", record->event);
    for (size_t i = 0; i < record->field_count; i++) {
        const struct log_field *field = &record->fields[i];
        strbuf_add_format(ret_text, " %s=", field->key);
        if (*field->value == '\0' || strpbrk(field->value, " \"=\\") != NULL)
            print_escaped(field->value, ret_text);
        else
            strbuf_add_text(ret_text, field->value);
    }
}

void log_print_json(const struct log_record *record, struct strbuf *ret_text)
{
    strbuf_add_format(ret_text, "\"event\":\"%s\"", record->event);
    for (size_t i = 0; i < record->field_count; i++) {
        const struct log_field *field = &record->fields[i];
        strbuf_add_format(ret_text, ",\"%s\":", field->key);
        if (is_number(field->value))
            strbuf_add_text(ret_text, field->value);
        else
            print_escaped(field->value, ret_text);
    }
}
