#!/usr/bin/env bash
# The measurements of make bench-memory, once the servers run; called by run-bench-memory.sh.
set -eu
DEADLINE_S=900
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

TEAMS=${TEAMS:-10000} DAYS=${DAYS:-90}
EVENTS=$((TEAMS * DAYS * 6))
# Of so many days the tasks stay open: about 1,000,000 of the 60,000 a day.
JOIN_WINDOW=17d

mib() { calc "$1 / 1048576"; }
ready() { curl -sf "http://127.0.0.1:$port/readyz" > /dev/null; }

describe_machine
"$BENCH" fill "$UPTAKE_TEST_KAFKA" bench.memory "$TEAMS" "$DAYS"
start_daemon bench_memory bench.memory --set "events.join_window=$JOIN_WINDOW"
wait_committed "$EVENTS"
cells=$(metric uptake_cell_bytes) tasks=$(metric uptake_open_task_bytes) people=$(metric uptake_people_bytes)
rss=$(metric process_resident_memory_bytes)
printf '%-34s %12s %10s %12s\n' row number MiB bytes/row
printf '%-34s %12.0f %10.0f %12.1f\n' 'open tasks and their index' "$(metric uptake_open_tasks)" "$(mib "$tasks")" "$(calc "$tasks / $(metric uptake_open_tasks)")"
printf '%-34s %12.0f %10.0f %12.1f\n' 'cells' "$(metric uptake_cells)" "$(mib "$cells")" "$(calc "$cells / $(metric uptake_cells)")"
printf '%-34s %12.0f %10.0f %12.1f\n' 'people, without lists' "$(metric uptake_people)" "$(mib "$people")" "$(calc "$people / $(metric uptake_people)")"
printf '%-34s %12s %10.0f\n' 'the rest: teams, queues, libraries' '' "$(mib "$rss - $cells - $tasks - $people")"
printf '%-34s %12s %10.0f\n' 'resident' '' "$(mib "$rss")"
stop_daemon

start_again bench_memory bench.memory --set "events.join_window=$JOIN_WINDOW"
until ready; do
    kill -0 "$daemon_pid" || { tail -n 20 "$DIR/uptaked.log"; exit 1; }
    read -r -t 0.1 <> <(:) || true
done
rows=$(metric uptake_rows_loaded_total)
seconds=$(calc "$(now) - $began")
printf 'loaded again: %.0f rows in %.1f s from start to reading (%.1f us a row); resident %.0f MiB\n' "$rows" "$seconds" "$(calc "$seconds * 1e6 / $rows")" "$(mib "$(metric process_resident_memory_bytes)")"
stop_daemon
