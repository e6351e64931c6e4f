/* Transformation or theatre: three indicators and the word that follows. measures.md, Verdict. */
#pragma once

#include "model/evaluation.h"
#include "model/people.h"

/* Fills verdict and indicators of an evaluation from its own measures and its diagnosis. */
void verdict_judge(const struct people *people, struct evaluation *evaluation);
