/* The daemon: put together, run, taken apart. */
#pragma once

/* What uptaked's main does. Returns an enum exit_code. */
int daemon_main(int argc, char **argv);
