/* The migrations of sql/, built into the program. */
#include "codec/migrations.h"

#include "migrations.inc" /* made of sql/ by embed_migrations.sh */

const struct migration *migrations_list(size_t *ret_count)
{
    *ret_count = sizeof migrations / sizeof migrations[0];
    return migrations;
}

int migrations_version(void)
{
    return migrations[sizeof migrations / sizeof migrations[0] - 1].version;
}
