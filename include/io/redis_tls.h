/* TLS on the way to Redis: whom to trust, and as whom to come. Owns OpenSSL, with tls_peer. */
#pragma once

#include "base/err.h"

struct redis_tls;

struct redis_tls_settings {
    const char *ca_file;   /* of certificates in PEM; NULL = those that the system trusts */
    const char *cert_file; /* our own, with what stands between it and its authority; NULL = none */
    const char *key_file;  /* of our own; NULL exactly where cert_file is */
};

/* NULL and UP_EINVAL when a file cannot be used. From TLS 1.2 on; a server must have a certificate
 * of its name or address. */
struct redis_tls *redis_tls_new(const struct redis_tls_settings *settings, struct up_err *err);
/* After the connections that use it. NULL is fine. */
void redis_tls_free(struct redis_tls *tls);
