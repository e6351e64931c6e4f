/* Turns host names into addresses, with libevent's evdns. */
#include "io/resolver.h"

#include <event2/dns.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/panic.h"
#include "io/loop.h"
#include "loop_priv.h"

/* Lives until all its questions are over, for evdns calls back even for a cancelled one. */
struct resolver {
    struct loop *loop;
    struct evdns_base *dns;
    struct resolver_query *first;
    bool is_closing;
};

struct resolver_query {
    struct resolver *resolver;
    struct resolver_query *next;
    struct resolver_query *previous;
    struct evdns_getaddrinfo_request *request; /* NULL = evdns has answered */
    struct loop_timer *delivery;
    resolver_on_answer *answered; /* NULL = cancelled */
    void *arg;
    struct resolver_answer answer;
};

struct resolver *resolver_new(struct loop *loop, struct up_err *err)
{
    struct event_base *base = loop_base(loop);
    struct evdns_base *dns =
        evdns_base_new(base, EVDNS_BASE_INITIALIZE_NAMESERVERS | EVDNS_BASE_DISABLE_WHEN_INACTIVE);
    /* Without a usable resolv.conf the names of /etc/hosts and numeric addresses still work. */
    if (dns == NULL)
        dns = evdns_base_new(base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
    if (dns == NULL) {
        (void)up_fail(err, UP_EIO, "names cannot be resolved: libevent's resolver does not start");
        return NULL;
    }
    struct resolver *resolver = mem_alloc(sizeof *resolver);
    *resolver = (struct resolver){.loop = loop, .dns = dns};
    return resolver;
}

static void resolver_free_if_over(struct resolver *resolver)
{
    if (!resolver->is_closing || resolver->first != NULL)
        return;
    evdns_base_free(resolver->dns, 0);
    mem_free(resolver);
}

static void query_free(struct resolver_query *query)
{
    struct resolver *resolver = query->resolver;
    if (query->next != NULL)
        query->next->previous = query->previous;
    if (query->previous != NULL)
        query->previous->next = query->next;
    else
        resolver->first = query->next;
    loop_timer_free(query->delivery);
    mem_free(query);
    resolver_free_if_over(resolver);
}

void resolver_cancel(struct resolver_query *query)
{
    if (query == NULL)
        return;
    query->answered = NULL;
    if (query->request != NULL)
        evdns_getaddrinfo_cancel(query->request);
    else
        query_free(query);
}

void resolver_free(struct resolver *resolver)
{
    if (resolver == NULL)
        return;
    struct resolver_query *next = NULL;
    for (struct resolver_query *query = resolver->first; query != NULL; query = next) {
        next = query->next;
        if (query->answered != NULL)
            resolver_cancel(query);
    }
    resolver->is_closing = true;
    resolver_free_if_over(resolver);
}

static void answer_add(struct resolver_answer *answer, const struct sockaddr *address)
{
    const void *number = NULL;
    switch (address->sa_family) {
    case AF_INET:
        number = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
        break;
    case AF_INET6:
        number = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
        break;
    default:
        return;
    }
    char *to = answer->addresses[answer->count];
    if (evutil_inet_ntop(address->sa_family, number, to, RESOLVER_ADDRESS_BYTES) != NULL)
        answer->count++;
}

static void evdns_answered(int result, struct evutil_addrinfo *found, void *arg)
{
    struct resolver_query *query = arg;
    query->request = NULL;
    for (struct evutil_addrinfo *i = found;
         i != NULL && query->answer.count < RESOLVER_ADDRESSES_MAX; i = i->ai_next)
        answer_add(&query->answer, i->ai_addr);
    if (found != NULL)
        evutil_freeaddrinfo(found);
    if (query->answer.count == 0)
        query->answer.error = result != 0 ? evutil_gai_strerror(result) : "it has no address";
    if (query->answered == NULL)
        query_free(query);
    else
        loop_timer_start(query->delivery, 0);
}

static void query_deliver(void *arg)
{
    struct resolver_query *query = arg;
    query->answered(query->arg, &query->answer);
    query_free(query);
}

struct resolver_query *resolver_ask(struct resolver *resolver, const char *host,
                                    resolver_on_answer *answered, void *arg)
{
    UP_ASSERT(answered != NULL);
    struct resolver_query *query = mem_alloc(sizeof *query);
    *query = (struct resolver_query){
        .resolver = resolver, .next = resolver->first, .answered = answered, .arg = arg};
    if (query->next != NULL)
        query->next->previous = query;
    resolver->first = query;
    query->delivery = loop_timer_new(resolver->loop, query_deliver, query);
    struct evutil_addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP};
    /* NULL when evdns has called back at once. */
    query->request = evdns_getaddrinfo(resolver->dns, host, NULL, &hints, evdns_answered, query);
    return query;
}
