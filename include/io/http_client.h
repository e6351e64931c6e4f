/* Fetches a page over HTTP and waits for it: for commands, never in the daemon's loop. Owns libcurl. */
#pragma once

#include "base/err.h"
#include "base/strbuf.h"

/* Adds the body of a 200 to *ret_body, 16 MiB at most. UP_ECONN: nobody answered in time; UP_EIO: another answer. */
int http_client_get(const char *url, int timeout_ms, struct strbuf *ret_body, struct up_err *err);
