#!/usr/bin/env bash
# The rows of a team in uptake.measure are written when a day closes, and else at most every measure_interval, however often the team
# is published.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "interval-$$" 1
REDIS_DB=6
redis() { redis-cli -u "redis://$UPTAKE_TEST_REDIS/$REDIS_DB" "$@"; }
redis FLUSHDB > /dev/null || fail 'no Redis'
sent=0
# send DAY TIME: somebody works, an event of its own.
send() {
    sent=$((sent + 1))
    printf '{"specversion":"1.0","id":"e%d","source":"/t","type":"uptake.usage.v1","time":"%sT%sZ","data":{"team":"t","user":"u%d","assist":"ai","task":"k%d"}}\n' \
        $sent "$1" "$2" $((sent % 7)) $sent > "$DIR/event.ndjson"
    "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$DIR/event.ndjson" > "$DIR/produced" || fail 'nothing was sent'
}
# Every write of the row of 28 days, by a trigger: as of when, and whether that day had closed.
writes() { sql "SELECT count(*) FROM public.written WHERE $1"; }
has_writes() { [ "$(writes "$1")" = "$2" ]; }
watermark() { date -u -d "$1" +%s000; }
is_published() { [ "$(redis HGET 'uptake:{0}:team:t:28d' watermark)" = "$(watermark "$1")" ]; }
# What was published is on its way to PostgreSQL, if it is to be written: the checkpoint of a later event has it.
is_saved() { [ "$(sql "SELECT watermark = '$1' FROM uptake.shard")" = t ]; }
published() { send "$1" "$2" && wait_until 60 "publication of $2" is_published "$1 $2 UTC" && wait_until 60 "checkpoint of $2" is_saved "$1 $2 UTC"; }

# ---- an interval of an hour: once, and at the close
daemon_start one events.idle_after=1d checkpoint.interval=100ms redis.database=$REDIS_DB measures.measure_interval=1h
wait_until 60 readiness daemon_is_ready one
sql "CREATE TABLE public.written (as_of date, provisional boolean);
     CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.written VALUES (NEW.as_of, NEW.provisional); RETURN NEW; END';
     CREATE TRIGGER note AFTER INSERT OR UPDATE ON uptake.measure FOR EACH ROW
     WHEN (NEW.win = '28d' AND NEW.workflow IS NULL) EXECUTE FUNCTION note()"
published 2026-03-02 08:00:00
wait_until 60 'first rows' has_writes 'provisional' 1
version() { sql "SELECT as_of, provisional, xmin FROM uptake.measure WHERE win = '28d' AND workflow IS NULL"; }
first=$(version)
[ "${first%|*}" = '2026-03-02|t' ] || fail "the first rows are $first"
for second in 01 02 03 04 05; do published 2026-03-02 "09:00:$second"; done
[ "$(version)" = "$first" ] || fail "written again within the interval: $first, then $(version)"
published 2026-03-03 10:00:00 # beyond the grace: 2 March is over
wait_until 60 'rows of the close' has_writes 'NOT provisional' 1
[ "$(version | cut -d '|' -f 1-2)" = '2026-03-02|f' ] || fail "the close left $(version)"
closed=$(version)
for second in 01 02 03; do published 2026-03-03 "11:00:$second"; done
[ "$(version)" = "$closed" ] || fail "written again after the close: $closed, then $(version)"
[ "$(redis HGET 'uptake:{0}:team:t:28d' as_of)" = "$(($(date -u -d 2026-03-03 +%s) / 86400))" ] || fail 'Redis has another day'
has_writes true 2 || fail "$(writes true) writes"

# ---- an interval of ten seconds: no more often than that while it goes on
# The time of an interval is told by the daemon's own clock, which all of this lies within.
daemon_kill one TERM
began=$SECONDS
daemon_start one events.idle_after=1d checkpoint.interval=100ms redis.database=$REDIS_DB measures.measure_interval=10s
wait_until 60 readiness daemon_is_ready one
clock=0 publications=0
until [ "$(writes "provisional AND as_of = '2026-03-03'")" -ge 3 ]; do
    ((SECONDS - began < 120)) || fail 'no third write in time'
    clock=$((clock + 1))
    published 2026-03-03 "$(date -u -d "2026-03-03 12:00:00 UTC + $clock seconds" +%T)"
    publications=$((publications + 1))
done
count=$(writes "provisional AND as_of = '2026-03-03'") seconds=$((SECONDS - began + 1))
((count <= seconds / 10 + 1)) || fail "$count writes in $seconds s"
((publications > count)) || fail "$publications publications, $count writes"
echo "$publications publications in $seconds s: $count writes; with an interval of an hour 9: 1, and 1 at the close"
