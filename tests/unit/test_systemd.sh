#!/usr/bin/env bash
# Tests of systemd/: the units are valid, shut in (exposure at most 1.5), and the template says what the single one says.

set -u
ROOT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
EXPOSURE_MAX=15 # in tenths
FAILURES=0

fail() {
    echo "FAILED: $*"
    FAILURES=$((FAILURES + 1))
}

if ! command -v systemd-analyze >/dev/null; then
    echo 'systemd-analyze is not installed'
    exit 77
fi
WORK_DIR=$(mktemp -d) || exit 1
trap 'rm -rf "$WORK_DIR"' EXIT

# The program need not be installed here, only what the units say of it be right.
for unit in uptaked.service uptaked@.service; do
    sed 's#^ExecStart=/usr/bin/uptaked #ExecStart=/bin/true #' "$ROOT_DIR/systemd/$unit" >"$WORK_DIR/$unit"
    grep -q '^ExecStart=/bin/true ' "$WORK_DIR/$unit" || fail "$unit does not start /usr/bin/uptaked"
done

cp "$ROOT_DIR/systemd/uptake.target" "$WORK_DIR"
for unit in uptaked.service uptaked@1.service uptake.target; do
    said=$(systemd-analyze verify "$WORK_DIR/$unit" 2>&1) || fail "systemd-analyze verify $unit"
    [ -z "$said" ] || fail "systemd-analyze verify $unit: $said"
done

# What makes restarts slower is for a systemd that knows it, and is all that an older one complains of.
mkdir "$WORK_DIR/uptaked.service.d" && cp "$ROOT_DIR/systemd/backoff.conf" "$WORK_DIR/uptaked.service.d"
said=$(systemd-analyze verify "$WORK_DIR/uptaked.service" 2>&1)
if [ "$(systemd-analyze --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')" -ge 254 ]; then
    [ -z "$said" ] || fail "systemd-analyze verify with backoff.conf: $said"
else
    [ "$(grep -cE "Unknown key (name )?'Restart[A-Za-z]*'" <<<"$said")" = "$(wc -l <<<"$said")" ] || fail "backoff.conf: $said"
fi
rm -r "$WORK_DIR/uptaked.service.d"

for unit in uptaked.service uptaked@.service; do
    if said=$(systemd-analyze security --offline=true --no-pager --threshold=$EXPOSURE_MAX "$WORK_DIR/$unit" 2>&1); then
        grep 'Overall exposure' <<<"$said" || fail "$unit: no exposure was told"
    else
        fail "$unit is exposed more than $EXPOSURE_MAX tenths: $(grep 'Overall exposure' <<<"$said")"
    fi
done

# Options of both, without comments and without what an instance has of its own.
options_of() { grep -v '^#' "$ROOT_DIR/systemd/$1" | grep -vE '^(Description|ExecStart|RuntimeDirectory)='; }
diff <(options_of uptaked.service) <(options_of uptaked@.service) || fail 'the template differs in more than the instance'

# Every code that the units do not restart on is one that the program has.
for code in $(sed -n 's/^RestartPreventExitStatus=//p' "$ROOT_DIR/systemd/uptaked.service"); do
    grep -qE "^EXIT_CODE\([A-Z]+, $code," "$ROOT_DIR/include/app/exit_code.def" || fail "there is no exit code $code"
done

# Every line that shuts it in stands under a reason: a comment, then the options that it is the reason of.
awk '/^# ---- what it cannot do/ { on = 1; next }
     /^\[/ || /^$/ { on = on && /^$/; reason = 0; next }
     on && /^#/ { reason = 1; next }
     on && !reason { print FILENAME ": " $0 " has no reason"; bad = 1 }
     END { exit bad }' "$ROOT_DIR/systemd/uptaked.service" || fail 'an option without a reason'

# Every secret that the configuration may name is handed over, and none but the key is a must.
for secret in pseudonym.key postgresql.password redis.password kafka.password kafka.key kafka-key.password webhook.secret \
    alertmanager.password alertmanager.token; do
    grep -qx "LoadCredential=$secret:/etc/uptake/$secret" "$ROOT_DIR/systemd/uptaked.service" || fail "no credential $secret"
    [ $secret = pseudonym.key ] || grep -qxF "SetCredential=$secret:\\n" "$ROOT_DIR/systemd/uptaked.service" || fail "$secret is a must"
done

# ---- user, modes, catalog, in a root of their own
mkdir -p "$WORK_DIR/root/etc/uptake" "$WORK_DIR/root/usr/lib/systemd/catalog"
if [ "$(id -u)" -ne 0 ]; then
    echo 'not root: systemd-sysusers is not tried'
elif systemd-sysusers --root="$WORK_DIR/root" "$ROOT_DIR/systemd/uptake.sysusers" >"$WORK_DIR/said" 2>&1; then
    grep -q '^uptake:.*/nologin$' "$WORK_DIR/root/etc/passwd" || fail "no user: $(cat "$WORK_DIR/said")"
else
    fail "systemd-sysusers: $(cat "$WORK_DIR/said")"
fi
for file in uptaked.conf pseudonym.key redis.password webhook.secret alertmanager.token; do
    (umask 022 && : >"$WORK_DIR/root/etc/uptake/$file")
done
# Owners are for root to give.
sed 's/ root root / - - /' "$ROOT_DIR/systemd/uptake.tmpfiles" >"$WORK_DIR/tmpfiles.conf"
systemd-tmpfiles --create --root="$WORK_DIR/root" "$WORK_DIR/tmpfiles.conf" || fail 'systemd-tmpfiles'
modes=$(cd "$WORK_DIR/root/etc/uptake" && stat -c '%a %n' -- * | paste -sd ' ')
[ "$modes" = '600 alertmanager.token 600 pseudonym.key 600 redis.password 644 uptaked.conf 600 webhook.secret' ] ||
    fail "modes: $modes"
cp "$ROOT_DIR/systemd/uptake.catalog" "$WORK_DIR/root/usr/lib/systemd/catalog"
journalctl --root="$WORK_DIR/root" --update-catalog || fail 'journalctl takes no catalog'
[ "$(journalctl --root="$WORK_DIR/root" --list-catalog 2>&1 | grep -c '^[0-9a-f]\{32\} uptake: ')" = "$(grep -c '^-- ' "$ROOT_DIR/systemd/uptake.catalog")" ] ||
    fail 'the catalog is not whole'

exit $((FAILURES > 0))
