/* Keeps a sender from running too far ahead of a daemon. */
#include "ctl/pace.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/http_client.h"

enum { TIMEOUT_MS = 5000, MARK_EVERY = 32 };

static const char read_total[] = "\nuptake_messages_read_total ";

void pace_init(struct pace *pace, const char *metrics_url, uint64_t ahead_bytes)
{
    *pace = (struct pace){.metrics_url = metrics_url, .ahead_bytes = ahead_bytes, .read_before = -1};
}

void pace_done(struct pace *pace)
{
    mem_free(pace->marks);
    strbuf_done(&pace->page);
}

void pace_note(struct pace *pace, size_t bytes)
{
    pace->messages++;
    pace->bytes += bytes;
    if (pace->messages % MARK_EVERY != 0)
        return;
    mem_reserve(&pace->marks, &pace->mark_capacity, pace->mark_count + 1, sizeof *pace->marks);
    pace->marks[pace->mark_count++] = (struct pace_mark){.messages = pace->messages, .bytes = pace->bytes};
}

static int ask_daemon(struct pace *pace, double *ret_read, struct up_err *err)
{
    strbuf_reset(&pace->page);
    int code = http_client_get(pace->metrics_url, TIMEOUT_MS, &pace->page, err);
    if (code != UP_OK)
        return code;
    const char *at = strstr(strbuf_text(&pace->page), read_total);
    if (at == NULL)
        return up_fail(err, UP_EIO, "%s has no uptake_messages_read_total", pace->metrics_url);
    *ret_read = strtod(at + sizeof read_total - 1, NULL);
    return UP_OK;
}

static void take_out(struct pace *pace, uint64_t read)
{
    size_t done = 0;
    while (done < pace->mark_count && pace->marks[done].messages <= read)
        done++;
    if (done == 0)
        return;
    pace->read_bytes = pace->marks[done - 1].bytes;
    pace->mark_count -= done;
    memmove(pace->marks, pace->marks + done, pace->mark_count * sizeof *pace->marks);
}

int pace_check(struct pace *pace, bool *ret_wait, struct up_err *err)
{
    *ret_wait = false;
    if (pace->metrics_url == NULL)
        return UP_OK;
    double read = 0;
    if (pace->read_before < 0) {
        int code = ask_daemon(pace, &read, err);
        if (code != UP_OK)
            return code;
        pace->read_before = read;
    }
    if (pace->bytes - pace->read_bytes < pace->ahead_bytes)
        return UP_OK;
    int code = ask_daemon(pace, &read, err);
    if (code != UP_OK)
        return code;
    take_out(pace, (uint64_t)(read - pace->read_before));
    *ret_wait = pace->bytes - pace->read_bytes >= pace->ahead_bytes;
    return UP_OK;
}
