/* Asks HTTP servers, on the loop or waiting for the answer: bounded in time and bytes. Owns libcurl. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/text.h"

struct loop;
struct http_client;

/* Everything is copied; NULL = none. */
struct http_client_request {
    const char *url;            /* http: or https: */
    struct text body;           /* absent: GET, else POST */
    const char *const *headers; /* "Name: value" */
    size_t header_count;
    const char *user, *password; /* basic authentication */
    const char *token;           /* bearer authentication */
    const char *ca_file;         /* PEM; NULL = the machine's authorities */
    int64_t timeout_ms;          /* from the beginning to the last byte */
    size_t answer_bytes_max;
};

/* Borrowed for the duration of the callback. */
struct http_client_answer {
    int status; /* 0: none came, err says why */
    struct text body;
    struct up_err
        err; /* UP_ECONN: nobody answered in time; UP_EIO: an answer that is none, or is too long */
};

typedef void http_client_on_answer(void *arg, const struct http_client_answer *answer);

/* NULL and *err (UP_EIO) when libcurl does not start. */
struct http_client *http_client_new(struct loop *loop, struct up_err *err);
/* What is under way is never answered. Not from within a callback of it. NULL is fine. */
void http_client_free(struct http_client *client);

/* Redirects are not followed, and no proxy is asked. UP_OK: answered exactly once, by the loop, never from within this
 * call. UP_EINVAL: not a request that can be made; never answered. */
int http_client_send(struct http_client *client, const struct http_client_request *request,
                     http_client_on_answer *answered, void *arg, struct up_err *err);

/* For commands, never in the daemon's loop: waits, and adds the body of a 200 to *ret_body, 16 MiB at most. UP_ECONN:
 * nobody answered in time; UP_EIO: another answer. */
int http_client_get(const char *url, int timeout_ms, struct strbuf *ret_body, struct up_err *err);
