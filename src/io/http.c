/* A small HTTP server for reading, on libevent's evhttp. */
#include "io/http.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/panic.h"
#include "io/http_listen.h"
#include "io/loop.h"
#include "loop_priv.h"

enum {
    ROUTES_MAX = 32,
    HEADER_BYTES_MAX = 8192,
    BODY_BYTES_MAX = 65536,
    SWEEP_MS = 250,
};

struct route {
    const char *path;
    size_t prefix_length; /* 0 = the whole path must be the same */
    http_handler *handler;
    void *arg;
};

/* evhttp says neither when a connection begins nor when it ends. It asks us for the stream of each,
 * so we keep a reference: a stream whose callbacks are gone was given up by evhttp. */
struct connection {
    struct bufferevent *stream;
    int64_t began_us;
    bool is_timed_out;
};

struct http {
    struct loop *loop;
    struct evhttp *evhttp;
    struct evconnlistener *listener;
    char *address;
    char *hosts;
    uint16_t port;
    bool checks_hosts;
    bool is_loopback;
    bool is_full;
    int connections_max;
    int64_t request_timeout_us;
    int64_t (*now_us)(void);
    struct loop_timer *sweeper;
    struct connection *connections;
    size_t connections_capacity;
    struct route routes[ROUTES_MAX];
    int route_count;
    struct http_counters counters;
};

struct http_request {
    struct evhttp_request *request;
    char *path;
    const char *rest;
    struct evkeyvalq query;
};

/* An answer that was promised: what is left of its request. */
struct http_later {
    struct http_request request;
    struct http_answer answer;
};

const char *http_request_path(const struct http_request *request)
{
    return request->path;
}

const char *http_request_rest(const struct http_request *request)
{
    return request->rest;
}

const char *http_request_query(const struct http_request *request, const char *name)
{
    return evhttp_find_header(&request->query, name);
}

const char *http_request_header(const struct http_request *request, const char *name)
{
    return evhttp_find_header(evhttp_request_get_input_headers(request->request), name);
}

static void set_header(struct evhttp_request *request, const char *name, const char *value)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    (void)evhttp_remove_header(headers, name);
    UP_ASSERT(evhttp_add_header(headers, name, value) == 0);
}

void http_answer_header(struct http_answer *answer, const char *name, const char *value)
{
    set_header(answer->request->request, name, value);
}

static void set_own_headers(struct evhttp_request *request)
{
    set_header(request, "Connection", "close");
    set_header(request, "Cache-Control", "no-store");
    set_header(request, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    set_header(request, "Cross-Origin-Resource-Policy", "same-origin");
    set_header(request, "Referrer-Policy", "no-referrer");
    set_header(request, "X-Content-Type-Options", "nosniff");
}

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {{200, "OK"},
                   {304, "Not Modified"},
                   {400, "Bad Request"},
                   {401, "Unauthorized"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {421, "Misdirected Request"},
                   {500, "Server Error"},
                   {503, "Service Unavailable"}};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].status == status)
            return reasons[i].reason;
    }
    return "Answer";
}

static void send_answer(struct evhttp_request *request, int status, const char *type,
                        const struct strbuf *body)
{
    if (type != NULL)
        set_header(request, "Content-Type", type);
    struct evbuffer *output = NULL;
    if (evhttp_request_get_command(request) == EVHTTP_REQ_HEAD) {
        char length[24];
        (void)snprintf(length, sizeof length, "%zu", body->length);
        set_header(request, "Content-Length", length);
    } else {
        output = evbuffer_new();
        UP_ASSERT(output != NULL);
        UP_ASSERT(evbuffer_add(output, body->data, body->length) == 0);
    }
    evhttp_send_reply(request, status, reason_of(status), output);
    if (output != NULL)
        evbuffer_free(output);
}

struct http_later *http_answer_later(struct http_answer *answer)
{
    struct http_later *later = mem_alloc(sizeof *later);
    later->request.request = answer->request->request;
    later->answer = (struct http_answer){.status = 200, .request = &later->request};
    answer->later = later;
    return later;
}

struct http_answer *http_later_answer(struct http_later *later)
{
    return &later->answer;
}

/* Where the connection is gone meanwhile evhttp only frees the request. */
void http_later_send(struct http_later *later)
{
    struct http_answer *answer = &later->answer;
    send_answer(later->request.request, answer->status, answer->content_type, &answer->body);
    strbuf_done(&answer->body);
    mem_free(later);
}

static void refuse(struct http *http, struct evhttp_request *request, int status, const char *why)
{
    struct strbuf body = {0};
    http->counters.refused++;
    strbuf_add_format(&body, "%s\n", why);
    send_answer(request, status, "text/plain; charset=utf-8", &body);
    strbuf_done(&body);
}

/* Whether `host`, of that length, is in the list. */
static bool is_listed(const char *list, const char *host, size_t length)
{
    while (list != NULL && *list != '\0') {
        list += strspn(list, ", \t");
        size_t entry = strcspn(list, ", \t");
        if (entry == length && entry > 0 && strncasecmp(list, host, length) == 0)
            return true;
        list += entry;
    }
    return false;
}

