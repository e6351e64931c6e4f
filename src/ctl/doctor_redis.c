/* What the doctor looks at in Redis. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/connection.h"
#include "base/clock.h"
#include "codec/publish_script.h"
#include "doctor_priv.h"
#include "io/tls_peer.h"

enum { SLOW_US = 20000 };

/* Adds the value of a line "name:value" of INFO. False when it is not there. */
static bool info_value(struct strbuf *info, const char *name, struct strbuf *value)
{
    size_t length = strlen(name);
    strbuf_reset(value);
    for (const char *at = strbuf_text(info); *at != '\0'; at += *at == '\n') {
        size_t line = strcspn(at, "\r\n");
        if (strncmp(at, name, length) == 0 && at[length] == ':') {
            strbuf_add(value, at + length + 1, line - length - 1);
            return true;
        }
        at += line + strspn(at + line, "\r");
    }
    return false;
}

/* False: it was said why. */
static bool ask_info(struct doctor *doctor, struct doctor_redis *redis, const char *section, struct strbuf *info)
{
    struct up_err err;
    const char *arguments[] = {"INFO", section};
    if (redis_session_ask(redis->session, 2, arguments, info, &err) == UP_OK)
        return true;
    doctor_say(doctor, DOCTOR_WARNING, "allow the user INFO (ACL SETUSER ... +info), or look yourself",
               "%s does not say how it is: %s", redis->name, err.text);
    return false;
}

/* ---- there ------------------------------------------------------------------------------------------------------- */

static int take_addresses(struct doctor *doctor, struct up_err *err)
{
    const struct config *config = doctor->config;
    for (const char *at = config->redis_addresses; at != NULL && doctor->redis_count < DOCTOR_REDIS_MAX;) {
        struct redis_address address;
        int code = redis_address_read(at, &address, &at, err);
        if (code != 0)
            return code;
        struct doctor_redis *redis = &doctor->redis[doctor->redis_count];
        struct redis_session_settings *settings = &redis->settings;
        settings->address = address;
        if (address.path[0] != '\0')
            (void)snprintf(redis->name, sizeof redis->name, "%s", address.path);
        else
            (void)snprintf(redis->name, sizeof redis->name, "%s:%u", address.host, (unsigned)address.port);
        settings->user = *config->redis_user != '\0' ? config->redis_user : NULL;
        settings->password = config->redis_password.value;
        settings->tls = doctor->redis_tls;
        settings->database = (int)config->redis_database;
        settings->timeout_ms = doctor->settings->timeout_ms;
        doctor->redis_count++;
    }
    return 0;
}

static void greet(struct doctor *doctor, struct doctor_redis *redis)
{
    struct up_err err;
    struct strbuf info = {0};
    struct strbuf version = {0};
    int code = redis_session_open(&redis->settings, &redis->session, &err);
    if (code != UP_OK) {
        doctor_say(doctor, DOCTOR_FAULT,
                   code == UP_EAUTH ? "correct [redis] user and password_file, or the server's list of users"
                                    : "start it, or correct [redis] addresses",
                   "%s: %s", redis->name, err.text);
        return;
    }
    int64_t began_us = clock_mono_us();
    bool is_known = ask_info(doctor, redis, "server", &info);
    int64_t took_us = clock_mono_us() - began_us;
    if (is_known && !info_value(&info, "redis_version", &version))
        strbuf_add_text(&version, "of unknown version");
    if (is_known)
        doctor_say(doctor, took_us > SLOW_US ? DOCTOR_WARNING : DOCTOR_OK,
                   took_us > SLOW_US ? "live figures will be late: have it nearer" : "",
                   "%s: Redis %s, a round trip takes %.1f ms", redis->name, strbuf_text(&version), (double)took_us / 1000);
    strbuf_done(&version);
    strbuf_done(&info);
}

void doctor_check_redis(struct doctor *doctor)
{
    struct up_err err;
    if (connection_redis_tls(doctor->config, &doctor->redis_tls, &err) != UP_OK) {
        doctor_say(doctor, DOCTOR_FAULT, "correct [redis] tls_ca_file, tls_cert_file and tls_key_file", "%s", err.text);
        return;
    }
    if (take_addresses(doctor, &err) != 0)
        doctor_say(doctor, DOCTOR_FAULT, "correct [redis] addresses", "%s", err.text);
    for (size_t i = 0; i < doctor->redis_count; i++)
        greet(doctor, &doctor->redis[i]);
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static void check_memory(struct doctor *doctor, struct doctor_redis *redis)
{
    static const double mib = 1024.0 * 1024;
    struct strbuf info = {0};
    struct strbuf value = {0};
    if (ask_info(doctor, redis, "memory", &info)) {
        double used = info_value(&info, "used_memory", &value) ? strtod(strbuf_text(&value), NULL) : 0;
        double most = info_value(&info, "maxmemory", &value) ? strtod(strbuf_text(&value), NULL) : 0;
        bool evicts = info_value(&info, "maxmemory_policy", &value) && strcmp(strbuf_text(&value), "noeviction") != 0;
        if (evicts)
            doctor_say(doctor, DOCTOR_WARNING, "set maxmemory-policy noeviction (all keys of uptake expire by themselves)",
                       "%s may evict figures without a word (%s)", redis->name, strbuf_text(&value));
        enum doctor_level level = most <= 0 || used < 0.8 * most ? DOCTOR_OK : used < 0.95 * most ? DOCTOR_WARNING : DOCTOR_FAULT;
        if (most > 0)
            doctor_say(doctor, level, level == DOCTOR_OK ? "" : "raise maxmemory", "%s uses %.0f of %.0f MiB", redis->name,
                       used / mib, most / mib);
        else
            doctor_say(doctor, DOCTOR_OK, "", "%s uses %.0f MiB and has no limit", redis->name, used / mib);
    }
    strbuf_done(&value);
    strbuf_done(&info);
}

void doctor_check_redis_memory(struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->redis_count; i++) {
        if (doctor->redis[i].session != NULL)
            check_memory(doctor, &doctor->redis[i]);
    }
}

