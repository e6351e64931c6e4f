/* The Redis that takes live figures: commands from their sending to their one result. */
#include "io/redis_store.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"
#include "io/loop.h"
#include "io/resolver.h"
#include "redis_store_priv.h"

enum { DETOURS_MAX = 5, SCRIPTS_ROOM_BYTES = 1 << 20 };

static char *copy_or_null(const char *text)
{
    return text != NULL ? mem_copy_text(text, strlen(text)) : NULL;
}

static void free_secret(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    mem_free(text);
}

struct redis_store *redis_store_new(struct loop *loop, const struct redis_store_settings *settings,
                                    struct up_err *err)
{
    UP_ASSERT(settings->now_us != NULL);
    UP_ASSERT(settings->commands_max > 0);
    struct redis_store *store = mem_alloc(sizeof *store);
    *store = (struct redis_store){.loop = loop, .settings = *settings};
    store->addresses = copy_or_null(settings->addresses);
    store->user = copy_or_null(settings->user);
    store->password = copy_or_null(settings->password);
    store->settings.addresses = store->addresses;
    store->settings.user = store->user;
    store->settings.password = store->password;
    store->status.since_us = settings->now_us();
    store->conn_settings = (struct redis_conn_settings){
        .user = store->user,
        .password = store->password,
        .tls = settings->tls,
        .database = settings->database,
        .connect_timeout_ms = settings->connect_timeout_ms,
        .command_timeout_ms = settings->command_timeout_ms,
        .reply_bytes_max = settings->reply_bytes_max,
        .queue_bytes_max = settings->bytes_max + SCRIPTS_ROOM_BYTES,
    };
    redis_map_init(store);
    store->resolver = resolver_new(loop, err);
    if (store->resolver == NULL || redis_map_seed(store, err) != 0) {
        redis_store_free(store);
        return NULL;
    }
    return store;
}

void redis_store_free(struct redis_store *store)
{
    if (store == NULL)
        return;
    store->is_closing = true;
    redis_map_done(store);
    resolver_free(store->resolver);
    for (int i = 0; i < store->script_count; i++)
        mem_free(store->scripts[i].text);
    free_secret(store->password);
    mem_free(store->user);
    mem_free(store->addresses);
    mem_free(store);
}

static void request_free(struct redis_request *request)
{
    strbuf_done(&request->bytes);
    mem_free(request);
}

static void request_end(struct redis_request *request, const struct redis_result *result)
{
    struct redis_store *store = request->store;
    store->status.commands--;
    store->status.bytes -= request->bytes.length;
    if (result->code != 0)
        store->status.errors++;
    request->done(request->arg, result);
    request_free(request);
}

static void request_refuse(struct redis_request *request, int code, struct text why)
{
    struct redis_result result = {.code = code, .kind = REDIS_ERROR, .text = why};
    request_end(request, &result);
}

void redis_store_fail(struct redis_request *request, int code, const char *why)
{
    request->node->request_count--;
    request_refuse(request, code, text_of(why));
}

static bool begins_with(struct text text, const char *word)
{
    size_t length = strlen(word);
    return text.length >= length && memcmp(text.bytes, word, length) == 0;
}

/* What an error says about the server: use another connection. */
static bool is_server_unusable(struct text error)
{
    return begins_with(error, "LOADING") || begins_with(error, "READONLY") ||
           begins_with(error, "MASTERDOWN");
}

/* A slot is moving, or nobody has it for the moment. */
static bool is_on_the_move(struct text error)
{
    return begins_with(error, "TRYAGAIN") || begins_with(error, "CLUSTERDOWN");
}

static int code_of(struct text error)
{
    static const char *const later[] = {"OOM ", "BUSY ", "MISCONF", "NOREPLICAS"};
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        if (begins_with(error, later[i]))
            return UP_EAGAIN;
    }
    if (is_on_the_move(error))
        return UP_EAGAIN;
    if (begins_with(error, "NOPERM") || begins_with(error, "NOAUTH") ||
        begins_with(error, "WRONGPASS"))
        return UP_EAUTH;
    return is_server_unusable(error) ? UP_ECONN : UP_EIO;
}

static void request_redirect(struct redis_request *request, const struct redis_node *from,
                             const struct redis_redirect *redirect, struct text error)
{
    struct redis_store *store = request->store;
    const char *host = redirect->host[0] != '\0' ? redirect->host : from->host;
    struct redis_node *to = redis_map_node(store, host, redirect->port, NULL);
    if (to != NULL && !redirect->is_ask) {
        store->owners[redirect->slot] = to;
        redis_map_refresh(store);
    }
    store->status.redirects++;
    request->is_asking = redirect->is_ask;
    if (to == NULL || ++request->detours > DETOURS_MAX || redis_node_submit(to, request) != 0)
        request_refuse(request, UP_EAGAIN, error);
}