/* Exactly one Host header, and, where names are checked, one that is ours (http_settings.hosts). */
static bool is_host_ours(const struct http *http, struct evhttp_request *request)
{
    const char *host = NULL;
    struct evkeyval *header = NULL;
    TAILQ_FOREACH(header, evhttp_request_get_input_headers(request), next)
    {
        if (strcasecmp(header->key, "Host") != 0)
            continue;
        if (host != NULL)
            return false;
        host = header->value;
    }
    if (host == NULL)
        return false;
    if (!http->checks_hosts)
        return true;
    size_t length = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    if (length > strlen(host))
        return false;
    const char *end = host + length;
    if (*end != '\0' && strspn(end + 1, "0123456789") != strlen(end + 1))
        return false;
    size_t own = strlen(http->address) - strlen(strrchr(http->address, ':'));
    return is_listed(http->hosts, host, length) ||
           (http->is_loopback && is_listed("localhost,127.0.0.1,[::1]", host, length)) ||
           (length == own && strncasecmp(http->address, host, length) == 0);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* Percent-decodes in place. False when that is not possible or would hide a NUL. */
static bool decode_path(char *path)
{
    char *to = path;
    for (const char *from = path; *from != '\0'; from++) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        int high = hex_value(from[1]);
        int low = high < 0 ? -1 : hex_value(from[2]);
        if (low < 0 || high + low == 0)
            return false;
        *to++ = (char)(high << 4 | low);
        from += 2;
    }
    *to = '\0';
    return true;
}

/* False when the path or the query cannot be decoded, or hides a NUL. */
static bool decode_request(struct evhttp_request *request, struct http_request *ret_request)
{
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
    if (uri == NULL || evhttp_uri_get_host(uri) != NULL)
        return false;
    const char *path = evhttp_uri_get_path(uri);
    const char *query = evhttp_uri_get_query(uri);
    if (path == NULL || path[0] != '/')
        return false;
    if (query != NULL && query[0] != '\0' &&
        (strstr(query, "%00") != NULL || evhttp_parse_query_str(query, &ret_request->query) != 0))
        return false;
    ret_request->path = mem_copy_text(path, strlen(path));
    ret_request->rest = "";
    return decode_path(ret_request->path);
}

static const struct route *find_route(const struct http *http, struct http_request *request)
{
    for (int i = 0; i < http->route_count; i++) {
        const struct route *route = &http->routes[i];
        if (route->prefix_length > 0) {
            if (strncmp(request->path, route->path, route->prefix_length) != 0)
                continue;
            request->rest = request->path + route->prefix_length;
            return route;
        }
        if (strcmp(request->path, route->path) == 0)
            return route;
    }
    return NULL;
}

static void serve(struct http *http, struct evhttp_request *evhttp_request,
                  struct http_request *request)
{
    if (!decode_request(evhttp_request, request)) {
        refuse(http, evhttp_request, 400, "This request cannot be read.");
        return;
    }
    const struct route *route = find_route(http, request);
    if (route == NULL) {
        refuse(http, evhttp_request, 404, "There is nothing here.");
        return;
    }
    struct http_answer answer = {.status = 200, .request = request};
    route->handler(route->arg, request, &answer);
    http->counters.requests++;
    if (answer.later == NULL)
        send_answer(evhttp_request, answer.status, answer.content_type, &answer.body);
    strbuf_done(&answer.body);
}

/* A connection is about to end: look at once, so that a waiting one may come in. */
static void connection_ends(struct evhttp_connection *connection, void *arg)
{
    struct http *http = arg;
    (void)connection;
    loop_timer_start(http->sweeper, 0);
}

static void request_came(struct evhttp_request *evhttp_request, void *arg)
{
    struct http *http = arg;
    evhttp_connection_set_closecb(evhttp_request_get_connection(evhttp_request), connection_ends,
                                  http);
    set_own_headers(evhttp_request);
    if (!is_host_ours(http, evhttp_request)) {
        refuse(http, evhttp_request, 421, "This name is not served here (see http_hosts).");
        return;
    }
    struct http_request request = {.request = evhttp_request};
    TAILQ_INIT(&request.query);
    serve(http, evhttp_request, &request);
    evhttp_clear_headers(&request.query);
    mem_free(request.path);
}

static bool is_given_up(const struct connection *connection)
{
    bufferevent_event_cb happened = NULL;
    bufferevent_getcb(connection->stream, NULL, NULL, &happened, NULL);
    return happened == NULL;
}

