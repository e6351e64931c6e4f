/* A connection to PostgreSQL that waits for each answer: never in the daemon's loop. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

struct pg_session;

/* A notice or warning of the server, one line; text is borrowed. */
typedef void pg_session_on_notice(void *arg, const char *text);

/* conninfo: keyword=value pairs or a URI. NULL and *err: UP_EAUTH (not let in), UP_EINVAL (no such
 * database, not a connection string), UP_EVERSION (server too old), UP_ECONN. Waits at most 10 s,
 * or connect_timeout of the connection string. noticed may be NULL. */
struct pg_session *pg_session_open(const char *conninfo, const char *application_name,
                                   pg_session_on_notice *noticed, void *arg, struct up_err *err);
/* The same for who only reads: a standby, or a user whose sessions are read-only, will do. */
struct pg_session *pg_session_open_reader(const char *conninfo, const char *application_name, struct up_err *err);
void pg_session_close(struct pg_session *session);

/* From now on a statement that takes longer fails with UP_ECONN, and so does all after it; 0 = it may
 * take as long as it wants, as at first. */
void pg_session_set_timeout(struct pg_session *session, int timeout_ms);

/* OpenSSL's SSL of the connection, for io/tls_peer.h; NULL = it is not encrypted. */
void *pg_session_tls(const struct pg_session *session);

/* Of the server, e.g. 150006. */
int pg_session_server_version(const struct pg_session *session);

/* Runs statements one after the other; several in one text are one transaction unless they say
 * otherwise. Codes as the server's error asks for: UP_EAGAIN, UP_ECONFLICT, UP_EINVAL, UP_EAUTH,
 * UP_EVERSION, UP_EIO; UP_ECONN. */
int pg_session_run(struct pg_session *session, const char *sql, struct up_err *err);

/* The same; *ret_text gets all rows of the last result as text: columns separated by tabs, rows
 * ended by newlines, NULL as nothing. */
int pg_session_ask(struct pg_session *session, const char *sql, struct strbuf *ret_text,
                   struct up_err *err);

/* The same of one statement with $1 ... $count; values are texts, NULL is NULL. */
int pg_session_ask_with(struct pg_session *session, const char *sql, const char *const *values,
                        int count, struct strbuf *ret_text, struct up_err *err);

/* The next bytes of a stream; anything but UP_OK, with *err filled, ends it. */
typedef int pg_session_on_bytes(void *arg, const void *bytes, size_t length, struct up_err *err);

/* Runs COPY ... TO STDOUT and hands its bytes on, cut anywhere. What the callback refuses is an error
 * with its code; the session can be used on. Else codes as of pg_session_run(). */
int pg_session_copy(struct pg_session *session, const char *sql, pg_session_on_bytes *on_bytes,
                    void *arg, struct up_err *err);
