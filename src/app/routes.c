/* What the HTTP server answers: /metrics, /healthz, /readyz. */
#include <string.h>

#include "codec/json_reader.h"
#include "codec/json_write.h"
#include "daemon_priv.h"

static void answer_alive(void *arg, const struct http_request *request, struct http_answer *answer)
{
    (void)arg, (void)request;
    answer->content_type = "text/plain; charset=utf-8";
    strbuf_add_text(&answer->body, "alive\n");
}

/* What must hold, and why it does not where it does not. */
struct condition {
    const char *name;
    bool holds;
    const char *why;
};

static const char *why_not_assigned(const struct daemon *daemon)
{
    switch (daemon->assignment.state) {
    case ASSIGNMENT_NONE:
        return "waits for the consumer group";
    case ASSIGNMENT_TAKING:
        return "is loading its partitions";
    case ASSIGNMENT_GIVING:
        return "is giving its partitions back";
    case ASSIGNMENT_LIVE:
        break;
    }
    return "";
}

static const char *or_else(const struct up_err *err, const char *text)
{
    return err->code != UP_OK ? err->text : text;
}

/* A server may speak another encoding; JSON may not. */
static const char *readable(const char *text)
{
    return json_reader_is_utf8(text, strlen(text)) ? text : "the server's sentence is not UTF-8; the log has it";
}

static void write_conditions(const struct condition *conditions, size_t count, bool is_ready, struct strbuf *body)
{
    struct json_write json = {.out = body};
    json_write_begin_object(&json);
    json_write_name(&json, "ready");
    json_write_bool(&json, is_ready);
    for (size_t i = 0; i < count; i++) {
        json_write_name(&json, conditions[i].name);
        json_write_bool(&json, conditions[i].holds);
    }
    json_write_name(&json, "reasons");
    json_write_begin_object(&json);
    for (size_t i = 0; i < count; i++) {
        if (conditions[i].holds)
            continue;
        json_write_name(&json, conditions[i].name);
        json_write_word(&json, readable(conditions[i].why));
    }
    json_write_end_object(&json);
    json_write_end_object(&json);
    strbuf_add_char(body, '\n');
}

static void answer_ready(void *arg, const struct http_request *request, struct http_answer *answer)
{
    const struct daemon *daemon = arg;
    const struct store_status *store = store_status(daemon->store);
    const struct redis_store_status *redis = redis_store_status(daemon->redis);
    const char *refusal = publisher_refusal(daemon->publisher);
    const char *letters = dead_letters_trouble(daemon->letters);
    const struct condition conditions[] = {
        {"assigned", daemon->assignment.state == ASSIGNMENT_LIVE, why_not_assigned(daemon)},
        {"postgresql", store->is_up, or_else(&store->last_error, "not connected yet")},
        {"saving", store->refused.code == UP_OK, store->refused.text},
        {"redis", redis->is_up && refusal == NULL,
         refusal != NULL ? refusal : or_else(&redis->last_error, "not connected yet")},
        {"reading", !daemon->is_full, "waits until PostgreSQL has taken what is unsaved"},
        {"dead_letters", letters[0] == '\0', letters},
        {"not_stopping", !daemon->is_stopping, "was asked to stop"},
    };
    enum { CONDITIONS = sizeof conditions / sizeof conditions[0] };
    bool is_ready = true;
    for (size_t i = 0; i < CONDITIONS; i++)
        is_ready &= conditions[i].holds;
    (void)request;
    answer->content_type = "application/json";
    answer->status = is_ready ? 200 : 503;
    write_conditions(conditions, CONDITIONS, is_ready, &answer->body);
}

void routes_add(struct daemon *daemon, struct http *http)
{
    http_route(http, "/metrics", metrics_answer, daemon);
    http_route(http, "/healthz", answer_alive, daemon);
    http_route(http, "/readyz", answer_ready, daemon);
}
