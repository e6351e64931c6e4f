/* Opens the socket that the HTTP server listens at. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct http_listener {
    int descriptor;
    uint16_t port; /* 0 = unix socket */
    bool is_loopback;
};

/* address as in http_settings. 0, or UP_EINVAL, UP_ECONFLICT, UP_EIO. The descriptor is the
 * caller's. */
int http_listen(const char *address, struct http_listener *ret_listener, struct up_err *err);
