/* The connection string of PostgreSQL with the password in it. */
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
