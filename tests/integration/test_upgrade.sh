#!/usr/bin/env bash
# From each released schema on: an old program goes on writing while the schema is brought up to date, the present one goes on from
# what the old one stored, and what a newer program has stored is refused and left as it is.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "upgrade-$$" 2
SQL_DIR=$TESTS_DIR/../sql
EVENTS=$TESTS_DIR/golden/first-month.ndjson.gz
SERVER=${PG% dbname=*}
PSQL="psql -XqAt -v ON_ERROR_STOP=1"
export PGOPTIONS='-c client_min_messages=warning'

# new_database NAME VERSION: an empty one with that schema; sets PG.
new_database() {
    local file version
    PG="$SERVER dbname=$1"
    $PSQL "$PG_ADMIN" -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1" || fail "no database $1"
    for file in "$SQL_DIR"/*.sql; do
        version=$((10#$(basename "$file" | cut -d_ -f1)))
        ((version <= $2)) || continue
        { echo 'BEGIN;' && cat "$file" && echo "INSERT INTO uptake.schema_version VALUES ($version, 'test'); COMMIT;"; } |
            $PSQL "$PG" > "$DIR/migrate.out" || fail "$file"
    done
}

# What a running program relies on, one a line.
catalogue() {
    sql "SELECT 'row ' || t.typname || ' ' || string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
           FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c' JOIN pg_attribute a ON a.attrelid = c.oid
          WHERE t.typnamespace = 'uptake'::regnamespace GROUP BY t.typname
         UNION ALL
         SELECT 'word ' || t.typname || ' ' || e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
          WHERE t.typnamespace = 'uptake'::regnamespace
         UNION ALL
         SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ||
                CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
           FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
          WHERE c.relnamespace = 'uptake'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.attnum > 0 AND NOT attisdropped
            AND NOT c.relispartition
         UNION ALL
         SELECT 'key ' || i.indrelid::regclass || ' ' || pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
          WHERE c.relnamespace = 'uptake'::regnamespace AND i.indisunique AND NOT c.relispartition
         UNION ALL
         SELECT 'function ' || p.oid::regprocedure || ' ' || p.prorettype::regtype || ' ' || p.proretset
           FROM pg_proc p WHERE p.pronamespace = 'uptake'::regnamespace" | LC_ALL=C sort
}

# What would refuse a row that an old program writes: columns that want a value, and constraints.
demands() {
    sql "SELECT c.relname || ' column ' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
          WHERE c.relnamespace = 'uptake'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND a.attnotnull
            AND NOT a.atthasdef AND a.attidentity = '' AND NOT c.relispartition
         UNION ALL
         SELECT c.relname || ' constraint ' || o.conname || ' ' || pg_get_constraintdef(o.oid)
           FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
          WHERE c.relnamespace = 'uptake'::regnamespace AND NOT c.relispartition" | LC_ALL=C sort
}

tables() {
    sql "SELECT relname FROM pg_class WHERE relnamespace = 'uptake'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition"
}

# ---- an old program in the middle of its work

# old_program_goes_on DIRECTORY: its session and its prepared statements outlive the migration.
old_program_goes_on() {
    local release=$1 version=$((10#$(basename "$1")))
    new_database "${NAME//-/_}_$version" "$version"
    catalogue > "$DIR/catalogue.$version" && demands > "$DIR/demands.$version" && tables > "$DIR/tables.$version"
    daemon_conf old 0 > "$DIR/migrate.conf"
    cat > "$DIR/old.sql" << SQL
\\i $release/statements.sql
EXECUTE take(0, 2, '\\x01', 'old', 5) \\gset
\\set n 0
\\set day 2026-03-02
\\i $release/checkpoint.sql
\\! $BIN_DIR/uptaked --config $DIR/migrate.conf --migrate > $DIR/migrate.log 2>&1 || touch $DIR/migrate.failed
\\set n 1
\\set day 2026-04-03
\\i $release/checkpoint.sql
EXECUTE take(0, 2, '\\x01', 'old', 5);
SQL
    $PSQL "$PG" -f "$DIR/old.sql" > "$DIR/old.log" 2>&1 || fail "the program of schema $version cannot go on"
    [ ! -e "$DIR/migrate.failed" ] || fail "schema $version cannot be brought up to date"
    local lost added
    catalogue > "$DIR/catalogue.now"
    lost=$(LC_ALL=C comm -23 "$DIR/catalogue.$version" "$DIR/catalogue.now")
    [ -z "$lost" ] || fail "what the program of schema $version relies on has changed (see sql/README.md): $lost"
    demands > "$DIR/demands.now"
    added=$(LC_ALL=C comm -13 "$DIR/demands.$version" "$DIR/demands.now" |
        awk 'NR == FNR { known[$1]; next } $1 in known' "$DIR/tables.$version" -)
    [ -z "$added" ] || fail "the program of schema $version does not give what these ask for (see sql/README.md): $added"
    [ "$(sql "SELECT number || ' ' || accepted FROM uptake.shard")" = '2 20' ] || fail 'two checkpoints did not count as such'
    [ "$(sql "SELECT string_agg(day || ' ' || workflow || ' ' || tasks, ', ' ORDER BY day) FROM uptake.cell")" = \
        '2026-03-02 claims 7, 2026-04-03 claims 7' ] || fail 'the cells of an old program'
    [ "$(sql "SELECT count(*) || ' ' || count(resolved) FROM uptake.alert")" = '2 2' ] || fail 'the alerts of an old program'
    [ "$(sql "SELECT count(*) FROM uptake.health")" = 2 ] || fail 'the health of an old program'
}

for release in "$TESTS_DIR"/upgrade/*/; do old_program_goes_on "${release%/}"; done

# ---- the present program goes on from what an old one stored

zcat "$EVENTS" > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" evaluate --partitions "$PARTITIONS" "$DIR/events.ndjson" > "$DIR/expected.json" || fail 'no document'
cells_of_document "$DIR/expected.json" > "$DIR/cells.expected"

# goes_on DIRECTORY: its rows are those of the first events; the daemon reads the others. Leaves it running.
goes_on() {
    local release=$1 version=$((10#$(basename "$1")))
    bash "$TESTS_DIR/support/servers.sh" topic create "$NAME.$version:$PARTITIONS" > /dev/null
    new_database "${NAME//-/_}_rows_$version" "$version"
    zcat "$release/rows.sql.gz" | $PSQL "$PG" > "$DIR/rows.out" || fail "the rows of schema $version"
    sql "UPDATE uptake.shard_offset SET topic = '$NAME.$version'"
    local before
    before=$(messages_done)
    ((before > 0 && before < lines)) || fail "$before of $lines messages are in the rows of schema $version"
    head -n "$before" "$DIR/events.ndjson" | "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$NAME.$version" - ||
        fail 'not sent'
    daemon_start "of-$version" events.idle_after=1d checkpoint.interval=200ms "kafka.topics=$NAME.$version" "kafka.group=$NAME.$version"
    wait_until 120 "readiness of what goes on from schema $version" daemon_is_ready "of-$version"
    tail -n "+$((before + 1))" "$DIR/events.ndjson" > "$DIR/rest.ndjson"
}

sends_the_rest() {
    "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$NAME.$1" "$DIR/rest.ndjson" || fail 'not sent'
    wait_until 120 'all messages' all_done "$lines"
    daemon_kill "of-$1" TERM
    [ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
    cells_of_database "$DIR/expected.json" > "$DIR/cells.found"
    cmp -s "$DIR/cells.expected" "$DIR/cells.found" || fail "other cells than those of one run: $(diff "$DIR/cells.expected" "$DIR/cells.found" | head -5)"
}

for release in "$TESTS_DIR"/upgrade/*/; do
    last=$((10#$(basename "$release")))
    goes_on "${release%/}"
    [ "$release" = "$(printf '%s\n' "$TESTS_DIR"/upgrade/*/ | tail -n 1)" ] || sends_the_rest "$last"
done

# ---- a program of the future beside this one: its migration adds what it may, then this one goes on, over new connections too

$PSQL "$PG" -c 'BEGIN' -c "
    ALTER TABLE uptake.shard ADD COLUMN of_tomorrow text;
    ALTER TABLE uptake.cell ADD COLUMN of_tomorrow bigint NOT NULL DEFAULT 0;
    ALTER TABLE uptake.person ADD COLUMN of_tomorrow text[] NOT NULL DEFAULT '{}';
    ALTER TABLE uptake.task_segment ADD COLUMN of_tomorrow integer;
    CREATE TYPE uptake.person_row_of_tomorrow AS (team text, more text);
    CREATE TABLE uptake.of_tomorrow (partition integer PRIMARY KEY);
    INSERT INTO uptake.schema_version VALUES (9999, 'of tomorrow')" -c 'COMMIT' || fail 'the migration of tomorrow'
sql "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()" \
    > /dev/null
sends_the_rest "$last"

# ends_with CODE PATTERN: the daemon, by itself, with one error.
ends_with() {
    : > "$DIR/of-$last.log"
    daemon_start "of-$last" "kafka.topics=$NAME.$last" "kafka.group=$NAME.$last"
    local code=0
    wait "$(daemon_pid "of-$last")" || code=$?
    [ "$code" = "$1" ] || fail "exit code $code, not $1"
    [ "$(grep -c level=error "$DIR/of-$last.log")" = 1 ] && grep level=error "$DIR/of-$last.log" | grep -qE "$2" ||
        fail "not one error like $2"
}

all_rows() { pg_dump --data-only "$PG" | grep -vE '^.(un)?restrict ' | cksum; }

ends_with 7 'version 9999.*install a newer'
sql 'DELETE FROM uptake.schema_version WHERE version = 9999'

# ---- stored state of the future, as when a newer program has had the partition: not read, not overwritten, and whole afterwards

# refuses_state TABLE COLUMN PLACE: the version of that column's first value is another for a while.
refuses_state() {
    local before
    unchanged=$(all_rows)
    sql "UPDATE uptake.$1 SET $2 = set_byte($2, $3, get_byte($2, $3) + 1)"
    before=$(all_rows)
    [ "$before" != "$unchanged" ] || fail "uptake.$1 is empty"
    ends_with 7 "uptake.$1 of partition [01]: .*version [0-9]*, this program reads up to [0-9]*.*install a newer"
    [ "$(all_rows)" = "$before" ] || fail "rows have changed though uptake.$1 could not be read"
    sql "UPDATE uptake.$1 SET $2 = set_byte($2, $3, get_byte($2, $3) - 1)"
}

refuses_state task_segment data 3
refuses_state detector state 0
daemon_start "of-$last" "kafka.topics=$NAME.$last" "kafka.group=$NAME.$last"
wait_until 120 'readiness once the state is its own again' daemon_is_ready "of-$last"
daemon_kill "of-$last" TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
for database in $($PSQL "$PG_ADMIN" -c "SELECT datname FROM pg_database WHERE datname LIKE '${NAME//-/_}%'"); do
    $PSQL "$PG_ADMIN" -c "DROP DATABASE $database WITH (FORCE)"
done
echo 'old and new programs live on one schema; the future is refused'