/* ---- rights ------------------------------------------------------------------------------------------------------ */

/* Takes a shard that is none, as a daemon takes one, and removes it again. */
static void check_rights(struct doctor *doctor, struct doctor_redis *redis)
{
    static const char *const forget =
        "redis.call('HGET', KEYS[1], 'epoch') redis.call('ZADD', KEYS[2], 1, 'a') redis.call('ZREM', KEYS[2], 'a')"
        " redis.call('DEL', KEYS[1], KEYS[2]) return 1";
    const char *load[] = {"SCRIPT", "LOAD", publish_script_claim};
    const char *claim[] = {"EVALSHA", "", "1", "uptake:{doctor}:shard", "1", "force"};
    const char *load_forget[] = {"SCRIPT", "LOAD", forget};
    const char *remove[] = {"EVALSHA", "", "2", "uptake:{doctor}:shard", "uptake:{doctor}:health"};
    struct up_err err;
    struct strbuf answer = {0};
    struct strbuf unread = {0};
    int code = redis_session_ask(redis->session, 3, load, &answer, &err);
    if (code == UP_OK) {
        claim[1] = strbuf_text(&answer);
        code = redis_session_ask(redis->session, 6, claim, &unread, &err);
    }
    strbuf_reset(&answer);
    if (code == UP_OK)
        code = redis_session_ask(redis->session, 3, load_forget, &answer, &err);
    if (code == UP_OK) {
        remove[1] = strbuf_text(&answer);
        code = redis_session_ask(redis->session, 5, remove, &unread, &err);
    }
    bool is_elsewhere = code == UP_EIO && strncmp(err.text, "MOVED", 5) == 0; /* that slot is another node's */
    if (code == UP_OK || is_elsewhere)
        doctor_say(doctor, DOCTOR_OK, "", "%s takes what publishing sends", redis->name);
    else
        doctor_say(doctor, DOCTOR_FAULT,
                   code == UP_EAUTH ? "give the user the commands and keys (uptake:*) that the manual names" : "", "%s: %s",
                   redis->name, err.text);
    strbuf_done(&unread);
    strbuf_done(&answer);
}

void doctor_check_redis_rights(struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->redis_count; i++) {
        if (doctor->redis[i].session != NULL)
            check_rights(doctor, &doctor->redis[i]);
    }
}

/* ---- the clock --------------------------------------------------------------------------------------------------- */

static void check_clock(struct doctor *doctor, struct doctor_redis *redis)
{
    struct up_err err;
    struct strbuf answer = {0};
    const char *time[] = {"TIME"};
    long long seconds = 0;
    long long microseconds = 0;
    int64_t before_ms = clock_wall_ms();
    int code = redis_session_ask(redis->session, 1, time, &answer, &err);
    int64_t after_ms = clock_wall_ms();
    if (code == UP_OK && sscanf(strbuf_text(&answer), "%lld %lld", &seconds, &microseconds) == 2)
        doctor_say_clock(doctor, redis->name, before_ms, seconds * 1000 + microseconds / 1000, after_ms);
    else
        doctor_say(doctor, DOCTOR_SKIPPED, "", "%s does not tell the time: %s", redis->name,
                   code == UP_OK ? strbuf_text(&answer) : err.text);
    strbuf_done(&answer);
}

void doctor_check_redis_clock(struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->redis_count; i++) {
        if (doctor->redis[i].session != NULL)
            check_clock(doctor, &doctor->redis[i]);
    }
}

/* ---- TLS --------------------------------------------------------------------------------------------------------- */

static void check_tls(struct doctor *doctor, const struct doctor_redis *redis)
{
    const struct redis_address *address = &redis->settings.address;
    char port[8];
    struct up_err err;
    int64_t not_after_s;
    (void)snprintf(port, sizeof port, "%u", (unsigned)address->port);
    if (doctor->redis_tls == NULL) {
        bool is_near = address->path[0] != '\0' || strncmp(address->host, "127.", 4) == 0 ||
                       strcmp(address->host, "localhost") == 0 || strcmp(address->host, "::1") == 0;
        doctor_say(doctor, is_near ? DOCTOR_OK : DOCTOR_WARNING, is_near ? "" : "set tls = yes in [redis]",
                   is_near ? "%s: not encrypted, and not leaving this machine" : "%s: not encrypted, and crossing the network",
                   redis->name);
    } else if (tls_peer_expiry(address->host, port, doctor->settings->timeout_ms, &not_after_s, &err) == UP_OK) {
        doctor_say_expiry(doctor, redis->name, not_after_s);
    } else {
        doctor_say(doctor, DOCTOR_WARNING, "look at its certificate yourself", "%s", err.text);
    }
}

void doctor_check_redis_tls(struct doctor *doctor)
{
    const char *own = doctor->config->redis_tls_cert_file;
    struct up_err err;
    int64_t not_after_s;
    for (size_t i = 0; i < doctor->redis_count; i++) {
        if (doctor->redis[i].session != NULL)
            check_tls(doctor, &doctor->redis[i]);
    }
    if (*own == '\0')
        return;
    if (tls_peer_expiry_of_file(own, &not_after_s, &err) == UP_OK)
        doctor_say_expiry(doctor, own, not_after_s);
    else
        doctor_say(doctor, DOCTOR_WARNING, "", "%s", err.text);
}
