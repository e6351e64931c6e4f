/* Who may read the page, where http_token_file names a token. */
#pragma once

#include <stdbool.h>

#include "app/config.h"
#include "io/http.h"

/* True where no token is asked for, or the request has it: as `Authorization: Bearer TOKEN`, or as the password of any
 * user, which browsers ask people for. Else the answer is 401. */
bool page_token_admits(const struct config *config, const struct http_request *request,
                       struct http_answer *answer);
