/* Files that hold secrets. */
#include "app/config_secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char credentials[] = "$CREDENTIALS_DIRECTORY/";

bool config_secret_is_credential(const char *path)
{
    return strncmp(path, credentials, sizeof credentials - 1) == 0;
}

bool config_secret_is_path(const char *text)
{
    return *text == '/' || config_secret_is_credential(text);
}

bool config_secret_is_property(const char *name)
{
    static const char *const secrets[] = {
        "sasl.password",
        "ssl.key.password",
        "ssl.keystore.password",
        "ssl.key.pem",
        "sasl.oauthbearer.client.secret",
        "sasl.oauthbearer.config",
    };
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        if (strcmp(secrets[i], name) == 0)
            return true;
    }
    return false;
}

int config_secret_expand(const char *path, const char *credentials_directory,
                         char ret_path[static CONFIG_PATH_BYTES_MAX], struct up_err *err)
{
    const char *directory = "";
    const char *rest = path;
    if (config_secret_is_credential(path)) {
        if (credentials_directory == NULL)
            return up_fail(
                err, UP_EINVAL,
                "%s: $CREDENTIALS_DIRECTORY is not set; systemd sets it where the unit has "
                "LoadCredential, else name the file itself",
                path);
        directory = credentials_directory;
        rest = path + sizeof credentials - 2; /* with its slash */
    }
    if (strlen(directory) + strlen(rest) >= CONFIG_PATH_BYTES_MAX)
        return up_fail(err, UP_EINVAL, "the path is too long");
    (void)snprintf(ret_path, CONFIG_PATH_BYTES_MAX, "%s%s", directory, rest);
    return 0;
}

/* systemd guards what lies there, where users are made up for the service by more than the mode. */
static bool lies_there(const char *path, const char *credentials_directory)
{
    if (credentials_directory == NULL || *credentials_directory != '/' ||
        strstr(path, "/../") != NULL)
        return false;
    size_t length = strlen(credentials_directory);
    return strncmp(path, credentials_directory, length) == 0 && path[length] == '/';
}

static int check_file(int fd, const char *path, const char *credentials_directory,
                      struct up_err *err)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return up_fail(err, UP_EIO, "cannot look at %s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return up_fail(err, UP_EINVAL, "%s is no regular file", path);
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0 && !lies_there(path, credentials_directory))
        return up_fail(
            err, UP_EINVAL,
            "%s is open to others than its owner (mode %04o): chmod 0600 it, or hand it over "
            "by systemd's LoadCredential",
            path, (unsigned)status.st_mode & 07777U);
    return 0;
}

/* Up to `size` bytes; more in the file is UP_EINVAL. */
static int read_all(int fd, const char *path, char *ret_bytes, size_t size, size_t *ret_length,
                    struct up_err *err)
{
    size_t length = 0;
    for (;;) {
        ssize_t got = read(fd, ret_bytes + length, size - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return up_fail(err, UP_EIO, "cannot read %s: %s", path, strerror(errno));
        if (got == 0)
            break;
        length += (size_t)got;
        if (length == size)
            return up_fail(err, UP_EINVAL, "%s is too long for a secret", path);
    }
    *ret_length = length;
    return 0;
}

static int read_file(const char *path, const char *credentials_directory, char *ret_bytes,
                     size_t size, size_t *ret_length, struct up_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return up_fail(err, UP_EIO, "cannot open %s: %s", path, strerror(errno));
    int code = check_file(fd, path, credentials_directory, err);
    if (code == 0)
        code = read_all(fd, path, ret_bytes, size, ret_length, err);
    (void)close(fd);
    return code;
}

static size_t without_newline(const char *bytes, size_t length)
{
    if (length > 0 && bytes[length - 1] == '\n')
        length--;
    if (length > 0 && bytes[length - 1] == '\r')
        length--;
    return length;
}

int config_secret_read(const char *path, const char *credentials_directory,
                       char ret_secret[static CONFIG_SECRET_BYTES_MAX], struct up_err *err)
{
    size_t length = 0;
    int code =
        read_file(path, credentials_directory, ret_secret, CONFIG_SECRET_BYTES_MAX, &length, err);
    if (code != 0)
        return code;
    length = without_newline(ret_secret, length);
    if (length == 0)
        return up_fail(err, UP_EINVAL, "%s is empty", path);
    if (memchr(ret_secret, '\0', length) != NULL)
        return up_fail(err, UP_EINVAL, "%s has a NUL byte in it", path);
    ret_secret[length] = '\0';
    return 0;
}

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    char lower = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
    const char *found = lower != '\0' ? strchr(digits, lower) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

static bool are_digits(const char *digits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (digit_of(digits[i]) < 0)
            return false;
    }
    return true;
}

int config_secret_read_key(const char *path, const char *credentials_directory,
                           uint8_t ret_key[static PSEUDONYM_KEY_BYTES], struct up_err *err)
{
    enum { DIGITS = 2 * PSEUDONYM_KEY_BYTES, FILE_BYTES_MAX = 64 };
    char bytes[FILE_BYTES_MAX];
    size_t length = 0;
    int code = read_file(path, credentials_directory, bytes, sizeof bytes, &length, err);
    if (code == 0 && length == PSEUDONYM_KEY_BYTES)
        memcpy(ret_key, bytes, PSEUDONYM_KEY_BYTES);
    else if (code == 0 && without_newline(bytes, length) == DIGITS && are_digits(bytes, DIGITS))
        for (size_t i = 0; i < PSEUDONYM_KEY_BYTES; i++)
            ret_key[i] = (uint8_t)(digit_of(bytes[2 * i]) * 16 + digit_of(bytes[2 * i + 1]));
    else if (code == 0)
        code = up_fail(err, UP_EINVAL,
                       "%s is no key: 16 bytes, or 32 hexadecimal digits (openssl rand -hex 16)",
                       path);
    explicit_bzero(bytes, sizeof bytes);
    return code;
}
