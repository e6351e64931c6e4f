/* What top says of the daemons. */
#include "ctl/top_daemons.h"

#include <math.h>

#include "base/mem.h"
#include "codec/json_reader.h"
#include "ctl/metrics_page.h"

enum { MEMBERS_MAX = 32, DEPTH_MAX = 8 };

#define NOT_KNOWN ((double)NAN)

static const struct top_load nothing = {NOT_KNOWN, NOT_KNOWN, NOT_KNOWN,
                                        NOT_KNOWN, NOT_KNOWN, NOT_KNOWN};

void top_daemon_init(struct top_daemon *daemon, const char *url)
{
    *daemon =
        (struct top_daemon){.url = url, .load = nothing, .events = NOT_KNOWN, .rejects = NOT_KNOWN};
}

void top_daemon_done(struct top_daemon *daemon)
{
    strbuf_done(&daemon->reasons);
}

/* ---- /metrics ------------------------------------------------------------------------------ */

static double sum_of(const char *page, const char *name)
{
    double sum;
    return metrics_page_sum(page, name, -1, &sum) ? sum : NOT_KNOWN;
}

static double most_of(const char *page, const char *name)
{
    double most;
    return metrics_page_most(page, name, &most) ? most : NOT_KNOWN;
}

/* A counter that went back belongs to another process. */
static double rate(double before, double after, int64_t elapsed_us)
{
    if (isnan(before) || isnan(after) || after < before || elapsed_us <= 0)
        return NOT_KNOWN;
    return (after - before) / ((double)elapsed_us / 1e6);
}

void top_daemon_take_metrics(struct top_daemon *daemon, struct text page, int64_t now_us)
{
    char *text = mem_copy_text(page.bytes, page.length);
    double events = sum_of(text, "uptake_events_total");
    double rejects = sum_of(text, "uptake_events_rejected_total");
    int64_t elapsed_us = now_us - daemon->read_us;
    daemon->load = (struct top_load){
        .shards = sum_of(text, "uptake_shards"),
        .lag = sum_of(text, "uptake_lag_events"),
        .delay_s = most_of(text, "uptake_watermark_delay_seconds"),
        .checkpoint_age_s = most_of(text, "uptake_checkpoint_age_seconds"),
        .events_per_s = rate(daemon->events, events, elapsed_us),
        .rejects_per_s = rate(daemon->rejects, rejects, elapsed_us),
    };
    daemon->events = events;
    daemon->rejects = rejects;
    daemon->pages++;
    daemon->read_us = now_us;
    daemon->answers = true;
    mem_free(text);
}

/* ---- /readyz ------------------------------------------------------------------------------- */

static struct json_value member(const struct json_value *object, const char *name)
{
    struct json_member members[MEMBERS_MAX];
    size_t count = object->kind == JSON_OBJECT ? json_reader_list(object, members, MEMBERS_MAX) : 0;
    for (size_t i = 0; i < count && i < MEMBERS_MAX; i++) {
        if (text_equal(members[i].name, text_of(name)))
            return members[i].value;
    }
    return (struct json_value){.kind = JSON_ABSENT};
}

static void add_reasons(struct strbuf *out, const struct json_value *reasons)
{
    struct json_member members[MEMBERS_MAX];
    size_t count =
        reasons->kind == JSON_OBJECT ? json_reader_list(reasons, members, MEMBERS_MAX) : 0;
    for (size_t i = 0; i < count && i < MEMBERS_MAX; i++) {
        if (members[i].value.kind != JSON_STRING)
            continue;
        strbuf_add_text(out, out->length > 0 ? "; " : "");
        strbuf_add(out, members[i].name.bytes, members[i].name.length);
        strbuf_add_text(out, ": ");
        strbuf_add(out, members[i].value.text.bytes, members[i].value.text.length);
    }
}

void top_daemon_take_readiness(struct top_daemon *daemon, struct text document)
{
    struct json_reader *reader = json_reader_new(DEPTH_MAX);
    struct json_value root = {.kind = JSON_ABSENT};
    daemon->readiness = TOP_READINESS_UNKNOWN;
    strbuf_reset(&daemon->reasons);
    if (json_reader_parse(reader, document.bytes, document.length, &root) == NULL) {
        struct json_value ready = member(&root, "ready"), reasons = member(&root, "reasons");
        daemon->readiness = ready.kind == JSON_TRUE    ? TOP_READY
                            : ready.kind == JSON_FALSE ? TOP_NOT_READY
                                                       : TOP_READINESS_UNKNOWN;
        add_reasons(&daemon->reasons, &reasons);
    }
    json_reader_free(reader);
}

void top_daemon_take_failure(struct top_daemon *daemon, const struct up_err *err)
{
    daemon->answers = false;
    daemon->err = *err;
    daemon->readiness = TOP_READINESS_UNKNOWN;
    daemon->load.events_per_s = daemon->load.rejects_per_s = NOT_KNOWN;
    strbuf_reset(&daemon->reasons);
}

/* ---- all ----------------------------------------------------------------------------------- */

static double add(double a, double b)
{
    return isnan(a) ? b : isnan(b) ? a : a + b;
}

struct top_load top_daemons_sum(const struct top_daemon *daemons, size_t count)
{
    struct top_load sum = nothing;
    bool any_answers = false;
    for (size_t i = 0; i < count; i++)
        any_answers |= daemons[i].answers;
    for (size_t i = 0; i < count; i++) {
        const struct top_load *load = &daemons[i].load;
        if (any_answers && !daemons[i].answers)
            continue;
        sum.shards = add(sum.shards, load->shards);
        sum.lag = add(sum.lag, load->lag);
        sum.events_per_s = add(sum.events_per_s, load->events_per_s);
        sum.rejects_per_s = add(sum.rejects_per_s, load->rejects_per_s);
        sum.delay_s = fmax(sum.delay_s, load->delay_s);
        sum.checkpoint_age_s = fmax(sum.checkpoint_age_s, load->checkpoint_age_s);
    }
    return sum;
}