static void sweep(void *arg)
{
    struct http *http = arg;
    size_t kept = 0;
    int64_t now_us = http->now_us();
    for (size_t i = 0; i < http->counters.connections; i++) {
        struct connection *connection = &http->connections[i];
        if (is_given_up(connection)) {
            (void)bufferevent_decref(connection->stream);
            continue;
        }
        if (!connection->is_timed_out && now_us - connection->began_us > http->request_timeout_us) {
            connection->is_timed_out = true;
            http->counters.timeouts++;
            /* evhttp sees the end and clears up. */
            (void)shutdown(bufferevent_getfd(connection->stream), SHUT_RDWR);
        }
        http->connections[kept++] = *connection;
    }
    http->counters.connections = kept;
    if (http->is_full && kept < (size_t)http->connections_max) {
        http->is_full = false;
        (void)evconnlistener_enable(http->listener);
    }
    if (kept > 0)
        loop_timer_start(http->sweeper, SWEEP_MS);
}

/* evhttp has accepted a connection and asks for its stream. evhttp closes the descriptor itself. */
static struct bufferevent *connection_begins(struct event_base *base, void *arg)
{
    struct http *http = arg;
    struct bufferevent *stream = bufferevent_socket_new(base, -1, 0);
    UP_ASSERT(stream != NULL);
    bufferevent_incref(stream);
    size_t count = http->counters.connections;
    mem_reserve(&http->connections, &http->connections_capacity, count + 1,
                sizeof *http->connections);
    http->connections[count] = (struct connection){.stream = stream, .began_us = http->now_us()};
    http->counters.connections = ++count;
    if (count >= (size_t)http->connections_max && !http->is_full) {
        http->is_full = true;
        (void)evconnlistener_disable(http->listener);
    }
    if (count == 1)
        loop_timer_start(http->sweeper, SWEEP_MS);
    return stream;
}

static struct evhttp *evhttp_configured(struct http *http, int64_t idle_timeout_ms)
{
    struct evhttp *evhttp = evhttp_new(loop_base(http->loop));
    UP_ASSERT(evhttp != NULL);
    struct timeval idle = {.tv_sec = idle_timeout_ms / 1000,
                           .tv_usec = idle_timeout_ms % 1000 * 1000};
    evhttp_set_timeout_tv(evhttp, &idle);
    evhttp_set_max_headers_size(evhttp, HEADER_BYTES_MAX);
    evhttp_set_max_body_size(evhttp, BODY_BYTES_MAX);
    evhttp_set_allowed_methods(evhttp, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
    evhttp_set_default_content_type(evhttp, NULL);
    evhttp_set_bevcb(evhttp, connection_begins, http);
    evhttp_set_gencb(evhttp, request_came, http);
    return evhttp;
}

struct http *http_new(struct loop *loop, const struct http_settings *settings, struct up_err *err)
{
    UP_ASSERT(settings->connections_max > 0);
    UP_ASSERT(settings->now_us != NULL);
    struct http_listener listener;
    if (http_listen(settings->address, &listener, err) != 0)
        return NULL;
    struct http *http = mem_alloc(sizeof *http);
    *http = (struct http){.loop = loop,
                          .address = mem_copy_text(settings->address, strlen(settings->address)),
                          .port = listener.port,
                          .is_loopback = listener.is_loopback,
                          .connections_max = settings->connections_max,
                          .request_timeout_us = settings->request_timeout_ms * 1000,
                          .now_us = settings->now_us};
    http_set_hosts(http, settings->hosts);
    http->sweeper = loop_timer_new(loop, sweep, http);
    http->evhttp = evhttp_configured(http, settings->idle_timeout_ms);
    struct evhttp_bound_socket *bound =
        evhttp_accept_socket_with_handle(http->evhttp, listener.descriptor);
    UP_ASSERT(bound != NULL);
    http->listener = evhttp_bound_socket_get_listener(bound);
    return http;
}

void http_set_hosts(struct http *http, const char *hosts)
{
    mem_free(http->hosts);
    http->hosts = hosts != NULL ? mem_copy_text(hosts, strlen(hosts)) : NULL;
    http->checks_hosts = http->port != 0 && (http->is_loopback || http->hosts != NULL);
}

void http_free(struct http *http)
{
    if (http == NULL)
        return;
    evhttp_free(http->evhttp);
    for (size_t i = 0; i < http->counters.connections; i++)
        (void)bufferevent_decref(http->connections[i].stream);
    loop_timer_free(http->sweeper);
    if (http->port == 0)
        (void)unlink(http->address);
    mem_free(http->connections);
    mem_free(http->address);
    mem_free(http->hosts);
    mem_free(http);
}

void http_route(struct http *http, const char *path, http_handler *handler, void *arg)
{
    UP_ASSERT(http->route_count < ROUTES_MAX);
    UP_ASSERT(path[0] == '/');
    size_t length = strlen(path);
    bool is_prefix = path[length - 1] == '*';
    http->routes[http->route_count++] = (struct route){
        .path = path, .prefix_length = is_prefix ? length - 1 : 0, .handler = handler, .arg = arg};
}

uint16_t http_port(const struct http *http)
{
    return http->port;
}

const struct http_counters *http_counters(const struct http *http)
{
    return &http->counters;
}
