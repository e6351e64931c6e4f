/* The hosts of a connection string, with their names resolved before libpq sees them. */
#include "pg_hosts.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"
#include "base/strbuf.h"

enum { HOSTS_MAX = 16 };

/* host as it was given; ports: one for all, or as many as hosts. */
struct pg_hosts {
    struct resolver *resolver;
    struct pg_options *options;
    pg_hosts_on_ready *ready;
    void *arg;
    char *names[HOSTS_MAX];
    char *ports[HOSTS_MAX];
    int count;
    bool wants_names;
    int asked; /* whose answer is due, or comes next */
    struct resolver_query *query;
    struct resolver_answer answers[HOSTS_MAX];
};

static bool is_name(const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];
    return host[0] != '\0' && host[0] != '/' && host[0] != '@' &&
           inet_pton(AF_INET, host, address) != 1 && inet_pton(AF_INET6, host, address) != 1;
}

/* The parts between commas; returns how many there are. */
static int split(const char *list, char *ret_parts[HOSTS_MAX])
{
    int count = 0;
    while (count < HOSTS_MAX) {
        size_t length = strcspn(list, ",");
        ret_parts[count++] = mem_copy_text(list, length);
        if (list[length] == '\0')
            break;
        list += length + 1;
    }
    return count;
}

struct pg_hosts *pg_hosts_new(struct resolver *resolver, struct pg_options *options,
                              pg_hosts_on_ready *ready, void *arg)
{
    struct pg_hosts *hosts = mem_alloc(sizeof *hosts);
    *hosts =
        (struct pg_hosts){.resolver = resolver, .options = options, .ready = ready, .arg = arg};
    const char *list = pg_options_get(options, "host");
    if (list == NULL)
        list = getenv("PGHOST");
    if (list == NULL || pg_options_get(options, "hostaddr") != NULL || getenv("PGHOSTADDR") != NULL)
        return hosts;
    hosts->count = split(list, hosts->names);
    for (int i = 0; i < hosts->count; i++)
        hosts->wants_names = hosts->wants_names || is_name(hosts->names[i]);
    const char *ports = pg_options_get(options, "port");
    int port_count = ports == NULL ? 0 : split(ports, hosts->ports);
    for (int i = port_count; port_count == 1 && i < hosts->count; i++)
        hosts->ports[i] = mem_copy_text(hosts->ports[0], strlen(hosts->ports[0]));
    return hosts;
}

void pg_hosts_free(struct pg_hosts *hosts)
{
    if (hosts == NULL)
        return;
    pg_hosts_cancel(hosts);
    for (int i = 0; i < HOSTS_MAX; i++) {
        mem_free(hosts->names[i]);
        mem_free(hosts->ports[i]);
    }
    mem_free(hosts);
}

static void add_host(struct strbuf lists[3], const char *name, const char *address,
                     const char *port)
{
    const char *const parts[3] = {name, address, port == NULL ? "" : port};
    bool is_first = lists[0].length == 0 && lists[1].length == 0;
    for (int i = 0; i < 3; i++) {
        if (!is_first)
            strbuf_add_char(&lists[i], ',');
        strbuf_add_text(&lists[i], parts[i]);
    }
}

/* A name with several addresses becomes as many hosts; without any, those of the last time stay. */
static int set_options(struct pg_hosts *hosts, struct up_err *err)
{
    struct strbuf lists[3] = {{0}};
    for (int i = 0; i < hosts->count; i++) {
        const char *name = hosts->names[i];
        if (!is_name(name))
            add_host(lists, name, name[0] == '/' || name[0] == '@' ? "" : name, hosts->ports[i]);
        for (size_t a = 0; a < hosts->answers[i].count; a++)
            add_host(lists, name, hosts->answers[i].addresses[a], hosts->ports[i]);
    }
    bool any = lists[0].length > 0;
    if (any) {
        pg_options_set(hosts->options, "host", strbuf_text(&lists[0]));
        pg_options_set(hosts->options, "hostaddr", strbuf_text(&lists[1]));
        if (pg_options_get(hosts->options, "port") != NULL)
            pg_options_set(hosts->options, "port", strbuf_text(&lists[2]));
    }
    for (int i = 0; i < 3; i++)
        strbuf_done(&lists[i]);
    if (any || pg_options_get(hosts->options, "hostaddr") != NULL)
        return UP_OK;
    return up_fail(err, UP_ECONN, "PostgreSQL cannot be reached: the name %s has no address",
                   hosts->names[0]);
}

static void ask_next(struct pg_hosts *hosts);

static void answered(void *arg, const struct resolver_answer *answer)
{
    struct pg_hosts *hosts = arg;
    hosts->query = NULL;
    hosts->answers[hosts->asked++] = *answer;
    ask_next(hosts);
}

static void ask_next(struct pg_hosts *hosts)
{
    while (hosts->asked < hosts->count && !is_name(hosts->names[hosts->asked]))
        hosts->answers[hosts->asked++].count = 0;
    if (hosts->asked < hosts->count) {
        hosts->query = resolver_ask(hosts->resolver, hosts->names[hosts->asked], answered, hosts);
        return;
    }
    struct up_err err;
    int code = set_options(hosts, &err);
    hosts->ready(hosts->arg, code == UP_OK ? NULL : &err);
}

bool pg_hosts_resolve(struct pg_hosts *hosts)
{
    if (!hosts->wants_names)
        return true;
    UP_ASSERT(hosts->resolver != NULL);
    pg_hosts_cancel(hosts);
    hosts->asked = 0;
    ask_next(hosts);
    return false;
}

void pg_hosts_cancel(struct pg_hosts *hosts)
{
    resolver_cancel(hosts->query);
    hosts->query = NULL;
}
