/* The JSON document that `uptakectl evaluate` prints. */
#pragma once

#include <stdio.h>

#include "base/err.h"
#include "ctl/evaluate_run.h"

/* Writes the document and a line end. Numbers have the digits it takes to read the very doubles
 * back; rows are in order, members are not. UP_EIO when the file does not take it. */
int document_print(struct evaluate_run *run, FILE *file, struct up_err *err);
