/* What a connection to Redis needs of TLS. */
#pragma once

#include <stddef.h>

#include "io/redis_tls.h"

struct bufferevent;
struct event_base;

enum { REDIS_TLS_TEXT_MAX = 200 };

/* A stream that is not connected yet; it reports itself connected when the server has proved to be
 * `host` (a name or an address). */
struct bufferevent *redis_tls_stream(const struct redis_tls *tls, struct event_base *base,
                                     const char *host);

/* Why TLS failed on that stream; "" when it was not TLS. */
void redis_tls_trouble(struct bufferevent *stream, char ret_text[static REDIS_TLS_TEXT_MAX]);
