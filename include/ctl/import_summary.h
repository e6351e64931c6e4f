/* What came of an import, for people and for programs: lines and fields, never names of people. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "ctl/import.h"

/* written: events that went out, each once. */
void import_summary_print(const struct import *import, uint64_t written, FILE *file);
void import_summary_print_json(const struct import *import, uint64_t written, FILE *file);
