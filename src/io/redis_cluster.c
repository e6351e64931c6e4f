/* What a Redis Cluster says about itself. */
#include "io/redis_cluster.h"

#include <string.h>

#include "io/redis_conn.h"

static uint16_t crc16(struct text bytes)
{
    uint32_t crc = 0;
    for (uint32_t i = 0; i < bytes.length; i++) {
        crc ^= (uint32_t)(uint8_t)bytes.bytes[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 0x8000U) != 0 ? (crc << 1) ^ 0x1021U : crc << 1;
    }
    return (uint16_t)(crc & 0xffffU);
}

uint16_t redis_cluster_slot(struct text key)
{
    const char *open = key.length > 0 ? memchr(key.bytes, '{', key.length) : NULL;
    if (open != NULL) {
        size_t left = key.length - (size_t)(open + 1 - key.bytes);
        const char *close = memchr(open + 1, '}', left);
        if (close != NULL && close > open + 1)
            key = (struct text){.bytes = open + 1, .length = (uint32_t)(close - open - 1)};
    }
    return crc16(key) % REDIS_SLOTS;
}

/* Takes a decimal number of at most `most` from the front of *text. */
static bool take_number(struct text *text, uint32_t most, uint16_t *ret_number)
{
    uint32_t number = 0;
    uint32_t digits = 0;
    while (digits < text->length && text->bytes[digits] >= '0' && text->bytes[digits] <= '9') {
        number = number * 10 + (uint32_t)(text->bytes[digits] - '0');
        if (number > most)
            return false;
        digits++;
    }
    if (digits == 0)
        return false;
    *text = (struct text){.bytes = text->bytes + digits, .length = text->length - digits};
    *ret_number = (uint16_t)number;
    return true;
}

static bool take_word(struct text *text, const char *word)
{
    size_t length = strlen(word);
    if (text->length < length || memcmp(text->bytes, word, length) != 0)
        return false;
    *text = (struct text){.bytes = text->bytes + length, .length = text->length - (uint32_t)length};
    return true;
}

bool redis_cluster_read_redirect(struct text error, struct redis_redirect *ret_redirect)
{
    struct redis_redirect redirect = {0};
    if (take_word(&error, "ASK "))
        redirect.is_ask = true;
    else if (!take_word(&error, "MOVED "))
        return false;
    if (!take_number(&error, REDIS_SLOTS - 1, &redirect.slot) || !take_word(&error, " "))
        return false;
    /* An IPv6 address has colons of its own: the last one ends the host. */
    const char *colon = error.length > 0 ? memrchr(error.bytes, ':', error.length) : NULL;
    if (colon == NULL || (size_t)(colon - error.bytes) >= sizeof redirect.host)
        return false;
    memcpy(redirect.host, error.bytes, (size_t)(colon - error.bytes));
    struct text port = {.bytes = colon + 1,
                        .length = error.length - (uint32_t)(colon + 1 - error.bytes)};
    if (!take_number(&port, UINT16_MAX, &redirect.port) || port.length > 0 || redirect.port == 0)
        return false;
    *ret_redirect = redirect;
    return true;
}

static bool read_range(const struct redis_reply *entry, redis_cluster_on_range *range, void *arg)
{
    if (redis_reply_count(entry) < 3)
        return false;
    const struct redis_reply *master = redis_reply_at(entry, 2);
    if (redis_reply_count(master) < 2)
        return false;
    int64_t first = redis_reply_integer(redis_reply_at(entry, 0));
    int64_t last = redis_reply_integer(redis_reply_at(entry, 1));
    int64_t port = redis_reply_integer(redis_reply_at(master, 1));
    struct text host = redis_reply_text(redis_reply_at(master, 0));
    if (first < 0 || last < first || last >= REDIS_SLOTS || port <= 0 || port > UINT16_MAX)
        return false;
    if (host.length >= REDIS_HOST_BYTES)
        return false;
    /* "?" is a node whose own name is not known. */
    if (host.length == 1 && host.bytes[0] == '?')
        host.length = 0;
    range(arg, (uint16_t)first, (uint16_t)last, host, (uint16_t)port);
    return true;
}

int redis_cluster_read_slots(const struct redis_reply *reply, redis_cluster_on_range *range,
                             void *arg, struct up_err *err)
{
    if (redis_reply_kind(reply) == REDIS_ERROR) {
        struct text text = redis_reply_text(reply);
        return up_fail(err, UP_ECORRUPT, "no Redis Cluster (see redis_cluster): %.*s",
                       (int)text.length, text.bytes);
    }
    if (redis_reply_kind(reply) != REDIS_LIST)
        return up_fail(err, UP_ECORRUPT, "the reply to CLUSTER SLOTS is no list");
    for (size_t i = 0; i < redis_reply_count(reply); i++) {
        if (!read_range(redis_reply_at(reply, i), range, arg))
            return up_fail(err, UP_ECORRUPT, "range %zu in the reply to CLUSTER SLOTS is malformed",
                           i);
    }
    return 0;
}
