/* What the doctor looks at on this machine: configuration, secrets, addresses, the clock. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/config_secret.h"
#include "app/config_table.h"
#include "base/clock.h"
#include "base/mem.h"
#include "doctor_priv.h"

/* ---- configuration ----------------------------------------------------------------------------------------------- */

/* Each line of the problems is one of its own. */
static void say_problems(struct doctor *doctor, struct strbuf *problems)
{
    const char *at = strbuf_text(problems);
    while (*at != '\0') {
        size_t length = strcspn(at, "\n");
        doctor_say(doctor, DOCTOR_FAULT, "", "%.*s", (int)length, at);
        at += length;
        at += *at == '\n';
    }
}

void doctor_check_configuration(struct doctor *doctor)
{
    struct strbuf problems = {0};
    doctor->config = installed_load(doctor->settings->installed, false, &problems);
    doctor->has_secrets = doctor->config != NULL;
    if (doctor->config != NULL) {
        doctor_say(doctor, DOCTOR_OK, "", "%s: definitions %s", doctor->settings->installed->path,
                   config_definitions(doctor->config));
    } else {
        say_problems(doctor, &problems);
        /* The rest may be checked without secrets, if these were all that is wrong. */
        strbuf_reset(&problems);
        doctor->config = installed_load(doctor->settings->installed, true, &problems);
    }
    strbuf_done(&problems);
}

/* ---- secrets ----------------------------------------------------------------------------------------------------- */

static void check_directory(struct doctor *doctor, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash == path ? mem_copy_text("/", 1)
                      : slash != NULL ? mem_copy_text(path, (size_t)(slash - path))
                                      : mem_copy_text(".", 1);
    struct stat status;
    if (stat(directory, &status) == 0 && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (status.st_mode & S_ISVTX) == 0)
        doctor_say(doctor, DOCTOR_FAULT, "chmod go-w it",
                   "%s (mode %04o): others than its owner may put another file in the place of %s", directory,
                   (unsigned)status.st_mode & 07777U, path);
    mem_free(directory);
}

static void check_secret(struct doctor *doctor, const char *name, const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        doctor_say(doctor, errno == EACCES ? DOCTOR_WARNING : DOCTOR_FAULT,
                   errno == EACCES ? "run the doctor as root" : "put the secret there", "%s: %s: %s", name, path,
                   strerror(errno));
        return;
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        doctor_say(doctor, DOCTOR_FAULT, "chmod 0600 it", "%s: %s (mode %04o) is open to others than its owner", name, path,
                   (unsigned)status.st_mode & 07777U);
    else if (status.st_uid != 0 && status.st_uid != geteuid())
        doctor_say(doctor, DOCTOR_WARNING, "chown root it, or see that this is the service's own user",
                   "%s: %s belongs to user %u", name, path, (unsigned)status.st_uid);
    else
        doctor_say(doctor, DOCTOR_OK, "", "%s: %s is its owner's alone", name, path);
    check_directory(doctor, path);
}

static void check_path(struct doctor *doctor, const char *name, const char *written)
{
    char path[CONFIG_PATH_BYTES_MAX];
    struct up_err err;
    struct strbuf directory = {0};
    installed_credentials(doctor->settings->installed, &directory);
    if (config_secret_expand(written, strbuf_text(&directory), path, &err) == 0)
        check_secret(doctor, name, path);
    else
        doctor_say(doctor, DOCTOR_FAULT, "", "%s: %s", name, err.text);
    strbuf_done(&directory);
}

/* librdkafka opens it without a look at its mode. */
static bool is_key_file(const char *property)
{
    return strcmp(property, "ssl.key.location") == 0 || strcmp(property, "ssl.keystore.location") == 0;
}

void doctor_check_credentials(struct doctor *doctor)
{
    for (size_t i = 0; i < config_row_count; i++) {
        const struct config_row *row = &config_rows[i];
        if (row->type != CONFIG_SECRET && row->type != CONFIG_KEY)
            continue;
        /* Both begin with the path. */
        const char *path = *(const char *const *)(const void *)((const char *)doctor->config + row->offset);
        if (*path != '\0')
            check_path(doctor, row->key, path);
    }
    if (*doctor->config->redis_tls_key_file != '\0')
        check_path(doctor, "tls_key_file", doctor->config->redis_tls_key_file);
    size_t count;
    const struct config_property *properties = config_properties(doctor->config, &count);
    for (size_t i = 0; i < count; i++) {
        if (properties[i].is_file || is_key_file(properties[i].name))
            check_path(doctor, properties[i].name, properties[i].value);
    }
}

/* ---- HTTP -------------------------------------------------------------------------------------------------------- */

void doctor_check_http(struct doctor *doctor)
{
    const char *listen = doctor->config->http_listen;
    bool is_loopback = strncmp(listen, "127.", 4) == 0 || strncmp(listen, "[::1]", 5) == 0 ||
                       strncmp(listen, "localhost:", 10) == 0;
    if (*listen == '\0')
        doctor_say(doctor, DOCTOR_OK, "", "no address is listened at");
    else if (is_loopback)
        doctor_say(doctor, DOCTOR_OK, "", "%s is reached from this machine only", listen);
    else
        doctor_say(doctor, DOCTOR_WARNING, "set http_listen to the loopback, and put a proxy with a login in front of it",
                   "whoever reaches %s may read metrics%s", listen,
                   doctor->config->http_token.path[0] == '\0' ? " and the page" : "");
}

/* ---- the clock --------------------------------------------------------------------------------------------------- */

void doctor_check_clock(struct doctor *doctor)
{
    int64_t error_us = clock_wall_error_us();
    if (error_us < 0)
        doctor_say(doctor, DOCTOR_WARNING, "run systemd-timesyncd, chrony or another client of NTP",
                   "the kernel says that nothing keeps this machine's clock synchronised");
    else
        doctor_say(doctor, DOCTOR_OK, "", "synchronised to %.3f s", (double)error_us / 1e6);
}
