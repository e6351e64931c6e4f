/* The daemon: see uptaked --help. */
#include "app/daemon.h"

int main(int argc, char **argv)
{
    return daemon_main(argc, argv);
}
