#!/usr/bin/env bash
# Proves the rules that hold the tree together; prints each breach with file and line and fails.
#
#   tests/support/check-deps.sh LAYER...     layers from left to right; the programs (bin) follow by themselves
#
# - "layer/x.h" is of the file's own layer or one to its left; "x.h" lies beside the file
# - a library's header stands only in the file that owns the library (table below)
# - functions that are wrapped, unsafe or read the clock stand only where they are wrapped (table below)
# - the first line of each file is a comment that says its job
# - src/README.md says of each file what its first line says

set -u
export LC_ALL=C

ROOT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$ROOT_DIR" || exit 1
[ $# -gt 0 ] || { sed -n '2,/^$/s/^# \{0,1\}//p' "$0" && exit 2; }

# header (a shell pattern)   the files that may include it (shell patterns)
OWNERS='
xxhash.h               src/base/hash.c
simdjson.h             src/codec/json_reader.cc
sodium/*               src/codec/pseudonym.c src/codec/webhook_signature.c
lz4.h                  src/codec/task_segment*.c
event2/*               src/io/loop.c src/io/resolver.c src/io/redis_conn.c src/io/redis_tls.c src/io/http*.c
hiredis/*              src/io/redis_reply.c
librdkafka/*           src/io/kafka_priv.h src/io/mock_broker.c
libpq-fe.h             src/io/pg_priv.h
zlib.h                 src/io/file_source.c src/codec/gzip.c
systemd/*              src/io/service.c src/io/journal.c
curl/*                 src/io/http_client.c
openssl/*              src/io/tls_peer.c src/io/redis_tls.c
ini.h                  src/app/config_file.c
malloc.h               src/base/mem.c
'
# What every machine has: the C library and the kernel.
SYSTEM='
arpa/inet.h cstring ctype.h dirent.h endian.h errno.h fcntl.h float.h getopt.h inttypes.h limits.h locale.h math.h netdb.h
netinet/* poll.h pthread.h setjmp.h signal.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h strings.h
sys/* sysexits.h termios.h time.h unistd.h wchar.h wctype.h
'
# function (an extended regular expression)                                       where it may be called
BANNED='
malloc|calloc|realloc|reallocarray|free|malloc_trim|strdup|strndup|asprintf|vasprintf|getline   src/base/mem.c
time|clock_gettime|gettimeofday|clock|gmtime|gmtime_r|localtime|localtime_r        src/base/clock.c
strcpy|strcat|sprintf|vsprintf|strncpy|strtok|strtok_r|gets|alloca                  -
atoi|atol|atoll|atof|rand|srand|random|srandom|mktime|strftime                      -
sleep|usleep|nanosleep|system|popen|exit|assert                                     -
'

# Names are known: sorted, so that two runs print the same.
list_sources() { find include src -name '*.[ch]' -o -name '*.cc' -o -name '*.def' | sort; }

FILES=$(list_sources)
# shellcheck disable=SC2086 # the names have no blanks
awk -v layers="$* bin" -v owners="$OWNERS" -v system_headers="$SYSTEM" -v banned="$BANNED" \
    -f tests/support/check-deps.awk $FILES
status=$?
bash tests/support/check-map.sh || status=1
exit "$status"
