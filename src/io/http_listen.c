/* Opens the socket that the HTTP server listens at. */
#include "io/http_listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 64, HOST_BYTES = 64, SOCKET_MODE = 0660 };

static int fail_errno(struct up_err *err, const char *address)
{
    enum up_code code = errno == EADDRINUSE ? UP_ECONFLICT : UP_EIO;
    return up_fail(err, code, "HTTP: cannot listen at %s: %s", address, strerror(errno));
}

static int open_socket(int family, const struct sockaddr *address, socklen_t length)
{
    int descriptor = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return -1;
    int yes = 1;
    if (family != AF_UNIX)
        (void)setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(descriptor, address, length) == 0)
        return descriptor;
    int reason = errno;
    (void)close(descriptor);
    errno = reason;
    return -1;
}

/* Whether somebody accepts connections there. */
static bool is_served(const struct sockaddr_un *address)
{
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0)
        return true;
    int code = connect(descriptor, (const struct sockaddr *)address, sizeof *address);
    bool is_refused = code != 0 && errno == ECONNREFUSED;
    (void)close(descriptor);
    return !is_refused;
}

/* A socket that a killed process has left behind is taken away; anything else is left alone. */
static int listen_unix(const char *path, struct http_listener *ret_listener, struct up_err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path)
        return up_fail(err, UP_EINVAL,
                       "HTTP: the path of a socket has at most %zu bytes: %s",
                       sizeof address.sun_path - 1, path);
    memcpy(address.sun_path, path, length);
    struct stat there;
    if (lstat(path, &there) == 0) {
        if (!S_ISSOCK(there.st_mode))
            return up_fail(err, UP_EINVAL, "HTTP: %s is there and is no socket", path);
        if (is_served(&address))
            return up_fail(err, UP_ECONFLICT, "HTTP: another process serves %s", path);
        (void)unlink(path);
    }
    int descriptor = open_socket(AF_UNIX, (const struct sockaddr *)&address, sizeof address);
    if (descriptor < 0)
        return fail_errno(err, path);
    if (chmod(path, SOCKET_MODE) != 0 || listen(descriptor, BACKLOG) != 0) {
        int code = fail_errno(err, path);
        (void)close(descriptor);
        return code;
    }
    *ret_listener = (struct http_listener){.descriptor = descriptor, .is_loopback = false};
    return 0;
}

static bool read_port(const char *text, uint16_t *ret_port)
{
    uint32_t port = 0;
    if (*text == '\0')
        return false;
    for (; *text >= '0' && *text <= '9' && port <= UINT16_MAX; text++)
        port = port * 10 + (uint32_t)(*text - '0');
    *ret_port = (uint16_t)port;
    return *text == '\0' && port <= UINT16_MAX;
}

/* Splits "host:port" or "[host]:port". */
static bool split_address(const char *address, char host[static HOST_BYTES], uint16_t *ret_port)
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL)
        return false;
    size_t length = (size_t)(colon - address);
    if (length >= 2 && address[0] == '[' && address[length - 1] == ']') {
        address++;
        length -= 2;
    }
    if (length == 0 || length >= HOST_BYTES)
        return false;
    memcpy(host, address, length);
    host[length] = '\0';
    return read_port(colon + 1, ret_port);
}

static int listen_tcp(int family, const struct sockaddr *address, socklen_t length,
                      const char *text, struct http_listener *ret_listener, struct up_err *err)
{
    int descriptor = open_socket(family, address, length);
    if (descriptor < 0)
        return fail_errno(err, text);
    struct sockaddr_in6 bound; /* the larger of the two */
    socklen_t bound_length = sizeof bound;
    if (listen(descriptor, BACKLOG) != 0 ||
        getsockname(descriptor, (struct sockaddr *)&bound, &bound_length) != 0) {
        int code = fail_errno(err, text);
        (void)close(descriptor);
        return code;
    }
    /* Both kinds of address have the port at the same place. */
    ret_listener->port = ntohs(bound.sin6_port);
    ret_listener->descriptor = descriptor;
    return 0;
}

int http_listen(const char *address, struct http_listener *ret_listener, struct up_err *err)
{
    if (address[0] == '/')
        return listen_unix(address, ret_listener, err);
    char host[HOST_BYTES];
    uint16_t port = 0;
    if (!split_address(address, host, &port))
        return up_fail(err, UP_EINVAL, "HTTP: want address:port or /path, not %s", address);
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    struct http_listener listener = {0};
    int code = 0;
    if (inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &v4.sin_addr) ==
        1) {
        listener.is_loopback = ntohl(v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
        code =
            listen_tcp(AF_INET, (const struct sockaddr *)&v4, sizeof v4, address, &listener, err);
    } else if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1) {
        listener.is_loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
        code =
            listen_tcp(AF_INET6, (const struct sockaddr *)&v6, sizeof v6, address, &listener, err);
    } else {
        code = up_fail(err, UP_EINVAL, "HTTP: %s is no numeric address", host);
    }
    if (code == 0)
        *ret_listener = listener;
    return code;
}
