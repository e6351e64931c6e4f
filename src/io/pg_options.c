/* A connection string in parts, with our own defaults where it says nothing. */
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"
#include "pg_priv.h"

static const struct {
    const char *keyword, *value;
} defaults[] = {
    {"client_encoding", "UTF8"},     {"keepalives", "1"},
    {"keepalives_idle", "30"},       {"keepalives_interval", "10"},
    {"keepalives_count", "3"},       {"tcp_user_timeout", "30000"}, /* ms */
};

static int find(const struct pg_options *options, const char *keyword)
{
    for (int i = 0; i < options->count; i++) {
        if (strcmp(options->keywords[i], keyword) == 0)
            return i;
    }
    return -1;
}

/* It may be a password. */
static void wipe(char *value)
{
    explicit_bzero(value, strlen(value));
    mem_free(value);
}

const char *pg_options_get(const struct pg_options *options, const char *keyword)
{
    int at = find(options, keyword);
    return at < 0 ? NULL : options->values[at];
}

void pg_options_set(struct pg_options *options, const char *keyword, const char *value)
{
    int at = find(options, keyword);
    if (at < 0) {
        UP_ASSERT(options->count < PG_OPTIONS_MAX);
        at = options->count++;
        options->keywords[at] = mem_copy_text(keyword, strlen(keyword));
    } else {
        wipe(options->values[at]);
    }
    options->values[at] = mem_copy_text(value, strlen(value));
}

int pg_options_init(struct pg_options *options, const char *conninfo, const char *application_name,
                    bool reads_only, struct up_err *err)
{
    *options = (struct pg_options){0};
    PQconninfoOption *parsed = PQconninfoParse(conninfo, NULL);
    if (parsed == NULL)
        return up_fail(
            err, UP_EINVAL,
            "the connection to PostgreSQL is neither keyword=value pairs nor a postgresql:// URI");
    for (const PQconninfoOption *option = parsed; option->keyword != NULL; option++) {
        if (option->val != NULL)
            pg_options_set(options, option->keyword, option->val);
    }
    PQconninfoFree(parsed);
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        if (pg_options_get(options, defaults[i].keyword) == NULL)
            pg_options_set(options, defaults[i].keyword, defaults[i].value);
    }
    if (!reads_only && pg_options_get(options, "target_session_attrs") == NULL)
        pg_options_set(options, "target_session_attrs", "read-write");
    if (pg_options_get(options, "application_name") == NULL)
        pg_options_set(options, "application_name", application_name);
    return UP_OK;
}

void pg_options_done(struct pg_options *options)
{
    for (int i = 0; i < options->count; i++) {
        mem_free(options->keywords[i]);
        wipe(options->values[i]);
    }
    *options = (struct pg_options){0};
}
