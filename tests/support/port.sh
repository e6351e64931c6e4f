# Ports for servers that want to be told theirs; to be sourced.

# A port on which nobody listens now, that is no server's of this session (it may be down), and that the kernel gives to nobody
# who asks for any: those are above 32767. Another process may still take it first.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 10000))
        grep -qiE "^ *[0-9]+: [0-9A-F]+:$(printf '%04X' "$port") " /proc/net/tcp /proc/net/tcp6 2>/dev/null && continue
        grep -qxF "$port" /dev/null "${UPTAKE_TEST_DIR:-/nonexistent}"/*/*port 2>/dev/null || break
    done
    echo "$port"
}
