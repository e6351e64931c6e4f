/* Named places to die at in a test build: UPTAKE_CRASH_AT=name:n dies at the n-th passing. */
#pragma once

#ifdef UPTAKE_CRASH_POINTS
#define CRASH_POINT(name) crash_point_pass(name)
#else
#define CRASH_POINT(name) ((void)0)
#endif

/* Ends the process at once, as a power cut would (exit status 86), if it is this place's turn. */
void crash_point_pass(const char *name);
