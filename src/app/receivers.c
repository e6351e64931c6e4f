/* Who is told of alerts, as the configuration says. */
#include "app/receivers.h"

#include "base/panic.h"

static void add(struct receivers *receivers, enum receiver_kind kind, const char *name,
                const char *url)
{
    UP_ASSERT(receivers->count < RECEIVERS_MAX);
    struct strbuf *bytes = &receivers->bytes[receivers->count];
    strbuf_add_text(bytes, name);
    if (kind == RECEIVER_ALERTMANAGER)
        strbuf_add_format(bytes, " %s", url);
    receivers->kinds[receivers->count] = kind;
    receivers->names[receivers->count] = text_of(strbuf_text(bytes));
    receivers->urls[receivers->count] = url;
    receivers->count++;
}

void receivers_init(struct receivers *receivers, const struct config *config)
{
    *receivers = (struct receivers){0};
    add(receivers, RECEIVER_NOTIFY, "notify", NULL);
    add(receivers, RECEIVER_REDIS, "redis", NULL);
    if (*config->webhook_url != '\0')
        add(receivers, RECEIVER_WEBHOOK, "webhook", config->webhook_url);
    for (size_t i = 0; i < config->alertmanager_urls.count; i++)
        add(receivers, RECEIVER_ALERTMANAGER, "alertmanager", config->alertmanager_urls.items[i]);
}

void receivers_done(struct receivers *receivers)
{
    for (size_t i = 0; i < receivers->count; i++)
        strbuf_done(&receivers->bytes[i]);
    receivers->count = 0;
}
