/* Where a Redis server is, as people write it. */
#include "io/redis_address.h"

#include <string.h>

enum { REDIS_PORT = 6379 };

/* Splits "host:port", "[host]:port", "host" or a path. */
static int split(struct text text, struct redis_address *address, struct up_err *err)
{
    char *host = address->host;
    memcpy(host, text.bytes, text.length);
    host[text.length] = '\0';
    if (host[0] == '/') {
        memcpy(address->path, host, text.length + 1);
        host[0] = '\0';
        return 0;
    }
    char *rest = host + strcspn(host, ":");
    if (host[0] == '[') {
        rest = strchr(host, ']');
        if (rest == NULL)
            return up_fail(err, UP_EINVAL, "redis_address: no ] in %s", host);
        *rest++ = '\0';
    }
    uint32_t port = *rest == '\0' ? (uint32_t)REDIS_PORT : 0;
    if (*rest == ':') {
        *rest++ = '\0';
        for (; *rest >= '0' && *rest <= '9' && port <= UINT16_MAX; rest++)
            port = port * 10 + (uint32_t)(*rest - '0');
    }
    if (host[0] == '[')
        memmove(host, host + 1, strlen(host));
    if (*rest != '\0' || port == 0 || port > UINT16_MAX || host[0] == '\0')
        return up_fail(err, UP_EINVAL, "redis_address: want host:port (port 1 to 65535), not %.*s", (int)text.length,
                       text.bytes);
    address->port = (uint16_t)port;
    return 0;
}

int redis_address_read(const char *addresses, struct redis_address *ret_address, const char **ret_rest,
                       struct up_err *err)
{
    struct redis_address address = {.port = 0};
    addresses += strspn(addresses, " \t");
    size_t whole = strcspn(addresses, ",");
    size_t length = whole;
    while (length > 0 && (addresses[length - 1] == ' ' || addresses[length - 1] == '\t'))
        length--;
    if (length == 0 || length >= sizeof address.host)
        return up_fail(err, UP_EINVAL, "redis_address: an address is empty or too long");
    int code = split((struct text){.bytes = addresses, .length = (uint32_t)length}, &address, err);
    if (code != 0)
        return code;
    *ret_address = address;
    *ret_rest = addresses[whole] == ',' ? addresses + whole + 1 : NULL;
    return 0;
}
