/* The configuration of an installed daemon, for commands that look at one. */
#pragma once

#include "app/config.h"
#include "app/options.h"
#include "base/strbuf.h"
#include "ctl/option.h"

/* What its options say; begin with INSTALLED_DEFAULT. */
struct installed {
    const char *path;
    const char *credentials; /* NULL = as the environment says, else where the configuration lies */
    struct option_texts overrides;
};

#define INSTALLED_DEFAULT                                                                          \
    {                                                                                              \
        .path = OPTIONS_CONFIG_PATH                                                                \
    }

/* The rows of a command's table. */
#define INSTALLED_OPTIONS(installed)                                                               \
    {"config", "FILE", OPTION_TEXT, &(installed)->path, 0, 0,                                      \
     "configuration of the daemon (" OPTIONS_CONFIG_PATH ")"},                                     \
    {"set", "SECTION.KEY=VALUE", OPTION_TEXTS, &(installed)->overrides, 0, 0,                      \
     "one option over that of the file; may come again"},                                          \
    {                                                                                              \
        "credentials", "DIRECTORY", OPTION_TEXT, &(installed)->credentials, 0, 0,                  \
            "what $CREDENTIALS_DIRECTORY stands for (the directory of the configuration)"          \
    }

/* As config_load(). leave_files: secrets are not opened. */
struct config *installed_load(const struct installed *installed, bool leave_files, struct strbuf *problems);

/* Adds the directory that $CREDENTIALS_DIRECTORY stands for. */
void installed_credentials(const struct installed *installed, struct strbuf *ret_directory);
