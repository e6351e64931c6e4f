/* The scripts by which a shard's owner writes to Redis, and the arguments they take. */
#include "codec/publish_script.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/panic.h"

enum { KEY_COUNT_AT = 2, FIELDS_MAX = 1000 };

enum args_state { ARGS_EMPTY, ARGS_SHARD, ARGS_HEALTH, ARGS_WINDOW, ARGS_GONE, ARGS_ALERTS, ARGS_COMPLETE };

#define EXPIRE_S_TEXT "8640000"
_Static_assert(PUBLISH_EXPIRE_S == 8640000, "the scripts' text says the same");

/* KEYS: shard. ARGV: epoch; 'force' where it is known that a higher one is nobody's. */
const char publish_script_claim[] =
    "local held = tonumber(redis.call('HGET', KEYS[1], 'epoch') or '0') or 0\n"
    "if held > tonumber(ARGV[1]) and ARGV[2] ~= 'force' then return -1 end\n"
    "redis.call('HSET', KEYS[1], 'epoch', ARGV[1])\n"
    "redis.call('EXPIRE', KEYS[1], " EXPIRE_S_TEXT ")\n"
    "return 1\n";

/* KEYS: shard; with a team: health, then the hash of each window.
 * ARGV: epoch; number of texts, field, value, ... of the shard; with a team: its name, its health
 * or '', 'all' or 'changed'; of each window: fields that it has from now on, number of texts, field,
 * value, ..., number of names, name of a field to take out, ...
 * The first write is the HSET on the shard: Redis refuses it when memory is short, which DEL would
 * not be, so nothing is ever half done. Hashes are not deleted before they are written: while a
 * slot of a cluster moves, a script may not create a key. */
const char publish_script_write[] =
    "local held = tonumber(redis.call('HGET', KEYS[1], 'epoch') or '0') or 0\n"
    "local ours = tonumber(ARGV[1])\n"
    "if held > ours then return -1 end\n"
    "if held < ours then return 0 end\n"
    "local count = tonumber(ARGV[2])\n"
    "redis.call('HSET', KEYS[1], 'epoch', ARGV[1], unpack(ARGV, 3, 2 + count))\n"
    "redis.call('EXPIRE', KEYS[1], " EXPIRE_S_TEXT ")\n"
    "if #KEYS == 1 then return 1 end\n"
    "local at = 3 + count\n"
    "if ARGV[at + 1] == '' then\n"
    "  redis.call('ZREM', KEYS[2], ARGV[at])\n"
    "else\n"
    "  redis.call('ZADD', KEYS[2], ARGV[at + 1], ARGV[at])\n"
    "  redis.call('EXPIRE', KEYS[2], " EXPIRE_S_TEXT ")\n"
    "end\n"
    "local all = ARGV[at + 2] == 'all'\n"
    "local result = 1\n"
    "at = at + 3\n"
    "for i = 3, #KEYS do\n"
    "  local total = tonumber(ARGV[at])\n"
    "  count = tonumber(ARGV[at + 1])\n"
    "  local gone_at = at + 2 + count\n"
    "  local gone = tonumber(ARGV[gone_at])\n"
    "  if total == 0 then\n"
    "    redis.call('DEL', KEYS[i])\n"
    "  else\n"
    "    if count > 0 then redis.call('HSET', KEYS[i], unpack(ARGV, at + 2, gone_at - 1)) end\n"
    "    if gone > 0 then redis.call('HDEL', KEYS[i], unpack(ARGV, gone_at + 1, gone_at + gone)) "
    "end\n"
    "    if redis.call('HLEN', KEYS[i]) ~= total then\n"
    "      if all then\n"
    "        local kept = {}\n"
    "        for j = at + 2, gone_at - 1, 2 do kept[ARGV[j]] = true end\n"
    "        for _, name in ipairs(redis.call('HKEYS', KEYS[i])) do\n"
    "          if not kept[name] then redis.call('HDEL', KEYS[i], name) end\n"
    "        end\n"
    "      else\n"
    "        result = 2\n"
    "      end\n"
    "    end\n"
    "    redis.call('EXPIRE', KEYS[i], " EXPIRE_S_TEXT ")\n"
    "  end\n"
    "  at = gone_at + 1 + gone\n"
    "end\n"
    "return result\n";

