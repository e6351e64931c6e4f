# A certificate authority of the session's own, what it certifies, and one that nobody knows.

# certificates_make DIR: ca.pem and stranger-ca.pem, and what the first certifies to be localhost (but not 127.0.0.1):
# server.pem, server.key, and both in one file, bundle.pem.
certificates_make() {
    local dir=$1 name
    mkdir "$dir"
    (
        umask 022
        cd "$dir" || exit 1
        for name in ca stranger-ca; do
            certificates_key "$name.key" &&
                openssl req -x509 -new -key "$name.key" -days 2 -subj "/CN=uptake test $name" -out "$name.pem" \
                    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign || exit 1
        done
        certificates_key server.key && openssl req -new -key server.key -subj /CN=localhost -out server.csr &&
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out server.pem \
                -extfile <(printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n') || exit 1
        cat server.key server.pem >bundle.pem
    ) >"$dir/log" 2>&1 || { say 'no certificates:' && tail -n 3 "$dir/log" >&2 && return 1; }
}

certificates_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }
