/* The configuration of an installed daemon. */
#include "ctl/installed.h"

#include <stdlib.h>
#include <string.h>


/* systemd hands over what lies beside the configuration; the unit has these names. */
void installed_credentials(const struct installed *installed, struct strbuf *ret_directory)
{
    const char *directory = installed->credentials != NULL ? installed->credentials : getenv("CREDENTIALS_DIRECTORY");
    if (directory != NULL) {
        strbuf_add_text(ret_directory, directory);
        return;
    }
    const char *slash = strrchr(installed->path, '/');
    if (slash == NULL)
        strbuf_add_text(ret_directory, ".");
    else
        strbuf_add(ret_directory, installed->path, (size_t)(slash - installed->path));
}

struct config *installed_load(const struct installed *installed, bool leave_files, struct strbuf *problems)
{
    struct strbuf directory = {0};
    installed_credentials(installed, &directory);
    const struct config_source source = {.path = installed->path,
                                         .overrides = installed->overrides.items,
                                         .override_count = installed->overrides.count,
                                         .credentials_directory = strbuf_text(&directory),
                                         .leave_files = leave_files};
    struct config *config = config_load(&source, problems);
    strbuf_done(&directory);
    return config;
}
