/* The daemon: put together, run, taken apart. */
#include "app/daemon.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/connection.h"
#include "app/migrate.h"
#include "app/options.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/version.h"
#include "codec/event_decode.h"
#include "daemon_priv.h"
#include "io/journal.h"
#include "io/pg_session.h"
#include "io/redis_tls.h"
#include "io/service.h"

enum {
    TOPICS_TIMEOUT_MS = 15000,
    MIGRATE_TIMEOUT_MS = 600000,
    WATCHDOG_MOST_US = 1000000,
    HTTP_CONNECTIONS = 64,
    /* Few, so that what waits for Redis waits as a mark on a list, and is as new as can be when it is sent; enough for
     * 2,000 teams a second at a Redis 100 ms away. */
    REDIS_COMMANDS = 256,
    REDIS_BYTES = 1024 * 1024,
};

void daemon_end(struct daemon *daemon, enum exit_code code)
{
    if (daemon->is_done)
        return;
    daemon->is_done = true;
    daemon->exit_code = code;
}

/* ---- errors to exit codes ---------------------------------------------------------------------------------------- */

static enum exit_code say(const char *event, enum exit_code code, const struct up_err *err)
{
    log_event(LOG_LEVEL_ERROR, event, "exit_code=%d err=\"%s\"", (int)code, err->text);
    return code;
}

static enum exit_code code_of(const struct up_err *err)
{
    switch (err->code) {
    case UP_ECONN:
        return EXIT_CODE_UNREACHABLE;
    case UP_EAUTH:
    case UP_ETRUST:
        return EXIT_CODE_REFUSED;
    case UP_EVERSION:
        return EXIT_CODE_SCHEMA;
    case UP_EINVAL:
        return EXIT_CODE_CONFIGURATION;
    default:
        return EXIT_CODE_FAULT;
    }
}

static enum exit_code code_of_topics(enum kafka_fault fault)
{
    switch (fault) {
    case KAFKA_FAULT_UNREACHABLE:
        return EXIT_CODE_UNREACHABLE;
    case KAFKA_FAULT_REFUSED:
        return EXIT_CODE_REFUSED;
    case KAFKA_FAULT_MISSING:
    case KAFKA_FAULT_PARTITIONS:
    case KAFKA_FAULT_DEAD_LETTER:
        return EXIT_CODE_TOPICS;
    case KAFKA_FAULT_NONE:
        break;
    }
    return EXIT_CODE_FAULT;
}

/* ---- put together ------------------------------------------------------------------------------------------------ */

static void log_kafka(void *owner, int level, const char *facility, const char *text)
{
    (void)owner;
    enum { NOTICE = 5 };
    /* What is set for the consumer goes to the producer of dead letters too, which warns of it. */
    bool is_ours = strcmp(facility, "CONFWARN") == 0 && strstr(text, "will be ignored by this") != NULL;
    log_event(level >= NOTICE || is_ours ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARN, "kafka_log", "facility=%s err=\"%s\"", facility,
              text);
}

static struct kafka_client kafka_client(const struct config *config)
{
    return (struct kafka_client){.properties = config->kafka_properties,
                                 .property_count = config->kafka_property_count,
                                 .log = log_kafka};
}

static enum exit_code open_kafka(struct daemon *daemon)
{
    const struct config *config = daemon->config;
    struct up_err err;
    const struct kafka_source_settings source = {.client = kafka_client(config),
                                                 .topics = config->topics.items,
                                                 .topic_count = config->topics.count,
                                                 .group = config->group,
                                                 .instance = config->instance[0] != '\0' ? config->instance : NULL};
    if (kafka_source_new(&source, &daemon->source, &err) != UP_OK)
        return say("kafka_configuration", EXIT_CODE_CONFIGURATION, &err);
    struct kafka_topics_check check = {0};
    if (kafka_source_check_topics(daemon->source, config->dead_letter_topic, TOPICS_TIMEOUT_MS, &check, &err) != UP_OK)
        return say("kafka_topics", code_of_topics(check.fault), &err);
    daemon->partitions = check.partitions;
    daemon->owned = mem_alloc_array((size_t)check.partitions, sizeof *daemon->owned);
    const struct dead_letters_settings letters = {.client = kafka_client(config), .topic = config->dead_letter_topic};
    if (dead_letters_new(&letters, &daemon->letters, &err) != UP_OK)
        return say("kafka_configuration", EXIT_CODE_CONFIGURATION, &err);
    return EXIT_CODE_OK;
}

