/* A format and its arguments become fields. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log_priv.h"

/* A va_list that functions can hand on to each other. */
struct arguments {
    va_list list;
};

struct spec {
    int precision; /* -1 = none */
    int longs;     /* how many l; z, j and t count as one */
    char conversion;
};

_Static_assert(sizeof(size_t) == sizeof(long) && sizeof(intmax_t) == sizeof(long), "z and j are read as l");

/* How many bytes of well-formed UTF-8 begin here; 0 = none. */
static size_t utf8_length(const unsigned char *at)
{
    size_t length = at[0] < 0x80 ? 1 : at[0] >= 0xc2 && at[0] < 0xe0 ? 2 : (at[0] & 0xf0) == 0xe0 ? 3 : 4;
    if (at[0] >= 0x80 && (at[0] < 0xc2 || at[0] > 0xf4))
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    bool is_long_form = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
    bool is_surrogate = at[0] == 0xed && at[1] >= 0xa0;
    bool is_beyond = at[0] == 0xf4 && at[1] >= 0x90;
    return is_long_form || is_surrogate || is_beyond ? 0 : length;
}

static void put(struct log_made *made, const char *bytes, size_t length)
{
    if (made->used + length >= LOG_ROOM_BYTES)
        return;
    memcpy(made->room + made->used, bytes, length);
    made->used += length;
}

/* A text from elsewhere: at most `length` bytes or to its NUL. */
static void put_text(struct log_made *made, const char *text, size_t length)
{
    char copy[LOG_ROOM_BYTES + 4] = ""; /* looking ahead never leaves it */
    size_t bytes = strnlen(text, length < LOG_ROOM_BYTES ? length : LOG_ROOM_BYTES - 1);
    memcpy(copy, text, bytes);
    for (size_t i = 0; i < bytes;) {
        unsigned char c = (unsigned char)copy[i];
        size_t character = utf8_length((const unsigned char *)copy + i);
        if (c < 0x20 || c == 0x7f)
            put(made, " ", 1);
        else if (character == 0)
            put(made, "?", 1);
        else
            put(made, copy + i, character);
        i += character > 0 ? character : 1;
    }
}

static void put_number(struct log_made *made, const struct spec *spec, struct arguments *args)
{
    char text[32];
    if (spec->conversion == 'd' || spec->conversion == 'i') {
        long long value = spec->longs == 0   ? va_arg(args->list, int)
                          : spec->longs == 1 ? va_arg(args->list, long)
                                             : va_arg(args->list, long long);
        (void)snprintf(text, sizeof text, "%lld", value);
    } else {
        unsigned long long value = spec->longs == 0   ? va_arg(args->list, unsigned)
                                   : spec->longs == 1 ? va_arg(args->list, unsigned long)
                                                      : va_arg(args->list, unsigned long long);
        (void)snprintf(text, sizeof text, spec->conversion == 'x' ? "%llx" : "%llu", value);
    }
    put(made, text, strlen(text));
}

/* False when it is none that is known: nothing can be read behind it. */
static bool put_argument(struct log_made *made, const struct spec *spec, struct arguments *args)
{
    char text[64];
    switch (spec->conversion) {
    case '%':
        put(made, "%", 1);
        return true;
    case 'd':
    case 'i':
    case 'u':
    case 'x':
        put_number(made, spec, args);
        return true;
    case 'c':
        text[0] = (char)va_arg(args->list, int);
        put_text(made, text, 1);
        return true;
    case 'f':
        (void)snprintf(text, sizeof text, "%.*f", spec->precision < 0 ? 6 : spec->precision, va_arg(args->list, double));
        put(made, text, strlen(text));
        return true;
    case 's': {
        const char *string = va_arg(args->list, const char *);
        put_text(made, string, spec->precision < 0 ? LOG_ROOM_BYTES : (size_t)spec->precision);
        return true;
    }
    default:
        return false;
    }
}

/* Reads what stands behind a '%'; returns what comes behind it. */
static const char *read_spec(const char *at, struct arguments *args, struct spec *ret_spec)
{
    *ret_spec = (struct spec){.precision = -1};
    if (*at == '.') {
        at++;
        if (*at == '*') {
            at++;
            ret_spec->precision = va_arg(args->list, int);
        } else {
            ret_spec->precision = (int)strtol(at, NULL, 10);
            at += strspn(at, "0123456789");
        }
    }
    for (; *at != '\0' && strchr("lzhjt", *at) != NULL; at++)
        ret_spec->longs += *at != 'h';
    ret_spec->conversion = *at;
    return *at == '\0' ? at : at + 1;
}

/* A value: to the quote that ends it, or to the blank. NULL: nothing behind it can be read. */
static const char *make_value(struct log_made *made, const char *at, struct arguments *args)
{
    bool is_quoted = *at == '"';
    at += is_quoted;
    while (*at != '\0' && *at != (is_quoted ? '"' : ' ')) {
        if (*at != '%') {
            put(made, at++, 1);
            continue;
        }
        struct spec spec;
        at = read_spec(at + 1, args, &spec);
        if (!put_argument(made, &spec, args))
            return NULL;
    }
    return at + (is_quoted && *at == '"');
}

/* What has no key is a `text`; an empty one is left out. */
static const char *make_field(struct log_made *made, const char *at, struct arguments *args)
{
    size_t length = strcspn(at, "= %\"");
    const char *key = NULL;
    if (at[length] == '=') {
        key = made->room + made->used;
        put(made, at, length);
        put(made, "", 1);
        at += length + 1;
    }
    const char *value = made->room + made->used;
    at = make_value(made, at, args);
    made->room[made->used++] = '\0';
    if (key != NULL || *value != '\0')
        made->fields[made->record.field_count++] =
            (struct log_field){.key = key != NULL ? key : "text", .value = value};
    return at;
}

void log_make(struct log_made *made, enum log_level level, const char *event, const char *format, va_list list)
{
    struct arguments args;
    va_copy(args.list, list);
    made->used = 0;
    made->record = (struct log_record){.level = level, .event = event, .fields = made->fields};
    for (const char *at = format; at != NULL;) {
        at += strspn(at, " ");
        if (*at == '\0' || made->record.field_count == LOG_FIELDS_MAX || made->used >= LOG_ROOM_BYTES - 64)
            break;
        at = make_field(made, at, &args);
    }
    va_end(args.list);
}

void log_made_add(struct log_made *made, const char *key, uint64_t value)
{
    if (made->record.field_count == LOG_FIELDS_MAX || made->used >= LOG_ROOM_BYTES - 64)
        return;
    const char *text = made->room + made->used;
    int length = snprintf(made->room + made->used, 32, "%llu", (unsigned long long)value);
    made->used += (size_t)length + 1;
    made->fields[made->record.field_count++] = (struct log_field){.key = key, .value = text};
}