/* KEYS: shard, stream. ARGV: epoch, length of the stream; id, event and JSON of each entry. */
const char publish_script_alerts[] =
    "local held = tonumber(redis.call('HGET', KEYS[1], 'epoch') or '0') or 0\n"
    "local ours = tonumber(ARGV[1])\n"
    "if held > ours then return -1 end\n"
    "if held < ours then return 0 end\n"
    "for at = 3, #ARGV, 3 do\n"
    "  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', 'id', ARGV[at], 'event', ARGV[at + 1], "
    "'json', ARGV[at + 2])\n"
    "end\n"
    "redis.call('EXPIRE', KEYS[2], " EXPIRE_S_TEXT ")\n"
    "return 1\n";

void publish_args_done(struct publish_args *args)
{
    mem_free(args->argv);
    mem_free(args->argvlen);
    mem_free(args->offsets);
    strbuf_done(&args->bytes);
    *args = (struct publish_args){0};
}

size_t publish_shard_key(int32_t partition, char ret_key[static PUBLISH_KEY_BYTES])
{
    return (size_t)snprintf(ret_key, PUBLISH_KEY_BYTES, "uptake:{%" PRId32 "}:shard", partition);
}

/* Adds one argument, the `length` bytes that were appended last. */
static void args_push_tail(struct publish_args *args, size_t length)
{
    size_t needed = (size_t)args->argc + 1;
    mem_reserve(&args->argv, &args->argv_capacity, needed, sizeof *args->argv);
    mem_reserve(&args->argvlen, &args->argvlen_capacity, needed, sizeof *args->argvlen);
    mem_reserve(&args->offsets, &args->offsets_capacity, needed, sizeof *args->offsets);
    args->offsets[args->argc] = args->bytes.length - length;
    args->argvlen[args->argc] = length;
    args->argc++;
}

static void args_push(struct publish_args *args, struct text text)
{
    strbuf_add(&args->bytes, text.bytes, text.length);
    args_push_tail(args, text.length);
}

static void args_push_number(struct publish_args *args, int64_t number)
{
    size_t before = args->bytes.length;
    strbuf_add_format(&args->bytes, "%" PRId64, number);
    args_push_tail(args, args->bytes.length - before);
}

static void args_begin(struct publish_args *args, int32_t partition, int64_t epoch, size_t keys)
{
    UP_ASSERT(epoch >= 1 && epoch <= (INT64_C(1) << 53));
    args->argc = 0;
    strbuf_reset(&args->bytes);
    args_push(args, (struct text){0});
    args_push(args, (struct text){0});
    args_push_number(args, (int64_t)keys);
    char key[PUBLISH_KEY_BYTES];
    (void)publish_shard_key(partition, key);
    args_push(args, text_of(key));
}

/* An argument whose number is known later; returns its place. */
static int number_later(struct publish_args *args)
{
    args_push(args, (struct text){0});
    return args->argc - 1;
}

static void put_number(struct publish_args *args, int place, int number)
{
    size_t before = args->bytes.length;
    strbuf_add_format(&args->bytes, "%d", number);
    args->offsets[place] = before;
    args->argvlen[place] = args->bytes.length - before;
}

/* An argument that will say how many come after it. */
static void counter_begin(struct publish_args *args)
{
    args->counter = number_later(args);
}

static void counter_end(struct publish_args *args)
{
    int count = args->argc - args->counter - 1;
    UP_ASSERT(count <= 2 * FIELDS_MAX);
    put_number(args, args->counter, count);
}

static void begin_gone(struct publish_args *args)
{
    counter_end(args);
    counter_begin(args);
    args->state = ARGS_GONE;
}

static void end_window(struct publish_args *args)
{
    if (args->state == ARGS_WINDOW)
        begin_gone(args);
    counter_end(args);
    put_number(args, args->fields_at, args->fields);
}

static void args_end(struct publish_args *args)
{
    for (int i = 0; i < args->argc; i++)
        args->argv[i] = args->bytes.data + args->offsets[i];
    args->state = ARGS_COMPLETE;
}

