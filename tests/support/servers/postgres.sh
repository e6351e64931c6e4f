# A real PostgreSQL: a cluster of its own, made by initdb; run as the user postgres when we are root.

PG_SETTINGS=()
PG_FSYNC=off
PG_PASSWORD=uptake-test

# Prints the directory of initdb and postgres: Debian keeps them out of PATH.
postgres_bin_dir() {
    local dir
    for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(pg_config --bindir 2>/dev/null)"; do
        [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && { echo "$dir"; return 0; }
    done
    say 'initdb is not installed: run make deps'
    return 1
}

# PostgreSQL refuses to run as root: prints the user it runs as then, and nothing for anybody else.
postgres_user() {
    [ "$(id -u)" -eq 0 ] || return 0
    if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

# Prints the words to put in front of PostgreSQL's programs.
postgres_run_as() {
    local user
    user=$(postgres_user)
    [ -z "$user" ] || echo "setpriv --reuid=$user --regid=$(id -g "$user") --clear-groups"
}

postgres_prepare() {
    local dir=$1 bin user run_as
    bin=$(postgres_bin_dir) || return 1
    user=$(postgres_user)
    run_as=$(postgres_run_as)
    mkdir -m 700 "$dir"
    if [ -n "$user" ]; then
        chmod 711 "$(dirname "$dir")"
        chown "$user" "$dir"
    fi
    # shellcheck disable=SC2086 # run_as is several words or none
    (cd "$dir" && $run_as "$bin/initdb" -D "$dir/data" -U uptake -A trust -E UTF8 --locale=C.UTF-8 --no-sync) \
        >"$dir/initdb.log" 2>&1 || { say 'initdb failed:'; tail -n 5 "$dir/initdb.log" >&2; return 1; }
    cat >"$dir/data/pg_hba.conf" <<END
local all all trust
host all all 127.0.0.1/32 scram-sha-256
END
}

postgres_configure() {
    local dir=$1 port
    port=$(free_port)
    echo "$port" >"$dir/port"
    [ -e "$dir/postgresql.conf.initdb" ] || cp "$dir/data/postgresql.conf" "$dir/postgresql.conf.initdb"
    {
        cat "$dir/postgresql.conf.initdb"
        cat <<END
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$dir'
fsync = $PG_FSYNC
full_page_writes = $PG_FSYNC
shared_buffers = 64MB
password_encryption = 'scram-sha-256'
END
        ((${#PG_SETTINGS[@]} == 0)) || printf '%s\n' "${PG_SETTINGS[@]}"
    } >"$dir/data/postgresql.conf"
    echo "cd '$dir' && exec $(postgres_run_as) '$(postgres_bin_dir)/postgres' -D '$dir/data'" >"$dir/launch"
}

postgres_socket() { echo "host=$1 port=$(cat "$1/port") user=uptake"; }

postgres_is_ready() {
    [ "$(psql -XAtq "$(postgres_socket "$1") dbname=postgres connect_timeout=5" -c 'SELECT 1' 2>/dev/null)" = 1 ]
}

postgres_answers() { postgres_is_ready "$1"; }

postgres_signal() { [ "$1" = stop ] && echo INT || echo QUIT; }

postgres_create_database() {
    psql -Xq -v ON_ERROR_STOP=1 "$(postgres_socket "$1") dbname=postgres" >&2 \
        -c "ALTER ROLE uptake PASSWORD '$PG_PASSWORD'" -c 'CREATE DATABASE uptake'
}

postgres_export() {
    UPTAKE_TEST_PG="$(postgres_socket "$1") dbname=uptake"
    UPTAKE_TEST_PG_TCP="host=127.0.0.1 port=$(cat "$1/port") user=uptake dbname=uptake"
    UPTAKE_TEST_PG_PASSWORD=$PG_PASSWORD
    UPTAKE_TEST_PG_PID=$(instance_pid "$1")
    UPTAKE_TEST_PG_DIR=$1
    export UPTAKE_TEST_PG UPTAKE_TEST_PG_TCP UPTAKE_TEST_PG_PASSWORD UPTAKE_TEST_PG_PID UPTAKE_TEST_PG_DIR
}
