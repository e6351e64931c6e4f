/* Who owns a partition, as PostgreSQL's row of it says. */
#include "app/claim.h"

#include <string.h>

#include "codec/pg_array.h"
#include "codec/pg_sql.h"

void claim_add_look(const struct claim *claim, struct pg_image *image, size_t *ret_call)
{
    *ret_call = image->count;
    pg_image_add(image, &pg_sql_look)->values[0] = pg_value_i32(claim->partition);
}

enum claim_standing claim_judge(const struct claim *claim, const struct pg_answer *answer,
                                size_t call)
{
    if (pg_answer_rows(answer, call) != 1)
        return CLAIM_GONE;
    struct pg_row row;
    pg_answer_row(answer, call, 0, &row);
    int64_t epoch = pg_row_i64(&row);
    struct pg_field token = pg_row_field(&row);
    int64_t number = pg_row_i64(&row);
    if (row.failed || epoch != claim->epoch || token.length != CLAIM_BYTES ||
        memcmp(token.bytes, claim->token, CLAIM_BYTES) != 0)
        return CLAIM_GONE;
    if (number == claim->number)
        return CLAIM_UNCHANGED;
    return number == claim->number + 1 ? CLAIM_ADVANCED : CLAIM_GONE;
}
