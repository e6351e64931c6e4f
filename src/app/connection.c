/* How to connect, as configured. */
#include "app/connection.h"

#include <string.h>

enum { ROOM_BYTES = 64 };

void connection_text(const struct config *config, struct strbuf *ret_text)
{
    strbuf_add_text(ret_text, config->postgresql_connection);
    if (config->postgresql_password.value == NULL)
        return;
    /* Room for all of it: nothing of a password stays behind in memory that was outgrown. */
    (void)strbuf_room(ret_text, 2 * strlen(config->postgresql_password.value) + ROOM_BYTES);
    strbuf_add_text(ret_text, " password='");
    for (const char *at = config->postgresql_password.value; *at != '\0'; at++) {
        if (*at == '\'' || *at == '\\')
            strbuf_add_char(ret_text, '\\');
        strbuf_add_char(ret_text, *at);
    }
    strbuf_add_char(ret_text, '\'');
}

void connection_wipe(struct strbuf *text)
{
    if (text->data != NULL)
        explicit_bzero(text->data, text->capacity);
    strbuf_done(text);
}

static const char *or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

int connection_redis_tls(const struct config *config, struct redis_tls **ret_tls, struct up_err *err)
{
    const struct redis_tls_settings settings = {.ca_file = or_null(config->redis_tls_ca_file),
                                                .cert_file = or_null(config->redis_tls_cert_file),
                                                .key_file = or_null(config->redis_tls_key_file)};
    struct redis_tls *tls = config->redis_tls ? redis_tls_new(&settings, err) : NULL;
    if (config->redis_tls && tls == NULL)
        return UP_EINVAL;
    *ret_tls = tls;
    return UP_OK;
}
