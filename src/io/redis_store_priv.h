/* What the files of the Redis store share: requests, nodes, and who may call whom. */
#pragma once

#include "base/backoff.h"
#include "base/strbuf.h"
#include "io/redis_cluster.h"
#include "io/redis_conn.h"
#include "io/redis_store.h"

enum { SCRIPTS_MAX = 4, NODES_MAX = 1024, DIGEST_BYTES = 41 };

struct redis_request {
    struct redis_request *next; /* in a node's queue */
    struct redis_store *store;
    struct redis_node *node; /* where it waits or was sent */
    struct strbuf bytes;
    int script; /* -1 = none */
    int detours;
    bool is_asking;
    int64_t sent_us;
    redis_store_on_result *done;
    void *arg;
};

/* One server. Without a connection its timer runs and will make one. */
struct redis_node {
    struct redis_store *store;
    char *host; /* NULL = unix socket */
    char *path;
    struct redis_conn_settings settings;
    struct redis_conn *conn;
    struct loop_timer *timer;
    struct backoff backoff;
    bool is_ready;  /* connected, scripts known */
    bool is_listed; /* has slots */
    int loads_awaited;
    uint32_t request_count; /* sent or waiting here */
    struct redis_request *first_waiting;
    struct redis_request *last_waiting;
};

struct redis_script {
    char *text;
    char digest[DIGEST_BYTES]; /* empty until a server has told it */
};

struct redis_store {
    struct loop *loop;
    struct resolver *resolver;            /* NULL when no address has a name */
    struct redis_store_settings settings; /* its texts are these: */
    char *addresses;
    char *user;
    char *password;
    struct redis_conn_settings conn_settings; /* without an address */
    struct redis_script scripts[SCRIPTS_MAX];
    int script_count;
    struct redis_node **nodes;
    size_t nodes_capacity;
    struct redis_node **owners; /* by slot; NULL unless it is a cluster */
    struct loop_timer *map_timer;
    struct backoff map_backoff;
    bool map_is_due;  /* the timer runs or the reply is awaited */
    size_t map_asked; /* which node was asked last */
    uint64_t generation;
    bool is_closing;
    struct redis_store_status status;
};

/* redis_store.c: ends a request that a node had and that got no reply. */
void redis_store_fail(struct redis_request *request, int code, const char *why);
/* redis_store.c: a reply to a request; NULL = lost. */
void redis_store_replied(void *arg, const struct redis_reply *reply);

/* redis_map.c: a node has become ready or was lost, or the map has changed: judges whether the
 * store is up. */
void redis_map_judge(struct redis_store *store);
/* redis_map.c: asks the cluster for its slots soon. */
void redis_map_refresh(struct redis_store *store);
/* redis_map.c: the node of that address, made when there is none. Either host or path is given.
 * NULL when there are too many. */
struct redis_node *redis_map_node(struct redis_store *store, const char *host, uint16_t port,
                                  const char *path);
/* redis_map.c: makes nodes of the addresses in the settings. 0 or UP_EINVAL. */
int redis_map_seed(struct redis_store *store, struct up_err *err);
/* redis_map.c: sets up and clears away nodes, slots and timer. */
void redis_map_init(struct redis_store *store);
void redis_map_done(struct redis_store *store);

/* redis_node.c: begins to connect. host or path is taken. */
struct redis_node *redis_node_new(struct redis_store *store, char *host, uint16_t port, char *path);
/* redis_node.c: requests sent there or waiting end with UP_ECONN. */
void redis_node_free(struct redis_node *node);
/* redis_node.c: sends, or keeps until the connection that is being made is ready. 0: the request is
 * the node's; UP_EAGAIN, UP_ECONN: it is still the caller's. Calls nobody back. */
int redis_node_submit(struct redis_node *node, struct redis_request *request);
/* redis_node.c: sends the request's script ahead of it. */
int redis_node_submit_with_script(struct redis_node *node, struct redis_request *request);
/* redis_node.c: closes the connection and makes another after a while. */
void redis_node_drop(struct redis_node *node, const struct up_err *why);