static enum exit_code say_postgresql(const char *event, const struct up_err *err)
{
    enum exit_code code = code_of(err);
    const char *todo = NULL;
    if (code == EXIT_CODE_UNREACHABLE)
        todo = "start it, or correct [postgresql] connection";
    else if (code == EXIT_CODE_REFUSED)
        todo = "correct the user in [postgresql] connection, password_file, or what the server permits";
    if (todo == NULL)
        return say(event, code, err);
    log_event(LOG_LEVEL_ERROR, event, "exit_code=%d err=\"%s\" todo=\"%s\"", (int)code, err->text, todo);
    return code;
}

static enum exit_code check_schema(const struct config *config)
{
    struct up_err err;
    struct strbuf conninfo = {0};
    connection_text(config, &conninfo);
    int code = migrate_check(strbuf_text(&conninfo), &err);
    connection_wipe(&conninfo);
    return code == UP_OK ? EXIT_CODE_OK : say_postgresql("postgresql", &err);
}

static enum exit_code migrate(const struct config *config)
{
    struct up_err err;
    struct strbuf conninfo = {0};
    int applied = 0;
    connection_text(config, &conninfo);
    int code = migrate_run(strbuf_text(&conninfo), &applied, &err);
    connection_wipe(&conninfo);
    if (code != UP_OK)
        return say_postgresql("migrate", &err);
    log_event(LOG_LEVEL_INFO, "migrated", "applied=%d", applied);
    return EXIT_CODE_OK;
}

static enum exit_code open_redis(struct daemon *daemon)
{
    const struct config *config = daemon->config;
    struct up_err err;
    if (connection_redis_tls(config, &daemon->redis_tls, &err) != UP_OK)
        return say("redis_configuration", EXIT_CODE_CONFIGURATION, &err);
    const struct redis_store_settings settings = {
        .addresses = config->redis_addresses,
        .is_cluster = config->redis_cluster,
        .user = config->redis_user[0] != '\0' ? config->redis_user : NULL,
        .password = config->redis_password.value,
        .tls = daemon->redis_tls,
        .database = (int)config->redis_database,
        .connect_timeout_ms = 5000,
        .command_timeout_ms = 5000,
        .reconnect_first_ms = 100,
        .reconnect_most_ms = 5000,
        .commands_max = REDIS_COMMANDS,
        .bytes_max = REDIS_BYTES,
        .reply_bytes_max = 1024 * 1024,
        .seed = (uint64_t)clock_wall_ms(),
        .now_us = clock_mono_us,
    };
    daemon->redis = redis_store_new(daemon->loop, &settings, &err);
    if (daemon->redis == NULL)
        return say("redis_configuration", EXIT_CODE_CONFIGURATION, &err);
    const struct publisher_settings publisher = {.redis = daemon->redis,
                                                 .store = daemon->store,
                                                 .definitions = config_definitions(config),
                                                 .owned = daemon->owned,
                                                 .partitions = daemon->partitions,
                                                 .topics = config->topics.items,
                                                 .topic_count = (int)config->topics.count,
                                                 .notes_gauges = config->metrics_per_team};
    daemon->publisher = publisher_new(&publisher);
    return EXIT_CODE_OK;
}

const char *daemon_hosts(const struct config *config)
{
    return config->http_hosts[0] != '\0' ? config->http_hosts : NULL;
}

static enum exit_code open_page(struct daemon *daemon)
{
    struct up_err err;
    const struct page_settings settings = {
        .config = daemon->config, .loop = daemon->loop, .now_us = clock_mono_us};
    daemon->page = page_new(&settings, &err);
    return daemon->page != NULL ? EXIT_CODE_OK : say_postgresql("page", &err);
}

static enum exit_code open_http(struct daemon *daemon, const char *address, struct http **ret_http)
{
    if (address[0] == '\0')
        return EXIT_CODE_OK;
    struct up_err err;
    const struct http_settings settings = {.address = address,
                                           .hosts = daemon_hosts(daemon->config),
                                           .connections_max = HTTP_CONNECTIONS,
                                           .idle_timeout_ms = 5000,
                                           .request_timeout_ms = 10000,
                                           .now_us = clock_mono_us};
    *ret_http = http_new(daemon->loop, &settings, &err);
    if (*ret_http == NULL) {
        log_event(LOG_LEVEL_ERROR, "http", "exit_code=%d err=\"%s\" todo=\"correct [http] http_listen or http_socket\"",
                  EXIT_CODE_CONFIGURATION, err.text);
        return EXIT_CODE_CONFIGURATION;
    }
    routes_add(daemon, *ret_http);
    page_add_routes(daemon->page, *ret_http);
    return EXIT_CODE_OK;
}

static enum exit_code open_store(struct daemon *daemon)
{
    const struct config *config = daemon->config;
    struct up_err err;
    const struct store_settings settings = {.config = config,
                                            .loop = daemon->loop,
                                            .letters = daemon->letters,
                                            .source = daemon->source,
                                            .topics = config->topics.items,
                                            .topic_count = (int)config->topics.count,
                                            .owned = daemon->owned,
                                            .partitions = daemon->partitions,
                                            .receivers = &daemon->receivers};
    daemon->store = store_new(&settings, &err);
    return daemon->store != NULL ? EXIT_CODE_OK : say_postgresql("postgresql", &err);
}

