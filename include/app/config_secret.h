/* Files that hold secrets: found, checked for who may read them, read. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "codec/pseudonym.h"

enum { CONFIG_SECRET_BYTES_MAX = 16384, CONFIG_PATH_BYTES_MAX = 4096 };

/* Does it begin with $CREDENTIALS_DIRECTORY/ ? */
bool config_secret_is_credential(const char *path);

/* Does it begin with that or with / ? What does not may be a secret in the wrong place: never show
 * it. */
bool config_secret_is_path(const char *text);

/* Is the value of that property of librdkafka a secret, which must stand neither in a file that people
 * show each other nor on a command line? */
bool config_secret_is_property(const char *name);

/* Puts systemd's directory (NULL = there is none) where a path begins with $CREDENTIALS_DIRECTORY/.
 * UP_EINVAL: no such directory, or the path is too long. */
int config_secret_expand(const char *path, const char *credentials_directory,
                         char ret_path[static CONFIG_PATH_BYTES_MAX], struct up_err *err);

/* Reads a secret without the newline at its end; a NUL is put behind it. It must be a regular file
 * that, unless it lies in the credentials' directory, its owner alone may read, and neither empty
 * nor with a NUL in it. UP_EIO or UP_EINVAL: the text names the path, nothing else of it. The
 * caller overwrites *ret_secret. */
int config_secret_read(const char *path, const char *credentials_directory,
                       char ret_secret[static CONFIG_SECRET_BYTES_MAX], struct up_err *err);

/* The same for a key: 16 bytes, or 32 hexadecimal digits. */
int config_secret_read_key(const char *path, const char *credentials_directory,
                           uint8_t ret_key[static PSEUDONYM_KEY_BYTES], struct up_err *err);
