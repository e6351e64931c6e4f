/* A real redis-server of a test's own, on a unix socket and a port, in a temporary directory. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "support/process.h"
#include "support/temp_dir.h"

/* A zeroed struct is a server that was never started. Not to be copied. */
struct redis_server {
    struct temp_dir dir;
    struct process process;
    uint16_t port;
    char socket[TEMP_DIR_PATH_MAX];
    char answer[16384];
};

bool redis_server_is_installed(void);

/* Makes the directory and starts; `settings` are lines of redis.conf ending with NULL, or NULL.
 * False when no server answers within some seconds. */
bool redis_server_init(struct redis_server *server, const char *const *settings);
/* Kills it and removes its directory. */
void redis_server_done(struct redis_server *server);

/* SIGKILL; waits until it is dead. */
void redis_server_kill(struct redis_server *server);
/* Starts it again, empty, on the same socket and port. */
bool redis_server_start(struct redis_server *server);

/* Sends one command line, as a person would type it, and returns what redis-cli prints, without the
 * last line's end. Borrowed until the next call. "" when the server does not answer. */
const char *redis_server_ask(struct redis_server *server, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
