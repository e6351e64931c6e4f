/* A configuration of a test's own: files in a directory that goes away, loaded with their key and
 * credentials. */
#pragma once

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/config.h"
#include "base/strbuf.h"
#include "support/temp_dir.h"

static const char config_test_key[] = "00112233445566778899aabbccddeeff\n";

struct config_fixture {
    struct temp_dir dir; /* also the credentials' directory, with pseudonym.key */
    char path[TEMP_DIR_PATH_MAX];
    struct strbuf problems;
    struct config *config;
    const char *const *overrides;
    size_t override_count;
};

static inline void config_fixture_write(const struct config_fixture *fixture, const char *name,
                                        const void *bytes, size_t length, mode_t mode)
{
    char path[TEMP_DIR_PATH_MAX];
    temp_dir_join(&fixture->dir, name, path);
    (void)unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), (ssize_t)length);
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
}

static inline int config_fixture_setup(void **state)
{
    static struct config_fixture fixture;
    fixture = (struct config_fixture){0};
    struct up_err err;
    if (temp_dir_init(&fixture.dir, &err) != 0)
        return -1;
    temp_dir_join(&fixture.dir, "uptaked.conf", fixture.path);
    config_fixture_write(&fixture, "pseudonym.key", config_test_key, strlen(config_test_key), 0600);
    *state = &fixture;
    return 0;
}

static inline int config_fixture_teardown(void **state)
{
    struct config_fixture *fixture = *state;
    config_free(fixture->config);
    strbuf_done(&fixture->problems);
    temp_dir_done(&fixture->dir);
    return 0;
}

/* Loads a file of these bytes; the problems as text, "" = none. */
static inline const char *config_fixture_load_bytes(struct config_fixture *fixture,
                                                    const char *bytes, size_t length)
{
    config_fixture_write(fixture, "uptaked.conf", bytes, length, 0644);
    config_free(fixture->config);
    strbuf_reset(&fixture->problems);
    struct config_source source = {.path = fixture->path,
                                   .overrides = fixture->overrides,
                                   .override_count = fixture->override_count,
                                   .credentials_directory = fixture->dir.path};
    fixture->config = config_load(&source, &fixture->problems);
    const char *text = strbuf_text(&fixture->problems);
    assert_true((fixture->config == NULL) == (*text != '\0'));
    return text;
}

static inline const char *config_fixture_load(struct config_fixture *fixture, const char *text)
{
    return config_fixture_load_bytes(fixture, text, strlen(text));
}

/* Loads `text` and expects no problem. */
static inline const struct config *config_fixture_accept(struct config_fixture *fixture,
                                                         const char *text)
{
    const char *problems = config_fixture_load(fixture, text);
    if (*problems != '\0')
        fail_msg("refused: %s\n%s", text, problems);
    return fixture->config;
}

/* Loads `text` and expects exactly one problem, which says `part`, at that line. */
static inline void config_fixture_refuse(struct config_fixture *fixture, const char *text, int line,
                                         const char *part)
{
    const char *problems = config_fixture_load(fixture, text);
    struct strbuf where = {0};
    strbuf_add_format(&where, "%s:%d: ", fixture->path, line);
    const char *end = strchr(problems, '\n');
    if (strncmp(problems, strbuf_text(&where), where.length) != 0 ||
        strstr(problems, part) == NULL || end == NULL || end[1] != '\0')
        fail_msg("not what was expected of line %d (%s):\n%s\n=> %s", line, part, text, problems);
    strbuf_done(&where);
}

#define CONFIG_TEST(function)                                                                      \
    cmocka_unit_test_setup_teardown(function, config_fixture_setup, config_fixture_teardown)
