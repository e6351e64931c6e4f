/* Which servers the Redis store knows and which of them has which slot; whether the store is up. */
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"
#include "io/loop.h"
#include "io/redis_address.h"
#include "redis_store_priv.h"

enum { MAP_WAIT_FIRST_MS = 20 };

static struct redis_node *node_find(struct redis_store *store, const char *host, uint16_t port,
                                    const char *path)
{
    for (uint32_t i = 0; i < store->status.nodes; i++) {
        struct redis_node *node = store->nodes[i];
        if (path != NULL && node->path != NULL && strcmp(node->path, path) == 0)
            return node;
        if (host != NULL && node->host != NULL && node->settings.port == port &&
            strcmp(node->host, host) == 0)
            return node;
    }
    return NULL;
}

struct redis_node *redis_map_node(struct redis_store *store, const char *host, uint16_t port,
                                  const char *path)
{
    struct redis_node *node = node_find(store, host, port, path);
    if (node != NULL)
        return node;
    if (store->status.nodes >= NODES_MAX)
        return NULL;
    char *own_host = host != NULL ? mem_copy_text(host, strlen(host)) : NULL;
    char *own_path = path != NULL ? mem_copy_text(path, strlen(path)) : NULL;
    node = redis_node_new(store, own_host, port, own_path);
    node->is_listed = !store->settings.is_cluster;
    mem_reserve(&store->nodes, &store->nodes_capacity, store->status.nodes + 1,
                sizeof *store->nodes);
    store->nodes[store->status.nodes++] = node;
    return node;
}

int redis_map_seed(struct redis_store *store, struct up_err *err)
{
    for (const char *at = store->settings.addresses; at != NULL;) {
        struct redis_address address;
        int code = redis_address_read(at, &address, &at, err);
        if (code != 0)
            return code;
        bool is_path = address.path[0] != '\0';
        if (is_path && store->settings.is_cluster)
            return up_fail(err, UP_EINVAL, "redis_address: a cluster has no unix socket: %s", address.path);
        (void)redis_map_node(store, is_path ? NULL : address.host, address.port, is_path ? address.path : NULL);
    }
    if (!store->settings.is_cluster && store->status.nodes > 1)
        return up_fail(err, UP_EINVAL, "redis_address: several addresses need redis_cluster = yes");
    return 0;
}

static bool is_complete(const struct redis_store *store)
{
    for (uint32_t i = 0; i < store->status.nodes; i++) {
        if (store->nodes[i]->is_listed && !store->nodes[i]->is_ready)
            return false;
    }
    for (size_t slot = 0; store->owners != NULL && slot < REDIS_SLOTS; slot++) {
        if (store->owners[slot] == NULL)
            return false;
    }
    return true;
}

static void count_ready(struct redis_store *store)
{
    store->status.nodes_ready = 0;
    for (uint32_t i = 0; i < store->status.nodes; i++)
        store->status.nodes_ready += store->nodes[i]->is_ready ? 1 : 0;
}

/* Forgets seeds that the cluster calls by another name, nodes that have no slots any more. */
static void forget_idle_nodes(struct redis_store *store)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < store->status.nodes; i++) {
        struct redis_node *node = store->nodes[i];
        if (node->is_listed || node->request_count > 0)
            store->nodes[kept++] = node;
        else
            redis_node_free(node);
    }
    store->status.nodes = kept;
    count_ready(store);
}

void redis_map_judge(struct redis_store *store)
{
    struct redis_store_status *status = &store->status;
    count_ready(store);
    bool is_up = status->nodes_ready > 0 && is_complete(store);
    if (is_up != status->is_up) {
        status->is_up = is_up;
        status->since_us = store->settings.now_us();
    }
    if (store->owners == NULL)
        return;
    if (is_up) {
        backoff_reset(&store->map_backoff);
        forget_idle_nodes(store);
    } else {
        redis_map_refresh(store);
    }
    /* The addresses of the settings were good once; those that the cluster told may all be gone.
     * They were read before, so that no error is possible. */
    if (status->nodes_ready == 0)
        (void)redis_map_seed(store, NULL);
}

