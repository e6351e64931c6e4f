/* A small HTTP server for reading: GET and HEAD, bounded in everything, one request a connection.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

struct loop;
struct http;

struct http_settings {
    /* "127.0.0.1:9464", "[::1]:9464", "0.0.0.0:9464", port 0 = any free one, or the path of a unix
     * socket ("/..."), which is made with mode 0660 and removed at the end. */
    const char *address;
    /* More names that a Host header may have, separated by commas; NULL = none. On a loopback
     * address only these, localhost and the address itself are answered, so that no web site can
     * read through a visitor's browser (DNS rebinding). On another address a list restricts, none
     * does not. */
    const char *hosts;
    int connections_max;
    int64_t idle_timeout_ms;    /* without a byte read or written */
    int64_t request_timeout_ms; /* from the connection's begin to its end */
    int64_t (*now_us)(void);    /* a clock that only runs forward */
};

struct http_counters {
    uint64_t requests; /* answered by a handler */
    uint64_t refused;  /* answered with an error without asking a handler */
    uint64_t timeouts; /* connections ended by request_timeout_ms */
    size_t connections;
};

/* A request, borrowed for the duration of the handler. */
struct http_request;

/* Decoded, begins with '/'. */
const char *http_request_path(const struct http_request *request);
/* What the '*' of the route stands for, decoded; "" for a route without. */
const char *http_request_rest(const struct http_request *request);
/* The first value of that name in the query, decoded; NULL = none. */
const char *http_request_query(const struct http_request *request, const char *name);
/* NULL = none. */
const char *http_request_header(const struct http_request *request, const char *name);

/* What to answer; given with status 200, no type and an empty body. */
struct http_answer {
    int status;
    const char *content_type; /* NULL = none */
    struct strbuf body;
    const struct http_request *request;
    struct http_later *later; /* see http_answer_later() */
};

/* Sets a header of the answer, in place of the server's own of that name (Content-Security-Policy:
 * default-src 'none'; Cache-Control: no-store; and others that forbid rather than permit). */
void http_answer_header(struct http_answer *answer, const char *name, const char *value);

/* From within a handler: the answer is not there yet. What the handler fills in is not sent; what
 * http_later_answer() gives is, once http_later_send() is called. That must be before http_free(),
 * and within request_timeout_ms, or it reaches nobody, which is no error. */
struct http_later *http_answer_later(struct http_answer *answer);
/* To be filled in, as a handler would; lives until it is sent. */
struct http_answer *http_later_answer(struct http_later *later);
/* Sends it, to whoever is still there, and frees it. */
void http_later_send(struct http_later *later);

/* Called in the loop for GET and HEAD alike; the server leaves the body of a HEAD's answer away. */
typedef void http_handler(void *arg, const struct http_request *request,
                          struct http_answer *answer);

/* Listens. NULL and *err: UP_EINVAL the address cannot be read, UP_ECONFLICT it is in use, UP_EIO.
 */
struct http *http_new(struct loop *loop, const struct http_settings *settings, struct up_err *err);
void http_free(struct http *http);

/* Answers a path, or all paths that begin as one ending with a star does ("/api/v1/teams/" and a
 * star). The first route that fits counts. path is borrowed. */
void http_route(struct http *http, const char *path, http_handler *handler, void *arg);

/* Other names for http_settings.hosts; NULL = none. */
void http_set_hosts(struct http *http, const char *hosts);

/* The port it listens at; 0 for a unix socket. */
uint16_t http_port(const struct http *http);

const struct http_counters *http_counters(const struct http *http);
