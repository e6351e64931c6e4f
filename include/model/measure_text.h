/* What a person reads of a measure: its title, what it says as a sentence, what it claims, and among which it stands. */
#pragma once

#include "base/strbuf.h"
#include "model/measure.h"

/* Adds the name as people write it: "AI share" of `ai_share`; of any other word, too. */
void measure_text_add_title(struct strbuf *out, const char *name);
/* Adds `help` or `cannot_show` of the registry as a sentence, with titles in place of names; "" adds nothing. */
void measure_text_add_sentence(struct strbuf *out, const char *text);

/* Words of the sets claim, better and group: model/words.def. Static. */
const char *measure_text_claim(const struct measure_info *info);
const char *measure_text_better(const struct measure_info *info);
const char *measure_text_group(const struct measure_info *info);
