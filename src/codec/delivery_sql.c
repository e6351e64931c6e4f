/* The statements of the outbox of alerts. */
#include "codec/delivery_sql.h"

#include "codec/alert_json.h"

const struct pg_statement delivery_sql_add = {
    "delivery_add",
    "INSERT INTO uptake.alert_delivery (alert, receiver, event) "
    "SELECT a.id, receiver, CASE WHEN r.opens THEN 'opened' ELSE 'resolved' END "
    "FROM unnest($2::uptake.alert_change[]) r "
    "JOIN uptake.alert a ON a.partition = $1 AND a.team = r.team AND a.kind = r.kind "
    "AND r.day = CASE WHEN r.opens THEN a.opened ELSE a.resolved END "
    "CROSS JOIN unnest($3::text[]) receiver ORDER BY r.day, r.opens, a.id "
    "ON CONFLICT DO NOTHING",
    3};

/* See codec/delivery.h. */
#define TIME_FORMAT "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'"
#define DELIVERY_COLUMNS ALERT_JSON_COLUMNS ", to_char(a.opened + 1, " TIME_FORMAT ") "
#define IS_PRESENT "s.watermark >= now() - $4::bigint * interval '1 ms' "
#define ENDS_OPEN                                                                                  \
    "to_char((now() + $5::bigint * interval '1 ms') AT TIME ZONE 'UTC', " TIME_FORMAT ") "

const struct pg_statement delivery_sql_due = {
    "delivery_due",
    "SELECT d.id, d.event, " DELIVERY_COLUMNS
    ", CASE WHEN d.event = 'resolved' THEN to_char(a.resolved + 1, " TIME_FORMAT ") ELSE " ENDS_OPEN
    "END "
    "FROM uptake.alert_delivery d JOIN uptake.alert_history a ON a.id = d.alert "
    "JOIN uptake.shard s ON s.partition = a.partition "
    "WHERE s.claim = ANY($1::text[]::uuid[]) AND d.receiver = $2 AND d.delivered_at IS NULL "
    "AND d.next_attempt_at <= now() AND " IS_PRESENT
    "AND NOT EXISTS (SELECT FROM uptake.alert_delivery e JOIN uptake.alert b ON b.id = e.alert "
    "WHERE e.receiver = d.receiver AND e.delivered_at IS NULL AND e.id < d.id "
    "AND b.partition = a.partition AND b.team = a.team AND b.kind = a.kind) "
    "ORDER BY d.next_attempt_at, d.id LIMIT $3::integer",
    5};

const struct pg_statement delivery_sql_open = {
    "delivery_open",
    "SELECT a.id, 'opened', " DELIVERY_COLUMNS ", " ENDS_OPEN
    "FROM uptake.alert_history a JOIN uptake.shard s ON s.partition = a.partition "
    "WHERE s.claim = ANY($1::text[]::uuid[]) AND a.resolved IS NULL AND a.id > $2::bigint "
    "AND (" IS_PRESENT "OR EXISTS (SELECT FROM uptake.alert_delivery d WHERE d.alert = a.id "
    "AND d.receiver = $6 AND d.event = 'opened' AND d.delivered_at IS NOT NULL)) "
    "ORDER BY a.id LIMIT $3::integer",
    6};

#define OURS(ids)                                                                                  \
    "FROM " ids ", uptake.alert a, uptake.shard s "                                                \
    "WHERE d.id = r.id AND a.id = d.alert AND s.partition = a.partition "                          \
    "AND s.claim = ANY($1::text[]::uuid[]) AND d.delivered_at IS NULL"

const struct pg_statement delivery_sql_mark = {
    "delivery_mark",
    "UPDATE uptake.alert_delivery d SET attempts = attempts + 1, last_error = nullif($3, ''), "
    "delivered_at = CASE WHEN $3 = '' THEN now() END, "
    "next_attempt_at = now() + $4::bigint * interval '1 ms' " OURS("unnest($2::bigint[]) r(id)"),
    4};

const struct pg_statement delivery_sql_notify = {
    "delivery_notify",
    "WITH told AS (UPDATE uptake.alert_delivery d SET attempts = attempts + 1, last_error = NULL, "
    "delivered_at = now() " OURS(
        "unnest($2::bigint[], $3::text[]) r(id, payload)") " RETURNING r.id, r.payload) "
                                                           "SELECT pg_notify('uptake_alert', "
                                                           "payload) FROM told ORDER BY id",
    3};

const struct pg_statement delivery_sql_waiting = {
    "delivery_waiting",
    "SELECT d.receiver, count(*), "
    "(extract(epoch FROM greatest(interval '0', now() - min(d.created_at) "
    "FILTER (WHERE s.watermark >= now() - $2::bigint * interval '1 ms'))) * 1000)::bigint "
    "FROM uptake.alert_delivery d JOIN uptake.alert a ON a.id = d.alert "
    "JOIN uptake.shard s ON s.partition = a.partition "
    "WHERE s.claim = ANY($1::text[]::uuid[]) AND d.delivered_at IS NULL GROUP BY d.receiver",
    2};

const struct pg_statement delivery_sql_forget = {"delivery_forget",
                                                 "SELECT uptake.forget_deliveries($1)", 1};
