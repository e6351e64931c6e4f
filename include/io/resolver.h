/* Turns host names into addresses without ever blocking the loop. */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct loop;
struct resolver;
struct resolver_query;

enum { RESOLVER_ADDRESSES_MAX = 8, RESOLVER_ADDRESS_BYTES = 46 };

/* Numeric addresses ("127.0.0.1", "::1") in the order of preference. count 0: the name has none, or
 * nobody knows; then `error` says why. Borrowed for the duration of the callback. */
struct resolver_answer {
    size_t count;
    char addresses[RESOLVER_ADDRESSES_MAX][RESOLVER_ADDRESS_BYTES];
    const char *error;
};

typedef void resolver_on_answer(void *arg, const struct resolver_answer *answer);

/* Reads /etc/resolv.conf and /etc/hosts once. NULL and *err (UP_EIO) when that is not possible. */
struct resolver *resolver_new(struct loop *loop, struct up_err *err);
/* Cancels what is still asked. Memory of a cancelled question is given back by the loop's next
 * turn. */
void resolver_free(struct resolver *resolver);

/* Asks for the addresses of `host` (a name or a numeric address). The answer comes from the loop,
 * never from within this call, and exactly once unless the question is cancelled. */
struct resolver_query *resolver_ask(struct resolver *resolver, const char *host,
                                    resolver_on_answer *answered, void *arg);

/* No answer is wanted any more. Not for a question that was answered; NULL is fine. */
void resolver_cancel(struct resolver_query *query);
