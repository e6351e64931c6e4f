/* The version of both programs. */
#pragma once

#define UPTAKE_VERSION "0.1.0"
