# A real Apache Kafka: one KRaft process that is broker and controller.

KAFKA_HOME=$BUILD_DIR/kafka
KAFKA_SETTINGS=()
KAFKA_PASSWORD=uptake-test-scram
# Small and quick to start; a bench passes --kafka-jvm.
KAFKA_JVM='-Xms64m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1'
KAFKA_JAVA="-XX:-UsePerfData -Dorg.slf4j.simpleLogger.showDateTime=true
-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS"

# Fills build/kafka from Maven Central, once for each content of pom.xml; needs no network afterwards.
kafka_resolve() {
    local stamp
    mkdir -p "$KAFKA_HOME" || return 1
    (
        flock 9
        stamp=$(cksum <"$ROOT_DIR/tests/kafka/pom.xml")
        if [ "$(cat "$KAFKA_HOME/complete" 2>/dev/null)" != "$stamp" ]; then
            command -v java >/dev/null && command -v mvn >/dev/null ||
                { say 'Kafka needs java (17 or later) and mvn: run make deps'; exit 1; }
            say 'fetching Apache Kafka, once'
            rm -rf "$KAFKA_HOME/lib" "$KAFKA_HOME/formatted" "$KAFKA_HOME/complete"
            kafka_fetch >"$KAFKA_HOME/fetch.log" 2>&1 ||
                { say "Kafka could not be fetched; see $KAFKA_HOME/fetch.log"; exit 1; }
            echo "$stamp" >"$KAFKA_HOME/complete"
        fi
        stamp=$(cksum <"$SUPPORT_DIR/servers/kafka.sh")
        [ "$(cat "$KAFKA_HOME/formatted/stamp" 2>/dev/null)" = "$stamp" ] && exit 0
        rm -rf "$KAFKA_HOME/formatted"
        kafka_format >"$KAFKA_HOME/format.log" 2>&1 ||
            { say "Kafka's folder could not be made; see $KAFKA_HOME/format.log"; exit 1; }
        echo "$stamp" >"$KAFKA_HOME/formatted/stamp"
    ) 9>"$KAFKA_HOME/lock"
}

kafka_fetch() {
    local options=() home
    home=$(getent passwd "$(id -u)" | cut -d: -f6)
    [ -w "${home:-/nonexistent}" ] || options+=("-Dmaven.repo.local=$KAFKA_HOME/m2")
    mvn -q -B "${options[@]}" -f "$ROOT_DIR/tests/kafka/pom.xml" dependency:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$KAFKA_HOME/lib"
}

# Formatting takes a second of a JVM and gives the same each time: it is done once and copied.
kafka_format() {
    kafka_write_properties "$KAFKA_HOME/format.properties" "$KAFKA_HOME/formatted" 9092 9093 9094
    java -Xmx128m -cp "$KAFKA_HOME/lib/*" kafka.tools.StorageTool format -c "$KAFKA_HOME/format.properties" \
        -t AAAAAAAAQACAAAAAAAAAAQ -S "SCRAM-SHA-256=[name=uptake,password=$KAFKA_PASSWORD]"
}

# kafka_write_properties FILE DATA_DIR PORT CONTROLLER_PORT TLS_PORT
# A short broker session lets a killed broker come back soon; nothing is deleted by age, for tests write old times.
kafka_write_properties() {
    cat >"$1" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$4
listeners=PLAINTEXT://127.0.0.1:$3,SASL_SSL://127.0.0.1:$5,CONTROLLER://127.0.0.1:$4
advertised.listeners=PLAINTEXT://127.0.0.1:$3,SASL_SSL://localhost:$5
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
sasl.enabled.mechanisms=SCRAM-SHA-256,PLAIN
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_uptake="$KAFKA_PASSWORD";
ssl.keystore.type=PEM
ssl.keystore.location=${UPTAKE_TEST_TLS:-}/bundle.pem
log.dirs=$2
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=500
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=500
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
log.retention.ms=-1
log.cleaner.enable=false
num.network.threads=2
num.io.threads=2
END
    ((${#KAFKA_SETTINGS[@]} == 0)) || printf '%s\n' "${KAFKA_SETTINGS[@]}" >>"$1"
}

kafka_prepare() {
    kafka_resolve || return 1
    mkdir "$1"
    cp -r "$KAFKA_HOME/formatted" "$1/data"
    rm "$1/data/stamp"
}

kafka_configure() {
    local port controller_port tls_port
    port=$(free_port)
    controller_port=$(free_port)
    tls_port=$(free_port)
    echo "$port" >"$1/port"
    echo "$tls_port" >"$1/tls_port"
    kafka_write_properties "$1/server.properties" "$1/data" "$port" "$controller_port" "$tls_port"
    echo "exec java $KAFKA_JVM ${KAFKA_JAVA//$'\n'/ } -cp '$KAFKA_HOME/lib/*' kafka.Kafka '$1/server.properties'" \
        >"$1/launch"
}

kafka_is_ready() { grep -q 'Kafka Server started' "$1/log" 2>/dev/null; }

# The least that a client asks: which requests it knows. An answer begins with its length.
kafka_answers() {
    local length
    length=$({ printf '\0\0\0\x0a\0\x12\0\0\0\0\0\x01\xff\xff' >&5 && timeout 5 head -c 4 <&5 | wc -c; } \
        5<>"/dev/tcp/127.0.0.1/$(cat "$1/port")") 2>/dev/null
    [ "$length" = 4 ]
}

kafka_signal() { [ "$1" = stop ] && echo TERM || echo KILL; }

kafka_export() {
    UPTAKE_TEST_KAFKA=127.0.0.1:$(cat "$1/port")
    UPTAKE_TEST_KAFKA_TLS=localhost:$(cat "$1/tls_port")
    UPTAKE_TEST_KAFKA_PASSWORD=$KAFKA_PASSWORD
    UPTAKE_TEST_KAFKA_PID=$(instance_pid "$1")
    UPTAKE_TEST_KAFKA_DIR=$1
    export UPTAKE_TEST_KAFKA UPTAKE_TEST_KAFKA_TLS UPTAKE_TEST_KAFKA_PASSWORD UPTAKE_TEST_KAFKA_PID UPTAKE_TEST_KAFKA_DIR
}

# Compiles the small tool for topics, when it is missing or older than its sources.
kafka_build_tool() {
    local tool=$KAFKA_HOME/kafka_topics source
    local sources=("$ROOT_DIR/tests/kafka/kafka_topics.c" "$SUPPORT_DIR"/kafka_{admin,read}.c
        "$ROOT_DIR"/src/base/{err,clock,panic}.c)
    mkdir -p "$KAFKA_HOME"
    for source in "${sources[@]}" "$SUPPORT_DIR"/kafka_{admin,read}.h; do
        [ "$source" -nt "$tool" ] || continue
        # shellcheck disable=SC2046 # pkg-config prints words
        "${CC:-cc}" -std=gnu17 -O1 -D_GNU_SOURCE -I"$ROOT_DIR/include" -I"$ROOT_DIR/tests" -o "$tool.$$" \
            "${sources[@]}" $(pkg-config --cflags --libs rdkafka) && mv "$tool.$$" "$tool"
        return
    done
}

kafka_topic() {
    kafka_build_tool && "$KAFKA_HOME/kafka_topics" "${UPTAKE_TEST_KAFKA:?is set within servers.sh run --kafka}" "$@"
}
