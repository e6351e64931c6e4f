/* How to connect, as configured: PostgreSQL's connection string with the password in it, and TLS to Redis. */
#pragma once

#include "app/config.h"
#include "base/strbuf.h"
#include "io/redis_tls.h"

/* Adds the configured connection string, with the password of password_file where there is one. */
void connection_text(const struct config *config, struct strbuf *ret_text);

/* Overwrites and frees it. */
void connection_wipe(struct strbuf *text);

/* *ret_tls is NULL where no TLS is configured. UP_EINVAL: a file of it cannot be used. The caller frees it. */
int connection_redis_tls(const struct config *config, struct redis_tls **ret_tls, struct up_err *err);
