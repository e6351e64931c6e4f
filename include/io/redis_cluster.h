/* What a Redis Cluster says about itself: which slot a key is in, who serves a slot, where to ask
 * instead. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

struct redis_reply;

enum { REDIS_SLOTS = 16384, REDIS_HOST_BYTES = 256 };

/* CRC16 (XMODEM) of the key's hash tag, modulo REDIS_SLOTS: what stands between the first '{' and
 * the next '}' when that is not empty, else the whole key (Redis Cluster specification). */
uint16_t redis_cluster_slot(struct text key);

struct redis_redirect {
    bool is_ask; /* ASK: for this command only; MOVED: for good */
    uint16_t slot;
    char host[REDIS_HOST_BYTES]; /* empty = the host that answered */
    uint16_t port;
};

/* Reads "MOVED 3999 127.0.0.1:6381" or "ASK ...". False when the text is something else. */
bool redis_cluster_read_redirect(struct text error, struct redis_redirect *ret_redirect);

/* Slots `first`..`last` are served by the master at host:port; host empty = the host that answered.
 */
typedef void redis_cluster_on_range(void *arg, uint16_t first, uint16_t last, struct text host,
                                    uint16_t port);

/* Reads the reply to CLUSTER SLOTS and calls back for each range. 0, or UP_ECORRUPT when the reply
 * is not of that form (then some ranges may have been called back). */
int redis_cluster_read_slots(const struct redis_reply *reply, redis_cluster_on_range *range,
                             void *arg, struct up_err *err);