void publish_claim(struct publish_args *args, int32_t partition, int64_t epoch, bool by_force)
{
    args_begin(args, partition, epoch, 1);
    args_push_number(args, epoch);
    if (by_force)
        args_push(args, text_of("force"));
    args_end(args);
}

void publish_alerts_begin(struct publish_args *args, int32_t partition, int64_t epoch, uint32_t stream_length)
{
    args_begin(args, partition, epoch, 2);
    size_t before = args->bytes.length;
    strbuf_add_format(&args->bytes, "uptake:{%" PRId32 "}:alerts", partition);
    args_push_tail(args, args->bytes.length - before);
    args_push_number(args, epoch);
    args_push_number(args, stream_length);
    args->state = ARGS_ALERTS;
}

void publish_alert(struct publish_args *args, struct text id, struct text event, struct text json)
{
    UP_ASSERT(args->state == ARGS_ALERTS);
    args_push(args, id);
    args_push(args, event);
    args_push(args, json);
}

void publish_alerts_end(struct publish_args *args)
{
    UP_ASSERT(args->state == ARGS_ALERTS);
    args_end(args);
}

void publish_write_begin(struct publish_args *args, int32_t partition, int64_t epoch,
                         struct text team, const char *const *windows, size_t window_count)
{
    UP_ASSERT(window_count <= PUBLISH_WINDOWS_MAX);
    UP_ASSERT(team.length > 0 || window_count == 0);
    bool has_team = team.length > 0;
    args_begin(args, partition, epoch, has_team ? 2 + window_count : 1);
    size_t before = args->bytes.length;
    if (has_team) {
        strbuf_add_format(&args->bytes, "uptake:{%" PRId32 "}:health", partition);
        args_push_tail(args, args->bytes.length - before);
    }
    for (size_t i = 0; i < window_count; i++) {
        before = args->bytes.length;
        strbuf_add_format(&args->bytes, "uptake:{%" PRId32 "}:team:%.*s:%s", partition,
                          (int)team.length, team.bytes, windows[i]);
        args_push_tail(args, args->bytes.length - before);
    }
    args_push_number(args, epoch);
    args->windows_left = window_count;
    args->team = team;
    args->state = ARGS_SHARD;
    counter_begin(args);
}

void publish_field(struct publish_args *args, struct text name, struct text value)
{
    UP_ASSERT(args->state == ARGS_SHARD || args->state == ARGS_WINDOW);
    args_push(args, name);
    args_push(args, value);
    args->fields++;
}

void publish_kept_field(struct publish_args *args)
{
    UP_ASSERT(args->state == ARGS_WINDOW && !args->is_all);
    args->fields++;
}

void publish_gone_field(struct publish_args *args, struct text name)
{
    UP_ASSERT(!args->is_all);
    UP_ASSERT(args->state == ARGS_WINDOW || args->state == ARGS_GONE);
    if (args->state == ARGS_WINDOW)
        begin_gone(args);
    args_push(args, name);
}

void publish_health(struct publish_args *args, struct text health, bool is_all)
{
    UP_ASSERT(args->state == ARGS_SHARD);
    UP_ASSERT(args->team.length > 0);
    counter_end(args);
    args_push(args, args->team);
    args_push(args, health);
    args_push(args, text_of(is_all ? "all" : "changed"));
    args->is_all = is_all;
    args->state = ARGS_HEALTH;
}

void publish_window(struct publish_args *args)
{
    UP_ASSERT(args->windows_left > 0);
    if (args->state != ARGS_HEALTH)
        end_window(args);
    args->windows_left--;
    args->state = ARGS_WINDOW;
    args->fields = 0;
    args->fields_at = number_later(args);
    counter_begin(args);
}

void publish_write_end(struct publish_args *args)
{
    UP_ASSERT(args->windows_left == 0);
    UP_ASSERT(args->state != ARGS_SHARD || args->team.length == 0);
    if (args->state == ARGS_SHARD)
        counter_end(args);
    else if (args->state != ARGS_HEALTH)
        end_window(args);
    args_end(args);
}
