/* Where a Redis server is, as people write it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

enum { REDIS_ADDRESS_BYTES = 256 };

/* Of a unix socket host is "", else path. */
struct redis_address {
    char host[REDIS_ADDRESS_BYTES]; /* name or numeric, without brackets */
    char path[REDIS_ADDRESS_BYTES];
    uint16_t port;
};

/* Reads the first of addresses divided by commas: "host:port", "host", "[::1]:6379" or the path of a
 * unix socket. *ret_rest is what follows, NULL = it was the last. UP_EINVAL. */
int redis_address_read(const char *addresses, struct redis_address *ret_address, const char **ret_rest,
                       struct up_err *err);
