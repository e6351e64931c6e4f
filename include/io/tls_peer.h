/* Until when certificates are valid: of a server that shows one, or in a file. Owns OpenSSL. */
#pragma once

#include <stdint.h>

#include "base/err.h"

/* Connects and says until when the certificate is valid that the server shows, in seconds since 1970.
 * Whether the certificate is to be trusted is not looked at. UP_ECONN: nobody answers in time;
 * UP_EIO: this is no TLS. The program ignores SIGPIPE. */
int tls_peer_expiry(const char *host, const char *port, int timeout_ms, int64_t *ret_not_after_s, struct up_err *err);

/* The same of a connection that is there: OpenSSL's SSL, as libpq has it. */
int tls_peer_expiry_of(void *ssl, int64_t *ret_not_after_s, struct up_err *err);

/* The earliest of the certificates in a file in PEM. */
int tls_peer_expiry_of_file(const char *path, int64_t *ret_not_after_s, struct up_err *err);
