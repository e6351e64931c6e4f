/* The scripts by which a shard's owner writes to Redis, and the arguments they take: a former owner
 * writes nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/text.h"

/* The hash uptake:{<partition>}:shard has the epoch of the owner. A new owner claims, which writes
 * its epoch, and then writes all its teams; Redis that has lost its data has no epoch, so that the
 * owner notices and does the same. Each write puts absolute values into hashes, in one go, or does
 * nothing: all fields, or those that changed since the last write. Everything expires PUBLISH_EXPIRE_S after its last write. */
enum { PUBLISH_EXPIRE_S = 100 * 86400, PUBLISH_WINDOWS_MAX = 16, PUBLISH_KEY_BYTES = 320 };

/* What both scripts return, as an integer. */
enum publish_result {
    PUBLISH_FENCED = -1, /* another owner has a higher epoch: give the shard up */
    PUBLISH_UNCLAIMED =
        0, /* no epoch there, or a lower one: claim, then write everything; nothing was written */
    PUBLISH_DONE = 1,
    PUBLISH_OTHER =
        2, /* the changed fields are in, but others than those kept are there: write all */
};

/* Sets the epoch unless a higher one is there, or whatever is there, by force. Returns PUBLISH_DONE
 * or PUBLISH_FENCED. */
extern const char publish_script_claim[];
/* Writes a team, or fields of the shard, where the epoch there is ours. */
extern const char publish_script_write[];

/* Adds entries to the stream of alerts, which keeps about so many, where the epoch there is ours. */
extern const char publish_script_alerts[];

/* The arguments of one call. argv[0] and argv[1] are left for the command and the script; argv[2]
 * is the number of keys. A zeroed struct is empty; its memory is used again by the next *_begin().
 */
struct publish_args {
    const char **argv; /* valid after *_end(), until the next *_begin() */
    size_t *argvlen;
    int argc;
    struct strbuf bytes;
    size_t *offsets; /* of the arguments in `bytes` */
    size_t argv_capacity;
    size_t argvlen_capacity;
    size_t offsets_capacity;
    int counter;   /* the argument that will hold the number of texts after it */
    int fields_at; /* the argument that will hold the number of fields of the window */
    int fields;
    bool is_all;
    int state;
    size_t windows_left;
    struct text team; /* borrowed until *_end() */
};

void publish_args_done(struct publish_args *args);

/* "uptake:{<partition>}:shard": the key that routes every call for the partition. Returns its
 * length. */
size_t publish_shard_key(int32_t partition, char ret_key[static PUBLISH_KEY_BYTES]);

/* Arguments of publish_script_claim. epoch 1..2^53. by_force: only for who has asked, after Redis
 * refused, and knows to be the owner. */
void publish_claim(struct publish_args *args, int32_t partition, int64_t epoch, bool by_force);

/* Arguments of publish_script_alerts: begin, each entry, end. An entry is the alert's id, the event (opened,
 * acknowledged, resolved) and its JSON; all are copied. */
void publish_alerts_begin(struct publish_args *args, int32_t partition, int64_t epoch, uint32_t stream_length);
void publish_alert(struct publish_args *args, struct text id, struct text event, struct text json);
void publish_alerts_end(struct publish_args *args);

/* Arguments of publish_script_write: begin, the shard's fields (any number), with a team its health
 * and its windows with their fields (at most 1000 each), end. An absent team: only the shard's
 * fields. */
void publish_write_begin(struct publish_args *args, int32_t partition, int64_t epoch,
                         struct text team, const char *const *windows, size_t window_count);
/* A field of the shard's hash, or, after publish_window(), of that window's. Names are unique; both
 * are copied. */
void publish_field(struct publish_args *args, struct text name, struct text value);
/* The team's place in the sorted set uptake:{<partition>}:health; absent text = none, it is taken
 * out. is_all: each window's hash gets exactly the fields that follow; otherwise they are those that
 * changed. After the shard's fields, before the first window. */
void publish_health(struct publish_args *args, struct text health, bool is_all);
/* The next of the windows, in the order given to begin; all of them must come. A window that is to
 * have no field is deleted. */
void publish_window(struct publish_args *args);
/* Unless is_all: the window has one more field, whose value in Redis stays as it is. */
void publish_kept_field(struct publish_args *args);
/* Unless is_all: the window loses this field. Behind all that it keeps or gets. */
void publish_gone_field(struct publish_args *args, struct text name);
void publish_write_end(struct publish_args *args);