void redis_map_refresh(struct redis_store *store)
{
    if (store->owners == NULL || store->map_is_due || store->is_closing)
        return;
    store->map_is_due = true;
    loop_timer_start(store->map_timer, backoff_next_ms(&store->map_backoff));
}

struct map_reading {
    struct redis_store *store;
    const char *asked_host;
};

static void range_read(void *arg, uint16_t first, uint16_t last, struct text host, uint16_t port)
{
    struct map_reading *reading = arg;
    char name[REDIS_HOST_BYTES];
    memcpy(name, host.bytes, host.length);
    name[host.length] = '\0';
    struct redis_node *node =
        redis_map_node(reading->store, host.length > 0 ? name : reading->asked_host, port, NULL);
    if (node == NULL)
        return;
    node->is_listed = true;
    for (uint32_t slot = first; slot <= last; slot++)
        reading->store->owners[slot] = node;
}

static void range_ignored(void *arg, uint16_t first, uint16_t last, struct text host, uint16_t port)
{
    (void)arg;
    (void)first;
    (void)last;
    (void)host;
    (void)port;
}

static void slots_replied(void *arg, const struct redis_reply *reply)
{
    struct redis_node *asked = arg;
    struct redis_store *store = asked->store;
    store->map_is_due = false;
    if (reply == NULL) {
        redis_map_refresh(store);
        return;
    }
    struct up_err err;
    bool is_usable = redis_cluster_read_slots(reply, range_ignored, NULL, &err) == 0;
    if (!is_usable)
        store->status.last_error = err;
    if (is_usable && redis_reply_count(reply) > 0) {
        for (uint32_t i = 0; i < store->status.nodes; i++)
            store->nodes[i]->is_listed = false;
        memset(store->owners, 0, REDIS_SLOTS * sizeof(struct redis_node *));
        char host[REDIS_HOST_BYTES];
        size_t length = strlen(asked->host);
        UP_ASSERT(length < sizeof host);
        memcpy(host, asked->host, length + 1);
        struct map_reading reading = {.store = store, .asked_host = host};
        (void)redis_cluster_read_slots(reply, range_read, &reading, NULL);
    }
    redis_map_judge(store);
}

/* Asks one node after another, so that one that knows nothing does not stop the store. */
static void map_ask(void *arg)
{
    static const char command[] = "*2\r\n$7\r\nCLUSTER\r\n$5\r\nSLOTS\r\n";
    struct redis_store *store = arg;
    store->map_is_due = false;
    for (uint32_t i = 0; i < store->status.nodes; i++) {
        struct redis_node *node = store->nodes[++store->map_asked % store->status.nodes];
        if (node->is_ready &&
            redis_conn_send(node->conn, command, sizeof command - 1, slots_replied, node) == 0) {
            store->map_is_due = true;
            return;
        }
    }
}

void redis_map_init(struct redis_store *store)
{
    if (!store->settings.is_cluster)
        return;
    int64_t first = store->settings.reconnect_first_ms;
    int64_t most = store->settings.reconnect_most_ms;
    store->owners = mem_alloc_array(REDIS_SLOTS, sizeof *store->owners);
    store->map_timer = loop_timer_new(store->loop, map_ask, store);
    backoff_init(&store->map_backoff, first < MAP_WAIT_FIRST_MS ? first : MAP_WAIT_FIRST_MS, most,
                 store->settings.seed);
}

void redis_map_done(struct redis_store *store)
{
    for (uint32_t i = 0; i < store->status.nodes; i++)
        redis_node_free(store->nodes[i]);
    loop_timer_free(store->map_timer);
    mem_free(store->nodes);
    mem_free(store->owners);
}
