/* Says by which rules and options figures are made. */
#include <stdio.h>

#include "app/config_value.h"
#include "base/hash.h"
#include "config_priv.h"

/* An option at its default is left out, so that one that is new here does not set old figures
 * apart. */
static void add_row(const struct config *config, const struct config *standard,
                    const struct config_row *row, struct strbuf *ret_text)
{
    struct strbuf value = {0};
    struct strbuf usual = {0};
    config_value_print(config, row, &value);
    config_value_print(standard, row, &usual);
    if (!text_equal(text_of(strbuf_text(&value)), text_of(strbuf_text(&usual))))
        strbuf_add_format(ret_text, "%s.%s=%s\n", row->section, row->key, strbuf_text(&value));
    strbuf_done(&value);
    strbuf_done(&usual);
}

void config_definitions_write(const struct config *config,
                              char ret_text[static CONFIG_DEFINITIONS_BYTES])
{
    struct config *standard = config_new_default();
    struct strbuf options = {0};
    for (size_t i = 0; i < config_row_count; i++) {
        if ((config_rows[i].flags & CONFIG_RESULT) != 0)
            add_row(config, standard, &config_rows[i], &options);
    }
    (void)snprintf(ret_text, CONFIG_DEFINITIONS_BYTES, "%d-%016llx", RULES_VERSION,
                   (unsigned long long)hash_xx64(strbuf_text(&options), options.length));
    strbuf_done(&options);
    config_free(standard);
}