static enum exit_code open_delivery(struct daemon *daemon)
{
    struct up_err err;
    const struct delivery_desk_settings settings = {.config = daemon->config,
                                                    .receivers = &daemon->receivers,
                                                    .loop = daemon->loop,
                                                    .store = daemon->store,
                                                    .redis = daemon->redis,
                                                    .owned = daemon->owned,
                                                    .partitions = daemon->partitions};
    daemon->desk = delivery_desk_new(&settings, &err);
    return daemon->desk != NULL ? EXIT_CODE_OK : say("delivery", EXIT_CODE_FAULT, &err);
}

static void open_pipeline(struct daemon *daemon)
{
    const struct config *config = daemon->config;
    struct decoder_settings decoder = {.max_event_bytes = config->max_event_bytes,
                                       .partitions = daemon->partitions,
                                       .partitioner = config->partitioner};
    memcpy(decoder.pseudonym_key, config->pseudonym_key.bytes, sizeof decoder.pseudonym_key);
    daemon->decoder = decoder_new(&decoder);
    explicit_bzero(&decoder, sizeof decoder);
    const struct pipeline_parts parts = {.source = daemon->source,
                                         .letters = daemon->letters,
                                         .decoder = daemon->decoder,
                                         .topics = config->topics.items,
                                         .owned = daemon->owned,
                                         .partitions = daemon->partitions,
                                         .has_wall_check = true};
    daemon->pipeline = pipeline_new(&parts);
}

/* ---- run -------------------------------------------------------------------------------------------------------- */

static void source_ready(void *arg, bool readable, bool writable)
{
    /* That the wait ended is all there is to know: the turn drains. */
    (void)arg, (void)readable, (void)writable;
}

static void run(struct daemon *daemon)
{
    while (!daemon->is_done) {
        int64_t wait_ms = turn_run(daemon);
        struct up_err err;
        enum exit_code fault = store_fault(daemon->store, &err);
        if (fault != EXIT_CODE_OK)
            daemon_end(daemon, say("postgresql", fault, &err));
        if (!daemon->is_ready && daemon->assignment.state == ASSIGNMENT_LIVE) {
            daemon->is_ready = true;
            service_ready("reading");
            log_event(LOG_LEVEL_INFO, "ready", "partitions=%d", daemon->assignment.count);
        }
        watch_run(daemon, clock_mono_us());
        if (daemon->is_stopping)
            stopping_run(daemon, clock_mono_us());
        loop_wait(daemon->loop, daemon->is_done ? 0 : wait_ms);
    }
}

/* ---- taken apart -------------------------------------------------------------------------------------------------- */

static void close_all(struct daemon *daemon)
{
    struct up_err err;
    loop_watch_free(daemon->source_watch);
    loop_watch_free(daemon->letters_watch);
    page_free(daemon->page);
    http_free(daemon->http);
    http_free(daemon->http_unix);
    for (int32_t p = 0; p < daemon->partitions && daemon->publisher != NULL; p++)
        publisher_forget(daemon->publisher, p);
    redis_store_free(daemon->redis);
    redis_tls_free(daemon->redis_tls);
    publisher_free(daemon->publisher);
    delivery_desk_free(daemon->desk);
    pipeline_free(daemon->pipeline);
    bool closed = true;
    if (daemon->source != NULL && kafka_source_close(daemon->source, stopping_close_ms(daemon), &err) != UP_OK) {
        log_event(LOG_LEVEL_WARN, "kafka_not_left", "err=\"%s\"", err.text);
        closed = false;
    }
    if (closed)
        kafka_source_free(daemon->source);
    store_free(daemon->store);
    for (int32_t p = 0; p < daemon->partitions; p++)
        owned_free(daemon->owned[p]);
    mem_free(daemon->owned);
    receivers_done(&daemon->receivers);
    dead_letters_free(daemon->letters);
    decoder_free(daemon->decoder);
    loop_free(daemon->loop);
}

