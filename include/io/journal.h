/* Logs to the journal with fields of their own. Owns sd-journal. */
#pragma once

#include <stdbool.h>

#include "base/log.h"

enum { JOURNAL_ID_BYTES = 33 };

/* Is the descriptor the journal, as `value` ($JOURNAL_STREAM, may be NULL) says it is? */
bool journal_is_at(int descriptor, const char *value);

/* The MESSAGE_ID of a kind of event: 32 hexadecimal digits, a UUID of version 8 made from the name. */
void journal_message_id(const char *event, char ret_id[static JOURNAL_ID_BYTES]);

/* A sink of base/log: MESSAGE, PRIORITY, MESSAGE_ID, SYSLOG_IDENTIFIER, UPTAKE_EVENT, and of each field UPTAKE_<KEY>. */
bool journal_send(const struct log_record *record);
