/* The connection string of PostgreSQL with the password in it, for as short as it takes to connect. */
#pragma once

#include "app/config.h"
#include "base/strbuf.h"

/* Adds the configured connection string, with the password of password_file where there is one. */
void connection_text(const struct config *config, struct strbuf *ret_text);

/* Overwrites and frees it. */
void connection_wipe(struct strbuf *text);