static enum exit_code open_all(struct daemon *daemon)
{
    struct up_err err;
    daemon->loop = loop_new(&err);
    if (daemon->loop == NULL)
        return say("loop", EXIT_CODE_FAULT, &err);
    signals_catch(daemon);
    if (daemon->config->auto_migrate) {
        service_extend_timeout(MIGRATE_TIMEOUT_MS);
        enum exit_code migrated = migrate(daemon->config);
        if (migrated != EXIT_CODE_OK)
            return migrated;
    }
    enum exit_code code = check_schema(daemon->config);
    if (code == EXIT_CODE_OK)
        code = open_kafka(daemon);
    if (code == EXIT_CODE_OK)
        code = open_store(daemon);
    if (code == EXIT_CODE_OK)
        code = open_redis(daemon);
    if (code == EXIT_CODE_OK)
        code = open_delivery(daemon);
    if (code == EXIT_CODE_OK)
        code = open_page(daemon);
    if (code == EXIT_CODE_OK)
        code = open_http(daemon, daemon->config->http_listen, &daemon->http);
    if (code == EXIT_CODE_OK)
        code = open_http(daemon, daemon->config->http_socket, &daemon->http_unix);
    if (code != EXIT_CODE_OK)
        return code;
    open_pipeline(daemon);
    if (kafka_source_subscribe(daemon->source, &err) != UP_OK)
        return say("kafka_subscribe", EXIT_CODE_FAULT, &err);
    daemon->source_watch =
        loop_watch_new(daemon->loop, kafka_source_fd(daemon->source), true, false, source_ready, daemon);
    daemon->is_watching = true;
    daemon->letters_watch =
        loop_watch_new(daemon->loop, dead_letters_fd(daemon->letters), true, false, source_ready, daemon);
    stopping_catch_signals(daemon);
    return EXIT_CODE_OK;
}

static enum exit_code run_daemon(struct config *config, const struct config_source *source)
{
    struct daemon *daemon = mem_alloc(sizeof *daemon);
    daemon->config = daemon->reloaded = config;
    daemon->config_source = source;
    daemon->began_us = clock_mono_us();
    daemon->lag = -1;
    int64_t watchdog_us = service_watchdog_interval_ms() * 1000;
    daemon->watchdog_every_us = watchdog_us < WATCHDOG_MOST_US ? watchdog_us : WATCHDOG_MOST_US;
    receivers_init(&daemon->receivers, config);
    log_event(LOG_LEVEL_INFO, "starting", "version=" UPTAKE_VERSION " definitions=%s", config_definitions(config));
    enum exit_code code = open_all(daemon);
    if (code == EXIT_CODE_OK) {
        run(daemon);
        code = daemon->exit_code;
    }
    close_all(daemon);
    mem_free(daemon);
    log_event(LOG_LEVEL_INFO, "stopped", "exit_code=%d", (int)code);
    return code;
}

/* ---- the command line ------------------------------------------------------------------------------------------- */

void daemon_configure_log(const struct config *config)
{
    bool is_journal = journal_is_at(STDERR_FILENO, getenv("JOURNAL_STREAM"));
    const struct log_settings settings = {
        .level = config->log_level, .format = config->log_format, .sink = is_journal ? journal_send : NULL};
    log_configure(&settings);
}

static enum exit_code with_config(const struct options *options)
{
    struct strbuf problems = {0};
    const struct config_source source = {.path = options->config_path,
                                         .overrides = options->overrides,
                                         .override_count = options->override_count,
                                         .credentials_directory = getenv("CREDENTIALS_DIRECTORY")};
    struct config *config = config_load(&source, &problems);
    if (config == NULL) {
        (void)fputs(strbuf_text(&problems), stderr);
        strbuf_done(&problems);
        return EXIT_CODE_CONFIGURATION;
    }
    strbuf_done(&problems);
    daemon_configure_log(config);
    enum exit_code code = EXIT_CODE_OK;
    if (options->action == OPTIONS_MIGRATE)
        code = migrate(config);
    else if (options->action == OPTIONS_RUN)
        code = run_daemon(config, &source);
    else
        (void)puts("configuration ok");
    config_free(config);
    return code;
}

static int print(void (*add)(struct strbuf *ret_text))
{
    struct strbuf text = {0};
    add(&text);
    (void)fwrite(text.data, 1, text.length, stdout);
    strbuf_done(&text);
    return EXIT_CODE_OK;
}

int daemon_main(int argc, char **argv)
{
    struct options options;
    struct up_err err;
    if (options_parse(argc, argv, &options, &err) != UP_OK) {
        (void)fprintf(stderr, "uptaked: %s\n", err.text);
        return EXIT_CODE_USAGE;
    }
    /* A peer that goes away is an error of the write, not the end of the process. */
    (void)signal(SIGPIPE, SIG_IGN);
    /* Until there is a configuration to read anew. */
    (void)signal(SIGHUP, SIG_IGN);
    switch (options.action) {
    case OPTIONS_HELP:
        return print(options_print_usage);
    case OPTIONS_VERSION:
        (void)puts("uptaked " UPTAKE_VERSION);
        return EXIT_CODE_OK;
    case OPTIONS_PRINT_EXAMPLE:
        return print(config_print_example);
    case OPTIONS_RUN:
    case OPTIONS_CHECK_CONFIG:
    case OPTIONS_MIGRATE:
        break;
    }
    return (int)with_config(&options);
}