static void request_refused(struct redis_request *request, struct redis_node *node,
                            struct text error)
{
    struct redis_store *store = request->store;
    struct redis_redirect redirect;
    if (store->owners != NULL && redis_cluster_read_redirect(error, &redirect)) {
        request_redirect(request, node, &redirect, error);
        return;
    }
    if (request->script >= 0 && begins_with(error, "NOSCRIPT") &&
        ++request->detours <= DETOURS_MAX) {
        if (redis_node_submit_with_script(node, request) != 0)
            request_refuse(request, UP_EAGAIN, error);
        return;
    }
    if (begins_with(error, "CLUSTERDOWN"))
        redis_map_refresh(store);
    if (is_server_unusable(error)) {
        struct up_err err;
        (void)up_fail(&err, UP_ECONN, "Redis at %s is not usable: %.*s",
                      node->host != NULL ? node->host : node->path, (int)error.length, error.bytes);
        redis_node_drop(node, &err);
    }
    struct redis_result result = {.code = code_of(error),
                                  .refused = !is_server_unusable(error) && !is_on_the_move(error),
                                  .kind = REDIS_ERROR,
                                  .text = error};
    request_end(request, &result);
}

void redis_store_replied(void *arg, const struct redis_reply *reply)
{
    struct redis_request *request = arg;
    /* ASKING and a script that is loaded anew have no request: what comes after them tells. */
    if (request == NULL)
        return;
    if (reply == NULL) {
        redis_store_fail(request, UP_ECONN, "the connection was lost");
        return;
    }
    struct redis_store *store = request->store;
    struct redis_node *node = request->node;
    node->request_count--;
    store->status.round_trips++;
    histogram_add(&store->status.round_trip, store->settings.now_us() - request->sent_us);
    if (redis_reply_kind(reply) == REDIS_ERROR) {
        request_refused(request, node, redis_reply_text(reply));
        return;
    }
    backoff_reset(&node->backoff);
    struct redis_result result = {.kind = redis_reply_kind(reply),
                                  .integer = redis_reply_integer(reply),
                                  .text = redis_reply_text(reply)};
    request_end(request, &result);
}

static struct redis_node *node_of(struct redis_store *store, struct text routing_key)
{
    if (store->is_closing)
        return NULL;
    struct redis_node *node =
        store->owners != NULL ? store->owners[redis_cluster_slot(routing_key)] : store->nodes[0];
    if (node != NULL && node->is_ready)
        return node;
    redis_map_refresh(store);
    return NULL;
}

static int send_request(struct redis_store *store, int script, struct text routing_key, int argc,
                        const char **argv, const size_t *argvlen, redis_store_on_result *done,
                        void *arg)
{
    struct redis_node *node = node_of(store, routing_key);
    if (node == NULL)
        return UP_ECONN;
    if (!redis_store_has_room(store, routing_key))
        return UP_EAGAIN;
    struct redis_request *request = mem_alloc(sizeof *request);
    *request = (struct redis_request){.store = store, .script = script, .done = done, .arg = arg};
    redis_conn_format(&request->bytes, argc, argv, argvlen);
    int code = redis_node_submit(node, request);
    if (code != 0) {
        request_free(request);
        return code;
    }
    store->status.commands++;
    store->status.bytes += request->bytes.length;
    return 0;
}

bool redis_store_has_room(struct redis_store *store, struct text routing_key)
{
    return store->status.commands < store->settings.commands_max &&
           store->status.bytes < store->settings.bytes_max && node_of(store, routing_key) != NULL;
}

int redis_store_send(struct redis_store *store, struct text routing_key, int argc,
                     const char **argv, const size_t *argvlen, redis_store_on_result *done,
                     void *arg)
{
    return send_request(store, -1, routing_key, argc, argv, argvlen, done, arg);
}

int redis_store_script(struct redis_store *store, const char *lua)
{
    UP_ASSERT(store->script_count < SCRIPTS_MAX);
    UP_ASSERT(store->generation == 0);
    store->scripts[store->script_count].text = copy_or_null(lua);
    return store->script_count++;
}

int redis_store_call(struct redis_store *store, int script, struct text routing_key, int argc,
                     const char **argv, size_t *argvlen, redis_store_on_result *done, void *arg)
{
    UP_ASSERT(script >= 0 && script < store->script_count);
    UP_ASSERT(argc >= 3);
    argv[0] = "EVALSHA";
    argvlen[0] = 7;
    argv[1] = store->scripts[script].digest;
    argvlen[1] = DIGEST_BYTES - 1;
    return send_request(store, script, routing_key, argc, argv, argvlen, done, arg);
}

uint64_t redis_store_generation(const struct redis_store *store)
{
    return store->generation;
}

const struct redis_store_status *redis_store_status(const struct redis_store *store)
{
    return &store->status;
}
