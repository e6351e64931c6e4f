/* One server of the Redis store: connects, makes the scripts known, reconnects with ever longer
 * waits. */
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"
#include "io/loop.h"
#include "redis_store_priv.h"

static void node_lost(void *arg, const struct up_err *why);
static void node_ready(void *arg);

static void node_connect(void *arg)
{
    struct redis_node *node = arg;
    UP_ASSERT(node->conn == NULL);
    node->conn = redis_conn_new(
        node->store->loop, node->store->resolver, &node->settings,
        (struct redis_conn_events){.ready = node_ready, .lost = node_lost, .arg = node});
}

struct redis_node *redis_node_new(struct redis_store *store, char *host, uint16_t port, char *path)
{
    struct redis_node *node = mem_alloc(sizeof *node);
    *node = (struct redis_node){
        .store = store, .host = host, .path = path, .settings = store->conn_settings};
    node->settings.host = host;
    node->settings.port = port;
    node->settings.path = path;
    uint64_t seed = store->settings.seed ^ ((uint64_t)port << 32) ^ store->status.nodes;
    backoff_init(&node->backoff, store->settings.reconnect_first_ms,
                 store->settings.reconnect_most_ms, seed);
    node->timer = loop_timer_new(store->loop, node_connect, node);
    node_connect(node);
    return node;
}

static void fail_waiting(struct redis_node *node)
{
    struct redis_request *request = node->first_waiting;
    node->first_waiting = NULL;
    node->last_waiting = NULL;
    while (request != NULL) {
        struct redis_request *next = request->next;
        redis_store_fail(request, UP_ECONN, "the server is not connected");
        request = next;
    }
}

void redis_node_free(struct redis_node *node)
{
    node->is_ready = false;
    struct redis_conn *conn = node->conn;
    node->conn = NULL;
    redis_conn_free(conn);
    fail_waiting(node);
    loop_timer_free(node->timer);
    mem_free(node->host);
    mem_free(node->path);
    mem_free(node);
}

void redis_node_drop(struct redis_node *node, const struct up_err *why)
{
    if (node->conn == NULL)
        return;
    struct redis_store *store = node->store;
    struct redis_conn *conn = node->conn;
    node->conn = NULL;
    node->is_ready = false;
    store->status.reconnects++;
    store->status.last_error = *why;
    loop_timer_start(node->timer, backoff_next_ms(&node->backoff));
    redis_conn_free(conn);
    fail_waiting(node);
    if (!store->is_closing)
        redis_map_judge(store);
}

static void node_lost(void *arg, const struct up_err *why)
{
    redis_node_drop(arg, why);
}

static int send_now(struct redis_node *node, struct redis_request *request)
{
    static const char asking[] = "*1\r\n$6\r\nASKING\r\n";
    if (request->is_asking)
        (void)redis_conn_send(node->conn, asking, sizeof asking - 1, redis_store_replied, NULL);
    request->sent_us = node->store->settings.now_us();
    return redis_conn_send(node->conn, request->bytes.data, request->bytes.length,
                           redis_store_replied, request);
}

int redis_node_submit(struct redis_node *node, struct redis_request *request)
{
    if (node->conn == NULL)
        return UP_ECONN;
    if (node->is_ready) {
        int code = send_now(node, request);
        if (code != 0)
            return code;
    } else {
        request->next = NULL;
        if (node->last_waiting != NULL)
            node->last_waiting->next = request;
        else
            node->first_waiting = request;
        node->last_waiting = request;
    }
    request->node = node;
    node->request_count++;
    return 0;
}

static void became_ready(struct redis_node *node)
{
    node->is_ready = true;
    node->store->generation++;
    struct redis_request *request = node->first_waiting;
    node->first_waiting = NULL;
    node->last_waiting = NULL;
    while (request != NULL) {
        struct redis_request *next = request->next;
        int code = send_now(node, request);
        if (code != 0)
            redis_store_fail(request, code, "the connection takes no more");
        request = next;
    }
    redis_map_refresh(node->store);
    redis_map_judge(node->store);
}

/* Returns what redis_conn_send() does. */
static int load_script(struct redis_node *node, const struct redis_script *script,
                       redis_conn_on_reply *replied, void *arg)
{
    struct strbuf bytes = {0};
    const char *argv[] = {"SCRIPT", "LOAD", script->text};
    redis_conn_format(&bytes, 3, argv, (size_t[]){6, 4, strlen(script->text)});
    int code = redis_conn_send(node->conn, bytes.data, bytes.length, replied, arg);
    strbuf_done(&bytes);
    return code;
}

static void script_loaded(void *arg, const struct redis_reply *reply)
{
    struct redis_node *node = arg;
    if (reply == NULL || node->conn == NULL)
        return;
    struct text text = redis_reply_text(reply);
    if (redis_reply_kind(reply) != REDIS_TEXT || text.length != DIGEST_BYTES - 1) {
        struct up_err err;
        (void)up_fail(&err, UP_EAUTH,
                      "Redis does not take a script (permit SCRIPT and EVALSHA): %.*s",
                      (int)text.length, text.bytes);
        redis_node_drop(node, &err);
        return;
    }
    /* Replies come in the order of the scripts. */
    struct redis_store *store = node->store;
    memcpy(store->scripts[store->script_count - node->loads_awaited].digest, text.bytes,
           text.length);
    if (--node->loads_awaited == 0)
        became_ready(node);
}

static void node_ready(void *arg)
{
    struct redis_node *node = arg;
    struct redis_store *store = node->store;
    node->loads_awaited = store->script_count;
    if (store->script_count == 0)
        became_ready(node);
    for (int i = 0; i < store->script_count; i++)
        (void)load_script(node, &store->scripts[i], script_loaded, node);
}

int redis_node_submit_with_script(struct redis_node *node, struct redis_request *request)
{
    if (node->is_ready)
        (void)load_script(node, &node->store->scripts[request->script], redis_store_replied, NULL);
    return redis_node_submit(node, request);
}
