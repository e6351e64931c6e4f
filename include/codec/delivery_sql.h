/* The statements of the outbox of alerts. Whose claims are not those of the partitions sees and marks nothing. */
#pragma once

#include "codec/pg_image.h"

/* In the checkpoint, behind its alerts: $1 partition, $2 rows of uptake.alert_change, $3 receivers (text[]). */
extern const struct pg_statement delivery_sql_add;
/* $1 claims (text[]), $2 receiver, $3 most rows (int), $4 ms that a watermark may be behind (bigint), $5 ms after
 * which an open alert ends unless it is told again (bigint). Gives what is due, the oldest first, of each team and kind only the first: see codec/delivery.h. */
extern const struct pg_statement delivery_sql_due;
/* $1 claims, $2 number of the alert behind which to begin (bigint), $3 most rows, $4 and $5 as above, $6 receiver. Gives the open
 * alerts in the same form, by number, which stands in the place of the delivery's; behind in time those that it knows of. */
extern const struct pg_statement delivery_sql_open;
/* $1 claims, $2 deliveries (bigint[]), $3 why they failed, or "", $4 ms to the next attempt (bigint). */
extern const struct pg_statement delivery_sql_mark;
/* $1 claims, $2 deliveries (bigint[]), $3 payloads (text[]): notifies and marks, both or neither. */
extern const struct pg_statement delivery_sql_notify;
/* $1 claims, $2 as $4 above. Gives receiver, how many rows wait (bigint), ms since the oldest that is not held back (bigint). */
extern const struct pg_statement delivery_sql_waiting;
/* $1 days (int). */
extern const struct pg_statement delivery_sql_forget;
