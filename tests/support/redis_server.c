/* A real redis-server of a test's own. */
#include "support/redis_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/panic.h"
#include "support/wait_until.h"

#define START_TIMEOUT_MS 120000
#define START_ATTEMPTS 5

bool redis_server_is_installed(void)
{
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        char file[TEMP_DIR_PATH_MAX];
        size_t length = strcspn(path, ":");
        (void)snprintf(file, sizeof file, "%.*s/redis-server", (int)length, path);
        if (access(file, X_OK) == 0)
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}

static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    UP_ASSERT(descriptor >= 0);
    UP_ASSERT(bind(descriptor, (const struct sockaddr *)&address, sizeof address) == 0);
    UP_ASSERT(getsockname(descriptor, (struct sockaddr *)&address, &length) == 0);
    (void)close(descriptor);
    return ntohs(address.sin_port);
}

static void write_settings(const struct redis_server *server, const char *const *settings)
{
    char path[TEMP_DIR_PATH_MAX];
    temp_dir_join(&server->dir, "redis.conf", path);
    FILE *file = fopen(path, "w");
    UP_ASSERT(file != NULL);
    (void)fprintf(file,
                  "bind 127.0.0.1\nport %u\nunixsocket %s\nunixsocketperm 700\ndir %s\n"
                  "daemonize no\nsave \"\"\nappendonly no\nenable-debug-command local\n",
                  (unsigned)server->port, server->socket, server->dir.path);
    for (; settings != NULL && *settings != NULL; settings++)
        (void)fprintf(file, "%s\n", *settings);
    UP_ASSERT(fclose(file) == 0);
}

static bool answers_or_is_dead(void *arg)
{
    struct redis_server *server = arg;
    if (!process_is_running(&server->process))
        return true;
    const char *answer = redis_server_ask(server, "PING");
    return strstr(answer, "PONG") != NULL || strstr(answer, "NOAUTH") != NULL;
}

bool redis_server_start(struct redis_server *server)
{
    char settings[TEMP_DIR_PATH_MAX];
    char log[TEMP_DIR_PATH_MAX];
    temp_dir_join(&server->dir, "redis.conf", settings);
    temp_dir_join(&server->dir, "log", log);
    const char *const argv[] = {"redis-server", settings, NULL};
    return process_start(&server->process, argv, NULL, log, log, NULL) == 0 &&
           wait_until(answers_or_is_dead, server, START_TIMEOUT_MS) &&
           process_is_running(&server->process);
}

bool redis_server_init(struct redis_server *server, const char *const *settings)
{
    if (temp_dir_init(&server->dir, NULL) != 0)
        return false;
    temp_dir_join(&server->dir, "redis.sock", server->socket);
    /* Somebody else may take the port between its choice and the start. */
    for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
        server->port = free_port();
        write_settings(server, settings);
        if (redis_server_start(server))
            return true;
        process_done(&server->process);
    }
    return false;
}

void redis_server_kill(struct redis_server *server)
{
    process_done(&server->process);
}

void redis_server_done(struct redis_server *server)
{
    process_done(&server->process);
    temp_dir_done(&server->dir);
}

const char *redis_server_ask(struct redis_server *server, const char *format, ...)
{
    char command[4096];
    int used = snprintf(command, sizeof command, "redis-cli -s '%s' ", server->socket);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(command + used, sizeof command - (size_t)used, format, args);
    va_end(args);
    size_t length = strlen(command);
    UP_ASSERT(length + sizeof " 2>&1" < sizeof command);
    memcpy(command + length, " 2>&1", sizeof " 2>&1");
    FILE *pipe = popen(command, "r");
    UP_ASSERT(pipe != NULL);
    length = fread(server->answer, 1, sizeof server->answer - 1, pipe);
    (void)pclose(pipe);
    while (length > 0 && server->answer[length - 1] == '\n')
        length--;
    server->answer[length] = '\0';
    return server->answer;
}
