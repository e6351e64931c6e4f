/* A connection to one Redis server that waits for each answer: for commands, never in the daemon's loop. */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "io/redis_address.h"

struct redis_session;
struct redis_tls;

/* All borrowed for as long as the session lives. */
struct redis_session_settings {
    struct redis_address address;
    const char *user;     /* NULL = the default user */
    const char *password; /* NULL = no AUTH */
    const struct redis_tls *tls; /* NULL = in the clear */
    int database;
    int timeout_ms; /* of connecting, and of each command */
};

/* UP_EAUTH: the server refuses the login; UP_ECONN: it does not answer in time; UP_EIO. */
int redis_session_open(const struct redis_session_settings *settings, struct redis_session **ret_session,
                       struct up_err *err);
/* NULL is fine. */
void redis_session_close(struct redis_session *session);

/* Sends one command and adds its answer to *ret_text: members of a list each with a line end, nothing
 * for nil. UP_EAUTH: not permitted; UP_EIO: another error; UP_ECONN: no answer. */
int redis_session_ask(struct redis_session *session, int argc, const char **argv, struct strbuf *ret_text,
                      struct up_err *err);
